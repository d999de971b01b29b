"""The comparison of articles with those that are here: what is new or has changed, and in the background the archive.

A few articles at a time are taken apart and compared with those that may be alike, which costs most and holds nobody
up; then one transaction writes what came of it, if nobody else has written such since it was begun: two that came in at
once from two feeds would not see each other else. Whoever is stopped leaves nothing half done, and the next goes on.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import BigIntegerField, BooleanField, F, Max, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Left, Length
from django.utils import timezone

from articles.folding import MAX_LETTERS, VERSION, Telling, Verdict, compare, keys_of, may_be_alike, telling
from articles.models import Article
from articles.stories import groups, keys
from articles.stories.models import FoldingProgress, Likeness, WaitingArticle
from feeds.insertion import insert
from feeds.statements import Given, Row, Statement, changing, columns_of, removing

logger = logging.getLogger(__name__)

AT_ONCE = 50  # articles in a turn
MOST_LETTERS = 1_000_000  # of their texts; a turn has one article at least
READ_AT_ONCE = 5  # texts of articles that are here, each of MAX_LETTERS at most
TITLES_AT_ONCE = 200
WAITING_SECONDS = 2.0
LOST_TURNS = 5  # one after the other, to other workers
THE_ROW = 1

# A poll that brought a few articles asks all of these: to build the queries anew took longer than to compare.
_PROGRESS = columns_of(FoldingProgress, ("id", "version", "reached", "until", "turn"))
_ROW = Statement(lambda: FoldingProgress.objects.filter(pk=THE_ROW, version=VERSION).values_list(*_PROGRESS))
_HELD = Statement(
    lambda: FoldingProgress.objects.select_for_update(skip_locked=True).filter(pk=THE_ROW).values_list(*_PROGRESS)
)
_NUMBER = BigIntegerField()
_STEP = Statement(
    lambda: changing(
        FoldingProgress.objects.filter(
            pk__in=FoldingProgress.objects.select_for_update(skip_locked=True)
            .filter(pk=THE_ROW, turn=Given("turn", _NUMBER))
            .values("pk")
        ),
        turn=F("turn") + 1,
        reached=Given("reached", _NUMBER),
    )
)
# The sizes one by one: for a join SQLite may look through all articles for those that wait.
_SIZE = Article.objects.filter(pk=OuterRef("pk")).values_list(Length("content_text"))
_NOTED = Cast("noted_at", TextField())  # as the database has it: a moment would be taken apart and put together again
_BEGUN = FoldingProgress.objects.filter(pk=THE_ROW, version=VERSION)
_WAITING = Statement(
    lambda most: (
        WaitingArticle.objects.order_by("article")
        .annotate(
            noted=_NOTED,
            size=Subquery(_SIZE),
            turn=Subquery(_BEGUN.values("turn")),
            reached=Subquery(_BEGUN.values("reached")),
        )
        .values_list("pk", "noted", "size", "turn", "reached")
    )[:most]
)
_OLD = Statement(
    lambda most: (
        Article.objects.filter(pk__gt=Given("reached", _NUMBER), pk__lte=Given("until", _NUMBER))
        .order_by("pk")
        .values_list("pk", Length("content_text"))[:most]
    )
)
# Not what has changed since it was looked up, or is about to: that still waits. Whatever was noted at a time was seen
# whole, so that nothing can have got a time since that another had.
_TAKE = Statement(
    lambda: removing(
        WaitingArticle.objects.filter(
            pk__in=WaitingArticle.objects.select_for_update(skip_locked=True)
            .annotate(noted=_NOTED)
            .filter(article__pk__in=[Given("ids")], noted__in=[Given("noted")])
            .order_by("pk")
            .values("pk")
        )
    )
)
_PARTS = Statement(
    lambda: (
        Article.objects.filter(pk__in=[Given("ids")])
        .order_by()
        .values_list("pk", "title", Left("content_text", MAX_LETTERS), "url", "published_at")
    )
)
_TITLES = Statement(lambda: Article.objects.filter(pk__in=[Given("ids")]).order_by().values_list("pk", "title"))
_THERE = (
    Article.objects.filter(pk__in=[Given("found", is_any=True)])
    .order_by()
    .values_list("pk", Value(None, BooleanField()))
)
# What they were like before, and which of those that they may be like now are there still.
_ALIKE_AND_THERE = Statement(
    lambda: (
        Likeness.objects.filter(article__pk__in=[Given("ids", is_any=True)])
        .order_by()
        .values_list("other", "is_same")
        .union(_THERE, all=True)
    )
)


def want(articles: Iterable[Article]) -> None:
    """Have articles compared, which are new or have changed. The caller's transaction stores them."""
    now = timezone.now()
    insert(
        [WaitingArticle(article_id=pk, noted_at=now) for pk in sorted(article.pk for article in articles)],
        on_conflict=" ON CONFLICT (article_id) DO UPDATE SET noted_at = EXCLUDED.noted_at",
    )


