"""The article of a page, whole, and nothing else."""

from __future__ import annotations

import json

import pytest

from articles.extract import extract, page_article_within
from articles.sanitize import clean
from feeds import sandbox
from feeds.parse import charset
from tests.articles.extract.hostile_pages import OTHER, PAGES, PARAGRAPHS, SENTENCE, body_of
from tests.articles.extract.words import likeness, text_of
from tests.effort import within

URL = "https://news.example/2024/bridge"
TEXT = [SENTENCE + OTHER, OTHER + SENTENCE, SENTENCE * 2, OTHER * 2]


def page(body: str, head: str = "") -> str:
    menu = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("News", "Sport", "Weather", "Arts", "Travel"))
    return (
        f"<!doctype html><html><head><title>The bridge</title>{head}</head><body><nav><ul>{menu}</ul></nav>{body}"
        '<div class="footer"><p>Contact the newsroom, read our terms, and find out how we use your data.</p></div></body>'
    )


def found(body: str, head: str = "") -> str:
    return extract(page(body, head), URL)


def test_menus_and_footers_are_left_out() -> None:
    result = text_of(found(f"<div>{PARAGRAPHS}</div>"))
    assert result.split() == " ".join(TEXT).split()


@pytest.mark.parametrize(
    "kept",
    [
        '<figure><img src="/a.jpg"><figcaption>The bridge in May</figcaption></figure>',
        "<table><tr><th>Year</th><th>Walkers</th></tr><tr><td>2023</td><td>1200</td></tr></table>",
        "<pre><code>for each in bridge:\n    walk(each)</code></pre>",
        "<ul><li>wood</li><li>stone</li></ul>",
        "<ol><li>ask</li><li>measure</li><li>build</li></ol>",
        "<blockquote><p>I miss it.</p></blockquote>",
        '<blockquote class="twitter-tweet"><p>Open it! <a href="https://t.example/1">pic</a></p></blockquote>',
        '<iframe src="https://www.youtube.com/embed/abc"></iframe>',
        "<dl><dt>Span</dt><dd>40 m</dd></dl>",
        "<h2>What comes next</h2>",
        "<math><mi>x</mi></math>",
    ],
)
def test_what_an_article_holds_stays_whole(kept: str) -> None:
    result = found(f"<article><p>{TEXT[0]}</p>{kept}{PARAGRAPHS}</article>")
    assert kept in result or clean(kept, base_url=URL) in clean(result, base_url=URL)


@pytest.mark.parametrize(
    "clutter",
    [
        '<div class="share"><a href="/f">Facebook</a> <a href="/t">Twitter</a></div>',
        '<div class="x1"><h3>Related stories</h3><ul><li><a href="/1">A tunnel opens in the north</a></li>'
        '<li><a href="/2">Trams are back in town</a></li></ul></div>',
        '<p>Read more: <a href="/3">The ferry that nobody takes any longer</a></p>',
        "<div>Advertisement</div>",
        '<form><input name="q"><p>Sign up for our newsletter and never miss a bridge, a tunnel or a tram again.</p></form>',
        "<aside><p>Elsewhere in town a baker has won a prize for bread, and a school has got a new roof.</p></aside>",
        '<p><a href="/4">TWELVE THINGS THAT YOU DID NOT KNOW OF TRAMS</a></p>',
        '<div style="display:none">A hidden text that no reader of the page has ever seen, and no one ever will.</div>',
        '<div class="author-bio">Ann writes about towns, rivers and what lies between them, from her desk by the sea.</div>',
    ],
)
def test_what_stands_between_goes(clutter: str) -> None:
    result = text_of(
        found(f"<article><p>{TEXT[0]}</p>{clutter}{''.join(f'<p>{each}</p>' for each in TEXT[1:])}</article>")
    )
    assert result.split() == " ".join(TEXT).split()


@pytest.mark.parametrize(
    "end",
    [
        "<p>Follow us on Twitter.</p>",
        "<p>© 2024 The Example. All rights reserved.</p>",
        "<div><h3>Comments</h3><div><b>Bob</b><p>I walk there every day, and it is really not that far, you know.</p></div></div>",
        '<p>You may also like</p><p><a href="/1">A tunnel opens in the north today</a></p>',
    ],
)
def test_what_follows_goes(end: str) -> None:
    assert text_of(found(f"<article>{PARAGRAPHS}{end}</article>")).split() == " ".join(TEXT).split()


def test_a_paragraph_that_quotes_such_a_label_stays() -> None:
    said = (
        "<p>Follow us on Twitter, said the mayor, and laughed: nobody in this town has ever been there, he thinks.</p>"
    )
    assert "laughed" in found(f"<article><p>{TEXT[0]}</p>{said}{PARAGRAPHS}</article>")


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<img src="data:image/gif;base64,R0" data-src="/a.jpg">', "https://news.example/a.jpg"),
        ('<img data-original="//cdn.example/b.png">', "https://cdn.example/b.png"),
        ('<img src="/blank.gif" data-srcset="/s.jpg 300w, /l.jpg 900w">', "https://news.example/l.jpg"),
        ('<img class="lazy"><noscript><img src="/c.jpg"></noscript>', "https://news.example/c.jpg"),
        ('<noscript><img src="/d.jpg"></noscript>', "https://news.example/d.jpg"),
    ],
)
def test_pictures_that_load_late_have_their_addresses(markup: str, address: str) -> None:
    result = found(f"<article><p>{TEXT[0]}</p><p>{markup}</p>{PARAGRAPHS}</article>")
    assert f'src="{address}"' in result
    assert result.count("<img") == 1


