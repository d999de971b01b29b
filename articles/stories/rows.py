"""The row that lists have of a story: that of its first article, of those that the reader has in the list of all.

So a story has one row wherever it is listed, and what is counted for feeds adds up. Of whoever follows all feeds it is
the story's first; of others the first that they follow. What is in no list of all (a feed that is left out of it, or
not followed) hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet

from articles.lists.gaps import BEYOND
from articles.models import StoryMember
from feeds.models import ReaderSettings
from feeds.statements import Given, Statement, standing_cursor
from feeds.subscriptions.visibility import FOLLOWED, Reader, sight_of, visible_feeds, visible_to

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
Doubles = ReaderSettings.Doubles
STORIES = Statement(
    lambda: StoryMember.objects.filter(article__pk__in=[Given("articles")]).values_list("article_id", "story")
)
AT_ONCE = 2_000  # ids in one query

# Looked up row by row: of most articles there is none. A scalar subquery, as EXISTS might be answered for all at once;
# a truth, which Postgres takes to hold of half of them: that something IS NULL it expects of next to none, and looks at
# every article for a page of fifty.
_DOUBLE = "(SELECT TRUE FROM articles_storymember AS own WHERE own.article_id = {} AND {})"
_HAS_EARLIER = """own.number > 0 AND ({} OR EXISTS (SELECT 1 FROM articles_storymember AS earlier
    WHERE earlier.story = own.story AND earlier.number < own.number AND {}))"""
_STARRED = """EXISTS (SELECT 1 FROM articles_articlestate AS starred WHERE starred.user_id = %s
    AND starred.article_id = earlier.article_id AND starred.starred_at IS NOT NULL)"""

# The doubles of ranges. Told by an equality SQLite makes a Bloom filter of all feeds that have doubles, each time; and
# rows are compared along an index by SQLite alone. To look into an index for each of many feeds takes Postgres longer
# than to read all doubles that came in after an id. The end and the limit keep nothing out: Postgres plans for any id
# where it expects few rows, and it expects a third of all after one, few between two, and a tenth of a limit's.
_DOUBLES = {
    "sqlite": """{ranges} AS ranges CROSS JOIN articles_storymember AS own
        WHERE (own.feed_id, own.article_id) > (ranges.feed_id, ranges.up_to)
            AND (own.feed_id, own.article_id) < (ranges.feed_id, ranges.before)""",
    "postgresql": """{ranges} AS ranges CROSS JOIN articles_storymember AS own
        WHERE own.feed_id = ranges.feed_id AND own.article_id > ranges.up_to AND own.article_id < ranges.before""",
    "postgresql, many": """{ranges} AS ranges
        JOIN (SELECT * FROM articles_storymember WHERE article_id > %s AND article_id < %s LIMIT %s) AS own
            ON own.feed_id = ranges.feed_id AND own.article_id > ranges.up_to AND own.article_id < ranges.before
        WHERE TRUE""",
}

# What a rule hides from lists hides nothing else; from who is not signed in, what a rule of the site does.
_NOT_HIDDEN = """NOT EXISTS (SELECT 1 FROM articles_articlestate AS hidden WHERE hidden.user_id = %s
    AND hidden.article_id = earlier.article_id AND hidden.is_hidden)"""
_HIDES_NOTHING = """NOT EXISTS (SELECT 1 FROM articles_articlestate AS hides WHERE hides.user_id = %s
    AND hides.is_hidden)"""  # told once for a query
_HIDDEN_FROM_ALL = """SELECT 1 FROM articles_rulehit AS hit JOIN articles_rule AS rule ON rule.id = hit.rule_id
    WHERE rule.user_id IS NULL AND hit.hidden AND NOT hit.is_undone"""
_NOT_HIDDEN_FROM_ALL = f"NOT EXISTS ({_HIDDEN_FROM_ALL} AND hit.article_id = earlier.article_id)"
_HIDES_NOTHING_FROM_ALL = f"NOT EXISTS ({_HIDDEN_FROM_ALL})"
_READ = """EXISTS (SELECT 1 FROM articles_articlestate AS done WHERE done.user_id = %s
    AND done.article_id = earlier.article_id AND done.is_read AND NOT done.read_by_rule)"""
_LABELLED = """EXISTS (SELECT 1 FROM articles_articlelabel AS labelled WHERE labelled.label_id = %s
    AND labelled.article_id = earlier.article_id)"""


@dataclass(frozen=True, slots=True)
class Fold:
    """The condition on an `earlier` article of a story that makes the later ones its doubles: SQL, with parameters. In
    `every`, that of a query in which each earlier one does, so that it is looked for no further: a feed may be nearly
    all doubles."""

    among: str = "TRUE"
    params: tuple[Any, ...] = ()
    every: str = "FALSE"
    every_params: tuple[Any, ...] = ()

    @classmethod
    def given(cls, among: str, every: str) -> Fold:
        """The same for a statement that is asked with `values`."""
        kinds = {"fold": among, "every": every}
        first, second = (
            tuple(Given(f"{name}{number}") for number in range(sql.count("%s"))) for name, sql in kinds.items()
        )
        return cls(among, first, every, second)

    @property
    def shape(self) -> tuple[str, str]:
        """The values for `given`."""
        return self.among, self.every

    @property
    def values(self) -> dict[str, Any]:
        kinds = {"fold": self.params, "every": self.every_params}
        return {f"{name}{number}": value for name, some in kinds.items() for number, value in enumerate(some)}

    def is_row(self, article: str) -> tuple[str, Sequence[Any]]:
        """The condition that an article, given by a column of its id, has a row of its own: SQL, with parameters."""
        condition, params = self._has_earlier
        return f"NOT coalesce({_DOUBLE.format(article, condition)}, FALSE)", params

    @property
    def _has_earlier(self) -> tuple[str, Sequence[Any]]:
        """The condition that `own`, a row of an article in its story, is a double."""
        return _HAS_EARLIER.format(self.every, self.among), (*self.every_params, *self.params)

    def earlier(self, article_ids: Iterable[int]) -> dict[int, frozenset[int]]:
        """Of each of these articles that is no story's first, those that it is a double of. One query for AT_ONCE."""
        found: dict[int, set[int]] = {}
        ids = list(article_ids)
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            sql = f"""SELECT own.article_id, earlier.article_id FROM articles_storymember AS own
                JOIN articles_storymember AS earlier ON earlier.story = own.story AND earlier.number < own.number
                WHERE own.article_id IN ({", ".join(["%s"] * len(some))}) AND own.number > 0 AND {self.among}"""  # noqa: S608
            with standing_cursor() as cursor:
                cursor.execute(sql, [*some, *self.params])
                for pk, other in cursor.fetchall():
                    found.setdefault(pk, set()).add(other)
        return {pk: frozenset(others) for pk, others in found.items()}

    def doubles(self, ranges: str, *, after: int | None = None) -> tuple[str, Sequence[Any]]:
        """A query of the doubles (feed_id, id) that came in within `ranges`, a table of (feed_id, up_to, before) with
        both ends excluded: SQL, with parameters. `after`: the id before which none of many ranges begins."""
        has_earlier, params = self._has_earlier
        if after is None or connection.vendor == "sqlite":
            some, ends = _DOUBLES[connection.vendor], tuple[int, ...]()
        else:
            some, ends = _DOUBLES["postgresql, many"], (after, BEYOND, BEYOND)
        sql = f"SELECT own.feed_id AS feed_id, own.article_id AS id FROM {some.format(ranges=ranges)} AND {has_earlier}"  # noqa: S608
        return sql, (*ends, *params)


