"""Chinese in the other way of writing it: text changes, and nothing else."""

from __future__ import annotations

import re

import pytest

from articles.display.script import html_in, tag_in, text_in


@pytest.mark.parametrize(
    ("language", "script", "told"),
    [
        ("zh-Hant", "hans", "zh-Hans"), ("zh-TW", "hans", "zh-Hans"), ("zh-hk", "hans", "zh-Hans"),
        ("zh-Hans", "hant-tw", "zh-Hant-TW"), ("zh-CN", "hant-hk", "zh-Hant-HK"), ("zh", "hant-tw", "zh-Hant-TW"),
        ("zh-Hans", "hans", ""), ("zh-Hant", "hant-tw", ""), ("ja", "hans", ""), ("en", "hant-tw", ""), ("", "hans", ""),
        ("zh-Hant", "", ""),
    ],
)  # fmt: skip
def test_only_chinese_in_the_other_script_changes(language, script, told):
    assert tag_in(language, script) == told


@pytest.mark.parametrize(
    ("text", "script", "shown"),
    [
        ("國會通過了法案，頭髮與發現", "hans", "国会通过了法案，头发与发现"),
        ("头发后面，里面的面条，干净，发现，软件", "hant-tw", "頭髮後面，裡面的麵條，乾淨，發現，軟件"),
        ("里面", "hant-hk", "裏面"),
        ("見 http://例子.中國/軟體，與 www.例子.中國 國", "hans", "见 http://例子.中國/軟體，与 www.例子.中國 国"),
        ("寫信到 國會@例子.tw 或 @國會", "hans", "写信到 國會@例子.tw 或 @國會"),
        ("日本の雑誌「週刊東洋経済の記者」，這個國家", "hans", "日本の雑誌「週刊東洋経済の記者」，这个国家"),
        ("Nothing to change", "hans", "Nothing to change"),
    ],
)
def test_words_change_and_addresses_and_japanese_stay(text, script, shown):
    assert text_in(text, script) == shown


def test_code_addresses_of_links_and_other_languages_stay():
    html = (
        '<p>請看<a href="https://例子.tw/國">國際</a><br><code>國</code><span lang="ja">國際</span></p>'
        '<pre>國<b>國</b></pre><ruby>國<rt>guó</rt></ruby><img src="https://x.example/國.png" alt="國"><p lang="zh-TW">國</p>'
    )
    assert html_in(html, "hans") == (
        '<p>请看<a href="https://例子.tw/國">国际</a><br><code>國</code><span lang="ja">國際</span></p>'
        '<pre>國<b>國</b></pre><ruby>国<rt>guó</rt></ruby><img src="https://x.example/國.png" alt="國"><p lang="zh-Hans">国</p>'
    )


@pytest.mark.parametrize("html", ["</p></p>國", "<p>國", "國</b>", "<br>國<hr>", "&amp;國&#34;"])
def test_html_that_ends_too_soon_keeps_its_tags(html):
    shown = html_in(html, "hans")
    assert re.findall("<[^>]*>", shown) == re.findall("<[^>]*>", html)
    assert "国" in shown
