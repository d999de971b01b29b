"""Whole texts: fetched politely, never less than the feed gave, and kept beside it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from articles import tasks
from articles.compression import decompressed
from articles.full_text import fetch, queue, reextract
from articles.full_text.models import FullText
from articles.images.models import ImageAddress
from articles.ingest import pipeline
from articles.models import Article, ArticleVersion
from articles.search.find import found_ids
from feeds.http import Client
from feeds.leases.queues import LeaseLost
from feeds.leases.visits import Visits
from feeds.models import Feed, Host
from feeds.polls import polling
from tests.articles.full_text.pages import TEASER, others, page, paragraphs
from tests.articles.search.archive import search_for
from tests.documents import item, rss
from tests.factories import make_article, make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
Outcome = FullText.Outcome
TITLE = "The harbour lock is closed"


@pytest.fixture(autouse=True)
def nothing_known_of_robots():
    cache.clear()


@pytest.fixture
def feed(publisher):
    return make_feed(url=publisher.url("/feed"), whole_articles=Feed.WholeArticles.PARTIAL)


def poll(publisher, feed, body=TEASER, *, link="/story", title=TITLE):
    entry = item(1, title=title, body=body, link=publisher.url(link))
    publisher.serve("/feed", rss([re.sub("<pubDate>.*?</pubDate>", "", entry)]))
    (claim,) = polling.claim(Feed.objects.filter(pk=feed.pk), timezone.now())
    with Client(fetch.policy(fetch.WORKER)) as client:
        (polled,) = pipeline.refresh_claim(client, claim, pause=0)
    assert not polled.error
    return Article.objects.get(feed=feed)


def make_wanted(publisher, path="/story", **fields):
    fields = {"title": TITLE, "content_html": TEASER, "content_text": TEASER[3:-4]} | fields
    article = make_article(make_feed(), url=publisher.url(path), **fields)
    return FullText.objects.create(article=article, url=article.url)


def serve(publisher, path="/story", html=None, **more):
    return publisher.serve(path, html or page(paragraphs()), **{"content_type": "text/html"} | more)


def fetch_due(now=None):
    with Client(fetch.policy(fetch.WORKER)) as client:
        for claim in queue.claim_due(now or timezone.now()):
            queue.fetch_claim(client, claim, pause=0)


def fetched(row, now=None):
    fetch_due(now)
    row.refresh_from_db()
    return row


def asked(publisher):
    return [request.path for request in publisher.requests if request.path != "/robots.txt"]


def text_of(row):
    return Article.objects.get(pk=row.pk).content_text


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
    assert queue.want(Article.objects.all(), feed) == 0
    assert list(queue.want_old(feed, Article.objects.all())) == [(3, 2)]
    assert list(queue.want_old(feed, Article.objects.all())) == [(1, 0)]


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


@pytest.mark.parametrize("number", range(20))
def test_a_full_text_feed_loses_nothing_to_its_pages(publisher, number):
    texts = paragraphs(number, number + 3 + number % 5)
    whole = {"content_html": "".join(f"<p>{text}</p>" for text in texts), "content_text": "\n".join(texts)}
    row = make_wanted(publisher, **whole)
    shown = [texts, texts[:1], [], others()][number % 4]
    serve(publisher, html=page(shown))
    fetch_due()
    left = text_of(row)
    assert all(text in left for text in texts)


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


# --- parts, other forms, encodings ------------------------------------------------------------------------------------


def test_the_parts_of_an_article_are_put_together(publisher):
    texts = paragraphs(0, 6)
    for part in range(3):
        next_link = f'<p><a href="/story?page={part + 2}" rel="next">Next page</a></p>' if part < 2 else ""
        path = f"/story?page={part + 1}" if part else "/story"
        serve(publisher, path, page(texts[2 * part : 2 * part + 2], extra=next_link))
    row = fetched(make_wanted(publisher))
    assert asked(publisher) == ["/story", "/story?page=2", "/story?page=3"]
    assert all(text in text_of(row) for text in texts)


def test_an_article_without_end_ends(publisher):
    for part in range(1, 20):
        path = f"/story?page={part}" if part > 1 else "/story"
        next_link = f'<p><a href="/story?page={part + 1}" rel="next">Next page</a></p>'
        serve(publisher, path, page(paragraphs(part, part + 3), extra=next_link))
    fetched(make_wanted(publisher))
    assert len(asked(publisher)) == fetch.MOST_PARTS


def test_a_page_with_all_of_it_is_better_than_the_first_part(publisher):
    serve(publisher, html=page(paragraphs(0, 2), extra='<p><a href="/story/all">View all</a></p>'))
    serve(publisher, "/story/all", page(paragraphs(0, 6)))
    row = fetched(make_wanted(publisher))
    assert all(text in text_of(row) for text in paragraphs(0, 6))


def test_an_amp_page_is_asked_only_where_the_page_has_little(publisher):
    amp = '<link rel="amphtml" href="/amp">'
    serve(publisher, "/amp", page(paragraphs()))
    serve(publisher, html=page(paragraphs(), head=amp))
    fetched(make_wanted(publisher))
    assert asked(publisher) == ["/story"]
    serve(publisher, "/other", page(["Loading…"], head=amp))
    row = fetched(make_wanted(publisher, "/other"))
    assert row.outcome == Outcome.WHOLE
    assert asked(publisher)[1:] == ["/other", "/amp"]


def test_a_page_in_an_old_encoding_is_read(publisher):
    texts = [
        f"港口的闸门星期二关闭,三艘货轮在外面等候。第{n}段说的是渔民们还记得那个冬天,商店里空空如也。"
        for n in range(30)
    ]
    html = page(texts, title="港口的闸门关闭了").replace("<meta charset='utf-8'>", "")
    serve(publisher, html=html.encode("gb18030"), content_type="text/html; charset=gb2312")
    row = make_wanted(publisher, title="港口的闸门关闭了", content_text="港口的闸门星期二关闭,三艘货轮…")
    assert fetched(row).outcome == Outcome.WHOLE
    assert texts[29] in text_of(row)


def test_the_operators_selector_comes_first(publisher):
    notes = "".join(f"<p>{text}</p>" for text in paragraphs(10, 16))
    serve(
        publisher, html=page(paragraphs(0, 6), extra="").replace("<footer>", f"<div id='notes'>{notes}</div><footer>")
    )
    row = make_wanted(publisher)
    Feed.objects.update(article_selector="#notes")
    fetched(row)
    assert paragraphs(15, 16)[0] in text_of(row)
    assert paragraphs(0, 1)[0] not in text_of(row)


def test_a_sites_rule_is_read_from_the_operators_folder(publisher, settings, tmp_path):
    (tmp_path / "x.example.txt").write_text("body: //article", encoding="utf-8")
    settings.SITE_RULES = str(tmp_path)
    rule = fetch.directions_for(make_feed(), "https://x.example/story").rule
    assert rule
    assert rule.body == ("//article",)
    assert fetch.directions_for(make_feed(), "https://y.example/story").rule is None


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


def test_a_host_that_is_asked_too_often_is_left_alone(publisher):
    serve(publisher, status=429, headers={"Retry-After": "7200"})
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


# --- hostile pages ----------------------------------------------------------------------------------------------------


def test_a_page_over_ten_megabytes_is_given_up(publisher):
    serve(publisher, html="<p>" + "x" * (fetch.MAX_BYTES + 1))
    assert fetched(make_wanted(publisher)).outcome == Outcome.TOO_MUCH


@pytest.mark.parametrize(
    "html",
    ["<div>" * 100_000 + "x", "<p>" * 200_000, "<a href=x>" * 200_000, "<table><tr><td>" * 50_000, "\0" * 500_000],
)
def test_a_hostile_page_ends_and_leaves_the_article_as_it_is(publisher, html):
    serve(publisher, html=html)
    row = fetched(make_wanted(publisher))
    assert row.outcome in {Outcome.NOTHING, Outcome.NO_MORE, Outcome.TOO_MUCH}
    assert text_of(row) == TEASER[3:-4]


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_a_page_that_has_changed_makes_a_version(publisher):
    serve(publisher)
    row = fetched(make_wanted(publisher))
    first = text_of(row)
    serve(publisher, html=page(paragraphs(0, 9)))
    FullText.objects.update(is_wanted=True, fetch_at=timezone.now())
    fetch_due()
    version = ArticleVersion.objects.get()
    assert paragraphs(8, 9)[0] in text_of(row)
    assert paragraphs(5, 6)[0] in version.content_html
    assert first != text_of(row)


def test_a_page_that_is_gone_later_takes_nothing_away(publisher):
    serve(publisher)
    row = fetched(make_wanted(publisher))
    serve(publisher, status=404)
    FullText.objects.update(is_wanted=True, fetch_at=timezone.now())
    fetched(row)
    assert (row.outcome, row.is_shown, row.is_wanted) == (Outcome.WHOLE, True, False)
    assert "Fishermen" in text_of(row)


def test_a_changed_entry_stays_beside_the_whole_article_which_is_fetched_again(publisher, feed):
    serve(publisher)
    article = poll(publisher, feed)
    row = fetched(article.full_text)
    Feed.objects.update(next_check_at=timezone.now(), etag="", body_hash="")
    poll(publisher, feed, TEASER.replace("Tuesday", "Wednesday"))
    row.refresh_from_db()
    assert "Wednesday" in row.feed_html
    assert "Fishermen" in text_of(row)
    assert (row.is_wanted, row.is_shown) == (True, True)
    assert row.fetch_at > timezone.now() + timedelta(minutes=50)


def test_an_entry_that_has_more_than_the_page_by_now_stands_in_its_place(publisher, feed):
    serve(publisher)
    row = fetched(poll(publisher, feed).full_text)
    Feed.objects.update(next_check_at=timezone.now(), etag="", body_hash="")
    poll(publisher, feed, "".join(f"<p>{text}</p>" for text in paragraphs(0, 12)))
    row.refresh_from_db()
    assert not row.is_shown
    assert paragraphs(11, 12)[0] in text_of(row)


def test_resanitize_keeps_the_whole_text(publisher, feed):
    serve(publisher)
    row = fetched(poll(publisher, feed).full_text)
    before = Article.objects.get()
    call_command("resanitize", "--all", stdout=StringIO())
    after = Article.objects.get()
    assert (after.content_html, after.content_text) == (before.content_html, before.content_text)
    feed_html = row.feed_html
    row.refresh_from_db()
    assert row.feed_html == feed_html


def test_reextract_finds_the_article_anew_in_the_pages_that_are_kept(publisher):
    serve(publisher, html=page(paragraphs(0, 8)))
    row = fetched(make_wanted(publisher))
    requests = len(publisher.requests)
    Feed.objects.update(article_selector="//article//p[position() < 7]")
    out = StringIO()
    call_command("reextract", stdout=out)
    call_command("reextract", "--all", stdout=out)
    assert out.getvalue().splitlines() == [
        "reextracted 0, unchanged 0, passed over 0",
        "reextracted 1, unchanged 0, passed over 0",
    ]
    assert paragraphs(7, 8)[0] not in text_of(row)
    assert paragraphs(5, 6)[0] in text_of(row)
    assert len(publisher.requests) == requests
    assert ArticleVersion.objects.count() == 1


def test_archive_files_have_the_whole_text(publisher, tmp_path):
    serve(publisher)
    fetched(make_wanted(publisher))
    call_command("export_archive", str(tmp_path), stdout=StringIO())
    files = [path.read_text("utf-8") for path in tmp_path.rglob("*.md")]
    assert any("Fishermen remember" in text for text in files)


def test_reextract_passes_over_what_is_being_fetched(publisher):
    serve(publisher)
    row = fetched(make_wanted(publisher))
    FullText.objects.update(lease=uuid4(), leased_until=timezone.now() + timedelta(minutes=5))
    assert reextract.reextract(everything=True).passed_over == 1
    assert "Fishermen" in text_of(row)


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
