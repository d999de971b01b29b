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
    ],
)
def test_what_has_no_kana_is_no_japanese_by_itself(text, declared, language):
    assert detect(text, declared=declared) == language
