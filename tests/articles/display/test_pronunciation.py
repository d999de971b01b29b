"""Pronunciation above Chinese characters: each gets its own, and nothing else changes."""

from __future__ import annotations

import re

import pytest

from articles.display.pronunciation import MOST, html_with, is_mandarin
from articles.sanitize import sanitize


def text_of(html: str) -> str:
    return sanitize(html, base_url="https://x.example/").text


def readings(html: str, pronunciation: str) -> list[str]:
    return re.findall("<rt>([^<]*)</rt>", html_with(html, pronunciation))


@pytest.mark.parametrize(
    ("text", "pronunciation", "shown"),
    [
        ("银行行长重新开张", "pinyin", "yín háng háng zhǎng chóng xīn kāi zhāng"),
        ("銀行行長重新開張", "pinyin", "yín háng háng zhǎng chóng xīn kāi zhāng"),
        ("音乐", "zhuyin", "ㄧㄣ ㄩㄝˋ"),
        ("音樂", "zhuyin", "ㄧㄣ ㄩㄝˋ"),
    ],
)
def test_words_tell_how_characters_are_read_in_either_script(text, pronunciation, shown):
    assert readings(f"<p>{text}</p>", pronunciation) == shown.split()


def test_only_characters_get_ruby():
    html = (
        '<p>好&amp;<a href="https://例子.中国/好">好</a>, OK！<code>好</code><span lang="ja">好</span>'
        '<ruby>好<rt>hǎo</rt></ruby><img src="https://x.example/好.png" alt="好"><mark class="match" id="match-1">好</mark></p>'
    )
    one = "<ruby>好<rt>hǎo</rt></ruby>"
    assert html_with(html, "pinyin") == (
        f'<p>{one}&amp;<a href="https://例子.中国/好">{one}</a>, OK！<code>好</code><span lang="ja">好</span>'
        f'{one}<img src="https://x.example/好.png" alt="好"><mark class="match" id="match-1">{one}</mark></p>'
    )


@pytest.mark.parametrize(
    "html",
    [
        '<code><span lang="zh">好</span></code>', '<ruby><span lang="zh-Hans">好</span><rt>hǎo</rt></ruby>',
        '<pre lang="ja"><b lang="zh">好</b>好</pre>', '<span lang="ja">好<b>好</b></span>',
    ],
)  # fmt: skip
def test_a_language_inside_code_and_ruby_changes_nothing(html):
    assert html_with(html, "pinyin") == html


def test_chinese_inside_another_language_has_it():
    assert html_with('<span lang="ja">好<b lang="zh">好</b>好</span>', "pinyin").count("<rt>") == 1


@pytest.mark.parametrize("html", ["<p>𠮷龘</p>", "<p>㐀㐁</p>", "</p></p>好", "<p>好", "好</b>", "&lt;好&gt;"])
def test_the_text_stays_whatever_stands_in_it(html):
    shown = html_with(html, "pinyin")
    assert text_of(shown) == text_of(html)
    once = sanitize(shown, base_url="https://x.example/").html
    assert sanitize(once, base_url="https://x.example/").html == once


def test_a_very_long_article_has_it_in_its_first_part():
    html = f"<p>{'好，' * (MOST + 10)}</p>"
    shown = html_with(html, "pinyin")
    assert shown.count("<rt>") == MOST
    assert text_of(shown) == text_of(html)
    endless = f"<p>{'好' * (MOST + 1)}</p>"
    assert html_with(endless, "pinyin") == endless  # one stretch is not cut


@pytest.mark.parametrize(
    ("language", "is_so"),
    [("zh", True), ("zh-Hant-TW", True), ("cmn", True), ("yue", False), ("zh-yue", False), ("ja", False), ("", False)],
)
def test_it_is_for_mandarin(language, is_so):
    assert is_mandarin(language) is is_so
