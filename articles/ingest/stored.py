"""The stored rows that bear on the entries of a document, and the operator's rules for their HTML: all in one query."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from articles.boilerplate.rules import RULES_OF_FEED, as_boilerplate
from articles.ingest.entries.decide import Known, identities
from articles.sanitize import Boilerplate
from feeds.models import Feed
from feeds.parse import ParsedEntry
from feeds.statements import standing_cursor

# In SQL of its own: a poll that finds something asks this, and three queries of the ORM were a sixth of its time.
KEPT = """
SELECT 'article', id, guid, url, entry_hash FROM articles_article WHERE feed_id = %s AND guid {among}
UNION ALL
SELECT 'deleted', 0, guid, '', '' FROM articles_tombstone WHERE feed_id = %s AND guid {among}
UNION ALL
SELECT 'rule', place, match, value, '' FROM ({rules}) AS rules
"""
# One parameter, however many guids: SQLite takes some 30,000.
AMONG = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}


@dataclass(frozen=True, slots=True)
class Kept:
    """Articles that are stored, guids of those that an operator deleted, and the rules that apply to the feed, in
    the order of articles.boilerplate.rules."""

    known: tuple[Known, ...] = ()
    deleted: frozenset[str] = frozenset()
    boilerplate: tuple[Boilerplate, ...] = ()


def kept(feed: Feed, entries: Iterable[ParsedEntry]) -> Kept:
    """The articles that are stored, or were, under any identity of `entries`, and the feed's rules for boilerplate."""
    guids = sorted(identities(entries))
    among: Any = guids if connection.vendor == "postgresql" else json.dumps(guids)
    with standing_cursor() as cursor:
        query = KEPT.format(among=AMONG[connection.vendor], rules=RULES_OF_FEED)
        cursor.execute(query, [feed.pk, among, feed.pk, among, feed.pk])
        rows = cursor.fetchall()
    return Kept(
        known=tuple(Known(*row) for kind, *row in rows if kind == "article"),
        deleted=frozenset(guid for kind, _, guid, _, _ in rows if kind == "deleted"),
        boilerplate=as_boilerplate(row for kind, *row, _ in rows if kind == "rule"),
    )
