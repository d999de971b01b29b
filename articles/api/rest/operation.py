"""An operation that can be asked for: its address, its fields, its answer, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from articles.api.models import AppPassword
from articles.api.rest.shapes import Shape
from articles.api.rest.values import Field


class NotThere(Exception):
    """There is no such thing for this reader. The message says of what."""


class NoFeed(Exception):
    """An address leads to no feed. The message says what was there."""


class TakesTooLong(Exception):
    """The database gave up. The message says on what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request whose fields have been checked. `pk`: the id in the address, 0 without one."""

    reader: User
    values: Mapping[str, Any]
    site: str
    now: datetime
    pk: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`path` as OpenAPI writes it, below the API's address. `does` returns what the answer is written of, None where it
    has no body; it raises NoSense, NotThere, NoFeed, NotAllowed, TakesTooLong."""

    method: str
    path: str
    name: str
    summary: str
    scope: AppPassword.Scope
    does: Callable[[Asked], Any]
    answer: Shape | None = None
    query: tuple[Field, ...] = ()
    body: tuple[Field, ...] = ()
    status: int = 200