def fold_some(*, seconds: float = float("inf")) -> Iterator[int]:
    """Compare what waits, then the archive, for so long; yields how many articles each turn had. Ends early where
    other workers compare."""
    started, lost = time.monotonic(), 0
    while lost < LOST_TURNS and (done := _turn()) != 0:
        lost = lost + 1 if done is None else 0
        if done:
            yield done
        if time.monotonic() - started >= seconds:
            return


def fold_waiting(*, articles: float = float("inf"), seconds: float = WAITING_SECONDS) -> None:
    """Compare what has just come in, unless another worker is at it: that one, or the next turn, will. No further turn
    begins after so many articles or seconds. Raises nothing: what could not be compared now waits."""
    started, left = time.monotonic(), articles
    try:
        while (some := _next(is_all=False)) and some.ids and (done := _done(some, is_all=False)):
            left -= done
            if some.is_last or left <= 0 or time.monotonic() - started >= seconds:
                return
    except Exception:
        logger.exception("what has come in waits to be compared with what is here")


def forget_progress() -> None:
    """Have all articles compared anew."""
    FoldingProgress.objects.update(reached=0, until=_newest(), turn=F("turn") + 1)


@dataclass(frozen=True, slots=True)
class Progress:
    """The number of articles that are compared, and of how many, about."""

    done: int
    total: int

    @property
    def is_complete(self) -> bool:
        return self.done >= self.total


def progress() -> Progress:
    """The state of the archive. Two counts along a key, while it is not complete."""
    row = FoldingProgress.objects.filter(pk=THE_ROW, version=VERSION).first()
    if row and row.reached >= row.until:
        return Progress(0, 0)
    total = Article.objects.count()
    left = Article.objects.filter(pk__gt=row.reached, pk__lte=row.until).count() if row else total
    return Progress(total - left, total)


@dataclass(frozen=True, slots=True)
class _Some:
    """The articles of a turn: those that wait, with the time since when they do, and those of the archive, which was
    done up to `before`, and is up to `reached` then. `turn`: the number that it was begun with. `is_last`: nothing
    waits beside them."""

    turn: int
    before: int
    waiting: Mapping[int, str]
    old: Sequence[int]
    reached: int
    is_last: bool

    @property
    def ids(self) -> list[int]:
        return list(dict.fromkeys([*self.waiting, *self.old]))


def _turn(*, is_all: bool = True, most: int = AT_ONCE) -> int | None:
    """Compare some articles, `most` at most. Returns how many; 0 where nothing is left, None where another worker
    compares. An article that can't be compared is passed over: it would hold up all behind it."""
    some = _next(is_all=is_all, most=most)
    if some is None:
        return None
    if not some.ids and some.reached == some.before:
        return 0
    return _done(some, is_all=is_all)


