"""The description of the API as OpenAPI 3.1 has it, written of the tables that its addresses are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from articles.api.rest import problems
from articles.api.rest.operation import Operation
from articles.api.rest.shapes import PROBLEM, SHAPES, Shape
from articles.api.rest.values import ID, Field

VERSION = "1.0"
BASE = "/api/v1"
JSON = "application/json"


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Newsreader",
            "version": VERSION,
            "description": "What a reader's pages show and do, for programs. Each request carries an app password.",
        },
        "servers": [{"url": BASE}],
        "paths": paths,
        "components": {
            "schemas": {shape.name: shape.schema() for shape in SHAPES},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The app password alone."},
                "basic": {"type": "http", "scheme": "basic", "description": "User name and app password."},
            },
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    scope = str(operation.scope.value)
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": [{"bearer": [scope]}, {"basic": [scope]}],
        "responses": {str(operation.status): _answer(operation), "default": _problem()},
    }
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": _body(operation.body)}}}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    in_path = {"name": "id", "in": "path", "required": True, "schema": ID, "description": "Its id."}
    in_query = [
        {
            "name": field.name,
            "in": "query",
            "required": field.is_required,
            "schema": field.schema,
            "description": field.text,
        }
        for field in operation.query
    ]
    return [*([in_path] if "{id}" in operation.path else []), *in_query]


def _body(fields: Sequence[Field]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [field.name for field in fields if field.is_required],
        "properties": {field.name: {**field.schema, "description": field.text} for field in fields},
        "additionalProperties": False,
    }


def _answer(operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done." if operation.answer is None else "What was asked for."}
    if operation.answer is not None:
        answer["content"] = {JSON: {"schema": _of_shape(operation.answer)}}
    return answer


def _problem() -> dict[str, Any]:
    return {
        "description": "What is wrong (RFC 9457).",
        "content": {problems.MEDIA_TYPE: {"schema": _of_shape(PROBLEM)}},
    }


def _of_shape(shape: Shape) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{shape.name}"}