def test_the_base_of_a_page_counts() -> None:
    body = f'<article>{PARAGRAPHS}<p>More <a href="b">{SENTENCE[:20]}</a> {OTHER}<img src="c.png"></p></article>'
    result = found(body, '<base href="https://other.example/x/">')
    assert 'href="https://other.example/x/b"' in result
    assert 'src="https://other.example/x/c.png"' in result


def test_a_page_that_leaves_the_tags_of_its_body_out_is_read() -> None:
    source = f"<!doctype html><meta charset=utf-8><title>The bridge</title><article>{PARAGRAPHS}</article>"
    assert text_of(extract(source, URL)).split() == " ".join(TEXT).split()


def test_text_with_line_breaks_alone_is_an_article() -> None:
    result = found(f"<div><div>{'<br><br>'.join(TEXT)}</div><div><a href='/1'>Next story about trams</a></div></div>")
    assert text_of(result).split() == " ".join(TEXT).split()


PIECES = [each for number in range(4) for each in (f"{number}. {SENTENCE}{OTHER}", f"{OTHER}{SENTENCE} ({number})")]


def _each(before: str, after: str) -> str:
    return "".join(f"{before}{each}{after}" for each in PIECES)


@pytest.mark.parametrize(
    "body",
    [
        f"<ul>{_each('<li>', '</li>')}</ul>",
        f"<dl>{_each('<dt>What</dt><dd>', '</dd>')}</dl>",
        f"<pre>{_each('', chr(10) * 2)}</pre>",
        f"<table><tr><td>{_each('<font size=2>', '</font><br><br>')}</td></tr></table>",
        f"<form><div>{_each('<p>', '</p>')}</div></form>",
        f"<aside>{_each('<p>', '</p>')}</aside>",
        f"<x-text>{_each('<x-p>', '</x-p>')}</x-text>",
        f"<div>{_each('<span>', '</span><br>')}</div>",
        f"<main>{_each('<section><h2>What</h2><p>', '</p></section>')}</main>",
        f"<div>{_each('<div>' * 7 + '<p>', '</p>' + '</div>' * 7)}</div>",
        _each("", "<br>"),
        _each("<p>", ""),
    ],
)
def test_an_article_is_found_whatever_its_paragraphs_are(body: str) -> None:
    other = "".join(
        f'<div><h3><a href="/{number}">A tunnel opens in the north of the town</a></h3><p>{SENTENCE[:90]}</p></div>'
        for number in range(5)
    )
    result = text_of(extract(page(f"<div>{body}</div><div>{other}</div>"), URL))
    assert likeness(result, " ".join(PIECES)) >= 0.85
    assert all(f"({number})" in result for number in range(4))


def test_an_article_in_several_pieces_is_put_together() -> None:
    pieces = [f'<div class="row"><div class="cell text"><p>{each}</p><p>{each}</p></div></div>' for each in TEXT]
    result = text_of(found(f"<div>{'<div>ADVERTISEMENT</div>'.join(pieces)}</div>"))
    assert result.count("old bridge") == 2 * " ".join(TEXT).count("old bridge")


def test_names_do_not_hide_what_has_most_of_the_text() -> None:
    assert "old bridge" in found(f'<div class="header-menu widget-area banner">{PARAGRAPHS * 2}</div>')


def test_the_text_in_the_page_s_json_ld_leads_to_the_article() -> None:
    items = "".join(f"<li>{each}</li>" for each in TEXT)
    body = (
        f'<div class="comments-area"><ul>{items}</ul></div><div>{"<p>Rain is expected, with some wind.</p>" * 40}</div>'
    )
    data = json.dumps({"@type": "NewsArticle", "articleBody": " ".join(TEXT)})
    result = text_of(found(body, f'<script type="application/ld+json">{data}</script>'))
    assert "old bridge" in result
    assert "Rain" not in result


def test_where_the_page_shows_no_text_that_of_the_json_ld_is_the_article() -> None:
    data = json.dumps({"@graph": [{"@type": ["Article"], "articleBody": "\n".join([*TEXT, "1 < 2"])}]})
    result = found("<div id=app></div>", f'<script type="application/ld+json">{data}</script>')
    assert result.count("<p>") == len(TEXT) + 1
    assert "<p>1 &lt; 2</p>" in result


def test_a_number_of_a_character_that_never_ends_in_the_json_ld_costs_no_article() -> None:
    data = json.dumps({"@type": "Article", "articleBody": f"&#{'1' * 5000}; {' '.join(TEXT)}"})
    assert "old bridge" in found(PARAGRAPHS, f'<script type="application/ld+json">{data}</script>')


@pytest.mark.parametrize("source", ["", " \n", "\x00", "<", "<!-- -->", "<html></html>", "<p>"])
def test_nothing_is_found_in_nothing(source: str) -> None:
    assert text_of(extract(source, URL)).strip() in ("", "<")


def test_no_address_is_no_reason_to_fail() -> None:
    assert "bridge" in extract(page(f'<article>{PARAGRAPHS}<a href="http://[">x</a><img src="//["></article>'), "")


# --- hostile pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_ends_within_its_budget(name: str) -> None:
    source = charset.decode(body_of(name))
    with within(sandbox.SECONDS):
        extract(source, URL)


def test_nothing_active_comes_through_the_sanitizer() -> None:
    active = '<a href="javascript:x()">a</a><img src=x onerror="x()"><svg onload="x()"></svg><script>x()</script>'
    result = clean(found(f"<article>{PARAGRAPHS}<p onclick='x()'>{active}{SENTENCE}</p></article>"), base_url=URL)
    assert "x()" not in result
    assert "old bridge" in result


def test_work_on_a_page_can_be_done_in_a_process_that_can_be_killed() -> None:
    result = page_article_within(page(f"<article>{PARAGRAPHS}</article>"), URL)
    assert text_of(result.html).split() == " ".join(TEXT).split()
    assert result.facts.title == "The bridge"
