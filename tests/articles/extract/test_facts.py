"""Title, author, date and lead picture, as pages say them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from articles.extract.facts import Facts, facts

URL = "https://news.example/a/b.html"


def said(head: str = "", body: str = "") -> Facts:
    return facts(f"<html><head>{head}</head><body>{body}</body></html>", URL)


def data(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (data(headline="Of bridges &amp; rivers"), "<h1>Other</h1>", "Of bridges & rivers"),
        ('<meta property="og:title" content="Of bridges">', "", "Of bridges"),
        (
            '<meta property="og:title" content="Of old bridges | The Example">',
            "<h1>Of old bridges</h1>",
            "Of old bridges",
        ),
        ("<title>Of old bridges and rivers - The Example</title>", "", "Of old bridges and rivers"),
        ("<title>某地的桥重新开放了_某某新闻网</title>", "", "某地的桥重新开放了"),
        ("<title>The Example</title>", "<h1>Of bridges</h1>", "Of bridges"),
        ("<title>The Example: all the news</title>", "<h1>One</h1><h1>Two</h1>", "The Example: all the news"),
        ("", "", ""),
    ],
)
def test_the_title(head: str, body: str, title: str) -> None:
    assert said(head, body).title == title


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        (data(author={"@type": "Person", "name": "Ann Lee"}), "", "Ann Lee"),
        (data(author=[{"name": "Ann Lee"}, {"name": "Bob Roe"}, "Ann Lee"]), "", "Ann Lee, Bob Roe"),
        (data(author="https://news.example/ann"), '<a rel="author" href="/ann">Ann Lee</a>', "Ann Lee"),
        ('<meta name="author" content="By Ann Lee">', "", "Ann Lee"),
        ('<meta name="author" content="记者：王小明">', "", "王小明"),
        ('<meta property="article:author" content="https://www.facebook.com/ann">', "", ""),
        ("", '<div itemprop="author"><span itemprop="name">Ann Lee</span> of Bath</div>', "Ann Lee"),
        ("", "<p>Byron wrote</p>", ""),
    ],
)
def test_the_author(head: str, body: str, author: str) -> None:
    assert said(head, body).author == author


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (data(datePublished="2024-05-06T08:20:00Z"), ""),
        (data(datePublished="soon", dateCreated="2024-05-06T08:20:00Z"), ""),
        ('<meta property="article:published_time" content="2024-05-06T10:20:00+02:00">', ""),
        ('<meta itemprop="datePublished" content="2024-05-06T08:20Z">', ""),
        ("", '<time datetime="2024-05-06T08:20Z">Monday</time>'),
        ("", '<span itemprop="datePublished">2024-05-06 08:20</span>'),
        ("", '<time datetime="2020-01-01">x</time><time pubdate datetime="2024-05-06T08:20Z">y</time>'),
    ],
)
def test_the_date(head: str, body: str) -> None:
    assert said(head, body).published_at == datetime(2024, 5, 6, 8, 20, tzinfo=UTC)


def test_of_several_dates_none_is_taken() -> None:
    assert said("", '<time datetime="2020-01-01">x</time><time datetime="2024-05-06">y</time>').published_at is None


@pytest.mark.parametrize(
    ("head", "address"),
    [
        (data(image="/p.jpg"), "https://news.example/p.jpg"),
        (data(image=[{"@type": "ImageObject", "url": "https://cdn.example/p.jpg"}]), "https://cdn.example/p.jpg"),
        ('<meta property="og:image" content="p.jpg">', "https://news.example/a/p.jpg"),
        ('<base href="https://b.example/"><meta name="twitter:image" content="p.jpg">', "https://b.example/p.jpg"),
        ('<link rel="image_src" href="/p.jpg">', "https://news.example/p.jpg"),
        ('<meta property="og:image" content="javascript:x()">', ""),
    ],
)
def test_the_picture(head: str, address: str) -> None:
    assert said(head).image_url == address


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "[" * 100_000,
        '{"@type": 5, "author": {"name": {}}}',
        "null",
        '{"@type": ["Article"], "headline": 3}',
        "//",
    ],
)
def test_damaged_data_says_nothing(script: str) -> None:
    assert said(f'<script type="application/ld+json">{script}</script>') == Facts()


@pytest.mark.parametrize("around", ["<!--{}-->", "//<![CDATA[\n{}\n//]]>", " {};"])
def test_data_in_wrappers_is_read(around: str) -> None:
    script = around.format('{"@graph": [{"@type": "WebPage"}, {"@type": "BlogPosting", "headline": "Of\nbridges"}]}')
    assert said(f'<script type="application/ld+json">{script}</script>').title == "Of bridges"
