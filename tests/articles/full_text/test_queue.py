"""Whole texts: fetched politely, never less than the feed gave."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.utils import timezone

from articles import tasks
from articles.compression import decompressed
from articles.full_text import fetch, queue, waiting
from articles.full_text.models import FullText
from articles.images.models import ImageAddress
from articles.models import Article, ArticleVersion
from articles.search.find import found_ids
from feeds.http import Client
from feeds.leases.queues import LeaseLost
from feeds.leases.visits import Visits
from feeds.models import Feed, Host
from tests.articles.full_text.pages import TEASER, others, page, paragraphs
from tests.articles.full_text.story import TITLE, asked, fetch_due, fetched, make_wanted, poll, serve, text_of
from tests.articles.search.archive import search_for
from tests.factories import make_article, make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
Outcome = FullText.Outcome


# --- from a feed to its whole articles --------------------------------------------------------------------------------


def test_the_whole_text_stands_in_the_article_and_what_the_feed_gave_beside_it(publisher, feed):
    picture = '<figure><img src="/lock.jpg" width="800" height="600"><figcaption>The lock</figcaption></figure>'
    serve(publisher, html=page(paragraphs(), extra=picture + "<script>bad()</script>"))
    article = poll(publisher, feed)
    before = article.content_html
    row = fetched(article.full_text)
    article.refresh_from_db()
    assert (row.outcome, row.is_shown, row.is_wanted, row.lease) == (Outcome.WHOLE, True, False, None)
    assert "Fishermen remember" in article.content_text
    assert "bad()" not in article.content_html
    assert "About us" not in article.content_text
    assert row.feed_html == before
    assert "<script>bad()" in decompressed(row.pages_zlib)
    assert not ArticleVersion.objects.exists()
    assert found_ids(search_for("Fishermen")) == [article.pk]
    assert ImageAddress.objects.filter(url=publisher.url("/lock.jpg"), is_wanted=True).exists()


def test_an_article_that_comes_whole_is_not_wanted_unless_all_are(publisher, feed):
    whole = "".join(f"<p>{text}</p>" for text in paragraphs())
    poll(publisher, feed, whole)
    assert not FullText.objects.exists()
    Article.objects.all().delete()
    Feed.objects.filter(pk=feed.pk).update(whole_articles=Feed.WholeArticles.ALWAYS, next_check_at=timezone.now())
    poll(publisher, feed, whole + "<p>And more.</p>")
    assert FullText.objects.get().is_wanted


@pytest.mark.parametrize("rule", [Feed.WholeArticles.NEVER, Feed.WholeArticles.SUGGEST])
def test_nothing_is_fetched_of_a_feed_without_the_rule(publisher, feed, rule):
    Feed.objects.filter(pk=feed.pk).update(whole_articles=rule)
    poll(publisher, feed)
    assert not FullText.objects.exists()


def test_a_tick_hands_what_is_due_to_a_worker(publisher, settings):
    row = make_wanted(publisher)
    serve(publisher)
    settings.CELERY_TASK_ALWAYS_EAGER = True
    (claim,) = queue.claim_due(timezone.now())
    tasks.fetch_full_texts(str(claim.token), list(claim.keys))
    row.refresh_from_db()
    assert row.outcome == Outcome.WHOLE


def test_old_articles_are_wanted_on_request(feed):
    since = timezone.now() - timedelta(days=400)
    for number in range(3):
        text = "cut […]" if number else " ".join(paragraphs())
        make_article(feed, content_text=text, published_at=since)
    assert waiting.want(Article.objects.all(), feed) == 0
    assert list(waiting.want_old(feed, Article.objects.all())) == [(3, 2)]
    assert list(waiting.want_old(feed, Article.objects.all())) == [(1, 0)]


# --- never less than the feed gave ------------------------------------------------------------------------------------


def test_a_teaser_never_takes_the_place_of_a_full_text(publisher):
    texts = paragraphs()
    row = make_wanted(
        publisher, content_html="".join(f"<p>{text}</p>" for text in texts), content_text="\n".join(texts)
    )
    before = text_of(row)
    serve(publisher, html=page(texts[:2]))
    assert fetched(row).outcome == Outcome.NO_MORE
    assert not row.is_shown
    assert text_of(row) == before


PAGES_OF_FEEDS = {
    "whole": lambda texts, given: page(texts),
    "whole and more": lambda texts, given: page(texts, extra="".join(f"<p>{text}</p>" for text in others())),
    "a part": lambda texts, given: page(texts[: len(given) // 2]),
    "the other end": lambda texts, given: page(texts[len(texts) // 2 :]),
    "every other paragraph": lambda texts, given: page(texts[::2]),
    "the same as the feed": lambda texts, given: page(given),
    "another article": lambda texts, given: page(others(len(texts) + 3)),
    "nothing": lambda texts, given: page([]),
    "a paywall": lambda texts, given: page([*texts[:1], "Subscribe now to continue reading this article."]),
    "a list of articles": lambda texts, given: page([f'<a href="/{n}">{text}</a>' for n, text in enumerate(others())]),
}


def told(choice, count):
    """Paragraphs of running text, of which no two are alike."""
    words = " ".join(others() + paragraphs()).split()
    return [" ".join(choice.choices(words, k=choice.randint(25, 70))) + "." for _ in range(count)]


@pytest.mark.one_database("what is chosen of pages, of which the database knows nothing")
def test_of_feeds_that_give_full_texts_none_has_less_afterwards(publisher):
    """Each kind of page with each share of the text that feeds give. Of those that give
    parts none is shorter afterwards."""
    given, full, fuller = {}, set(), set()
    for number, (kind, share) in enumerate(product(PAGES_OF_FEEDS, (1, 0.95, 0.9, 0.7, 0.4, 0.1))):
        choice = random.Random(number)
        texts = told(choice, choice.randint(4, 24))
        part = texts[: max(1, round(len(texts) * share))]
        whole = {"content_html": "".join(f"<p>{text}</p>" for text in part), "content_text": "\n".join(part)}
        row = make_wanted(publisher, f"/story/{number}", **whole)
        serve(publisher, f"/story/{number}", html=PAGES_OF_FEEDS[kind](texts, part))
        given[row.pk] = part
        full |= {row.pk} if share >= 0.9 else set()
        fuller |= {row.pk} if kind.startswith("whole") and len(part) < len(texts) else set()
    while queue.QUEUE.due(timezone.now()).exists():
        fetch_due()
    after = dict(Article.objects.values_list("full_text", "content_text"))
    assert not [pk for pk in full if any(text not in after[pk] for text in given[pk])]
    assert not [pk for pk, part in given.items() if len(after[pk]) < len("\n".join(part))]
    shown = set(FullText.objects.filter(is_shown=True).values_list("pk", flat=True))
    assert len(fuller) > 5
    assert fuller <= shown


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (page(paragraphs()[:2], extra="<div>Subscribe to continue reading this article.</div>"), Outcome.PAYWALL),
        (
            page(
                paragraphs(),
                head='<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>',
            ),
            Outcome.PAYWALL,
        ),
        ("<html><body><p>We value your privacy. Accept all cookies?</p></body></html>", Outcome.CONSENT),
        ("<html><body></body></html>", Outcome.NOTHING),
        (page(others(), title="Roses"), Outcome.NO_MORE),
    ],
)
def test_what_stands_before_an_article_is_told(publisher, html, expected):
    row = make_wanted(publisher)
    serve(publisher, html=html)
    assert fetched(row).outcome == expected
    assert not row.is_wanted
    assert text_of(row) == TEASER[3:-4]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 404}, Outcome.GONE),
        ({"status": 410}, Outcome.GONE),
        ({"status": 403}, Outcome.REFUSED),
        ({"status": 402}, Outcome.PAYWALL),
        ({"status": 403, "headers": {"cf-mitigated": "challenge"}}, Outcome.BOT_WALL),
        ({"content_type": "application/pdf"}, Outcome.NO_PAGE),
    ],
)
def test_an_answer_that_will_not_change_ends_with_a_word(publisher, answer, expected):
    row = make_wanted(publisher)
    serve(publisher, **answer)
    assert fetched(row).outcome == expected
    assert (row.is_wanted, row.lease) == (False, None)
    assert row.detail


# --- manners ----------------------------------------------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked_and_the_file_is_asked_for_once(publisher):
    publisher.serve("/robots.txt", "User-agent: *\nDisallow: /private", content_type="text/plain")
    serve(publisher)
    private = make_wanted(publisher, "/private/story")
    open_to_all = make_wanted(publisher)
    fetch_due()
    private.refresh_from_db()
    assert (private.outcome, fetched(open_to_all).outcome) == (Outcome.ROBOTS, Outcome.WHOLE)
    assert [request.path for request in publisher.requests] == ["/robots.txt", "/story"]


def test_while_robots_txt_is_not_to_be_had_nothing_is_asked(publisher):
    publisher.serve("/robots.txt", status=500)
    row = fetched(make_wanted(publisher))
    assert (row.outcome, row.is_wanted, row.failures) == (Outcome.WAITING, True, 1)
    assert asked(publisher) == []


@pytest.mark.parametrize("html", [page(paragraphs()), "<p id='cf-error-details'>You are being rate limited"])
def test_a_host_that_is_asked_too_often_is_left_alone(publisher, html):
    serve(publisher, html=html, status=429, headers={"Retry-After": "7200"})
    row, other = make_wanted(publisher), make_wanted(publisher, "/other")
    now = timezone.now()
    fetched(row)
    assert (row.is_wanted, row.failures) == (True, 1)
    assert row.fetch_at > now + timedelta(seconds=7000)
    assert Host.objects.get().free_at > now
    assert asked(publisher) == ["/story"]
    assert queue.claim_due(now) == []
    other.refresh_from_db()
    assert (other.failures, other.lease) == (0, None)


def test_a_slow_host_leaves_the_worker_to_other_work_after_each_article(publisher, monkeypatch):
    monkeypatch.setattr(queue, "SLOW", 0.1)
    rows = [make_wanted(publisher, f"/{number}") for number in range(3)]
    for number in range(3):
        publisher.respond(f"/{number}", lambda exchange: exchange.pause(0.2))
    fetch_due()
    assert len(asked(publisher)) == 1
    assert not FullText.objects.exclude(lease=None).exists()
    assert FullText.objects.filter(failures=0).count() == len(rows) - 1


def test_failures_are_tried_again_later_and_end_with_a_word(publisher):
    serve(publisher, status=500)
    row = make_wanted(publisher)
    now = timezone.now()
    waits = []
    for _ in range(queue.MOST_FAILURES):
        FullText.objects.update(fetch_at=now)
        fetched(row)
        waits.append(row.fetch_at - now)
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=11) < timedelta(days=2) < waits[-1]
    assert (row.outcome, row.is_wanted) == (Outcome.FAILED, False)


def test_what_comes_of_a_lost_lease_is_dropped(publisher):
    row = make_wanted(publisher)
    serve(publisher)
    claim = queue.claim_due(timezone.now())[0]
    with Client(fetch.policy(fetch.WORKER)) as client:
        for taken in queue.QUEUE.in_turn(claim, Visits(0)):
            FullText.objects.update(lease=uuid4())
            with pytest.raises(LeaseLost):
                queue.work(client, taken, Visits(0), fetch.WORKER)
    row.refresh_from_db()
    assert not row.is_shown
    assert text_of(row) == TEASER[3:-4]


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_who_waits_has_the_whole_text_at_once(publisher):
    article = make_article(make_feed(), url=serve(publisher), title=TITLE, content_text="The harbour […]")
    assert queue.fetch_now(article).outcome == Outcome.WHOLE
    requests = len(publisher.requests)
    assert queue.fetch_now(article).outcome == Outcome.WHOLE  # a second click asks nothing
    assert len(publisher.requests) == requests


def test_what_takes_longer_is_left_to_a_worker(publisher, monkeypatch):
    monkeypatch.setattr(fetch, "READER", fetch.Patience(request=0.2, article=0.2))
    article = make_article(make_feed(), url=publisher.url("/slow"), title=TITLE, content_text="The harbour […]")
    publisher.respond("/slow", lambda exchange: exchange.pause(1))
    row = queue.fetch_now(article)
    assert (row.outcome, row.is_wanted, row.failures, row.lease) == (Outcome.WAITING, True, 0, None)
    assert queue.claim_due(timezone.now())


def test_what_a_worker_fetches_just_now_is_not_asked_for_twice(publisher):
    row = make_wanted(publisher)
    serve(publisher)
    queue.claim_due(timezone.now())
    assert queue.fetch_now(row.article).outcome == Outcome.WAITING
    assert not publisher.requests
