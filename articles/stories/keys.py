"""The table of keys: a number that two articles share which may be the same, the hour of publication, an article.

Keys that an article has no more, as it has changed or is gone, stay: they lead to a comparison, never to a verdict.

The numbers that only articles of one time share begin with their fortnight: so those of what comes in now stand
together, on a few pages of the index that are in memory, and not each on another page of hundreds of megabytes, which
Postgres would write to its log as a whole.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.db import connection

from articles.folding import Keys
from articles.folding.telling import NEAR_IN_TIME
from feeds.statements import array, standing_cursor

MOST_OF_KEY = 40  # the earliest articles at a key
MOST_FOUND = 5_000  # in one look
MOST_COMPARED = 20  # with one article, those that share the most keys
NEAR_HOURS = int(NEAR_IN_TIME.total_seconds()) // 3600 + 1
EVER = 2**31 - 1
PERIOD = 24 * 14  # hours; the year 9999 is in number 209,000
WHENEVER = 2**18
BITS = 44  # of a number, below its period: of ten millions two are the same by chance in one of a million cases

PUT = {
    "postgresql": """INSERT INTO articles_storykey (key, hour, article_id)
        SELECT * FROM unnest(%s::bigint[], %s::integer[], %s::bigint[]) ON CONFLICT DO NOTHING""",
    "sqlite": "INSERT OR IGNORE INTO articles_storykey (key, hour, article_id) VALUES (%s, %s, %s)",
}
_FOUND = f"SELECT key, hour, article_id FROM articles_storykey WHERE key {{}} LIMIT {MOST_FOUND}"  # noqa: S608
FOUND = {
    "postgresql": _FOUND.format("= ANY(%s::bigint[])"),
    "sqlite": _FOUND.format("IN (SELECT value FROM json_each(%s))"),
}
FOUND_OF_ONE = f"""SELECT article_id FROM articles_storykey WHERE key = %s AND hour BETWEEN %s AND %s
    ORDER BY hour, article_id LIMIT {MOST_OF_KEY}"""  # noqa: S608


Stored = tuple[int, int, int]
"""A row of the table: key, hour, article."""
Askers = dict[int, list[tuple[int, int, int]]]
"""Who asks for a key: from which hour, up to which, which article."""


def put(keys: Mapping[int, tuple[Keys, datetime]]) -> None:
    """Add the keys of articles, by their ids, with the times of publication. In the caller's transaction."""
    rows = sorted(_rows(keys))
    if not rows:
        return
    with standing_cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PUT["postgresql"], _arrays(rows))
        else:
            cursor.executemany(PUT["sqlite"], rows)


def candidates(keys: Mapping[int, tuple[Keys, datetime]]) -> dict[int, list[int]]:
    """The articles to compare each with, by ids, the likeliest first: those that are here, and each other."""
    askers: Askers = defaultdict(list)
    for pk, (some, at) in keys.items():
        hour = hour_of(at)
        low, high = hour - NEAR_HOURS, hour + NEAR_HOURS
        for period in range(low // PERIOD, high // PERIOD + 1):
            for number in _placed(some.near, period):
                askers[number].append((low, high, pk))
        for number in _placed(some.lasting, WHENEVER):
            askers[number].append((-EVER, EVER, pk))
    shared = Counter(pair for pair in _found(askers) if pair[1] not in keys)
    shared.update(_among(_rows(keys), askers))
    ordered = sorted(shared, key=lambda pair: (pair[0], -shared[pair], pair[1]))
    return {pk: [other for _, other in some][:MOST_COMPARED] for pk, some in groupby(ordered, key=itemgetter(0))}


def _rows(keys: Mapping[int, tuple[Keys, datetime]]) -> set[Stored]:
    """The rows of the table that these keys make."""
    rows = set[Stored]()
    for pk, (some, at) in keys.items():
        hour = hour_of(at)
        numbers = _placed(some.near, hour // PERIOD) + _placed(some.lasting, WHENEVER)
        rows.update([(number, hour, pk) for number in numbers])
    return rows


def _placed(keys: Iterable[int], period: int) -> list[int]:
    """The numbers under which keys are stored: 64 bits, with the period first."""
    first, mask = period << BITS, (1 << BITS) - 1
    return [first | key & mask for key in keys]


def _among(rows: Iterable[Stored], askers: Askers) -> Iterator[tuple[int, int]]:
    """Those of articles that come in together, each behind who asks: as if their rows were here."""
    for number, hour, other in rows:
        if len(there := askers[number]) > 1:
            yield from ((pk, other) for low, high, pk in there if pk != other and low <= hour <= high)


def _found(askers: Askers) -> Iterator[tuple[int, int]]:
    """The articles at these keys, within the hours, each behind who asks. One look finds all, as next to nobody stands
    there; for keys at which thousands do there is one look for each."""
    if not askers:
        return
    with standing_cursor() as cursor:
        is_postgres = connection.vendor == "postgresql"
        cursor.execute(FOUND[connection.vendor], [array(askers) if is_postgres else json.dumps(sorted(askers))])
        rows = cursor.fetchall()
    if len(rows) == MOST_FOUND:
        yield from _found_one_by_one(askers)
        return
    for number, some in groupby(sorted(rows), key=itemgetter(0)):
        there = list(some)
        for low, high, pk in askers[number]:
            near = [other for _, hour, other in there if low <= hour <= high]
            yield from ((pk, other) for other in near[:MOST_OF_KEY])


def _found_one_by_one(askers: Askers) -> Iterator[tuple[int, int]]:
    for number, some in askers.items():
        for low, high, pk in some:
            with standing_cursor() as cursor:
                cursor.execute(FOUND_OF_ONE, [number, low, high])
                yield from ((pk, other) for (other,) in cursor.fetchall())


def _arrays(rows: Iterable[tuple[int, ...]]) -> list[str]:
    return [array(column) for column in zip(*rows, strict=True)]


def forget() -> None:
    """Delete all keys."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_storykey")


def hour_of(moment: datetime) -> int:
    """Hours since 1970."""
    return int(moment.timestamp() // 3600)
