import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.subscribe.documents.discover import Link, common_paths, icons, links
from tests.effort import within

URL = "https://mill.example/blog/page.html"


def named(html):
    return [link.url for link in links(html.encode(), url=URL, content_type="text/html; charset=utf-8")]


@pytest.mark.parametrize(
    "media_type",
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/xml",
        "Application/RSS+XML; charset=utf-8",
        "text/xml",
        "text/rss",
    ],
)
def test_a_link_element_of_a_feeds_type_names_a_feed(media_type):
    html = f'<head><link rel="alternate" type="{media_type}" href="/f" title="All  of it"></head>'
    assert links(html.encode(), url=URL) == [Link("https://mill.example/f", "All of it")]


def test_the_relation_feed_needs_no_type():
    assert named('<link rel="feed" href="f">') == ["https://mill.example/blog/f"]


def test_json_is_a_feed_only_where_it_says_so():
    html = '<link rel="alternate" type="application/json" href="/{}">'
    assert named(html.format("wp-json/posts/1")) == []
    assert named(html.format("feed.json")) == ["https://mill.example/feed.json"]


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="stylesheet" type="text/css" href="/x">',
        '<link rel="alternate stylesheet" type="text/xml" href="/x">',
        '<link rel="alternate" hreflang="de" href="/de">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:x">',
        '<link rel="alternate" type="application/rss+xml">',
        '<a href="/about">feed</a>',
        "",
        "\0",
        "<",
    ],
)
def test_other_links_are_none(html):
    assert named(html) == []


def test_addresses_are_relative_to_the_pages_base():
    html = '<base href="/other/"><link rel="alternate" type="application/rss+xml" href="f">'
    assert named(html) == ["https://mill.example/other/f"]


def test_each_feed_is_named_once_and_those_of_comments_last():
    html = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{href}">'
        for href in ("/comments/feed", "/feed", "/feed#x", "/de/feed")
    )
    assert [url.removeprefix("https://mill.example") for url in named(html)] == ["/feed", "/de/feed", "/comments/feed"]


@pytest.mark.parametrize(
    "href",
    [
        "/feed",
        "/feed/",
        "/rss",
        "rss.xml",
        "/atom.xml",
        "/index.xml",
        "/x/news.rss",
        "/f.json?type=feed",
        "/?feed=rss2",
    ],
)
def test_where_no_link_element_helps_ordinary_links_do(href):
    assert len(named(f'<p><a href="{href}">Subscribe</a>')) == 1
    assert named(f'<link rel="feed" href="/real"><a href="{href}">Subscribe</a>') == ["https://mill.example/real"]


def test_usual_places_are_beside_the_page_and_at_the_root():
    paths = common_paths("https://mill.example/blog/")
    assert paths[0] == "https://mill.example/blog/feed"
    assert {"https://mill.example/rss.xml", "https://mill.example/?feed=rss2"} <= set(paths)
    assert common_paths("https://mill.example")[0] == "https://mill.example/feed"
    assert len(paths) == len(set(paths)) <= 12


@pytest.mark.parametrize(
    "html", ["<div>" * 400_000, '<a href="/feed' * 200_000, "<a href=/feed>x</a>" * 100_000, "<base href=x>" * 100_000]
)
def test_no_page_takes_long(html):
    with within(5):
        assert len(named(html)) <= 50


@given(st.binary(max_size=200))
def test_whatever_the_bytes_a_list_comes_out(body):
    assert isinstance(links(b"<link rel=feed href='" + body + b"'>" + body, url=URL), list)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<link rel="icon" href="/a.ico">', ["a.ico"]),
        ('<link rel="SHORTCUT ICON" href="a.ico">', ["blog/a.ico"]),
        ("<base href=https://cdn.example/><link rel=icon href=a.svg sizes=any>", ["https://cdn.example/a.svg"]),
        ("<link rel=icon href=/16 sizes=16x16><link rel=icon href=/192 sizes=192x192><link rel=icon href=/64 sizes=64x64>"
         "<link rel=icon href=/32 sizes=32x32><link rel=apple-touch-icon href=/t>", ["64", "192", "32", "16", "t"]),
        ("<link rel=icon href=/a><link rel=icon href=/a>", ["a"]),
        ("<link rel=mask-icon href=/a><link rel=stylesheet href=/icon>", []),
        ("<link rel=icon href=javascript:1><link rel=icon href=data:image/png,><link rel=icon>", []),
        ("<link rel=icon href=/a sizes=9999999999x1><link rel=icon href=/b sizes=x>", ["a", "b"]),
        ("", []),
        ("\0", []),
    ],
)  # fmt: skip
def test_icons_come_in_the_order_of_their_fitness(html, expected):
    found = icons(html.encode(), url=URL, content_type="text/html; charset=utf-8")
    assert found == [url if ":" in url else f"https://mill.example/{url}" for url in expected]


@pytest.mark.parametrize(
    "markup",
    [
        "<a " + " ".join(f"a{number}" for number in range(100_000)) + " href=/feed>",
        "<table><tr><td><a href=/feed.xml>" * 25_000,
        "<a href='/feed.xml'><b>" * 30_000,
        "<div>" * 200_000,
        "<link rel=icon sizes=1x1 href=/a>" * 30_000,
        "<b>" * 500 + "</i>" * 200_000,
    ],
    ids=["attributes", "tables", "anchors", "depth", "icons", "ends"],
)
def test_what_libxml2_is_slow_with_is_not_given_to_it(markup):
    with within(5):
        links(markup.encode(), url="https://x.example/")
        icons(markup.encode(), url="https://x.example/")
