"""The parts of a backup: the tables, found through Django so that no new one is forgotten, and the pictures."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

# Whose tables are kept, with all their columns.
APPS = frozenset({"feeds", "articles", "newsreader", "auth", "contenttypes", "admin"})
# What is left out, and why.
EXCLUDED = {
    "articles.searchentry": "the search index is made anew",
    "articles.indexstate": "the search index is made anew",
    "articles.storymember": "articles are compared anew",
    "articles.likeness": "articles are compared anew",
    "articles.waitingarticle": "articles are compared anew",
    "articles.foldingprogress": "articles are compared anew",
    "feeds.heartbeat": "it tells of the instance, not of what it holds",
    "sessions.session": "readers sign in again",
    "newsreader.signin": "the same",
    "axes.accessattempt": "attempts to sign in belong to the server they were made at",
    "axes.accessattemptexpiration": "the same",
    "axes.accesslog": "the same",
    "axes.accessfailurelog": "the same",
}
# A new database has rows in these, which the migrations put there: with no others it is empty.
FILLED_BY_MIGRATIONS = frozenset(
    {
        *("contenttypes.contenttype", "auth.permission", "articles.boilerplaterule"),
        *("articles.refererrule", "articles.exportidentity", "articles.archiveprogress"),
    }
)
ROWS_AT_ONCE = 100

Model = type[models.Model]


def tables() -> list[Model]:
    """The models of a backup, link tables too, always in the same order."""
    found = [model for model in _all_models() if model._meta.app_label in APPS and label(model) not in EXCLUDED]
    return sorted(found, key=label)


def unaccounted() -> list[str]:
    """Models that nobody decided about."""
    return [
        label(model) for model in _all_models() if model._meta.app_label not in APPS and label(model) not in EXCLUDED
    ]


def _all_models() -> list[Model]:
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def label(model: Model) -> str:
    """As articles.article."""
    return model._meta.label_lower


def columns(model: Model) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def lines(model: Model) -> Iterator[bytes]:
    """A line of JSON per row, a list in the order of `columns`, sorted by key."""
    rows = model._base_manager.order_by("pk").values_list(*columns(model))
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield _ENCODER.encode(row).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a backup has no form for {type(value)}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


def row_maker(model: Model, names: Sequence[str]) -> Callable[[Sequence[Any]], models.Model]:
    """Makes an unsaved object of a row whose columns are `names`; other columns get their defaults. Raises KeyError for
    a column that the model does not have."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    converters = {name: convert for name in names if (convert := _converter(fields[name]))}

    def make(row: Sequence[Any]) -> models.Model:
        if not isinstance(row, list):
            raise TypeError("a row is no list")
        values = dict(zip(names, row, strict=True))
        for name, convert in converters.items():
            if values[name] is not None:
                values[name] = convert(values[name])
        return model(**values)

    return make


def _converter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """The function that makes a column's value of its form in JSON; None where it is the same."""
    if isinstance(field, models.ForeignKey):
        return _converter(field.target_field)
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat
    if isinstance(field, models.BinaryField):
        return base64.b64decode
    plain = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.JSONField)
    return None if isinstance(field, plain) else field.to_python
