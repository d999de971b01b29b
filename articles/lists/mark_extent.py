"""The form in which a mark of some of a feed's articles is kept: one border of ids and few exceptions.

Ids go up as articles come in, and mostly the older article came in first: then "all that is older than a week" is a
border with no exceptions, however much is unread. Where dates and ids disagree, the exceptions make the mark exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEW = 8  # so many are kept one by one: no border is worth less
PUT_BACK = 4  # what is put back by hand is looked up for every list: it weighs so much more than what is read


@dataclass(frozen=True, slots=True)
class Extent:
    """Everything with an id up to `up_to` (0: nothing) becomes read, and `read`; of what is up to it `back` stays as
    it was. Ids in order."""

    up_to: int
    read: list[int]
    back: list[int]


def extent_of(unread: Sequence[tuple[int, bool]]) -> Extent:
    """The cheapest extent that makes exactly those read that are True. Given are all unread articles of a feed in the
    order of their ids: each id, and whether it is to be read."""
    meant = [pk for pk, is_meant in unread if is_meant]
    if len(meant) <= FEW:
        return Extent(0, meant, [])
    cut = _cheapest_cut(unread)
    return Extent(
        up_to=unread[cut - 1][0] if cut else 0,
        read=[pk for pk, is_meant in unread[cut:] if is_meant],
        back=[pk for pk, is_meant in unread[:cut] if not is_meant],
    )


def _cheapest_cut(unread: Sequence[tuple[int, bool]]) -> int:
    """The number of articles, from the first on, up to which everything had best become read."""
    cut, cost = 0, sum(is_meant for _, is_meant in unread)
    least = cost
    for at, (_, is_meant) in enumerate(unread, start=1):
        cost += -1 if is_meant else PUT_BACK
        if cost < least:
            cut, least = at, cost
    return cut
