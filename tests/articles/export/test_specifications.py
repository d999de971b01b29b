"""Exported feeds are valid by the specifications, whatever articles say; and the checks find what is not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, Enclosure
from feeds.parse import text as plain
from tests.articles.export.reading import body, links, path
from tests.articles.export.specifications import FAULTS, atom_faults, json_faults, rss_faults
from tests.factories import make_article, make_articles, make_feed

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database("documents are made of rows, which test_paging and test_outputs look up on both"),
]
FILES = tuple(FAULTS)


@pytest.fixture(autouse=True)
def public(settings):
    settings.NEWSREADER_PUBLIC = True


def valid(client, address: str) -> bytes:
    """The document, which has no fault."""
    document = body(client, address)
    file = address.lstrip("/").partition("?")[0]
    assert FAULTS[file](document) == []
    return document


@pytest.mark.parametrize("file", FILES)
def test_an_empty_list_is_a_valid_feed(client, file):
    valid(client, f"/{file}")


@pytest.mark.parametrize("file", FILES)
def test_an_article_that_says_everything_or_nothing_is_valid(client, file):
    full = make_article(
        make_feed(url="https://h.example/f?a&b", site_url="https://h.example/"), author="Ann <a@b.example>", language="zh-Hant",
        tags=["a & b", "", "月"], updated_at=datetime(2026, 2, 1, tzinfo=UTC), content_html="<p>]]&gt; &amp;</p>",
    )  # fmt: skip
    Enclosure.objects.create(article=full, url="https://h.example/1.mp3?a&b", media_type="audio/mpeg", length=5)
    Enclosure.objects.create(article=full, url="https://h.example/2", title="Two")
    make_article(make_feed(url="archive:old", title=""), url="", title="", author="", summary="", content_html="")
    valid(client, f"/{file}")


@pytest.mark.both_databases
@pytest.mark.parametrize("file", FILES)
def test_every_document_of_a_history_is_valid(client, file):
    feed = make_feed()
    now = timezone.now()
    for days in (0, 1, 40, 80, 200):
        make_articles(3, feed, published_at=now - timedelta(days=days))
    address, seen = f"/{file}?n=2", 0
    while address and seen < 20:
        document, seen = valid(client, address), seen + 1
        if file == "feed.json":
            address = path(json.loads(document).get("next_url", ""))
        else:
            address = path(links(document).get("prev-archive", ""))
    assert seen >= 4


WORDS = st.text(max_size=20).map(lambda text: plain.storable(text))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(title=WORDS, author=WORDS, tags=st.lists(WORDS, max_size=3), summary=WORDS, html=WORDS, name=WORDS)
def test_no_text_breaks_a_feed(client, title, author, tags, summary, html, name):
    Article.objects.all().delete()
    make_article(
        make_feed(title=name), title=title, author=author, tags=tags, summary=summary, content_html=f"<p>{html}</p>"
    )
    for file in FILES:
        valid(client, f"/{file}")


# --- the checks themselves --------------------------------------------------------------------------------------

ENTRY = "<entry><id>urn:x:1</id><title>t</title><updated>2026-01-01T00:00:00Z</updated><author><name>n</name></author><content>c</content></entry>"
FEED = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x:0</id><title>t</title><updated>2026-01-01T00:00:00Z</updated>{ENTRY}</feed>'
RSS = '<rss version="2.0"><channel><title>t</title><link>https://a.example/</link><description>d</description><item><title>t</title><guid isPermaLink="false">1</guid><pubDate>Thu, 01 Jan 2026 00:00:00 +0000</pubDate><enclosure url="https://a.example/1" length="1" type="a/b"/></item></channel></rss>'
JSON = '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "content_html": "c", "date_published": "2026-01-01T00:00:00Z"}]}'


@pytest.mark.parametrize(
    ("find", "document", "breaks"),
    [
        (
            atom_faults,
            FEED,
            [
                ("<title>t</title><updated>", "<updated>"),
                ("2026-01-01T00:00:00Z", "yesterday"),
                ("<author><name>n</name></author>", ""),
                ("<content>c</content>", ""),
                ("</feed>", f"{ENTRY}</feed>"),
                ("<content>", '<content type="rubbish">'),
                ("urn:x:1", "one"),
                ("<content>", "<made-up/><content>"),
                ("<content>", '<link rel="alternate"/><content>'),
            ],
        ),
        (
            rss_faults,
            RSS,
            [
                ("<description>d</description>", ""),
                (' isPermaLink="false"', ""),
                ("Thu, 01 Jan 2026 00:00:00 +0000", "2026-01-01"),
                ('length="1" ', ""),
                ("<item>", "<made-up/><item>"),
                ("<item>", "<item><title>u</title>"),
                ("https://a.example/<", "a<"),
                ('version="2.0"', 'version="1.0"'),
            ],
        ),
        (
            json_faults,
            JSON,
            [
                ('"title": "t", ', ""),
                ('"id": "1"', '"id": 1'),
                ('"content_html": "c", ', ""),
                ("2026-01-01T00:00:00Z", "2026-01-01"),
                ('"id"', '"made_up": 1, "id"'),
                ('"items"', '"next_url": "here", "items"'),
                ("version/1.1", "version/1"),
            ],
        ),
    ],
)
def test_the_checks_find_each_fault(find, document, breaks):
    assert find(document.encode()) == []
    for old, new in breaks:
        assert old in document
        assert find(document.replace(old, new, 1).encode()) != [], (old, new)
