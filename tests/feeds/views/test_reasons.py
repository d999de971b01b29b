"""A reason that polls give, as it stands on a page."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from feeds.polls.failure_messages import sentence, translated


@pytest.mark.parametrize(
    ("reason", "language", "shown"),
    [
        ("a.example answered 404 (Not Found)", "en", "a.example answered 404 (Not Found)."),
        ("no time was left to connect to a.example", "en", "No time was left to connect to a.example."),
        ("no time was left to connect to a.example", "zh-hans", "已没有时间连接 a.example。"),
        ("This is a web page, not a feed.", "en", "This is a web page, not a feed."),
        ("This is a web page, not a feed.", "zh-hant", "這是網頁，不是訂閱來源。"),
        ("a.example broke off, or doesn't speak IMAP: Bye!", "en", "a.example broke off, or doesn't speak IMAP: Bye!"),
        ("", "en", ""),
    ],
)
def test_it_is_a_sentence_with_a_capital_and_a_full_stop(reason, language, shown):
    with override(language):
        assert sentence(translated(reason)) == shown
