from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.subscribe.documents.opml import FeedOutline, NotOpml, Opml, read, write
from tests.effort import within

DOCUMENT = (Path(__file__).parents[2] / "data" / "subscriptions.opml").read_bytes()
FRESHRSS = "{https://freshrss.org/opml}"


def body(outlines):
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


def only(outline):
    [feed] = read(body(outline)).feeds
    return feed


def test_every_outline_is_a_feed_or_a_category():
    content = read(DOCUMENT)
    assert [(feed.title, feed.path) for feed in content.feeds] == [
        ("The Paper", ("News", "Asia & Pacific")),
        ("Wire", ("News",)),
        ("Loose", ()),
        ("Filed", ("Art", "Film")),
        ("Wire again", ()),
        ("Forgotten", ()),
        ("Wrong", ()),
    ]
    assert list(content.categories) == [("News",), ("News", "Asia & Pacific"), ("Empty",)]


def test_the_owners_name_is_kept_beside_the_publishers():
    paper = read(DOCUMENT).feeds[0]
    assert (paper.title, paper.custom_title) == ("The Paper", "My paper")
    assert only('<outline text="A" title="A" xmlUrl="x"/>').custom_title == ""
    assert only('<outline title="A" xmlUrl="x"/>').title == only('<outline text="A" xmlUrl="x"/>').title == "A"


def test_settings_of_tiny_tiny_rss_are_no_categories():
    settings = "".join(
        f'<outline {attribute}="tt-rss-{name}" schema-version="1"><outline name="x" value="y"/></outline>'
        for attribute, name in (("text", "prefs"), ("title", "labels"), ("text", "filters"))
    )
    content = read(f'<opml><body><outline text="A" xmlUrl="https://a.example/"/>{settings}</body></opml>'.encode())
    assert (len(content.feeds), dict(content.categories)) == (1, {})


def test_what_has_no_meaning_here_survives_a_round_trip():
    once = read(DOCUMENT)
    assert once.feeds[0].attributes == {f"{FRESHRSS}cssFullContent": ".body", "description": "Daily"}
    assert once.categories[("News",)] == {f"{FRESHRSS}opmlUrl": "https://lists.example/news", "colour": "red"}
    written = write(once, title="Mine")
    assert b"frss:cssFullContent=" in written
    again = read(written)
    assert set(map(repr, again.feeds)) == set(map(repr, once.feeds))
    assert {**again.categories, ("Art",): {}, ("Art", "Film"): {}} == {
        **once.categories,
        ("Art",): {},
        ("Art", "Film"): {},
    }


@pytest.mark.parametrize("name", ["xmlUrl", "xmlurl", "XMLURL", "xmlURL"])
def test_the_address_is_found_however_it_is_spelt(name):
    assert only(f'<outline text="A" {name}=" https://a.example/ "/>').url == "https://a.example/"


def test_url_will_do_for_an_outline_that_says_it_is_a_feed():
    assert only('<outline text="A" type="rss" url="https://a.example/"/>').url == "https://a.example/"
    assert only('<outline text="A" type="link" url="https://a.example/"/>').url == ""


def test_outlines_inside_a_feed_are_feeds_beside_it():
    content = read(body('<outline text="A" xmlUrl="a"><outline text="B" xmlUrl="b"/></outline>'))
    assert [feed.url for feed in content.feeds] == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("declared", ["UTF-8", "gb2312", "utf-16"])
def test_a_wrong_encoding_costs_no_name(encoding, declared):
    names = "今天的新闻 中国经济 他们说的是"
    document = (
        f'<?xml version="1.0" encoding="{declared}"?><opml><body><outline text="{names}" xmlUrl="a"/></body></opml>'
    )
    assert read(document.encode(encoding)).feeds[0].title == names


def test_what_is_nearly_xml_is_read():
    content = read(
        b"\n\n<opml version=1.0><body><outline text='A & B &eacute;&nbsp;\"' xmlUrl='https://x.example/?a=1&b=2'>"
        b"<outline text='C < D' frss:x='y' xmlUrl='c'></body>"
    )
    assert [feed.title for feed in content.feeds] == ['A & B é "', "C < D"]
    assert content.feeds[0].url == "https://x.example/?a=1&b=2"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "no <opml>"),
        (b"<html><body>hi", "no <opml>"),
        (b"<rss/>", "no <opml>"),
        (b'<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><opml><body/></opml>', "entities"),
        (b'<!doctype opml [<!entity x SYSTEM "file:///etc/passwd">]><opml><body/></opml>', "entities"),
        (body("<outline text='x'>" * 10_000), "can't be read"),
        (body("<outline/>" * 50_000), "more than 20000 outlines, the limit"),
        (
            b'<opml xmlns:x="y"><body>' + b"<x:outline></x:outline>" * 21_000 + b"</body></opml>",
            "more than 20000 outlines",
        ),
        (body("".join(f"<outline text='{n}'/>" for n in range(2001))), "more than 2000 categories"),
    ],
    ids=range(9),
)
def test_other_documents_are_refused_with_the_reason(document, reason):
    with pytest.raises(NotOpml, match=reason):
        read(document)


def test_a_million_outlines_are_refused_before_a_tree_is_made_of_them():
    document = body("<outline/>" * 1_000_000)
    with within(2), pytest.raises(NotOpml):
        read(document)


def test_as_many_feeds_as_anybody_has_are_read():
    rows = "".join(f"<outline text='{n}' xmlUrl='https://x.example/{n}'></outline>" for n in range(20_000))
    assert len(read(body(rows)).feeds) == 20_000


def test_what_has_no_meaning_is_kept_within_limits():
    many = " ".join(f"a{n}='1'" for n in range(200))
    (feed,) = read(body(f"<outline xmlUrl='https://x.example/' long='{'y' * 3000}' short='z' {many}/>")).feeds
    assert feed.attributes["short"] == "z"
    assert "long" not in feed.attributes
    assert len(feed.attributes) == 50


def test_what_lies_too_deep_is_put_where_there_is_room():
    depth = 40
    document = "".join(f'<outline text="{n}">' for n in range(depth)) + '<outline text="F" xmlUrl="f"/>'
    feed = only(document + "</outline>" * depth)
    assert feed.path == tuple(str(n) for n in range(20))


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(
    lambda t: " ".join(t.split())
)
NAME = TEXT.filter(lambda text: text and "&" not in text)


PATHS = st.lists(NAME, max_size=3).map(tuple)
OUTLINES = st.builds(FeedOutline, url=NAME, title=NAME, path=PATHS, attributes=st.fixed_dictionaries({"own": TEXT}))


@given(st.lists(OUTLINES))
def test_what_is_written_is_read_again(feeds):
    again = read(write(Opml(feeds=tuple(feeds)), title="x"))
    found = sorted((f.url, f.title, f.path, dict(f.attributes)["own"]) for f in again.feeds)
    assert found == sorted((f.url, f.title, f.path, f.attributes["own"]) for f in feeds)


def test_importance_is_ours_to_say_in_a_namespace_of_its_own():
    feed = FeedOutline(url="https://a.example/", title="A", importance="high")
    written = write(Opml(feeds=(feed, FeedOutline(url="https://b.example/", title="B"))), title="Mine")
    assert b'xmlns:newsreader="urn:newsreader:opml"' in written
    assert written.count(b"newsreader:importance=") == 1
    assert read(written).feeds[0] == feed
    assert b"newsreader" not in write(Opml(feeds=(replace(feed, importance=""),)), title="Mine")
    assert only('<outline text="A" xmlUrl="x" importance="high"/>').importance == ""
