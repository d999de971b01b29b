"""An extent makes read exactly what is meant, with no more rows than the plain way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from articles.lists.mark_extent import FEW, PUT_BACK, extent_of


@given(st.lists(st.booleans(), max_size=60))
def test_what_is_meant_becomes_read_and_nothing_else(meant: list[bool]) -> None:
    unread = [(10 * at, is_meant) for at, is_meant in enumerate(meant, start=1)]
    extent = extent_of(unread)
    became_read = {pk for pk, _ in unread if pk <= extent.up_to} - set(extent.back) | set(extent.read)
    assert became_read == {pk for pk, is_meant in unread if is_meant}
    assert len(extent.read) + PUT_BACK * len(extent.back) <= sum(meant)
    assert all(pk > extent.up_to for pk in extent.read)
    assert all(pk <= extent.up_to for pk in extent.back)


@given(st.lists(st.booleans(), max_size=40))
def test_no_border_is_cheaper(meant: list[bool]) -> None:
    def cost(cut: int) -> int:
        return PUT_BACK * meant[:cut].count(False) + meant[cut:].count(True)

    extent = extent_of([(10 * at, is_meant) for at, is_meant in enumerate(meant, start=1)])
    least = min(map(cost, range(len(meant) + 1))) if sum(meant) > FEW else sum(meant)
    assert len(extent.read) + PUT_BACK * len(extent.back) == least
    if sum(meant) <= FEW:
        assert extent.up_to == 0


def test_the_older_part_of_a_feed_is_one_border() -> None:
    unread = [(pk, pk <= 900) for pk in range(1, 1001)]
    extent = extent_of(unread)
    assert (extent.up_to, extent.read, extent.back) == (900, [], [])


def test_one_old_article_that_came_in_late_and_one_with_a_date_to_come_are_exceptions() -> None:
    unread = [(pk, (pk <= 900 and pk != 5) or pk == 950) for pk in range(1, 1001)]
    extent = extent_of(unread)
    assert (extent.up_to, extent.read, extent.back) == (900, [950], [5])


def test_a_few_need_no_border() -> None:
    extent = extent_of([(pk, True) for pk in range(1, FEW + 1)])
    assert (extent.up_to, len(extent.read)) == (0, FEW)
