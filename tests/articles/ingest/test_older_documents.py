"""Back-fill: older documents over real HTTP, a step at a time, and what breaks on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import tasks
from articles.ingest import older_documents
from articles.ingest.content import derive_all
from articles.models import Article, HistoryRange, Origin
from feeds.history import progress
from feeds.history.models import Backfill, BackfillDocument
from feeds.http import Client
from feeds.leases.queues import LeaseLost
from feeds.models import Feed, Host
from feeds.parse.older_pages import is_wordpress, next_page
from feeds.polls import polling
from tests.articles.older_documents import archived, link, poll, step, stories, titles
from tests.documents import FIRST_DAY, item, items, rss
from tests.factories import make_feed
from tests.publisher import Exchange, Publisher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def test_the_first_poll_notes_where_older_documents_are_and_steps_fetch_them_all(publisher):
    feed = archived(publisher, (6, 5), (4, 3), (2, 1))
    poll(feed)
    assert titles(feed) == stories(6, 5)
    backfill = step(feed)
    assert (backfill.state, backfill.documents, backfill.articles, backfill.last_error) == ("finished", 2, 4, "")
    assert backfill.finished_at
    assert titles(feed) == stories(6, 5, 4, 3, 2, 1)
    assert not BackfillDocument.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_poll_brings_while_an_older_document_is_sanitized_comes_once(publisher, monkeypatch):
    """Sanitizing holds no lock."""
    feed = archived(publisher, (4,), (3, 2))
    poll(feed)
    is_polled = []

    def meanwhile(*arguments):
        if not is_polled:
            is_polled.append(not connection.in_atomic_block)
            publisher.serve("/feed.xml", rss(items(4, 3)))
            poll(feed)
        return derive_all(*arguments)

    monkeypatch.setattr("articles.ingest.content.derive_all", meanwhile)
    backfill = step(feed)
    assert (backfill.state, backfill.articles, backfill.last_error) == ("finished", 1, "")
    assert titles(feed) == stories(4, 3, 2)
    assert is_polled == [True]


def test_pages_are_followed_as_archives_are(publisher):
    feed = archived(publisher, (3,), (2,), (1,), rel="next")
    poll(feed)
    assert step(feed).state == "finished"
    assert titles(feed) == stories(3, 2, 1)


def test_a_json_feed_is_followed_by_its_next_url(publisher):
    def document(number: int, older: str) -> str:
        entry = f'{{"id": "{number}", "title": "Story {number}", "content_text": "x", "date_published": "2026-03-0{number}T00:00:00Z"}}'
        return f'{{"version": "https://jsonfeed.org/version/1.1", "title": "J", {older} "items": [{entry}]}}'

    publisher.serve("/feed.json", document(2, '"next_url": "/more.json",'), content_type="application/feed+json")
    publisher.serve("/more.json", document(1, ""), content_type="application/feed+json")
    feed = make_feed(url=publisher.url("/feed.json"))
    poll(feed)
    assert step(feed).state == "finished"
    assert titles(feed) == stories(2, 1)


def test_the_history_is_fetched_once(publisher):
    feed = archived(publisher, (3,), (2,), (1,))
    poll(feed)
    step(feed)
    asked = len(publisher.requests)
    publisher.serve("/feed.xml", rss(items(3, 4), extra=link("prev-archive", "/archive/1.xml")))
    poll(feed)
    assert Backfill.objects.get(feed=feed).state == "finished"
    assert len(publisher.requests) == asked + 1


def test_a_step_that_was_cut_off_is_done_again_and_nothing_twice(publisher):
    feed = archived(publisher, (9,), (8, 7), (6, 5), (4, 3))
    poll(feed)
    before = step(feed, times=1)
    assert (before.documents, before.articles) == (1, 2)
    claim = progress.claim(feed.id, timezone.now())
    assert claim  # its worker is killed here: nobody releases it
    assert progress.claim(feed.id, timezone.now()) is None
    assert progress.claim_due(timezone.now()) == []
    later = timezone.now() + progress.LEASE + timedelta(seconds=1)
    [again] = progress.claim_due(later)
    assert again.keys == (feed.id,)
    progress.QUEUE.release(again)
    after = step(feed)
    assert (after.state, after.documents, after.articles) == ("finished", 3, 6)
    assert titles(feed) == stories(9, 8, 7, 6, 5, 4, 3)


def test_who_lost_the_lease_writes_nothing(publisher):
    feed = archived(publisher, (2,), (1,))
    poll(feed)
    claim = progress.claim(feed.id, timezone.now())
    held = progress.held(claim)
    Backfill.objects.filter(feed=feed).update(lease=None)  # while the document is on its way
    with Client(settings.FETCH_POLICY) as client, pytest.raises(LeaseLost):
        older_documents._step(client, held)
    assert titles(feed) == stories(2)
    assert Backfill.objects.get(feed=feed).documents == 0


def test_history_changes_no_article_that_is_here(publisher):
    publisher.serve("/feed.xml", rss([item(1, title="As corrected")], extra=link("prev-archive", "/old.xml")))
    publisher.serve("/old.xml", rss([item(1, title="As first printed"), item(0)]))
    feed = make_feed(url=publisher.url("/feed.xml"))
    poll(feed)
    assert step(feed).articles == 1
    assert titles(feed) == ["As corrected", "Story 0"]


def test_only_neighbours_make_a_range_of_history():
    feed, other = make_feed(), make_feed()
    HistoryRange.objects.create(feed=other, first=1, last=6)
    for ids in ([1, 2, 5, 6], [7, 9], [12]):
        older_documents._note_as_read(feed, ids)
    ranges = HistoryRange.objects.filter(feed=feed).order_by("first").values_list("first", "last")
    assert list(ranges) == [(1, 2), (5, 7), (9, 9), (12, 12)]
    assert HistoryRange.objects.get(feed=other).last == 6


def test_undated_history_sorts_behind_what_is_dated(publisher):
    undated = "<item><title>Undated</title><guid>u</guid></item>"
    feed = archived(publisher, (5,), ())
    publisher.serve("/archive/1.xml", rss([item(4), undated]))
    poll(feed)
    step(feed)
    assert titles(feed) == ["Story 5", "Story 4", "Undated"]
    assert Article.objects.get(title="Undated").published_at < FIRST_DAY + timedelta(hours=4)


def test_polls_keep_their_rhythm_whatever_the_history_holds(publisher):
    feed = archived(publisher, (30, 29, 28), (3, 2), (1,))
    poll(feed)
    feed.refresh_from_db()
    known = (feed.gap_minutes, feed.next_check_at, feed.last_changed_at, feed.newest_article_at, feed.body_hash)
    step(feed)
    feed.refresh_from_db()
    assert feed.article_count == 6
    assert known == (
        feed.gap_minutes, feed.next_check_at, feed.last_changed_at, feed.newest_article_at, feed.body_hash
    )  # fmt: skip


def test_a_loop_ends_with_a_word_about_it(publisher):
    feed = archived(publisher, (3,), (2,), (1,))
    publisher.serve("/archive/2.xml", rss(items(1), extra=link("prev-archive", "/archive/1.xml")))
    poll(feed)
    backfill = step(feed)
    assert (backfill.state, backfill.documents) == ("finished", 2)
    assert "leads back" in backfill.last_error
    assert titles(feed) == stories(3, 2, 1)


def test_a_publisher_that_gives_the_same_page_for_every_address_is_left(publisher):
    def same(exchange: Exchange) -> None:
        number = int(exchange.request.path.rpartition("=")[2])
        body = rss(items(1), extra=link("next", f"/more?n={number + 1}")).encode()
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    publisher.respond("/more", same)
    publisher.serve("/feed.xml", rss(items(2), extra=link("next", "/more?n=1")))
    feed = make_feed(url=publisher.url("/feed.xml"))
    poll(feed)
    backfill = step(feed)
    assert (backfill.state, backfill.documents) == ("finished", 3)
    assert "same as an earlier one" in backfill.last_error


def test_pages_that_move_back_by_one_meanwhile_end_nothing(publisher):
    """What is new there pushes all else on: the next page is the one that was read already."""
    pages = [(6,), (5, 4), (5, 4), (3, 2), (1,)]
    for number, page in enumerate(pages):
        more = link("next", f"/more?n={number + 1}") if page != pages[-1] else ""
        publisher.serve(f"/more?n={number}", rss([item(story) for story in page], extra=more))
    feed = make_feed(url=publisher.url("/more?n=0"))
    poll(feed)
    backfill = step(feed)
    assert (backfill.state, backfill.documents, backfill.last_error) == ("finished", 4, "")
    assert titles(feed) == stories(6, 5, 4, 3, 2, 1)


def test_an_endless_history_has_an_end(publisher, monkeypatch):
    def endless(exchange: Exchange) -> None:
        number = int(exchange.request.path.rpartition("=")[2])
        body = rss(items(number), extra=link("next", f"/more?n={number + 1}")).encode()
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    monkeypatch.setattr(progress, "MOST_DOCUMENTS", 5)
    publisher.respond("/more", endless)
    publisher.serve("/feed.xml", rss(items(0), extra=link("next", "/more?n=1")))
    feed = make_feed(url=publisher.url("/feed.xml"))
    poll(feed)
    backfill = step(feed)
    assert (backfill.state, backfill.documents) == ("finished", 5)
    assert "limit" in backfill.last_error


def test_a_failure_is_shown_and_tried_again_later_and_in_the_end_it_stops(publisher):
    feed = archived(publisher, (2,), (1,))
    publisher.serve("/archive/1.xml", status=503, headers={"Retry-After": "7200"})
    poll(feed)
    backfill = step(feed)
    assert (backfill.state, backfill.failures) == ("running", 1)
    assert "503" in backfill.last_error
    assert backfill.next_step_at > timezone.now() + timedelta(seconds=7100)
    assert progress.claim_due(timezone.now()) == []
    assert step(feed).failures == 1  # the host is left alone for a while
    for _ in range(progress.PATIENCE - 1):
        Host.objects.all().delete()
        backfill = step(feed)
    assert (backfill.state, backfill.failures) == ("stopped", progress.PATIENCE)
    Host.objects.all().delete()
    publisher.serve("/archive/1.xml", rss(items(1)))
    assert progress.resume(Backfill.objects.all()) == 1
    assert (step(feed).state, titles(feed)) == ("finished", stories(2, 1))


def test_a_document_that_is_no_feed_is_a_failure_and_stores_nothing(publisher):
    feed = archived(publisher, (2,), (1,))
    publisher.serve("/archive/1.xml", "<html><title>Maintenance</title>", content_type="text/html")
    poll(feed)
    assert "Maintenance" in step(feed).last_error
    assert titles(feed) == stories(2)


def test_a_link_to_a_private_address_is_refused_by_the_guarded_client(publisher):
    publisher.serve("/feed.xml", rss(items(1), extra=link("prev-archive", "http://10.0.0.1/secrets.xml")))
    feed = make_feed(url=publisher.url("/feed.xml"))
    poll(feed)
    backfill = step(feed)
    assert (backfill.state, backfill.failures) == ("running", 1)
    assert "10.0.0.1" in backfill.last_error


def test_one_host_is_asked_by_one_back_fill_at_a_time(publisher):
    feeds = [make_feed(url=publisher.url(f"/{number}.xml")) for number in range(3)]
    for feed in feeds:
        progress.request(feed)
    assert len(progress.claim_due(timezone.now())) == 1
    assert progress.claim_due(timezone.now()) == []


def wordpress(publisher: Publisher, pages: int) -> Feed:
    generator = "<generator>https://wordpress.org/?v=6.9</generator>"

    def answer(exchange: Exchange) -> None:
        number = int(exchange.request.path.partition("paged=")[2] or 1)
        body = rss(items(100 - number), extra=generator).encode() if number <= pages else b"no"
        status = b"200 OK" if number <= pages else b"404 Not Found"
        exchange.send(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    return make_feed(url=publisher.respond("/feed/", answer))


def test_wordpress_is_asked_for_its_pages_until_there_are_no_more(publisher):
    feed = wordpress(publisher, pages=4)
    poll(feed)
    assert not Backfill.objects.exists()  # only on request
    progress.request(feed)
    backfill = step(feed)
    assert (backfill.state, backfill.way, backfill.documents, backfill.last_error) == ("finished", "numbers", 3, "")
    assert titles(feed) == stories(99, 98, 97, 96)


def test_a_request_leaves_the_feeds_own_document_to_the_poll(publisher):
    feed = archived(publisher, (2,), (1,))
    progress.request(feed)
    assert step(feed).articles == 1
    assert titles(feed) == stories(1)


def test_a_feed_without_older_documents_says_so(publisher):
    feed = archived(publisher, (1,))
    progress.request(feed)
    backfill = step(feed)
    assert backfill.state == "stopped"
    assert "no older documents" in backfill.last_error


def test_page_numbers_are_put_into_an_address():
    assert next_page("https://a.example/feed/") == "https://a.example/feed/?paged=2"
    assert next_page("https://a.example/?feed=rss2&paged=9") == "https://a.example/?feed=rss2&paged=10"
    assert next_page("https://a.example/?paged=nonsense") == "https://a.example/?paged=2"
    assert is_wordpress(b"<rss><generator>https://wordpress.org/?v=6.9</generator>")
    assert not is_wordpress(b"<rss><generator>Hugo</generator><title>wordpress</title>")


def test_what_was_missed_between_two_polls_is_fetched(publisher):
    feed = archived(publisher, (2,), (1,))
    poll(feed)
    step(feed)
    publisher.serve("/feed.xml", rss(items(9), extra=link("prev-archive", "/new/8.xml")))
    publisher.serve("/new/8.xml", rss(items(8, 7), extra=link("prev-archive", "/new/2.xml")))
    publisher.serve("/new/2.xml", rss(items(2), extra=link("prev-archive", "/archive/1.xml")))
    poll(feed)
    backfill = step(feed)
    assert (backfill.state, backfill.documents) == ("finished", 2)  # the second has nothing new: all older is here
    assert titles(feed) == stories(9, 8, 7, 2, 1)


@pytest.mark.parametrize(
    ("before", "new"),
    [((3, 2), items(4, 3)), ((3, 2), [item(4), item(3, body="Other")]), ((), items(2, 1))],
    ids=["one is known", "one has changed", "there was none"],
)
def test_a_poll_that_missed_nothing_starts_nothing(publisher, before, new):
    feed = archived(publisher, before, ())
    poll(feed)
    step(feed)
    publisher.serve("/feed.xml", rss(new, extra=link("prev-archive", "/archive/1.xml")))
    poll(feed)
    assert Backfill.objects.get(feed=feed).state == "finished"


def test_a_feed_without_history_and_hub_costs_a_poll_no_query(publisher):
    def queries(extra: str) -> int:
        publisher.serve("/feed.xml", rss(items(1, 2), extra=extra))
        with CaptureQueriesContext(connection) as captured:
            poll(feed)
        return len(captured)

    feed = archived(publisher, (1, 2))
    poll(feed)
    plain = queries("<ttl>60</ttl>")
    assert queries(link("hub", "https://hub.example/")) == plain
    assert queries(link("prev-archive", "/old.xml")) > plain


def test_an_article_keeps_the_source_that_an_aggregator_names(publisher):
    source = '<source url="https://tides.example/rss">Tide &amp; Time</source>'
    publisher.serve("/feed.xml", rss([item(1).replace("</item>", f"{source}</item>"), item(2)]))
    feed = make_feed(url=publisher.url("/feed.xml"))
    poll(feed)
    origin = Article.objects.get(guid="guid-1").origin
    assert (origin.title, origin.url) == ("Tide & Time", "https://tides.example/rss")
    assert Article.objects.get(guid="guid-2").origin is None
    publisher.serve("/feed.xml", rss([item(3).replace("</item>", f"{source}</item>")]))
    poll(feed)
    assert Article.objects.get(guid="guid-3").origin == origin
    assert Origin.objects.count() == 1


def test_a_tick_sends_a_worker_who_goes_on_until_the_end(publisher, monkeypatch):
    feed = archived(publisher, (5,), (4,), (3,), (2,), (1,))
    poll(feed)
    monkeypatch.setattr(tasks, "BACKFILL_SECONDS", 0.0)  # one document a turn
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks.backfill_some, "apply_async", lambda arguments, **options: sent.append(arguments))
    [claim] = progress.claim_due(timezone.now())
    tasks.backfill_some(str(claim.token), claim.keys[0])
    turns = 1
    while sent:
        tasks.backfill_some(*sent.pop())
        turns += 1
    assert turns == 4
    assert Backfill.objects.get(feed=feed).state == "finished"
    assert titles(feed) == stories(5, 4, 3, 2, 1)


def test_what_a_poll_met_a_worker_begins_with_at_once(publisher, monkeypatch):
    feed = archived(publisher, (2,), (1,))
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks.backfill_some, "apply_async", lambda arguments, **options: sent.append(arguments))
    [claim] = polling.claim(Feed.objects.filter(pk=feed.pk), timezone.now())
    tasks.poll_batch(str(claim.token), list(claim.keys))
    tasks.backfill_some(*sent.pop())
    assert Backfill.objects.get(feed=feed).state == "finished"
    assert titles(feed) == stories(2, 1)


def test_a_document_is_as_old_as_it_says(publisher):
    feed = archived(publisher, (2,), (1,))
    poll(feed)
    step(feed)
    article = Article.objects.get(guid="guid-1")
    assert article.published_at == FIRST_DAY + timedelta(hours=1)
    assert article.received_at > datetime(2026, 3, 3, tzinfo=UTC)
