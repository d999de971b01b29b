"""The table of keys: a number that two articles share which may be the same, the hour of publication, an article.

Keys that an article has no more, as it has changed or is gone, stay: they lead to a comparison, never to a verdict.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.db import connection

from articles.folding import Keys
from articles.folding.telling import NEAR_IN_TIME
from feeds.statements import array, standing_cursor

MOST_OF_KEY = 40  # the earliest articles at a key
MOST_COMPARED = 20  # with one article, those that share the most keys
NEAR_HOURS = int(NEAR_IN_TIME.total_seconds()) // 3600 + 1
EVER = 2**31 - 1

PUT = {
    "postgresql": """INSERT INTO articles_storykey (key, hour, article_id)
        SELECT * FROM unnest(%s::bigint[], %s::integer[], %s::bigint[]) ON CONFLICT DO NOTHING""",
    "sqlite": "INSERT OR IGNORE INTO articles_storykey (key, hour, article_id) VALUES (%s, %s, %s)",
}
FOUND = f"""SELECT article_id FROM articles_storykey WHERE key = {{}} AND hour BETWEEN {{}} AND {{}}
    ORDER BY hour, article_id LIMIT {MOST_OF_KEY}"""  # noqa: S608
FOUND_OF_ALL = f"""SELECT asked.article_id, found.article_id
    FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::bigint[]) AS asked (key, low, high, article_id)
    CROSS JOIN LATERAL ({FOUND.format("asked.key", "asked.low", "asked.high")}) AS found"""  # noqa: S608
_OF_ASKED = [f"json_extract(asked.value, '$[{number}]')" for number in range(4)]
# The same where there is no LATERAL: the ids in one text, as JSON.
FOUND_OF_EACH = f"""SELECT {_OF_ASKED[3]}, (SELECT json_group_array(article_id) FROM ({FOUND.format(*_OF_ASKED[:3])}))
    FROM json_each(%s) AS asked"""  # noqa: S608


def put(keys: Mapping[int, tuple[Keys, datetime]]) -> None:
    """Add the keys of articles, by their ids, with the times of publication."""
    hours = {pk: hour_of(at) for pk, (_, at) in keys.items()}
    rows = sorted((key, hours[pk], pk) for pk, (some, _) in keys.items() for key in {*some.near, *some.lasting})
    if not rows:
        return
    with standing_cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PUT["postgresql"], _arrays(rows))
        else:
            cursor.executemany(PUT["sqlite"], rows)


def candidates(keys: Mapping[int, tuple[Keys, datetime]]) -> dict[int, list[int]]:
    """The articles to compare each with, by ids, the likeliest first."""
    asked = []
    for pk, (some, at) in keys.items():
        hour = hour_of(at)
        asked += [(key, hour - NEAR_HOURS, hour + NEAR_HOURS, pk) for key in some.near]
        asked += [(key, -EVER, EVER, pk) for key in some.lasting]
    shared = Counter(pair for pair in _found(asked) if pair[0] != pair[1])
    ordered = sorted(shared, key=lambda pair: (pair[0], -shared[pair], pair[1]))
    return {pk: [other for _, other in some][:MOST_COMPARED] for pk, some in groupby(ordered, key=itemgetter(0))}


def _found(asked: list[tuple[int, int, int, int]]) -> Iterable[tuple[int, int]]:
    if not asked:
        return
    with standing_cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FOUND_OF_ALL, _arrays(asked))
            yield from cursor.fetchall()
            return
        cursor.execute(FOUND_OF_EACH, [json.dumps(asked)])
        for pk, others in cursor.fetchall():
            if others == f"[{pk}]":  # nearly always: it is itself at its key
                continue
            yield from ((pk, other) for other in json.loads(others))


def _arrays(rows: Iterable[tuple[int, ...]]) -> list[str]:
    return [array(column) for column in zip(*rows, strict=True)]


def forget() -> None:
    """Delete all keys."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_storykey")


def hour_of(moment: datetime) -> int:
    """Hours since 1970."""
    return int(moment.timestamp() // 3600)
