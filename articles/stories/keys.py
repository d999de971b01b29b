"""The table of keys: a number that two articles share which may be the same, the hour of publication, an article.

Keys that an article has no more, as it has changed or is gone, stay: they lead to a comparison, never to a verdict.

The numbers that only articles of one time share begin with their fortnight: so those of what comes in now stand
together, on a few pages of the index that are in memory, and not each on another page of hundreds of megabytes, which
Postgres would write to its log as a whole.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from operator import itemgetter

from django.db import connection

from articles.folding import Keys
from articles.folding.telling import NEAR_IN_TIME
from feeds.statements import array, standing_cursor

MOST_OF_KEY = 40  # the earliest articles at a key
MOST_FOUND = 2_000  # in one look
MOST_COMPARED = 20  # with one article, those that share the most keys
NEAR_HOURS = int(NEAR_IN_TIME.total_seconds()) // 3600 + 1
EVER = 2**31 - 1
PERIOD = 24 * 14  # hours; the year 9999 is in number 209,000
WHENEVER = 2**18
BITS = 44  # of a number, below its period: of ten millions two are the same by chance in one of a million cases

_ONCE = " ON CONFLICT DO NOTHING"  # to look whether a row is there costs Postgres as much as to add it
PUT = {
    "postgresql": """INSERT INTO articles_storykey (key, hour, article_id)
        SELECT * FROM unnest(%s::bigint[], %s::integer[], %s::bigint[])""",
    "sqlite": "INSERT INTO articles_storykey (key, hour, article_id) VALUES (%s, %s, %s)",
}
_FOUND = f"SELECT key, hour, article_id FROM articles_storykey WHERE key {{}} LIMIT {MOST_FOUND}"  # noqa: S608
FOUND = {
    "postgresql": _FOUND.format("= ANY(%s::bigint[])"),
    "sqlite": _FOUND.format("IN (SELECT value FROM json_each(%s))"),
}
# The earliest at each key that is asked for, by one statement: by one for each it took more than twice as long.
_EARLIEST = f"""SELECT article_id FROM articles_storykey WHERE key = {{}} AND hour BETWEEN {{}} AND {{}}
    ORDER BY hour, article_id LIMIT {MOST_OF_KEY}"""  # noqa: S608
FOUND_OF_EACH = {
    "postgresql": f"""SELECT asker, ARRAY({_EARLIEST.format("asked.number", "asked.low", "asked.high")})
        FROM unnest(%s::bigint[], %s::integer[], %s::integer[], %s::bigint[]) AS asked (number, low, high, asker)""",  # noqa: S608
    "sqlite": f"""SELECT json_extract(asked.value, '$[3]'), (SELECT json_group_array(article_id)
            FROM ({_EARLIEST.format(*(f"json_extract(asked.value, '$[{place}]')" for place in range(3)))}))
        FROM json_each(%s) AS asked""",  # noqa: S608
}


Stored = tuple[int, int, int]
"""A row of the table: key, hour, article."""
Askers = dict[int, list[tuple[int, int, int]]]
"""Who asks for a key: from which hour, up to which, which article."""
Asked = tuple[int, Sequence[int]]
"""Who asks, and the articles that stand at a key of his."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The keys of articles as they are stored, and as they are asked for. `articles`: their ids."""

    rows: Set[Stored]
    askers: Askers
    articles: Collection[int]


