"""Whose list a command takes."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from feeds.subscriptions.visibility import Operator, Reader

NEEDS_READER = "is: asks what a reader did: say whose with --user"


def reader_named(name: str | None) -> Reader:
    """The user of that name; the operator, who is nobody's reader and sees all, for no name. Raises CommandError."""
    reader = User.objects.filter(username=name).first() if name is not None else Operator()
    if reader is None:
        raise CommandError(f"there is no user {name}", returncode=2)
    return reader
