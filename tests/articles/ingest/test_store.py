"""Articles are stored, changed and deleted with all that belongs to them, and feeds know how many they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from articles.compression import decompressed
from articles.full_text.models import FullText
from articles.ingest import store
from articles.ingest.content import DerivedContent, derive
from articles.ingest.entries.decide import Known
from articles.ingest.pipeline import store_entries
from articles.kept_counts.models import RecentArticle
from articles.models import Article, ArticleVersion, Enclosure, Origin, Tombstone, WaitingArticle
from articles.rules.models import Rule, UnjudgedArticle
from articles.saved_searches.models import SavedSearch
from articles.search.find import found_ids
from feeds.models import Feed
from feeds.parse.values import ParsedEnclosure, ParsedEntry, ParsedSource
from tests.articles.full_text.pages import TEASER, others, paragraphs
from tests.articles.search.archive import search_for
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, tzinfo=UTC)
SOUND = ParsedEnclosure(url="https://paper.example/1.mp3", media_type="audio/mpeg")
ENTRY = ParsedEntry(
    guid="1",
    url="https://paper.example/1",
    title="Title",
    author="Ann",
    content_html="<p>Text</p>",
    base_url="https://paper.example/base/",
    published_at=DAY,
    updated_at=DAY,
    enclosures=(SOUND,),
)


@pytest.fixture
def feed() -> Feed:
    return make_feed(url="https://paper.example/rss")


def stored(feed: Feed, entry: ParsedEntry = ENTRY) -> Article:
    store_entries(feed, [entry])
    return Article.objects.get(feed=feed, guid=entry.guid)


@pytest.mark.parametrize(
    "change",
    [{"title": "Other"}, {"author": "Bob"}, {"content_html": "<p>Other</p>"}, {"url": "https://paper.example/2"}],
    ids=lambda change: next(iter(change)),
)
def test_each_change_that_a_reader_can_see_keeps_what_was_there(feed, change):
    before = stored(feed)
    assert before.changed_at is None
    after = stored(feed, replace(ENTRY, **change, updated_at=DAY + timedelta(days=1)))
    assert after.pk == before.pk
    assert after.changed_at is not None
    version = ArticleVersion.objects.get()
    columns = ("url", "title", "author", "updated_at", "content_html", "entry_hash")
    assert [getattr(version, name) for name in columns] == [getattr(before, name) for name in columns]
    assert decompressed(version.html_zlib) == ENTRY.content_html
    assert version.base_url == ENTRY.base_url
    assert version.replaced_at == after.changed_at


@pytest.mark.parametrize(
    "change",
    [
        {"content_html": '<p onclick="x">Text</p>'},
        {"enclosures": (SOUND, replace(SOUND, url="https://paper.example/2.mp3"))},
        {"enclosures": ()},
    ],
    ids=["markup", "a file more", "no file"],
)
def test_a_change_that_no_reader_sees_in_the_text_is_stored_without_a_version(feed, change):
    stored(feed)
    entry = replace(ENTRY, **change)
    after = stored(feed, entry)
    assert after.changed_at is None
    assert not ArticleVersion.objects.exists()
    assert decompressed(after.source.html_zlib) == entry.content_html
    assert list(Enclosure.objects.values_list("url", flat=True)) == [file.url for file in entry.enclosures]
    assert store_entries(feed, [entry]).changed == 0


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [(1, 2, 1), (None, 2, 2), (1, None, 1), (9_000, 2, "arrival"), (None, 9_000, "arrival"), (None, None, "arrival")],
)
def test_an_article_is_dated_by_its_publisher_but_never_after_its_arrival(feed, published, updated, expected):
    moment = lambda days: None if days is None else DAY - timedelta(days=400) + timedelta(days=days)  # noqa: E731
    article = stored(feed, replace(ENTRY, published_at=moment(published), updated_at=moment(updated)))
    assert article.published_at == (article.received_at if expected == "arrival" else moment(expected))
    assert article.received_at <= timezone.now()


def test_feeds_count_what_comes_in_and_know_the_newest(feed):
    other = make_feed()
    stored(feed)
    store_entries(feed, [replace(ENTRY, guid="old", url="https://paper.example/old", published_at=DAY - timedelta(9))])
    feed.refresh_from_db()
    assert (feed.article_count, feed.newest_article_at) == (2, DAY)
    store_entries(feed, [replace(ENTRY, guid="new", url="https://paper.example/n", published_at=DAY + timedelta(1))])
    feed.refresh_from_db()
    other.refresh_from_db()
    assert (feed.article_count, feed.newest_article_at) == (3, DAY + timedelta(1))
    assert (other.article_count, other.newest_article_at) == (0, None)


def test_ids_follow_time_and_of_one_time_the_document_from_its_end(feed):
    days = {"late": 2, "newest": 9, "same, first": 5, "same, second": 5, "oldest": 1}
    entries = [
        replace(ENTRY, guid=guid, url=f"https://paper.example/{day}{guid}", published_at=DAY - timedelta(days=99 - day))
        for guid, day in days.items()
    ]
    store_entries(feed, entries)
    in_order = list(Article.objects.order_by("pk").values_list("guid", flat=True))
    assert in_order == ["oldest", "late", "same, second", "same, first", "newest"]


def test_rules_searches_and_stories_are_told_of_what_comes_in_and_of_what_changes(feed):
    reader = make_reader()
    SavedSearch.objects.create(user=reader, name="rain", text="rain")
    Rule.objects.create(user=reader, name="rain", text="rain")
    told_of = (UnjudgedArticle, RecentArticle, WaitingArticle)
    for title in ("Rain", "More rain"):
        article = stored(feed, replace(ENTRY, title=title))
        assert [list(table.objects.values_list("article", flat=True)) for table in told_of] == [[article.pk]] * 3
        for table in told_of:
            table.objects.all().delete()


def test_what_names_where_it_is_from_shares_an_origin_with_what_is_from_there_too(feed):
    there = ParsedSource(title="There", url="https://there.example/rss", site_url="https://there.example/")
    own = ParsedSource(title="Paper", url=feed.url)
    sources = {"1": there, "2": there, "3": replace(there, title="Elsewhere"), "4": own, "5": None}
    entries = [
        replace(ENTRY, guid=guid, url=f"https://paper.example/{guid}", source=source)
        for guid, source in sources.items()
    ]
    store_entries(feed, entries[:1])
    store_entries(feed, entries[1:])
    titles = dict(Article.objects.values_list("guid", "origin__title"))
    assert titles == {"1": "There", "2": "There", "3": "Elsewhere", "4": None, "5": None}
    assert Origin.objects.count() == 2
    origin = Origin.objects.get(title="There")
    assert (origin.url, origin.site_url) == (there.url, there.site_url)


def test_the_text_names_the_picture_before_the_entry_does(feed):
    beside = replace(ENTRY, image_url="https://paper.example/beside.jpg")
    assert stored(feed, beside).image_url == "https://paper.example/beside.jpg"
    with_picture = replace(beside, guid="2", content_html='<p>Text</p><img src="https://paper.example/in.jpg">')
    assert stored(feed, with_picture).image_url == "https://paper.example/in.jpg"


def test_an_article_is_in_the_language_that_it_says_else_in_its_feeds():
    feed = make_feed(language="fr")
    assert stored(feed, replace(ENTRY, guid="1", language="it")).language == "it"
    assert stored(feed, replace(ENTRY, guid="2", url="https://paper.example/2")).language == "fr"


def test_what_is_deleted_leaves_a_name_and_right_numbers(feed, monkeypatch):
    monkeypatch.setattr(store, "DELETE_AT_ONCE", 2)
    kept, *doomed = make_articles(6, feed)
    other = make_article()
    assert store.delete_articles(iter([article.pk for article in doomed] + [10**9])) == 5
    assert set(Article.objects.all()) == {kept, other}
    assert set(Tombstone.objects.values_list("feed", "guid")) == {(feed.pk, article.guid) for article in doomed}
    feed.refresh_from_db()
    assert (feed.article_count, feed.newest_article_at) == (1, kept.published_at)
    assert store.delete_articles([kept.pk]) == 1
    assert store.delete_articles([kept.pk]) == store.delete_articles([]) == 0
    feed.refresh_from_db()
    assert (feed.article_count, feed.newest_article_at) == (0, None)


@pytest.mark.django_db(transaction=True)
def test_what_is_stored_while_others_are_deleted_is_counted(feed: Feed) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one at a time writes to SQLite")
    old, asks = make_article(feed), Event()

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "feeds_feed" in sql and "UPDATE" in sql:  # it waits for who stores
            asks.set()
        return execute(sql, *rest)

    def delete() -> None:
        try:
            with connection.execute_wrapper(note):
                store.delete_articles([old.pk])
        finally:
            connection.close()

    thread = Thread(target=delete)
    with transaction.atomic():
        stored(feed, replace(ENTRY, guid="2"))
        thread.start()
        assert asks.wait(60)
    thread.join()
    feed.refresh_from_db()
    assert feed.article_count == feed.articles.count() == 1


def test_numbers_are_repaired_of_the_feeds_that_are_named(feed):
    article, other = make_article(feed), make_article()
    Feed.objects.update(article_count=7)
    assert store.repair_counts(Feed.objects.filter(pk=feed.pk)) == 1
    assert store.repair_counts(Feed.objects.filter(pk=feed.pk)) == 0
    assert dict(Feed.objects.values_list("pk", "article_count")) == {feed.pk: 1, other.feed_id: 7}
    Feed.objects.update(newest_article_at=DAY)
    assert store.repair_counts() == 2
    feed.refresh_from_db()
    assert (feed.article_count, feed.newest_article_at) == (1, article.published_at)


def test_the_other_text_of_an_entry_is_kept_where_there_is_one(feed):
    assert stored(feed).source.other_zlib == b""
    other = stored(feed, replace(ENTRY, guid="2", url="https://paper.example/2", other_html="<p>Excerpt</p>"))
    assert decompressed(other.source.other_zlib) == "<p>Excerpt</p>"


def test_what_was_deleted_meanwhile_is_neither_changed_nor_deleted_twice(feed):
    article = stored(feed)
    known = Known(article.pk, article.guid, article.url, article.entry_hash)
    Tombstone.objects.create(feed=feed, guid=article.guid)
    assert store.delete_articles([article.pk]) == 1
    content = derive("<p>Other</p>", base_url="", title="", boilerplate=())
    assert store.update_articles([(known, store.CleanEntry(ENTRY, content, "0"))]) == 0
    assert not Article.objects.exists()


# --- the text of an article's page --------------------------------------------------------------------------------------

NOW = DAY + timedelta(days=2)


def content_of(*texts: str) -> DerivedContent:
    return derive("".join(f"<p>{text}</p>" for text in texts), base_url="", title="", boilerplate=())


WHOLE = content_of(*paragraphs())


@pytest.fixture
def teaser(feed: Feed) -> Article:
    """An article of which its feed gives the beginning."""
    return stored(feed, replace(ENTRY, content_html=TEASER, image_url="https://paper.example/beside.jpg"))


@pytest.fixture
def whole(teaser: Article) -> FullText:
    """The same with its page's text in the place of that."""
    given = {"feed_html": teaser.content_html, "feed_text": teaser.content_text}
    row = FullText.objects.create(article=teaser, url=teaser.url, is_shown=True, is_wanted=False, failures=2, **given)
    assert store.put_whole(teaser, WHOLE, now=DAY, is_first=True)
    return row


