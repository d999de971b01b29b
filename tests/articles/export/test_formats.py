"""What exported feeds say, and that other programs read the same from them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import atoma
import pytest

from articles.export.feeds import absolute
from articles.models import Enclosure
from feeds.parse import document
from tests.articles.export.reading import ATOM, body, by_feedparser, tree
from tests.factories import make_article, make_feed

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database("documents are made of rows, which test_paging and test_outputs look up on both"),
]
FILES = ("rss.xml", "atom.xml", "feed.json")
TEXT = '<p>Ünder the 桥 &amp; over: <a href="https://dock.example/?a=1&amp;b=2">here</a> ]]&gt; &lt;b&gt;</p>'


@pytest.fixture(autouse=True)
def public(settings):
    settings.NEWSREADER_PUBLIC = True


@pytest.fixture
def article():
    feed = make_feed(
        title="Harbour <Notes> & more", url="https://harbour.example/feed?x=1&y=2", site_url="https://harbour.example/"
    )
    article = make_article(
        feed,
        title='Tides & "moons" <now> 潮汐',
        url="https://harbour.example/tides?a=1&b=2",
        author="Ann Øre & Bo",
        language="zh-Hant",
        tags=["sea", "月 & moon"],
        summary="Under the bridge.",
        content_html=TEXT,
        published_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        updated_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
    )
    Enclosure.objects.create(
        article=article, url="https://harbour.example/1.mp3?a&b", media_type="audio/mpeg", length=12345
    )
    Enclosure.objects.create(article=article, url="https://harbour.example/2.mp4", media_type="video/mp4")
    return article


@pytest.mark.parametrize("file", FILES)
def test_our_own_parser_reads_the_same_article_back(client, article, file):
    read = document.parse(body(client, f"/{file}"), url=f"http://testserver/{file}")
    (entry,) = read.entries
    assert entry.title == article.title
    assert entry.url == article.url
    assert entry.author == article.author
    assert entry.language == "zh-Hant"
    assert list(entry.tags) == article.tags
    assert entry.content_html == TEXT
    assert entry.published_at == article.published_at
    assert entry.updated_at == article.updated_at
    assert [(file.url, file.media_type, file.length) for file in entry.enclosures] == [
        ("https://harbour.example/1.mp3?a&b", "audio/mpeg", 12345),
        ("https://harbour.example/2.mp4", "video/mp4", None),
    ]


@pytest.mark.parametrize("file", FILES[:2])
def test_feedparser_reads_the_same_article_back(client, article, file):
    (entry,) = by_feedparser(body(client, f"/{file}")).entries
    assert entry.title == article.title
    assert entry.link == article.url
    assert entry.author == article.author
    assert [tag.term for tag in entry.tags] == article.tags
    assert entry.content[0].value == TEXT
    assert entry.summary == article.summary
    assert entry.published_parsed[:5] == (2026, 3, 1, 12, 30)
    assert entry.updated_parsed[:5] == (2026, 3, 2, 8, 0)
    assert entry.source.title == article.feed.name
    assert [file.href for file in entry.enclosures] == [
        "https://harbour.example/1.mp3?a&b",
        "https://harbour.example/2.mp4",
    ]


def test_a_second_reader_reads_the_rss_feed(client, article):
    (item,) = atoma.parse_rss_bytes(body(client, "/rss.xml")).items
    assert (item.title, item.link, item.pub_date) == (article.title, article.url, article.published_at)
    assert item.content_encoded == TEXT
    assert item.categories == article.tags
    assert (item.source.title, item.source.url) == (article.feed.name, article.feed.url)
    assert [(file.url, file.length, file.type) for file in item.enclosures] == [
        ("https://harbour.example/1.mp3?a&b", 12345, "audio/mpeg")
    ]


def test_a_second_reader_reads_the_atom_feed(client, article):
    feed = atoma.parse_atom_bytes(body(client, "/atom.xml"))
    (entry,) = feed.entries
    assert (entry.title.value, entry.published, entry.updated) == (
        article.title,
        article.published_at,
        article.updated_at,
    )
    assert entry.content.value == TEXT
    assert [author.name for author in entry.authors] == [article.author]
    assert entry.source.title.value == article.feed.name


def test_a_second_reader_reads_the_json_feed(client, article):
    feed = atoma.parse_json_feed_bytes(body(client, "/feed.json"))
    (item,) = feed.items
    assert (item.title, item.url, item.content_html) == (article.title, article.url, TEXT)
    assert (item.date_published, item.date_modified) == (article.published_at, article.updated_at)
    assert [file.url for file in item.attachments] == [
        "https://harbour.example/1.mp3?a&b",
        "https://harbour.example/2.mp4",
    ]


def test_the_json_feed_keeps_the_rules_of_its_specification(client, article):
    make_article(title="", author="", content_html="", summary="", tags=[])
    feed = json.loads(body(client, "/feed.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == "http://testserver/feed.json"
    assert feed["home_page_url"] == "http://testserver/"
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["id"]
        assert isinstance(item["content_html"], str)
        assert item["content_html"]
        assert item["url"].startswith("http")
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        assert all(isinstance(author["name"], str) for author in item.get("authors", ()))
        for file in item.get("attachments", ()):
            assert file["url"]
            assert file["mime_type"]
            assert isinstance(file.get("size_in_bytes", 0), int)
    [whole] = [item for item in feed["items"] if item["url"] == article.url]
    assert whole["_source"]["feed_url"] == article.feed.url


def test_the_rss_feed_has_what_its_specification_requires(client, article):
    other = make_article(title="", author="", content_html="", summary="")
    Enclosure.objects.create(article=other, url="https://harbour.example/player", is_player=True)
    Enclosure.objects.create(article=other, url="https://harbour.example/3.mp4", media_type="video/mp4")
    root = tree(body(client, "/rss.xml"))
    assert (root.tag, root.attrib["version"]) == ("rss", "2.0")
    channel = root.find("channel")
    assert all(channel.findtext(name) for name in ("title", "link", "description", "lastBuildDate"))
    for item in channel.iter("item"):
        assert item.find("guid").attrib["isPermaLink"] == "false"
        assert len(item.findall("enclosure")) <= 1
        for file in item.iter("enclosure"):
            assert file.attrib["length"].isdecimal()
            assert {"url", "type"} <= file.attrib.keys()
    lengths = {file.attrib["url"]: file.attrib["length"] for file in channel.iter("enclosure")}
    assert lengths == {"https://harbour.example/1.mp3?a&b": "12345", "https://harbour.example/3.mp4": "0"}


def test_the_atom_feed_has_what_rfc_4287_requires(client, article):
    make_article(title="", author="", content_html="", summary="")
    feed = tree(body(client, "/atom.xml"))
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        assert element.find(f"{ATOM}id").text.startswith("urn:uuid:")
        assert element.find(f"{ATOM}title") is not None
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
    for entry in feed.iter(f"{ATOM}entry"):
        assert entry.find(f".//{ATOM}author/{ATOM}name").text
        assert len(entry.findall(f"{ATOM}content")) == 1
        assert len([link for link in entry.findall(f"{ATOM}link") if link.attrib["rel"] == "alternate"]) == 1


@pytest.mark.parametrize("file", FILES)
def test_what_no_document_can_hold_is_left_out(client, file):
    make_article(
        title="a\x01b\x0c\ufffec", author="d\x1be", tags=["f\x08g"], summary="h\x02", content_html="<p>i\x03j</p>"
    )
    (entry,) = document.parse(body(client, f"/{file}"), url="http://testserver/").entries
    assert (entry.title, entry.author, entry.tags, entry.content_html) == ("abc", "de", ("fg",), "<p>ij</p>")
    if file != "feed.json":
        tree(body(client, f"/{file}"))


@pytest.mark.parametrize("file", FILES)
def test_markup_in_a_publishers_words_stays_text(client, file):
    make_article(
        make_feed(title="</title></channel><script>"), title="]]></title><item>", author='"><x y="', tags=['"/><z a="']
    )
    (entry,) = document.parse(body(client, f"/{file}"), url="http://testserver/").entries
    assert (entry.title, entry.author, entry.tags) == ("]]></title><item>", '"><x y="', ('"/><z a="',))


@pytest.mark.parametrize("file", FILES)
def test_only_addresses_of_the_web_are_handed_on(client, file):
    feed = make_feed(url="archive:old", site_url="javascript:alert(1)")
    article = make_article(feed, url="javascript:alert(2)")
    Enclosure.objects.create(article=article, url="javascript:alert(3)")
    sent = body(client, f"/{file}")
    assert b"javascript:" not in sent
    (entry,) = document.parse(sent, url="http://testserver/").entries
    assert entry.url == f"http://testserver/articles/{article.pk}/"


@pytest.mark.parametrize("file", FILES)
def test_pictures_are_fetched_from_this_site_alone(client, file):
    make_article(content_html='<p><img src="https://pictures.example/1.jpg" alt="a"> src="/x"</p>', summary="")
    (entry,) = document.parse(body(client, f"/{file}"), url="http://testserver/").entries
    assert 'src="http://testserver/images/' in entry.content_html
    assert 'href="http://testserver/images/' in entry.content_html
    assert not re.search(r'<[^>]* (?:src|href|poster)="/', entry.content_html)
    assert 'src="https://pictures.example' not in entry.content_html
    assert ' src="/x"</p>' in entry.content_html


def test_the_picture_of_a_feed_is_there_for_who_has_not_signed_in(client, settings):
    """A reader program has no session: the address itself is the key."""
    make_article(content_html='<p><img src="https://pictures.invalid/1.jpg" alt="a"></p>', summary="")
    (entry,) = document.parse(body(client, "/rss.xml"), url="http://testserver/").entries
    settings.NEWSREADER_PUBLIC = False
    found = re.search(r' src="http://testserver(/images/[^"]+)"', entry.content_html)
    assert found
    assert client.get(found[1]).status_code not in {302, 403}


@pytest.mark.parametrize("file", FILES)
def test_sounds_and_films_come_from_this_site(client, file):
    make_article(
        content_html='<video poster="https://v.example/p.jpg"><source src="https://v.example/1.mp4"></video>',
        summary="",
    )
    (entry,) = document.parse(body(client, f"/{file}"), url="http://testserver/").entries
    assert ' src="http://testserver/images/' in entry.content_html
    assert ' poster="http://testserver/images/' in entry.content_html


def test_every_candidate_of_a_picture_gets_an_absolute_address():
    html = '<img src="/a" srcset="/a?w=1 320w, /b 640w, //else.example/c 2x" alt="/d"> src="/x" <a href="//e/">/f</a>'
    assert absolute(html, "https://reader.example") == (
        '<img src="https://reader.example/a" srcset="https://reader.example/a?w=1 320w, https://reader.example/b 640w, '
        '//else.example/c 2x" alt="/d"> src="/x" <a href="//e/">/f</a>'
    )


@pytest.mark.parametrize("file", FILES)
def test_an_id_survives_new_names_and_addresses(client, settings, article, file):
    def guid():
        (entry,) = document.parse(body(client, f"/{file}"), url="http://testserver/").entries
        return entry.guid

    before = guid()
    article.feed.custom_title, article.feed.url = "Renamed", "https://moved.example/feed"
    article.feed.save()
    article.title, article.url = "New title", "https://moved.example/1"
    article.save()
    settings.NEWSREADER_URL = "https://reader.example"
    assert guid() == before
    assert before.startswith("urn:uuid:")


def test_all_formats_give_an_article_the_same_id(client, article):
    guids = {document.parse(body(client, f"/{file}"), url="http://testserver/").entries[0].guid for file in FILES}
    assert len(guids) == 1
