"""The language of a text, as it is told when an article comes in."""

import pytest

from articles.search.analyze.languages import detect


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Python 笔记\n一、安装\n先装。\n公式：完。\n注意", "", "zh-Hans"),
        ("C#泛型List<T> - 甲\n【摘要】摘要 阅读全文", "", "zh-Hans"),
        ("東京都知事選挙 結果一覧 投票率 過去最高 有権者数", "ja", "ja"),
        ("港の一日\n朝の港は静かだ。船がゆっくりと出ていく。", "", "ja"),
        ("v22 Tue, 01 Dec 2026 10:00 PM CET", "en", "en"),
        ("d12 2026-12-01T10:00:00+0800", "", ""),
    ],
)
def test_what_has_none_of_their_letters_is_neither_japanese_nor_korean(text, declared, language):
    assert detect(text, declared=declared) == language
