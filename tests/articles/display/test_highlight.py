"""Matches marked in sanitized HTML: the text stays the text, and the tags stay the tags."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.display.highlight import MOST_MATCHES, MOST_TEXT, highlight
from articles.sanitize import sanitize

MARK = re.compile(r'<mark class="match"(?: id="match-\d+")?>|</mark>')


def find(*words):
    def places(text):
        pattern = "|".join(map(re.escape, words))
        return [match.span() for match in re.finditer(pattern, text)] if pattern else []

    return places


def marked(html, *words):
    """The HTML with short marks: brackets for the first part of a match, braces for the others."""
    found = highlight(html, find(*words)).html
    found = re.sub(r'<mark class="match" id="match-\d+">(.*?)</mark>', r"[\1]", found, flags=re.S)
    return re.sub(r'<mark class="match">(.*?)</mark>', r"{\1}", found, flags=re.S)


@pytest.mark.parametrize(
    ("html", "word", "expected"),
    [
        ("<p>a ship sails</p>", "ship", "<p>a [ship] sails</p>"),
        ("<p>a <b>sh</b>ip sails</p>", "ship", "<p>a <b>[sh]</b>{ip} sails</p>"),
        ("<p>a <b>big</b> ship</p>", "big ship", "<p>a <b>[big]</b>{ ship}</p>"),
        ("<p>中<em>国</em>人</p>", "中国", "<p>[中]<em>{国}</em>人</p>"),
        ("<p>on</p><p>ward</p>", "onward", "<p>on</p><p>ward</p>"),
        ("<p>on</p><p>ward</p>", "on\n\nward", "<p>[on]</p><p>{ward}</p>"),
        ("<p>on<br>ward</p>", "onward", "<p>on<br>ward</p>"),
        ("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>", "漢字", "<ruby>[漢]<rt>かん</rt>{字}<rt>じ</rt></ruby>"),
        ("<ruby>漢<rt>かん</rt></ruby>", "かん", "<ruby>漢<rt>かん</rt></ruby>"),
        ("<pre>a\n  b</pre>", "a\n  b", "<pre>[a\n  b]</pre>"),
        ("<p>Tom &amp; Jerry</p>", "Tom & J", "<p>[Tom &amp; J]erry</p>"),
        ("<p>a &amp;amp; b</p>", "amp", "<p>a &amp;[amp]; b</p>"),
        ("<p>1 &lt; 2</p>", "<", "<p>1 [&lt;] 2</p>"),
        ('<p><a href="/ship" title="a ship > b">x</a></p>', "ship", '<p><a href="/ship" title="a ship > b">x</a></p>'),
        ('<p><img src="/1" alt="ship"></p>', "ship", '<p><img src="/1" alt="ship"></p>'),
        ("<table><tr>\n<td>a</td>\n<td>b</td></tr></table>", "a", "<table><tr>\n<td>[a]</td>\n<td>b</td></tr></table>"),
        ('<audio src="/1">no ship</audio>', "ship", '<audio src="/1">no ship</audio>'),
        ("ship", "ship", "[ship]"),
        ("", "ship", ""),
    ],
)
def test_matches_are_marked_where_they_stand(html, word, expected):
    assert marked(html, word) == expected


def test_matches_are_numbered_and_counted():
    found = highlight("<p>a b a</p>", find("a", "b"), first=4)
    assert found.count == 3
    assert re.findall(r'id="match-(\d+)"', found.html) == ["4", "5", "6"]


def test_a_match_across_tags_counts_once():
    found = highlight("<p>a <b>b</b> c</p>", find("a b c"))
    assert (found.count, found.html.count("<mark"), found.html.count("id=")) == (1, 3, 1)


def test_no_mark_stands_where_only_elements_may():
    html = "<table><tbody><tr><td>a</td> <td>b</td></tr></tbody></table><ul><li>c</li> <li>d</li></ul>"
    whole = highlight(html, lambda text: [(0, len(text))]).html
    assert MARK.sub("", whole) == html
    assert not re.search(r"</(td|li)>\s*<mark", whole)


fuzz = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<table><tr><td>", "</td></tr></table>", "<ruby>漢<rt>kan</rt></ruby>", "<br>", "&amp;",
     "&lt;script&gt;", "&#x41;", "&", "<script>x</script>", '<a href="javascript:1" title="<b>&quot;">', "</a>", "<pre>\n",
     "</pre>", "ship", "中国", "e\u0301", "😀", " ", "\n", '"', ">", "<", "<!-- ship -->", "<audio>ship</audio>"]
)  # fmt: skip


@fuzz
@given(st.lists(PIECES, max_size=40), st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=12))
def test_whatever_is_marked_the_html_is_otherwise_unchanged(pieces, wanted):
    content = sanitize("".join(pieces), base_url="https://harbour.example/")

    def places(text):
        end, found = 0, []
        for start, length in sorted(wanted):
            if end <= start and start + length <= len(text):
                found.append((start, end := start + length))
        return found

    found = highlight(content.html, places)
    assert MARK.sub("", found.html) == content.html
    again = sanitize(found.html, base_url="https://harbour.example/")
    assert again.text == content.text


@fuzz
@given(st.lists(PIECES, max_size=40))
def test_the_text_that_is_searched_is_the_searchable_text(pieces):
    content = sanitize("".join(pieces), base_url="https://harbour.example/")
    seen: list[str] = []

    def look(text):
        seen.append(text)
        return []

    highlight(content.html, look)
    assert "".join(seen[0].split()) == "".join(content.text.split())


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "ship " * 400_000 + "</p>",
        "<p>ship</p>" * 150_000,
        "<p>" + "&amp;" * 400_000 + "ship</p>",
        "<p>" + "<b>" * 500_000,
        '<p title="' * 200_000,
        "<p " + '"' * 500_001,
    ],
)
def test_a_hostile_page_is_marked_as_far_as_it_is_useful(html):
    looked = []

    def places(text):
        looked.append(len(text))
        return find("ship")(text)

    found = highlight(html, places)
    assert MARK.sub("", found.html) == html
    assert found.count <= MOST_MATCHES
    assert looked[0] < 2 * MOST_TEXT
