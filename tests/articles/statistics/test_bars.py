"""Two series as bars: each is seen, and the greatest fills the height."""

from __future__ import annotations

import pytest

from articles.statistics.bars import HEIGHT, STEP, bars_of


def test_both_series_have_one_scale_and_stand_side_by_side():
    bars = bars_of([(100, 50), (0, 1)], {0: "0", 1: "1"})
    assert [bar.height for bar in bars.first] == [HEIGHT, 0]
    assert [bar.height for bar in bars.second] == [HEIGHT // 2, 1]
    assert all(bar.y + bar.height == HEIGHT for bar in [*bars.first, *bars.second])
    assert bars.first[0].x + bars.bar == bars.second[0].x
    assert bars.second[0].x + bars.bar <= bars.first[1].x
    assert bars.width == 2 * STEP
    assert bars.signs == [(0, "0"), (STEP, "1")]


@pytest.mark.parametrize("pairs", [[], [(0, 0)]])
def test_nothing_is_drawn_of_nothing(pairs):
    bars = bars_of(pairs, {})
    assert not any(bar.height for bar in [*bars.first, *bars.second])