def _done(some: _Some, *, is_all: bool) -> int | None:
    """The number of articles, when they are compared; None where another worker compares."""
    try:
        return len(some.ids) if _is_compared(some) else None
    except (OperationalError, InterfaceError):  # of the database, not of an article
        raise
    except Exception:
        if len(some.ids) > 1:
            return sum(_turn(is_all=is_all, most=1) or 0 for _ in some.ids) or None
        logger.exception("an article is not compared with others: %s", some.ids)
        with transaction.atomic():
            return len(some.ids) if _is_taken(some) else None


def _next(*, is_all: bool, most: int = AT_ONCE) -> _Some | None:
    """The articles that are to be compared next; None where another worker holds the row."""
    waiting = _WAITING.rows(most)
    turn, reached = waiting[0][3:] if waiting else (None, None)
    old, end = list[Row](), reached
    if is_all or turn is None:
        row = _progress()
        if row is None:
            return None
        turn, reached = row.turn, row.reached
        old, end = _archive(row, most - len(waiting) if is_all else 0)
    fitting = _fitting(waiting, old)
    some = [pk for pk, _ in old[: max(0, fitting - len(waiting))]]
    return _Some(
        turn=turn,
        before=reached,
        waiting={pk: noted for pk, noted, *_ in waiting[:fitting]},
        old=some,
        reached=end if len(some) == len(old) else [reached, *some][-1],
        is_last=len(waiting) < most and len(waiting) <= fitting,
    )


def _archive(row: FoldingProgress, most: int) -> tuple[list[Row], int]:
    """The next articles of the archive and their lengths, so many at most, and how far it is done with all of them."""
    if most <= 0 or row.reached >= row.until:
        return [], row.reached
    old = _OLD.rows(most, reached=row.reached, until=row.until)
    return old, row.until if len(old) < most else old[-1][0]


def _progress() -> FoldingProgress | None:
    """The row as it is, made where there is none; None where another worker holds it."""
    row = next(iter(_ROW.objects(FoldingProgress, _PROGRESS)), None)
    if row is None:
        with transaction.atomic():
            row = _held()
    return row


def _fitting(waiting: Sequence[Row], old: Sequence[Row]) -> int:
    """The number of the first of these articles that have MOST_LETTERS together; one at least."""
    letters, sizes = 0, [*(each[2] or 0 for each in waiting), *(size for _, size in old)]
    for number, size in enumerate(sizes):
        letters += min(size, MAX_LETTERS)
        if letters > MOST_LETTERS and number:
            return number
    return len(sizes)


def _held() -> FoldingProgress | None:
    """The row, for as long as the transaction is; None where another worker has it."""
    row = next(iter(_HELD.objects(FoldingProgress, _PROGRESS)), None)
    if row is None and not FoldingProgress.objects.filter(pk=THE_ROW).exists():
        made = FoldingProgress(pk=THE_ROW, version=VERSION, until=_newest())
        FoldingProgress.objects.bulk_create([made], ignore_conflicts=True)
        row = next(iter(_HELD.objects(FoldingProgress, _PROGRESS)), None)
    if row and row.version != VERSION:
        row.version, row.reached, row.until, row.turn = VERSION, 0, _newest(), row.turn + 1
        row.save()
    return row


def _newest() -> int:
    return Article.objects.aggregate(id=Max("pk"))["id"] or 0


def _is_taken(some: _Some) -> bool:
    """Take the articles from what is to be compared. False, and nothing happens, where another worker has done so since
    they were looked up, or is about to: what was found out about them may be wrong by now. Holds the row."""
    if not _STEP.change(turn=some.turn, reached=some.reached):
        return False
    if some.waiting:
        _TAKE.change(ids=list(some.waiting), noted=list(set(some.waiting.values())))
    return True


