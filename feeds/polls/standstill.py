"""Feeds that stand still, and how they begin again."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from feeds.models import Feed


def pause(feeds: QuerySet[Feed]) -> int:
    """Poll these feeds no more. Returns how many were polled."""
    return feeds.exclude(state=Feed.State.PAUSED).update(state=Feed.State.PAUSED)


def resume(feeds: QuerySet[Feed]) -> int:
    """Poll feeds that are paused or gone again. Returns how many."""
    return feeds.exclude(state=Feed.State.ACTIVE).update(state=Feed.State.ACTIVE, **fresh_start())


def fresh_start() -> dict[str, Any]:
    """Columns of a feed whose failures are forgotten, and with them the long wait before the next try."""
    return {"failures": 0, "last_error": "", "refused_hash": "", "refused_at": None, "next_check_at": timezone.now()}
