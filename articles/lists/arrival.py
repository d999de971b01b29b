"""The arrival times of articles, asked of their ids: these go up as articles come in, so that no index of times is
kept.

Articles that several workers store at once may be a little out of order, and after a clock was set: whoever asks gets
the ids that are surely before or after, and looks at each of those between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q

from articles.lists.pages import newest_id
from articles.models import Article
from articles.settled_ids import settled_id

JITTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Border:
    """Ids around a moment: up to `before` they came in earlier, from `after` on they did not."""

    before: int
    after: int


def border_of(moment: datetime) -> Border:
    """Found by halves: some dozens of looks at the primary key."""
    newest = newest_id()
    return Border(_last_before(moment - JITTER, newest), _last_before(moment + JITTER, newest) + 1)


@dataclass(frozen=True, slots=True)
class Look:
    """A list was made at `at`, or a little before, from which no article with an id up to `up_to` was missing."""

    at: datetime
    up_to: int


@dataclass(frozen=True, slots=True)
class Looks:
    """Of those that somebody had, the last one until a moment, and the last one after it; None where there was none."""

    before: Look | None = None
    after: Look | None = None


NO_LOOKS = Looks()


def had_come_in(moment: datetime, looks: Looks = NO_LOOKS, field: str = "") -> Q:
    """The articles that had come in by the moment: not those that were stored when somebody looked and could not be
    seen yet. `field`: the article's, with two underscores, where rows of something else are asked for."""
    found = Q((f"{field}received_at__lte", moment))
    if looks.after:
        found &= Q((f"{field}pk__lte", looks.after.up_to))
    if looks.before and looks.before.at > moment - JITTER:
        found &= Q((f"{field}pk__lte", looks.before.up_to)) | Q((f"{field}received_at__gt", looks.before.at))
    return found


def last_until(moment: datetime, looks: Looks = NO_LOOKS) -> tuple[int, list[int]]:
    """The greatest id up to which every article had come in by then, whatever is still being stored, and those of
    greater ids that had too."""
    border = border_of(moment)
    between = Article.objects.filter(pk__gt=border.before, pk__lt=border.after).order_by()
    came = had_come_in(moment, looks)
    first_later = between.exclude(came).aggregate(id=Min("pk"))["id"]
    last = min((first_later or border.after) - 1, settled_id())
    if looks.after:
        last = min(last, looks.after.up_to)
    if last == border.after - 1:
        return last, []
    return last, list(between.filter(came, pk__gt=last).values_list("pk", flat=True))


def _last_before(moment: datetime, newest: int) -> int:
    """The greatest id that came in before `moment`, as if all were in order; 0 where none did."""
    low, high = 0, newest
    while low < high:
        middle = (low + high + 1) // 2
        found = Article.objects.filter(pk__gte=middle).order_by("pk").values_list("pk", "received_at").first()
        if found and found[1] < moment:
            low = found[0]
        else:
            high = middle - 1
    return low
