"""The work on articles that have just been stored, whichever way they came. What is not done now waits for the
next tick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.models import Poll


def came_in(articles: int) -> None:
    """Compare with what is here as many articles as have just come in, in whole turns: what waits from before is for a
    worker's own turns, and no poll is the slower for it. Then let rules see them: they tell of a story once. Nothing
    where none came in. Raises nothing."""
    if not articles:
        return
    from articles.rules.waiting import see_at_once  # most polls find nothing, and must not pay
    from articles.stories.fold import fold_waiting

    fold_waiting(articles=articles)
    see_at_once()


def came_in_by(polls: Iterable[Poll | None]) -> None:
    """The same, with what these polls have brought."""
    came_in(sum(map(brought, polls)))


def brought(poll: Poll | None) -> int:
    """The number of articles that a poll has stored, new and changed."""
    return poll.new_articles + poll.changed_articles if poll else 0
