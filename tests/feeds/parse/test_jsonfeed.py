import json
from datetime import UTC, datetime

import pytest

from feeds.parse.document import NotAFeed, ParsedEnclosure, parse

URL = "https://tide.example/feeds/main.json"


def feed(*items, **fields):
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "Tide", "items": items} | fields
    return parse(json.dumps(document).encode(), url=URL, content_type="application/feed+json")


def test_a_json_feed_tells_all_of_itself():
    found = feed(
        home_page_url="/",
        feed_url="main.json",
        description="Of the\nsea",
        language="pt_br",
        icon="/icon.png",
        hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
    )
    assert (found.title, found.site_url, found.self_url) == ("Tide", "https://tide.example/", URL)
    assert (found.description, found.language, found.icon_url, found.hub_url, found.entries) == (
        "Of the sea",
        "pt-BR",
        "https://tide.example/icon.png",
        "https://hub.example/",
        (),
    )


def test_an_item_tells_all_of_itself():
    [entry] = feed(
        {
            "id": 7,
            "url": "/7",
            "title": "Ebb &amp; flow",
            "content_html": "<p>Hi <img src='a.png'></p>",
            "summary": "short",
            "image": "/lead.png",
            "date_published": "2021-11-05T10:00:00+08:00",
            "date_modified": "2021-11-06T00:00:00Z",
            "authors": [{"name": "Ada"}, {"name": "Bo"}],
            "tags": ["sea", "Sea", "", 3, "moon"],
            "language": "en",
            "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12, "title": "Listen"}],
        }
    ).entries
    assert (entry.guid, entry.url, entry.title) == ("7", "https://tide.example/7", "Ebb & flow")
    assert (entry.content_html, entry.base_url) == ("<p>Hi <img src='a.png'></p>", "https://tide.example/7")
    assert (entry.author, entry.tags, entry.language) == ("Ada, Bo", ("sea", "moon"), "en")
    assert entry.published_at == datetime(2021, 11, 5, 2, tzinfo=UTC)
    assert entry.updated_at == datetime(2021, 11, 6, tzinfo=UTC)
    assert entry.image_url == "https://tide.example/lead.png"
    assert entry.enclosures == (
        ParsedEnclosure(url="https://tide.example/a.mp3", media_type="audio/mpeg", length=12, title="Listen"),
    )


def test_version_1_0_has_one_author_and_the_feed_speaks_for_its_items():
    [own, fed] = feed(
        {"id": "a", "author": {"name": "Ada"}},
        {"id": "b"},
        version="https://jsonfeed.org/version/1",
        author={"name": "House"},
        language="ja",
    ).entries
    assert (own.author, fed.author, fed.language) == ("Ada", "House", "ja")


def test_plain_text_becomes_paragraphs_and_no_markup():
    [entry] = feed({"id": "a", "content_text": "1 < 2 & <b>\nnext\n\nlast"}).entries
    assert entry.content_html == "<p>1 &lt; 2 &amp; &lt;b&gt;<br>\nnext</p>\n<p>last</p>"


def test_items_without_id_go_by_link_then_by_what_they_say():
    [linked, bare, other] = feed({"url": "/1"}, {"content_text": "x"}, {"content_text": "y"}).entries
    assert linked.guid == "https://tide.example/1"
    assert bare.guid.startswith("sha256:")
    assert bare.guid != other.guid


def test_of_a_long_document_the_newest_items_are_kept():
    days = [{"id": n, "date_published": f"20{n // 300:02d}-01-01T00:00:00Z"} for n in range(300, 5_400)]
    assert feed(*days).entries[0].guid == "400"
    assert feed(*reversed(days)).entries[-1].guid == "400"


def test_wrong_types_everywhere_are_no_more_than_empty():
    nonsense = [None, 1, "x", [], {}, True, [[]], {"a": 1}, 1e400]
    for value in nonsense:
        keys = ("title", "home_page_url", "icon", "hubs", "language", "authors", "author", "description")
        item_keys = ("id", "url", "content_text", "tags", "attachments", "date_published", "image", "summary")
        found = feed(dict.fromkeys(item_keys, value), value, **dict.fromkeys(keys, value))
        assert len(found.entries) <= 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "can't be read"),
        (b"[" * 1_000_000, "can't be read"),
        (b'{"items": [' + b"[" * 1_000_000, "can't be read"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "can't be read"),
        (b"[]", "not a JSON Feed"),
        (b'{"items": [{"id": 1}]}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "not a JSON Feed"),
    ],
    ids=range(7),
)
def test_other_json_is_refused_with_the_reason(body, reason):
    with pytest.raises(NotAFeed, match=reason):
        parse(body, url=URL)


def test_addresses_in_plain_text_are_links():
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "content_text": "See https://x.example/a."}],
    }
    [entry] = parse(json.dumps(document).encode(), url="https://feed.example/f").entries
    assert entry.content_html == 'See <a href="https://x.example/a">https://x.example/a</a>.'
