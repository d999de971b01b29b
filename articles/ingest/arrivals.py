"""The work on articles that have just been stored, whichever way they came. What is not done now waits for the
next tick."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.models import Poll

logger = logging.getLogger(__name__)

SECONDS = 5.0  # for rules, after a poll


def came_in(articles: int) -> None:
    """Compare with what is here as many articles as have just come in, in whole turns: what waits from before is for a
    worker's own turns, and no poll is the slower for it. Then let rules see them: they tell of a story once. Nothing
    where none came in. Raises nothing."""
    if not articles:
        return
    from articles.stories.fold import fold_waiting  # most polls find nothing, and must not pay

    fold_waiting(articles=articles)
    _let_rules_see()


def _let_rules_see() -> None:
    """Nothing is raised: a failure is logged, and the work done at the next tick."""
    from articles.rules.models import UnjudgedArticle

    try:
        if UnjudgedArticle.objects.exists():
            from articles.rules.queue import work  # loads all that searches, which most polls have no use for

            work(SECONDS)
    except Exception:
        logger.exception("rules could not see what came in; they will at the next tick")


def came_in_by(polls: Iterable[Poll | None]) -> None:
    """The same, with what these polls have brought."""
    came_in(sum(map(brought, polls)))


def brought(poll: Poll | None) -> int:
    """The number of articles that a poll has stored, new and changed."""
    return poll.new_articles + poll.changed_articles if poll else 0
