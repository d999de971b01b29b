"""The comparison of articles with those that are here: what is new or has changed, and in the background the archive.

One worker at a time compares, a few articles in a transaction: two that came in at once from two feeds would not see
each other else. Whoever is stopped leaves nothing half done, and the next goes on.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from articles.folding import VERSION, Telling, Verdict, compare, keys_of, telling
from articles.models import Article
from articles.stories import groups, keys
from articles.stories.models import FoldingProgress, Likeness, WaitingArticle

logger = logging.getLogger(__name__)

AT_ONCE = 50  # articles in a transaction
THE_ROW = 1


def want(articles: Iterable[Article]) -> None:
    """Have articles compared, which are new or have changed. The caller's transaction stores them."""
    WaitingArticle.objects.bulk_create(
        [WaitingArticle(article_id=article.pk) for article in articles], ignore_conflicts=True
    )


def fold_some(*, seconds: float = float("inf")) -> Iterator[int]:
    """Compare what waits, then the archive, for so long; yields how many articles each transaction had. Ends at once
    where another worker compares."""
    started = time.monotonic()
    while (done := _turn()) and time.monotonic() - started < seconds:
        yield done
    if done:
        yield done


def fold_waiting() -> None:
    """Compare what has just come in, unless another worker is at it: that one, or the next turn, will. Raises
    nothing: what could not be compared now waits."""
    try:
        while _turn(is_all=False) == AT_ONCE:
            pass
    except Exception:
        logger.exception("what has come in waits to be compared with what is here")


def forget_progress() -> None:
    """Have all articles compared anew."""
    FoldingProgress.objects.all().delete()


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


@transaction.atomic(savepoint=False)
def _turn(*, is_all: bool = True) -> int:
    """Compare some articles. Returns how many; 0 where nothing is left, or another worker compares."""
    row = _held()
    if row is None:
        return 0
    waiting = list(WaitingArticle.objects.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    # Before their texts are read: what changes from here on waits again.
    WaitingArticle.objects.filter(pk__in=waiting).delete()
    old = _from_before(row, AT_ONCE - len(waiting)) if is_all else []
    compare_with_others([*waiting, *old])
    return len(waiting) + len(old)


def _held() -> FoldingProgress | None:
    """The row, for as long as the transaction is; None where another worker has it."""
    row = FoldingProgress.objects.select_for_update(skip_locked=True).filter(pk=THE_ROW).first()
    if row is None and not FoldingProgress.objects.filter(pk=THE_ROW).exists():
        made = FoldingProgress(pk=THE_ROW, version=VERSION, until=_newest())
        FoldingProgress.objects.bulk_create([made], ignore_conflicts=True)
        row = FoldingProgress.objects.select_for_update(skip_locked=True).filter(pk=THE_ROW).first()
    if row and row.version != VERSION:
        row.version, row.reached, row.until = VERSION, 0, _newest()
        row.save()
    return row


def _newest() -> int:
    return Article.objects.aggregate(id=Max("pk"))["id"] or 0


def _from_before(row: FoldingProgress, limit: int) -> list[int]:
    if row.reached >= row.until or limit <= 0:
        return []
    beyond = Article.objects.filter(pk__gt=row.reached, pk__lte=row.until).order_by("pk")
    ids = list(beyond.values_list("pk", flat=True)[:limit])
    row.reached = ids[-1] if len(ids) == limit else row.until
    row.save(update_fields=["reached"])
    return ids


def compare_with_others(ids: Collection[int]) -> None:
    """Note what these articles are like, and put stories together anew around them. The caller holds the row."""
    tellings = dict(_tellings(Article.objects.filter(pk__in=ids)))
    if not tellings:
        return
    all_keys = {pk: (keys_of(each), each.published_at) for pk, each in tellings.items()}
    keys.put(all_keys)
    before = list(Likeness.objects.filter(article__in=tellings).values_list("other", "is_same"))
    touched = {other for other, was_same in before if was_same}
    if before:
        Likeness.objects.filter(Q(article__in=tellings) | Q(other__in=tellings)).delete()
    found = _verdicts(tellings, keys.candidates(all_keys))
    Likeness.objects.bulk_create(
        Likeness(article_id=one, other_id=other, is_same=verdict is Verdict.SAME)
        for (a, b), verdict in found.items()
        for one, other in ((a, b), (b, a))
    )
    same = {pk for pair, verdict in found.items() if verdict is Verdict.SAME for pk in pair}
    if touched or same:
        groups.regroup({*touched, *same, *(tellings.keys() if touched else ())})


def _tellings(articles: QuerySet[Article]) -> Iterator[tuple[int, Telling]]:
    rows = articles.order_by().values_list("pk", "title", "content_text", "url", "published_at")
    for pk, title, text, url, published_at in rows.iterator(chunk_size=AT_ONCE):
        yield pk, telling(title, text, url, published_at)


def _verdicts(
    tellings: Mapping[int, Telling], candidates: Mapping[int, Sequence[int]]
) -> dict[tuple[int, int], Verdict]:
    """The verdicts on pairs that are alike, the lesser id first. Of what is here one text at a time is taken apart."""
    asking: dict[int, set[int]] = defaultdict(set)
    for pk, others in candidates.items():
        for other in others:
            asking[other].add(pk)
    absent = asking.keys() - tellings.keys()
    found: dict[tuple[int, int], Verdict] = {}
    inside = ((pk, tellings[pk]) for pk in asking.keys() & tellings.keys())
    for some in (inside, _tellings(Article.objects.filter(pk__in=absent))) if absent else (inside,):
        for other, theirs in some:
            for pk in asking[other]:
                pair = (min(pk, other), max(pk, other))
                if pair not in found and (verdict := compare(tellings[pk], theirs)) is not Verdict.OTHER:
                    found[pair] = verdict
    return found
