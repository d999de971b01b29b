"""The arrival times of articles, asked of their ids: these go up as articles come in, so that no index of times is
kept.

Articles that several workers store at once may be a little out of order, and after a clock was set: whoever asks gets
the ids that are surely before or after, and looks at each of those between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

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


def last_until(moment: datetime) -> tuple[int, list[int]]:
    """The greatest id up to which every article had come in by then, whatever is still being stored, and those of
    greater ids that had too."""
    border = border_of(moment)
    between = Article.objects.filter(pk__gt=border.before, pk__lt=border.after).order_by()
    first_later = between.filter(received_at__gt=moment).aggregate(id=Min("pk"))["id"]
    last = min((first_later or border.after) - 1, settled_id())
    if last == border.after - 1:
        return last, []
    beyond = Article.objects.filter(pk__gt=last, pk__lt=border.after, received_at__lte=moment).order_by()
    return last, list(beyond.values_list("pk", flat=True))


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