def placed(keys: Mapping[int, tuple[Keys, datetime]]) -> Placed:
    """The keys of articles, by their ids, with the times of publication."""
    rows, askers = set[Stored](), Askers()
    for pk, (some, at) in keys.items():
        hour = hour_of(at)
        low, high, own = hour - NEAR_HOURS, hour + NEAR_HOURS, hour // PERIOD
        numbers = {period: _numbers(some.near, period) for period in range(low // PERIOD, high // PERIOD + 1)}
        lasting = _numbers(some.lasting, WHENEVER)
        rows.update([(number, hour, pk) for number in (*numbers[own], *lasting)])
        for number in chain.from_iterable(numbers.values()):
            askers.setdefault(number, []).append((low, high, pk))
        for number in lasting:
            askers.setdefault(number, []).append((-EVER, EVER, pk))
    return Placed(rows, askers, keys.keys())


@dataclass(frozen=True, slots=True)
class Found:
    """The articles to compare each with, by ids, the likeliest first: those that are here, and each other. `there`: the
    rows that were at the keys; None where thousands are."""

    candidates: Mapping[int, Sequence[int]]
    there: Collection[Stored] | None


def look(keys: Placed) -> Found:
    """The rows at the keys, and the articles that they name for comparison."""
    there = _there(keys.askers)
    shared: dict[int, Counter[int]] = defaultdict(Counter)
    for pk, others in _of_each(keys.askers) if there is None else _among_those(there, keys.askers):
        shared[pk].update(others)
    for counts in shared.values():
        for other in keys.articles:
            counts.pop(other, None)  # their rows are older than `keys`
    for pk, others in _each_other(keys):
        shared[pk].update(others)
    candidates = {pk: sorted(counts, key=lambda other: (-counts[other], other)) for pk, counts in shared.items()}
    return Found({pk: others[:MOST_COMPARED] for pk, others in candidates.items() if others}, there)


def put(keys: Placed, there: Collection[Stored] | None) -> None:
    """Add the keys but for those that are `there`, as `look` found them: nobody has added any since. In the caller's
    transaction."""
    if not (rows := sorted(keys.rows - set(there or ()))):
        return
    sql = f"{PUT[connection.vendor]}{_ONCE if there is None else ''}"
    with standing_cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(sql, [array(column) for column in zip(*rows, strict=True)])
        else:
            cursor.executemany(sql, rows)


def _numbers(keys: Iterable[int], period: int) -> list[int]:
    """The numbers under which keys are stored: 64 bits, with the period first."""
    first, mask = period << BITS, (1 << BITS) - 1
    return [first | key & mask for key in keys]


def _each_other(keys: Placed) -> Iterator[Asked]:
    """Those of articles that come in together, behind who asks: as if their rows were here."""
    standing: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, hour, other in keys.rows:
        standing[number].append((hour, other))
    for number, rows in standing.items():
        if len(askers := keys.askers[number]) > 1:
            for low, high, pk in askers:
                yield pk, [other for hour, other in rows if other != pk and low <= hour <= high]


def _there(askers: Askers) -> list[Stored] | None:
    """The rows at these keys, by one look, as next to nobody stands there; None where thousands do."""
    if not askers:
        return []
    numbers = array(askers) if connection.vendor == "postgresql" else json.dumps(sorted(askers))
    with standing_cursor() as cursor:
        cursor.execute(FOUND[connection.vendor], [numbers])
        rows = cursor.fetchall()
    return rows if len(rows) < MOST_FOUND else None


def _among_those(there: Iterable[Stored], askers: Askers) -> Iterator[Asked]:
    """The articles of these rows within the hours, behind who asks."""
    for number, some in groupby(sorted(there), key=itemgetter(0)):
        rows = list(some)
        for low, high, pk in askers[number]:
            yield pk, [other for _, hour, other in rows if low <= hour <= high][:MOST_OF_KEY]


def _of_each(askers: Askers) -> Iterator[Asked]:
    """The same where thousands stand at these keys: the earliest of each alone."""
    asked = [(number, *asker) for number, some in askers.items() for asker in some]
    is_postgres = connection.vendor == "postgresql"
    with standing_cursor() as cursor:
        values = [array(column) for column in zip(*asked, strict=True)] if is_postgres else [json.dumps(asked)]
        cursor.execute(FOUND_OF_EACH[connection.vendor], values)
        rows = cursor.fetchall()
    for pk, others in rows:
        yield pk, others if is_postgres else json.loads(others)


def forget() -> None:
    """Delete all keys."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_storykey")


def hour_of(moment: datetime) -> int:
    """Hours since 1970."""
    return int(moment.timestamp() // 3600)
