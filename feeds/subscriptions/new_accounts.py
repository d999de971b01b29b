"""New accounts, however they are made: by a page, the admin or a command."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User


def on_saved(sender: type[User], instance: User, *, created: bool, raw: bool = False, **_more: Any) -> None:
    """Let a new account begin as the site has it. One that a backup brings back (`raw`) has what it had."""
    if created and not raw:
        from feeds.subscriptions import own  # every command loads this module

        own.begin(instance)
