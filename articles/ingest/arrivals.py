"""The work on articles that have just been stored, whichever way they came. What is not done now waits for the
next tick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.models import Poll


def came_in() -> None:
    """Compare what has just come in with what is here, then let rules see it: they tell of a story once. Raises
    nothing."""
    from articles.rules.queue import see_at_once  # most polls find nothing, and must not pay
    from articles.stories.fold import fold_waiting

    fold_waiting()
    see_at_once()


def came_in_by(polls: Iterable[Poll | None]) -> None:
    """The same, where one of `polls` has brought something."""
    if any(map(has_brought, polls)):
        came_in()


def has_brought(poll: Poll | None) -> bool:
    return poll is not None and bool(poll.new_articles or poll.changed_articles)
