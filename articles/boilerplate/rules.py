"""The operator's rules for what an aggregator adds to articles, as values that the sanitizer takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, cast

from django.db import connection

from articles.sanitize import Boilerplate, Match
from feeds.models import Feed

# The rules that apply to a feed, its own and those for all, in their order: place, match, value. Also a part of the one
# query that a poll makes of what is stored (articles.ingest.stored).
RULES_OF_FEED = """
SELECT row_number() OVER (ORDER BY name, id) AS place, match, value FROM articles_boilerplaterule
WHERE enabled AND (feed_id = %s OR feed_id IS NULL)
"""


def boilerplate_for(feed: Feed) -> tuple[Boilerplate, ...]:
    """The enabled rules that apply to `feed`. One query: keep it for a batch."""
    with connection.cursor() as cursor:
        cursor.execute(RULES_OF_FEED, [feed.pk])
        return as_boilerplate(cursor.fetchall())


def as_boilerplate(rows: Iterable[Sequence[Any]]) -> tuple[Boilerplate, ...]:
    """The rows of RULES_OF_FEED as the sanitizer takes them."""
    return tuple(Boilerplate(cast(Match, match), value) for _, match, value in sorted(rows, key=itemgetter(0)))
