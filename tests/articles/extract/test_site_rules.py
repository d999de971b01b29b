"""Rules for single sites, in the format of ftr-site-config, and an operator's selectors."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from articles.extract import Directions, SiteRule, Way, is_selector, page_article, parse_rule, rule_for
from articles.extract.page import read
from articles.extract.selectors import selected
from articles.extract.site_rules import ruled

URL = "https://www.news.example/a.html"
PAGE = """<html><head><meta name="by" content="Ann Lee"></head><body><h1 class="t">Of <b>bridges</b></h1><i id="when">2024-05-06</i>
<div id="text"><p>First.</p><p class="promo-2">Buy!</p><img src="/ads/x.gif"><img data-src="/p.jpg"><div class="gone">x</div>
<span style="x">kept</span></div><a class="all" href="/a.html?all">all</a><a class="next" href="b.html#2">on</a></body></html>"""
RULE = """
# a comment: with a colon
title: //h1[@class='t']
author: //meta[@name='by']/@content
date: //i[@id='when']
body: //div[@id='nothing']
body: //div[@id='text']
strip: //div[@class='gone']
strip_id_or_class: promo
strip_image_src: /ads/
single_page_link: //a[@class='all']
next_page_link: //a[@class='next']/@href
find_string: kept
replace_string: changed
replace_string(First.): Second.
http_header(user-agent): Secret/1.0
prune: no
tidy: yes
test_url: https://www.news.example/a.html
unknown_thing: x
title
: x
"""


def test_a_rule_says_where_things_are() -> None:
    page = ruled(PAGE, URL, parse_rule(RULE))
    assert (page.title, page.author, page.date) == ("Of bridges", "Ann Lee", "2024-05-06")
    assert page.whole_url == "https://www.news.example/a.html?all"
    assert page.next_url == "https://www.news.example/b.html#2"
    assert "<p>Second.</p>" in page.html
    assert "changed</span>" in page.html
    assert 'src="https://www.news.example/p.jpg"' in page.html
    assert not any(gone in page.html for gone in ("Buy", "x.gif", "gone", "Of ", "kept"))


def test_what_is_not_understood_is_passed_over() -> None:
    assert parse_rule("\x00\xff::::\nbody\nhttp_header(cookie): a=b") == SiteRule()
    assert not parse_rule("")
    rule = parse_rule("body: //div[\nbody: //p[php:f(.)]\nbody: 1 + 1\nbody: //p\ntitle: string(//h1)")
    page = ruled("<h1>Title</h1><p>one</p><p>two</p>", URL, rule)
    assert page.html == "<div><p>one</p><p>two</p></div>"
    assert page.title == "Title"
    assert ruled("", URL, rule).html == ""


def test_a_part_of_a_name_cannot_break_out_of_its_expression() -> None:
    rule = parse_rule('body: //p\nstrip_id_or_class: "] | //p | //*["\nstrip_image_src: ") or ("')
    assert ruled("<p>one</p>", URL, rule).html == "<div><p>one</p></div>"


@pytest.mark.parametrize(
    ("name", "url", "is_found"),
    [
        ("news.example.txt", "https://news.example/a", True),
        ("news.example.txt", "https://www.news.example/a", True),
        ("www.news.example.txt", "https://news.example/a", True),
        ("news.example.txt", "https://sport.news.example/a", False),
        (".news.example.txt", "https://sport.news.example/a", True),
        (".news.example.txt", "https://news.example/a", True),
        (".example.txt", "https://news.example/a", False),
        ("xn--fiq228c.example.txt", "https://中文.example/a", True),
        ("news.example.txt", "https://../news.example/a", False),
        ("news.example.txt", "https://[", False),
        ("news.example.txt", "", False),
    ],
)
def test_the_rule_of_a_host_is_found_in_a_folder(tmp_path: Path, name: str, url: str, is_found: bool) -> None:
    (tmp_path / name).write_bytes(b"body: //p\n# \xff")
    assert rule_for(tmp_path, url) == (SiteRule(body=("//p",)) if is_found else None)


def test_no_folder_has_no_rule(tmp_path: Path) -> None:
    assert rule_for(tmp_path / "none", URL) is None


def test_the_operator_s_selector_comes_first_then_the_rule_then_the_text() -> None:
    text = (
        "<p>The old bridge over the river was closed in spring, and people have walked around it since, they say.</p>"
        * 6
    )
    page = f'<h1>T</h1><div id="a"><p>One.</p><em>x</em></div><div id="b"><p>Two.</p></div><article>{text}</article>'
    rule = parse_rule("body: //div[@id='b']\ntitle: //h1\ndate: '2024-05-06'")
    by_selector = page_article(page, URL, Directions(selector="#a", strip=("em",), rule=rule))
    assert (by_selector.html, by_selector.way) == ('<div><div id="a"><p>One.</p></div></div>', Way.SELECTOR)
    assert by_selector.facts.title == "T"
    assert by_selector.facts.published_at == datetime(2024, 5, 6, tzinfo=UTC)
    by_rule = page_article(page, URL, Directions(selector="#none", rule=rule))
    assert (by_rule.html, by_rule.way) == ('<div><div id="b"><p>Two.</p></div></div>', Way.RULE)
    by_text = page_article(page, URL, Directions(selector="#none", rule=parse_rule("body: //nav")))
    assert by_text.way is Way.TEXT
    assert by_text.html.count("<p>") == 6
    assert page_article("", URL).way is None


@pytest.mark.parametrize("selector", ["div.a > p", "//div/p", "./p", "(//p)[1]", "#x, .y", "p:not(.z)", "id('x')"])
def test_a_selector_is_css_or_xpath(selector: str) -> None:
    assert is_selector(selector)


@pytest.mark.parametrize("selector", ["", " ", "div[", "//div[", "::", "p:hover-", "x" * 2000])
def test_what_is_no_selector_selects_nothing(selector: str) -> None:
    assert not is_selector(selector)
    assert selected(read("<p>x</p>"), selector) == []


def test_none_of_what_is_selected_stands_in_another() -> None:
    root = read("<div id=a><div id=b></div></div><div id=c></div>")
    assert [each.get("id") for each in selected(root, "div")] == ["a", "c"]
