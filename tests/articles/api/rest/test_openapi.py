"""The description says what there is, all of it and no more."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
from django.urls import get_resolver

from articles.api.rest.openapi import BASE
from articles.api.rest.operations import OPERATIONS
from articles.api.rest.shapes import SHAPES
from tests.articles.api.rest.client import DOCUMENT
from tests.factories import make_reader

DOCS = (Path(__file__).parents[4] / "docs" / "apps.md").read_text(encoding="utf-8")


def test_every_address_is_described_with_its_methods(client):
    api = next(part for part in get_resolver().url_patterns if str(part.pattern) == "" and _has_api(part))
    rest = next(part for part in api.url_patterns if str(part.pattern) == "api/v1/")
    routes = {str(pattern.pattern) for pattern in rest.url_patterns} - {"", "openapi.json", "^.+$"}
    assert {f"/{route}".replace("<int:pk>", "{id}") for route in routes} == set(DOCUMENT["paths"])
    for path, methods in DOCUMENT["paths"].items():
        answer = client.trace(BASE + path.replace("{id}", "1"))
        assert answer.status_code == 405
        assert {method.lower() for method in answer["Allow"].split(", ")} == set(methods)


def _has_api(part):
    return any(str(pattern.pattern) == "api/v1/" for pattern in getattr(part, "url_patterns", []))


def test_it_is_served_to_everybody_and_is_what_the_tables_say(client):
    answer = client.get(f"{BASE}/openapi.json")
    assert answer.json() == DOCUMENT
    assert client.get(f"{BASE}/openapi.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_its_schemas_are_schemas_and_its_references_lead_somewhere():
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    names = re.findall(r"#/components/schemas/(\w+)", str(DOCUMENT))
    assert set(names) == set(DOCUMENT["components"]["schemas"])  # nor is one there for nothing
    operations = [operation for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) == len(OPERATIONS)
    for operation in operations:
        body = operation.get("requestBody", {"content": {"application/json": {"schema": {}}}})
        jsonschema.Draft202012Validator.check_schema(body["content"]["application/json"]["schema"])


def test_the_documentation_names_all_of_it():
    for operation in OPERATIONS:
        assert f"`{operation.method} {operation.path}`" in DOCS
        assert not [field.name for field in (*operation.query, *operation.body) if f"`{field.name}`" not in DOCS]
    assert not {member.name for shape in SHAPES for member in shape.members if f"`{member.name}`" not in DOCS}


@pytest.mark.django_db
def test_people_read_it_as_a_page(client):
    assert client.get(f"{BASE}/").status_code == 302
    client.force_login(make_reader())
    answer = client.get(f"{BASE}/")
    assert "unsafe" not in answer["Content-Security-Policy"]
    for operation in OPERATIONS:
        assert f"{operation.method} {operation.path}</code>" in answer.text
        for field in (*operation.query, *operation.body):
            assert f"<code>{field.name}</code>" in answer.text
    links = set(re.findall(r'href="#(\w+)"', answer.text)) - {"content"}
    assert links <= set(re.findall(r'id="(\w+)"', answer.text))
    assert "http" not in {match.split(":")[0] for match in re.findall(r'(?:src|href)="([^"]+)"', answer.text)}
