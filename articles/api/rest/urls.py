"""Addresses of our own API, made of the table of its operations."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from articles.api.rest import views
from articles.api.rest.operation import Operation
from articles.api.rest.operations import OPERATIONS


def _by_path() -> dict[str, dict[str, Operation]]:
    found: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        found.setdefault(operation.path, {})[operation.method] = operation
    return found


urlpatterns: list[URLPattern] = [
    path("", views.page, name="rest_api"),
    path("openapi.json", views.description),
    *(
        path(known.removeprefix("/").replace("{id}", "<int:pk>"), views.view_of(operations))
        for known, operations in _by_path().items()
    ),
    re_path(r"^.+$", views.nothing),
]