def change(article: Article, **fields: object) -> int:
    """The entries that the feed gives from now on."""
    entry = replace(ENTRY, **{"content_html": TEASER} | fields)
    content = derive(entry.content_html, base_url="", title="", boilerplate=())
    known = Known(article.pk, article.guid, article.url, article.entry_hash)
    return store.update_articles([(known, store.CleanEntry(entry, content, "0"))], now=NOW)


def test_the_text_of_a_page_stands_in_its_article(teaser):
    Feed.objects.update(language="en")
    Article.objects.update(language="")
    article = Article.objects.select_related("feed").get()
    assert store.put_whole(article, WHOLE, now=NOW, is_first=True)
    article = Article.objects.select_related("feed").get()
    columns = ("content_html", "content_text", "summary")
    assert [getattr(article, name) for name in columns] == [getattr(WHOLE, name) for name in columns]
    assert (article.image_url, article.language) == ("https://paper.example/beside.jpg", "en")
    assert article.changed_at == article.feed.articles_changed_at == NOW
    assert found_ids(search_for(f'"{paragraphs()[-1][:30]}"')) == [article.pk]
    assert not ArticleVersion.objects.exists()
    assert not store.put_whole(article, WHOLE, now=NOW + timedelta(1), is_first=True)
    assert Article.objects.get().changed_at == NOW


