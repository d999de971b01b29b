"""An app on Django's test client: it signs in and asks."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.test import Client

from articles.api import app_passwords
from articles.api.models import AppPassword

API = "/reader/api/0/"
FORM = "application/x-www-form-urlencoded"


class App:
    """An app that has the reader's key; `prefix` is what its preset puts before all addresses."""

    def __init__(self, reader: User, scope: AppPassword.Scope = AppPassword.Scope.MANAGE, prefix: str = "") -> None:
        self.client, self.prefix = Client(), prefix
        self.row, self.password = app_passwords.create(reader, "test", scope)
        self.headers = {"Authorization": self.sign_in(reader)}

    def sign_in(self, reader: User) -> str:
        """The header that the site gives for the password."""
        fields = {"Email": reader.get_username(), "Passwd": self.password}
        answer = self.client.post(f"{self.prefix}/accounts/ClientLogin", fields)
        assert answer.status_code == 200, answer.text
        return f"GoogleLogin auth={dict(line.split('=', 1) for line in answer.text.splitlines())['Auth']}"

    def get(self, path: str, **fields: Any) -> Any:
        query = urlencode([(name, each) for name, value in fields.items() for each in _each(value)])
        return self.client.get(f"{self.prefix}{API}{path}?{query}", headers=self.headers)

    def json(self, path: str, **fields: Any) -> Any:
        answer = self.get(path, **fields)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.getvalue())

    def post(self, path: str, body: str | None = None, **fields: Any) -> Any:
        pairs = [(name, each) for name, value in fields.items() for each in _each(value)]
        sent = urlencode(pairs) if body is None else body
        return self.client.post(f"{self.prefix}{API}{path}", sent, content_type=FORM, headers=self.headers)

    def ids(self, stream: str, **fields: Any) -> list[int]:
        """All ids of the stream, page by page."""
        found: list[int] = []
        answer = self.json("stream/items/ids", s=stream, **fields)
        found += [int(item["id"]) for item in answer["itemRefs"]]
        while "continuation" in answer:
            answer = self.json("stream/items/ids", s=stream, c=answer["continuation"], **fields)
            assert answer["itemRefs"]  # an empty page with a continuation makes an app ask for ever
            found += [int(item["id"]) for item in answer["itemRefs"]]
        return found


def _each(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]
