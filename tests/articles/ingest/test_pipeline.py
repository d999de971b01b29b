"""The way through, from a real HTTP answer to stored articles."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.compression import decompressed
from articles.ingest import pipeline, store
from articles.ingest.entries.decide import Decision, Known
from articles.models import Article, ArticleVersion, Origin
from feeds.http import Client
from feeds.models import Feed, Poll
from feeds.parse.document import ParsedEntry, ParsedSource
from feeds.polls import polling
from tests.documents import FIRST_DAY, item, items, rss
from tests.factories import make_feed
from tests.publisher import Publisher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture
def feed(publisher: Publisher) -> Feed:
    publisher.serve("/feed.xml", rss(items(1, 2, 3)))
    return make_feed(url=publisher.url("/feed.xml"), title="")


def poll(*feeds: Feed) -> list[Poll]:
    """Poll feeds whether they are due or not, as a worker would."""
    claims = polling.claim(Feed.objects.filter(id__in=[feed.id for feed in feeds]), timezone.now())
    with Client(settings.FETCH_POLICY) as client:
        return [made for claim in claims for made in pipeline.refresh_claim(client, claim, pause=0)]


def titles(feed: Feed) -> list[str]:
    return [article.title for article in Article.objects.filter(feed=feed).order_by("-published_at", "-id")]


def test_the_first_poll_stores_every_entry(feed):
    [made] = poll(feed)
    assert (made.outcome, made.status, made.new_articles, made.error) == ("updated", 200, 3, "")
    assert titles(feed) == ["Story 3", "Story 2", "Story 1"]


def test_an_article_is_stored_whole(feed):
    poll(feed)
    article = Article.objects.get(guid="guid-2")
    assert (article.url, article.title) == ("https://harbour.example/2", "Story 2")
    assert (article.content_html, article.content_text) == ("<p>The text of story 2.</p>", "The text of story 2.")
    assert article.published_at == FIRST_DAY + timedelta(hours=2)
    assert article.summary == "The text of story 2."
    assert decompressed(article.source.html_zlib) == "<p>The text of story 2.</p>"


def test_the_feed_learns_its_title_and_counts(feed):
    poll(feed)
    feed.refresh_from_db()
    assert (feed.title, feed.site_url, feed.article_count) == ("The Harbour Post", "https://harbour.example/", 3)
    assert feed.newest_article_at == FIRST_DAY + timedelta(hours=3)
    assert feed.last_success_at
    assert feed.gap_minutes == 60


def test_a_304_stores_nothing(feed, publisher):
    publisher.serve("/feed.xml", rss(items(1)), etag='"v1"')
    poll(feed)
    [made] = poll(feed)
    assert (made.outcome, made.status, made.new_articles) == ("unchanged", 304, 0)
    assert publisher.requests[-1].headers["if-none-match"] == '"v1"'


def test_a_body_that_is_known_is_not_parsed(feed):
    poll(feed)
    [made] = poll(feed)
    assert (made.outcome, made.status, made.new_articles, made.changed_articles) == ("unchanged", 200, 0, 0)


def test_a_document_that_differs_only_in_its_own_date_is_not_parsed(feed, publisher):
    publisher.serve("/feed.xml", rss(items(1), extra="<lastBuildDate>Mon, 02 Mar 2026 10:00:00 GMT</lastBuildDate>"))
    poll(feed)
    publisher.serve("/feed.xml", rss(items(1), extra="<lastBuildDate>Mon, 02 Mar 2026 11:00:00 GMT</lastBuildDate>"))
    [made] = poll(feed)
    assert (made.outcome, made.status, made.new_articles) == ("unchanged", 200, 0)


def test_a_new_entry_is_added_and_the_others_stay_as_they_are(feed, publisher):
    poll(feed)
    publisher.serve("/feed.xml", rss(items(2, 3, 4)))
    [made] = poll(feed)
    assert (made.new_articles, made.changed_articles) == (1, 0)
    assert titles(feed) == ["Story 4", "Story 3", "Story 2", "Story 1"]


def test_a_changed_entry_keeps_the_earlier_version(feed, publisher):
    poll(feed)
    before = Article.objects.get(guid="guid-1")
    publisher.serve("/feed.xml", rss([item(1, title="Story 1, corrected", body="<p>Now right.</p>")]))
    [made] = poll(feed)
    assert (made.new_articles, made.changed_articles) == (0, 1)
    article = Article.objects.get(guid="guid-1")
    assert (article.id, article.title, article.content_text) == (before.id, "Story 1, corrected", "Now right.")
    version = ArticleVersion.objects.get(article=article)
    assert (version.title, version.content_html) == ("Story 1", before.content_html)
    assert decompressed(version.html_zlib) == "<p>The text of story 1.</p>"


def test_a_change_that_no_reader_sees_makes_no_version(feed, publisher):
    poll(feed)
    publisher.serve("/feed.xml", rss([item(1, body='<p onclick="spy()">The text of story 1.</p>')]))
    [made] = poll(feed)
    assert made.changed_articles == 0
    assert not ArticleVersion.objects.exists()
    assert "onclick" in decompressed(Article.objects.get(guid="guid-1").source.html_zlib)


def test_a_change_keeps_the_place_in_the_list(feed, publisher):
    poll(feed)
    changed = item(9, guid="guid-1", title="Bumped")
    publisher.serve("/feed.xml", rss([changed]))
    poll(feed)
    assert Article.objects.get(guid="guid-1").published_at == FIRST_DAY + timedelta(hours=1)


def test_two_entries_with_one_guid_are_two_articles(feed, publisher):
    publisher.serve("/feed.xml", rss([item(1, guid="same"), item(2, guid="same")]))
    poll(feed)
    assert titles(feed) == ["Story 2", "Story 1"]
    publisher.serve("/feed.xml", rss([item(2, guid="same")]))
    assert poll(feed)[0].new_articles == 0
    publisher.serve("/feed.xml", rss([item(3, guid="same"), item(2, guid="same")]))
    poll(feed)
    assert titles(feed) == ["Story 3", "Story 2", "Story 1"]
    assert not ArticleVersion.objects.exists()


def test_an_entry_without_guid_and_link_is_stored_once(feed, publisher):
    publisher.serve("/feed.xml", rss([item(1, guid="", link="")]))
    poll(feed)
    publisher.serve("/feed.xml", rss([item(1, guid="", link="")], extra="<ttl>60</ttl>"))
    assert poll(feed)[0].new_articles == 0
    assert titles(feed) == ["Story 1"]


def test_a_date_in_the_future_does_not_sit_on_top_of_the_list(feed, publisher):
    publisher.serve("/feed.xml", rss([item(24 * 365 * 50)]))
    poll(feed)
    assert Article.objects.get().published_at <= timezone.now()


def test_undated_entries_keep_the_documents_order(feed, publisher):
    undated = [f"<item><title>{name}</title><guid>{name}</guid></item>" for name in ("first", "second", "third")]
    publisher.serve("/feed.xml", rss(undated))
    poll(feed)
    assert titles(feed) == ["first", "second", "third"]


def test_ids_follow_time(feed):
    poll(feed)
    by_id = list(Article.objects.order_by("id").values_list("guid", flat=True))
    assert by_id == ["guid-1", "guid-2", "guid-3"]


def test_a_deleted_article_does_not_come_back(feed, publisher):
    poll(feed)
    store.delete_articles([Article.objects.get(guid="guid-2").id])
    publisher.serve("/feed.xml", rss(items(1, 2, 3, 4)))
    poll(feed)
    feed.refresh_from_db()
    assert titles(feed) == ["Story 4", "Story 3", "Story 1"]
    assert feed.article_count == 3


def test_the_tenth_broken_feed_harms_no_other(publisher):
    publisher.serve("/good.xml", rss(items(1)))
    publisher.serve("/page.html", "<html><title>Not here</title>", content_type="text/html")
    publisher.serve("/broken.xml", status=500)
    publisher.respond(
        "/cut.xml", lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<rss>")
    )
    publisher.serve("/gone.xml", status=410)
    paths = ["/page.html", "/broken.xml", "/cut.xml", "/gone.xml", "/nowhere.xml", "/good.xml"]
    feeds = [make_feed(url=publisher.url(path)) for path in paths]
    outcomes = [made.outcome for made in sorted(poll(*feeds), key=lambda made: made.feed_id)]
    assert outcomes == ["failed", "failed", "failed", "gone", "failed", "updated"]
    assert titles(feeds[-1]) == ["Story 1"]


def test_our_own_failure_is_recorded_and_the_feed_asked_again(feed, monkeypatch, caplog):
    def no_space(*args: object, **named: object) -> None:
        raise DatabaseError("could not extend file: No space left on device")

    monkeypatch.setattr(store, "insert_articles", no_space)
    [made] = poll(feed)
    assert made.outcome == "failed"
    assert made.error.startswith("Newsreader failed on this feed: DatabaseError: could not extend file: No space left")
    [told] = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert told == f"{feed.url}: polling failed: could not extend file: No space left on device"
    monkeypatch.undo()
    [made] = poll(feed)
    assert (made.outcome, made.new_articles) == ("updated", 3)


def test_a_page_that_turned_into_html_keeps_what_was_stored(feed, publisher):
    poll(feed)
    publisher.serve("/feed.xml", "<html><title>Maintenance</title><p>Back soon", content_type="text/html")
    [made] = poll(feed)
    assert made.outcome == "failed"
    assert "Maintenance" in made.error
    assert len(titles(feed)) == 3


def test_a_poll_that_lost_its_lease_stores_nothing(feed):
    [claim] = polling.claim(Feed.objects.filter(id=feed.id), timezone.now())
    [leased] = polling.leased(claim)
    Feed.objects.filter(id=feed.id).update(lease=None)
    with Client(settings.FETCH_POLICY) as client:
        assert pipeline.refresh(client, leased) is None
    assert not Article.objects.exists()


@pytest.mark.parametrize("pieces", [0, 1, 2])
def test_a_poll_that_loses_its_lease_while_it_stores_a_long_document_stores_no_more(
    feed, publisher, monkeypatch, caplog, pieces
):
    publisher.serve("/feed.xml", rss(items(*range(1, 3 * pipeline.STORED_AT_ONCE))))
    [claim] = polling.claim(Feed.objects.filter(id=feed.id), timezone.now())
    [leased] = polling.leased(claim)
    clean, left = pipeline._cleaned, [pieces]

    def cleaned(*arguments):
        if not left[0]:
            Feed.objects.filter(id=feed.id).update(lease=uuid4())
        left[0] -= 1
        return clean(*arguments)

    monkeypatch.setattr(pipeline, "_cleaned", cleaned)
    with Client(settings.FETCH_POLICY) as client:
        assert pipeline.refresh(client, leased) is None
    assert Article.objects.count() == pieces * pipeline.STORED_AT_ONCE
    assert caplog.messages == [f"{feed.url}: another worker took over; this poll is dropped"]
    assert not any(record.exc_info for record in caplog.records)


def test_a_failure_of_a_poll_that_lost_its_lease_is_one_line(feed, monkeypatch, caplog):
    [claim] = polling.claim(Feed.objects.filter(id=feed.id), timezone.now())
    [leased] = polling.leased(claim)
    Feed.objects.filter(id=feed.id).update(lease=uuid4())
    assert pipeline._record_failure(leased, timezone.now(), ValueError("x")) is None
    assert caplog.messages == [f"{feed.url}: another worker took over; this poll is dropped"]
    assert not any(record.exc_info for record in caplog.records)


def test_private_addresses_are_refused_in_words(feed, settings):
    settings.FETCH_POLICY = type(settings.FETCH_POLICY)(user_agent="test")
    [made] = poll(feed)
    assert made.outcome == "failed"
    assert "NEWSREADER_ALLOWED_NETWORKS" in made.error


def test_an_imported_article_is_recognised_by_its_link(feed, publisher):
    poll(feed)
    article = Article.objects.get(guid="guid-1")
    Article.objects.filter(id=article.id).update(guid=article.url)
    publisher.serve("/feed.xml", rss(items(1, 2, 3), extra="<ttl>5</ttl>"))
    [made] = poll(feed)
    assert (made.new_articles, made.changed_articles) == (0, 0)


def test_counts_are_repaired(feed):
    poll(feed)
    Feed.objects.filter(id=feed.id).update(article_count=99, newest_article_at=datetime(2000, 1, 1, tzinfo=UTC))
    assert store.repair_counts() == 1
    assert store.repair_counts() == 0
    feed.refresh_from_db()
    assert (feed.article_count, feed.newest_article_at) == (3, FIRST_DAY + timedelta(hours=3))


def test_the_number_of_queries_does_not_grow_with_the_entries(feed, publisher):
    counts = []
    for number, entries in ((1, 5), (2, 50)):
        publisher.serve("/feed.xml", rss(items(*range(entries))))
        poll(feed)
        publisher.serve("/feed.xml", rss(items(*range(entries)), extra=f"<ttl>{number}</ttl>"))
        with CaptureQueriesContext(connection) as queries:
            poll(feed)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 15


def test_an_entry_that_stayed_as_it_was_is_not_parsed_again(feed, publisher):
    poll(feed)
    Article.objects.filter(guid="guid-1").update(entry_hash="of an older way to read it")
    publisher.serve("/feed.xml", rss(items(1, 2, 3, 4)))
    [made] = poll(feed)
    assert (made.new_articles, made.changed_articles) == (1, 0)
    assert Article.objects.get(guid="guid-1").entry_hash == "of an older way to read it"


def test_an_entry_that_takes_the_guid_of_one_that_stayed_is_told_apart(feed, publisher):
    poll(feed)
    publisher.serve("/feed.xml", rss([item(4, guid="guid-3"), *items(1, 2, 3)]))
    [made] = poll(feed)
    assert made.new_articles == 1
    assert set(titles(feed)) == {"Story 1", "Story 2", "Story 3", "Story 4"}


@pytest.mark.parametrize("seed", range(6))
def test_leaving_out_what_is_known_keeps_the_same_archive(seed, publisher):
    """Two feeds get the same documents one after the other; one of them forgets each time what it has seen."""
    chance = random.Random(seed)
    quick = make_feed(url=publisher.url("/quick.xml"))
    thorough = make_feed(url=publisher.url("/thorough.xml"))
    stories = {number: item(number) for number in range(5)}
    for number in range(5, 14):
        stories[number] = item(number, guid=chance.choice(["", f"guid-{number}", "guid-2"]))
        changed = chance.choice(list(stories))
        if chance.random() < 0.5:
            stories[changed] = item(
                changed, title=f"Changed {number}", guid=chance.choice(["guid-2", f"guid-{changed}"])
            )
        document = rss([stories[each] for each in sorted(stories, reverse=True)[:8]])
        publisher.serve("/quick.xml", document)
        publisher.serve("/thorough.xml", document)
        Feed.objects.filter(id=thorough.id).update(seen_entries=b"")
        poll(quick, thorough)
    kept = [set(Article.objects.filter(feed=feed).values_list("guid", "title", "url")) for feed in (quick, thorough)]
    assert kept[0] == kept[1]
    quick.refresh_from_db()
    thorough.refresh_from_db()
    assert (quick.gap_minutes, quick.article_count) == (thorough.gap_minutes, thorough.article_count)


def test_a_long_document_is_stored_in_pieces_and_in_its_order(feed, publisher):
    publisher.serve("/feed.xml", rss(items(*range(1, 2 * pipeline.STORED_AT_ONCE + 2))))
    [made] = poll(feed)
    assert made.new_articles == 2 * pipeline.STORED_AT_ONCE + 1
    by_id = Article.objects.filter(feed=feed).order_by("id").values_list("title", flat=True)
    assert list(by_id) == [f"Story {number}" for number in range(1, 2 * pipeline.STORED_AT_ONCE + 2)]


def test_what_was_stored_of_a_long_document_before_a_failure_stays(feed, publisher, monkeypatch, caplog):
    number = 2 * pipeline.STORED_AT_ONCE
    publisher.serve("/feed.xml", rss(items(*range(1, number + 1))))
    monkeypatch.setattr(polling, "_after", lambda *_: 1 / 0)
    assert poll(feed) == []
    told = [record.getMessage() for record in caplog.records if record.exc_info]
    assert told == [f"{feed.url}: the failure could not be recorded", f"{feed.url}: polling failed"]
    assert Article.objects.filter(feed=feed).count() == pipeline.STORED_AT_ONCE
    monkeypatch.undo()
    Feed.objects.filter(id=feed.id).update(leased_until=None)
    [made] = poll(feed)
    assert (made.outcome, made.new_articles) == ("updated", pipeline.STORED_AT_ONCE)
    feed.refresh_from_db()
    assert feed.article_count == number


@pytest.mark.parametrize(("new", "changed"), [(0, 0), (1, 0), (0, 1), (100, 100), (101, 0), (0, 101), (250, 301)])
def test_the_pieces_hold_everything_once(new, changed):
    entries = [ParsedEntry(guid=str(number)) for number in range(new)]
    rows = [(Known(number, "", "", ""), ParsedEntry(guid="")) for number in range(changed)]
    pieces = list(pipeline._pieces(Decision(tuple(entries), tuple(rows))))
    assert sorted(int(entry.guid) for piece in pieces for entry in piece.new) == list(range(new))
    assert sorted(known.id for piece in pieces for known, _ in piece.changed) == list(range(changed))
    assert all(len(piece.new) <= 100 and len(piece.changed) <= 100 for piece in pieces)
    assert all(piece.new or piece.changed for piece in pieces[:-1])


def test_both_texts_of_an_entry_are_kept(feed):
    entry = ParsedEntry(guid="1", content_html="<p>All</p>", other_html="<p>Excerpt</p>")
    pipeline.store_entries(feed, [entry, ParsedEntry(guid="2", content_html="x", is_summary=True)])
    both, one = (Article.objects.get(guid=guid).source for guid in "12")
    assert (decompressed(both.html_zlib), decompressed(both.other_zlib)) == ("<p>All</p>", "<p>Excerpt</p>")
    assert (both.is_summary, one.is_summary, bytes(one.other_zlib)) == (False, True, b"")
    pipeline.store_entries(feed, [ParsedEntry(guid="1", content_html="<p>More</p>")])
    both.refresh_from_db()
    assert (decompressed(both.html_zlib), bytes(both.other_zlib)) == ("<p>More</p>", b"")


def test_an_entry_whose_source_is_the_feed_itself_has_no_origin(feed):
    own = ParsedSource(title="The feed", url=feed.url)
    other = ParsedSource(title="Another", url="https://other.example/rss")
    pipeline.store_entries(feed, [ParsedEntry(guid="1", source=own), ParsedEntry(guid="2", source=other)])
    assert [origin.title for origin in Origin.objects.all()] == ["Another"]
    assert Article.objects.get(guid="1").origin is None