def test_a_text_of_the_page_that_another_replaces_stays_as_a_version(whole):
    article = whole.article
    later = content_of(*paragraphs(), "And the end.")
    assert store.put_whole(article, replace(later, image_url="https://paper.example/in.jpg"), now=NOW, is_first=False)
    assert article.image_url == "https://paper.example/in.jpg"
    version = ArticleVersion.objects.get()
    assert (version.content_html, version.replaced_at) == (WHOLE.content_html, NOW)


def test_the_text_of_the_page_outlives_a_change_of_all_else(whole):
    assert change(whole.article, title="Other", image_url="https://paper.example/other.jpg") == 1
    article = Article.objects.get()
    assert (article.title, article.content_html, article.content_text) == (
        "Other",
        WHOLE.content_html,
        WHOLE.content_text,
    )
    assert article.image_url == "https://paper.example/beside.jpg"
    whole.refresh_from_db()
    assert (whole.is_shown, whole.is_wanted, whole.failures) == (True, False, 2)


@pytest.mark.parametrize(
    ("fetched_at", "fetch_at"),
    [
        (NOW - timedelta(hours=2), NOW),
        (NOW - timedelta(minutes=10), NOW + timedelta(minutes=50)),
        (None, NOW + timedelta(hours=1)),
    ],
)
def test_a_page_is_asked_for_again_where_the_feed_gives_another_beginning(whole, fetched_at, fetch_at):
    FullText.objects.update(fetched_at=fetched_at)
    assert change(whole.article, content_html=TEASER + "<p>More […]</p>") == 0
    whole.refresh_from_db()
    assert Article.objects.get().content_html == WHOLE.content_html
    assert whole.feed_html.endswith("<p>More […]</p>")
    assert whole.feed_text.endswith("More […]")
    assert (whole.is_shown, whole.outcome) == (True, FullText.Outcome.WHOLE)
    assert (whole.is_wanted, whole.failures, whole.fetch_at) == (True, 0, fetch_at)


def test_what_the_feed_gives_stands_where_it_has_more_by_now(whole):
    html = "".join(f"<p>{text}</p>" for text in [*paragraphs(), *others()])
    assert change(whole.article, content_html=html) == 1
    whole.refresh_from_db()
    assert Article.objects.get().content_html == html
    assert (whole.is_shown, whole.is_wanted, whole.outcome) == (False, True, FullText.Outcome.WAITING)
    assert ArticleVersion.objects.get().content_html == WHOLE.content_html
