"""Minutes that an article takes."""

from __future__ import annotations

import pytest

from articles.display.reading_time import reading_minutes


@pytest.mark.parametrize(
    ("html", "minutes"),
    [
        ("", 0),
        ("<p>At a glance.</p>", 0),
        ("<p>" + "word " * 230 + "</p>", 1),
        ('<p title="' + "no text " * 900 + '">' + "word " * 1150 + "</p>", 5),
        ("<p>" + "字" * 1200 + "</p>", 3),
        ("<p>" + "かな漢字" * 300 + "and some words " * 77 + "</p>", 4),
        ("<p>one</p><p>two</p>" * 230, 2),
    ],
)
def test_words_and_chinese_signs_take_their_time(html, minutes):
    assert reading_minutes(html) == minutes