def _is_compared(some: _Some) -> bool:
    """Note what the articles are like, and put stories together anew around them. False where another worker
    compares."""
    tellings = dict(_tellings(some.ids, at_once=AT_ONCE))
    placed = keys.placed({pk: (keys_of(each), each.published_at) for pk, each in tellings.items()})
    at_keys = keys.look(placed)
    found = _verdicts(tellings, at_keys.candidates)
    with transaction.atomic():
        if not _is_taken(some):
            return False
        keys.put(placed, at_keys.there)  # whoever compares next finds them, and so did we all those of the turns before
        _write(tellings.keys(), found)
    return True


def _write(ids: Collection[int], found: Mapping[tuple[int, int], Verdict]) -> None:
    """Keep the verdicts on these articles and others. The caller holds the row."""
    there, touched = _forgotten(ids, set[int]().union(*found))
    pairs = {pair: verdict for pair, verdict in found.items() if there.issuperset(pair)}
    _insert(pairs)
    same = set[int]().union(*(pair for pair, verdict in pairs.items() if verdict is Verdict.SAME))
    if touched:
        touched.update(ids)
    if changed := touched | same:
        groups.regroup(changed)


def _forgotten(ids: Collection[int], found: Collection[int]) -> tuple[set[int], set[int]]:
    """Those `found` that are there still, and those that were the same as one of `ids`: that is forgotten."""
    rows = _ALIKE_AND_THERE.rows(ids=list(ids), found=list(found))
    there = {pk for pk, was_same in rows if was_same is None}
    touched = {other for other, was_same in rows if was_same}
    if len(rows) > len(there):
        Likeness.objects.filter(Q(article__in=ids) | Q(other__in=ids)).delete()
    return there, touched


def _insert(pairs: Mapping[tuple[int, int], Verdict]) -> None:
    """Keep the verdicts, each as one on either article."""
    insert(
        [
            Likeness(article_id=one, other_id=other, is_same=verdict is Verdict.SAME)
            for (a, b), verdict in pairs.items()
            for one, other in ((a, b), (b, a))
        ]
    )


def _tellings(ids: Collection[int], at_once: int) -> Iterator[tuple[int, Telling]]:
    """These articles, taken apart, without one that can't be; so many are read at once."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), at_once):
        for pk, *told in _PARTS.rows(ids=ordered[start : start + at_once]):
            try:
                yield pk, telling(*told)
            except Exception:
                logger.exception("article %d is not compared with others", pk)


def _verdicts(
    tellings: Mapping[int, Telling], candidates: Mapping[int, Sequence[int]]
) -> dict[tuple[int, int], Verdict]:
    """The verdicts on pairs that are alike, the lesser id first. Of what is here one text at a time is taken apart."""
    asking: dict[int, set[int]] = defaultdict(set)
    for pk, others in candidates.items():
        for other in others:
            asking[other].add(pk)
    absent: Collection[int] = asking.keys() - tellings.keys()
    if len(absent) > READ_AT_ONCE:  # else one statement reads all of them
        absent = _alike_by_title(tellings, asking, absent)
    found: dict[tuple[int, int], Verdict] = {}
    inside = ((pk, tellings[pk]) for pk in asking.keys() & tellings.keys())
    for other, theirs in chain(inside, _tellings(absent, READ_AT_ONCE)):
        for pk in asking[other]:
            pair = (min(pk, other), max(pk, other))
            if pair not in found and (verdict := compare(tellings[pk], theirs)) is not Verdict.OTHER:
                found[pair] = verdict
    return found


def _alike_by_title(
    tellings: Mapping[int, Telling], asking: Mapping[int, Collection[int]], absent: Collection[int]
) -> list[int]:
    """Those of `absent` that their titles alone don't tell apart from all that ask for them: of many that share a form,
    few texts need to be read."""
    ordered = sorted(absent)
    titles = (
        row
        for start in range(0, len(ordered), TITLES_AT_ONCE)
        for row in _TITLES.rows(ids=ordered[start : start + TITLES_AT_ONCE])
    )
    return [other for other, title in titles if any(may_be_alike(tellings[pk], title) for pk in asking[other])]