def fold_of(reader: Reader) -> Fold | None:
    """The reader's fold; None where each article has a row."""
    sight = sight_of(reader)
    if sight.doubles == Doubles.APART:
        return None
    if sight.is_all:
        if sight.reader_id is None:
            return Fold(_NOT_HIDDEN_FROM_ALL, (), _HIDES_NOTHING_FROM_ALL)
        return Fold(_NOT_HIDDEN, (sight.reader_id,), _HIDES_NOTHING, (sight.reader_id,))
    feeds, params = FOLLOWED.sql(sight.shape, False, reader=sight.reader_id)
    fold = Fold(f"earlier.feed_id IN ({feeds})", tuple(params))
    if sight.reader_id is None:
        return Fold(f"{fold.among} AND {_NOT_HIDDEN_FROM_ALL}", fold.params)
    return _narrowed(fold, _NOT_HIDDEN, sight.reader_id)


def fold_of_starred(reader: User, *, is_seen: bool = False) -> Fold | None:
    """The same of the starred ones, whatever became of their feeds: a starred article never hides behind one that is
    not. With `is_seen` of those in feeds that the reader may see: for who is told of no others."""
    fold = None if sight_of(reader).doubles == Doubles.APART else Fold(_STARRED, (reader.pk,))
    if fold is None or not is_seen:
        return fold
    feeds, params = visible_feeds(reader).order_by().values("pk").query.sql_with_params()
    return Fold(f"{fold.among} AND earlier.feed_id IN ({feeds})", (*fold.params, *params))


def fold_of_labelled(reader: Reader, label_id: int) -> Fold | None:
    """The same of what has a label: an article that has it never hides behind one that has not."""
    return _narrowed(fold_of(reader), _LABELLED, label_id)


def fold_of_read(reader: User) -> Fold | None:
    """The same of what was read one by one."""
    return _narrowed(fold_of(reader), _READ, reader.pk)


def _narrowed(fold: Fold | None, condition: str, value: int) -> Fold | None:
    return None if fold is None else Fold(f"{fold.among} AND {condition}", (*fold.params, value))


class _IsRow(Func):
    """Fold.is_row as an expression of the ORM, of the id that is its argument."""

    output_field = BooleanField()

    def __init__(self, *expressions: Any, fold: Fold | None = None, **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.fold = fold or Fold()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, params = compiler.compile(self.source_expressions[0])
        condition, values = self.fold.is_row(column)
        return condition, [*params, *values]


def rows_among(rows: Rows, fold: Fold | None, article: str = "pk") -> Rows:
    """Those of `rows` whose article, by its id in the column `article`, has a row of its own in a list."""
    return rows if fold is None else rows.filter(_IsRow(F(article), fold=fold))


def with_doubles(reader: User, ids: Iterable[int]) -> set[int]:
    """`ids`, and all other articles of their stories that the reader may see, where what is done to one is done to
    all."""
    wanted = set(ids)
    if sight_of(reader).doubles != Doubles.TOGETHER:
        return wanted
    ordered, found = sorted(wanted), set(wanted)
    for start in range(0, len(ordered), AT_ONCE):
        if stories := {story for _, story in STORIES.rows(articles=ordered[start : start + AT_ONCE])}:
            others = StoryMember.objects.filter(visible_to(reader, "article__feed__"), story__in=stories)
            found.update(others.values_list("pk", flat=True))
    return found
