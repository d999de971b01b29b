"""Secret addresses: one for each view that a reader hands to another program, revocable, hashed at rest."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from articles.export.models import LONGEST_NAME, Output
from articles.lists.selection import Selection
from articles.search.find import Search
from articles.search.query.syntax import LONGEST_QUERY
from feeds.parse.text import line
from feeds.writes import UNWRITABLE, soon

SECRET_BYTES = 24
# The column that keeps each field of the selection.
_COLUMNS = {field.name: field.name for field in fields(Selection) if field.compare} | {"query": "text"}
NOTED_EVERY = timedelta(hours=1)


def create(user: User, search: Search, *, name: str = "") -> tuple[Output, str]:
    """An output of the view, under the reader's `name` for it, and its secret, which nobody can find out again."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    # A query that is longer is the same search, and SQLite would keep it whole.
    kept = replace(search.selection, query=search.selection.query[:LONGEST_QUERY])
    columns = {column: getattr(kept, field) for field, column in _COLUMNS.items()}
    output = Output.objects.create(user=user, name=line(name, LONGEST_NAME), digest=_digest(secret), **columns)
    return output, secret


def opened_by(pk: int, secret: str) -> Output | None:
    """The output that the secret opens, with all that its view needs; None where it opens nothing. Notes the use."""
    output = Output.objects.select_related("user", "feed", "category").filter(pk=pk, user__is_active=True).first()
    # A secret has 192 random bits: a plain digest of it is as good as a slow one.
    if output is None or not constant_time_compare(output.digest, _digest(secret)):
        return None
    _note_use(output)
    return output


def search_of(output: Output) -> Search:
    """The view that the output opens."""
    reader = output.user
    assert isinstance(reader, User)
    selection = Selection.of_values({name: getattr(output, column) for name, column in _COLUMNS.items()})
    return Search(selection=selection, reader=reader, now=timezone.localtime())


def revoke(user: User, pk: int) -> bool:
    """Close an output of the user's. False where there is none."""
    return bool(Output.objects.filter(user=user, pk=pk).delete()[0])


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _note_use(output: Output) -> None:
    """A write an hour at most, however often a reader polls."""
    now = timezone.now()
    if output.last_used_at is None or output.last_used_at <= now - NOTED_EVERY:
        with suppress(*UNWRITABLE), soon():  # what it opens is given all the same
            Output.objects.filter(pk=output.pk).update(last_used_at=now)
