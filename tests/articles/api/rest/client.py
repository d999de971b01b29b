"""A program that has a reader's key, on Django's test client: each answer is held against the description."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
from django.contrib.auth.models import User
from django.test import Client

from articles.api import app_passwords
from articles.api.models import AppPassword
from articles.api.rest.openapi import BASE, document
from articles.api.rest.operations import OPERATIONS

DOCUMENT = document(OPERATIONS)


class Program:
    """A program with an app password of the reader's."""

    def __init__(self, reader: User, scope: AppPassword.Scope = AppPassword.Scope.MANAGE) -> None:
        self.client = Client()
        self.row, self.password = app_passwords.create(reader, "test", scope)
        self.headers = {"Authorization": f"Bearer {self.password}"}

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """The content of the answer, which has that status."""
        return self._read(self.client.get(BASE + path, query, headers=self.headers), "get", path, status)

    def send(self, method: str, path: str, status: int = 200, **values: Any) -> Any:
        """The same of a request with a body."""
        return self.send_raw(method, path, json.dumps(values), status)

    def send_raw(
        self, method: str, path: str, body: str | bytes, status: int, media_type: str = "application/json"
    ) -> Any:
        answer = self.client.generic(method, BASE + path, body, content_type=media_type, headers=self.headers)
        return self._read(answer, method.lower(), path, status)

    def _read(self, answer: Any, method: str, path: str, status: int) -> Any:
        assert answer.status_code == status, answer.text
        if status == 204:
            assert answer.content == b""
            return None
        read = answer.json()
        operation = DOCUMENT["paths"].get(re.sub(r"\d+", "{id}", path), {}).get(method, {})
        described = operation.get("responses", {}).get(str(status)) or _of_problem()
        ((media_type, content),) = described["content"].items()
        assert answer["Content-Type"] == media_type
        jsonschema.validate(read, {**content["schema"], "components": DOCUMENT["components"]})
        return read


def _of_problem() -> Any:
    return DOCUMENT["paths"]["/articles"]["get"]["responses"]["default"]
