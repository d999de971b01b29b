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
from itertools import groupby, permutations
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


def put(keys: Mapping[int, tuple[Keys, datetime]]) -> None:
    """Add the keys of articles, by their ids, with the times of publication. In the caller's transaction."""
    rows = set[tuple[int, int, int]]()
    for pk, (some, at) in keys.items():
        hour = hour_of(at)
        rows.update((_placed(key, hour // PERIOD), hour, pk) for key in some.near)
        rows.update((_placed(key, WHENEVER), hour, pk) for key in some.lasting)
    if not rows:
        return
    with standing_cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PUT["postgresql"], _arrays(sorted(rows)))
        else:
            cursor.executemany(PUT["sqlite"], sorted(rows))


def candidates(keys: Mapping[int, tuple[Keys, datetime]]) -> dict[int, list[int]]:
    """The articles to compare each with, by ids, the likeliest first: those that are here, and each other."""
    asked = []
    for pk, (some, at) in keys.items():
        hour = hour_of(at)
        low, high = hour - NEAR_HOURS, hour + NEAR_HOURS
        periods = range(low // PERIOD, high // PERIOD + 1)
        asked += [(_placed(key, period), low, high, pk) for key in some.near for period in periods]
        asked += [(_placed(key, WHENEVER), -EVER, EVER, pk) for key in some.lasting]
    shared = Counter(pair for pair in _found(asked) if pair[1] not in keys)
    shared.update(_among(keys))
    ordered = sorted(shared, key=lambda pair: (pair[0], -shared[pair], pair[1]))
    return {pk: [other for _, other in some][:MOST_COMPARED] for pk, some in groupby(ordered, key=itemgetter(0))}


def _among(keys: Mapping[int, tuple[Keys, datetime]]) -> Iterator[tuple[int, int]]:
    """The same among articles that come in together."""
    places = defaultdict[tuple[int, bool], list[tuple[int, int]]](list)
    for pk, (some, at) in keys.items():
        hour = hour_of(at)
        for key in {(key, False) for key in some.near} | {(key, True) for key in some.lasting}:
            places[key].append((pk, hour))
    for (_, is_lasting), here in places.items():
        if len(here) == 1:
            continue
        for (pk, hour), (other, theirs) in permutations(here, 2):
            if is_lasting or abs(hour - theirs) <= NEAR_HOURS:
                yield pk, other


def _placed(key: int, period: int) -> int:
    """The number under which a key is stored: 64 bits, with the period first."""
    return period << BITS | key & (1 << BITS) - 1


def _found(asked: list[tuple[int, int, int, int]]) -> Iterator[tuple[int, int]]:
    """The articles at these keys, within the hours, each behind who asks. One look finds all, as next to nobody stands
    there; for keys at which thousands do there is one look for each."""
    if not asked:
        return
    askers: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for key, *rest in asked:
        askers[key].append((rest[0], rest[1], rest[2]))
    with standing_cursor() as cursor:
        is_postgres = connection.vendor == "postgresql"
        cursor.execute(FOUND[connection.vendor], [array(sorted(askers)) if is_postgres else json.dumps(sorted(askers))])
        rows = cursor.fetchall()
    if len(rows) == MOST_FOUND:
        yield from _found_one_by_one(asked)
        return
    for key, some in groupby(sorted(rows), key=itemgetter(0)):
        there = list(some)
        for low, high, pk in askers[key]:
            near = [other for _, hour, other in there if low <= hour <= high]
            yield from ((pk, other) for other in near[:MOST_OF_KEY])


def _found_one_by_one(asked: list[tuple[int, int, int, int]]) -> Iterator[tuple[int, int]]:
    for *given, pk in asked:
        with standing_cursor() as cursor:
            cursor.execute(FOUND_OF_ONE, given)
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
