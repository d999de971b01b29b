"""The numbers of saved searches move by what happens, and are after all of it what searching anew finds."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.ingest import pipeline
from articles.kept_counts import counting, hits, recent
from articles.kept_counts.models import KeptCounts, KeptHits, RecentArticle
from articles.kept_counts.rows import counts_of
from articles.labels import own as labels
from articles.lists import reader_state
from articles.lists.selection import Selection, Show
from articles.models import Article, ReadBatch, StoryMember
from articles.saved_searches.models import SavedSearch
from articles.saved_searches.own import save_search, selection_of
from articles.search.find import Search
from articles.search.hit_page import newest_hits
from articles.search.query.matching import OfReader
from feeds.models import Feed
from feeds.parse.document import ParsedEntry
from feeds.subscriptions import own as subscriptions
from tests.articles.search.archive import store
from tests.articles.stories.telling import one_story
from tests.factories import make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db

QUERIES = (
    "rain", "rain -snow", "rain OR snow", "is:unread snow", "-is:read", "label:later OR hail", "feed:press rain",
    "category:world", "is:starred", "dup:yes rain", "before:2100", "after:7d", "has:image OR rain",
)  # fmt: skip
TEXTS = ("rain", "snow", "rain and snow", "hail", "sun")
STEP = st.tuples(
    st.sampled_from(
        ["arrive", "arrive", "change", "read", "unread", "star", "unstar", "label", "mark", "these", "undo", "one",
         "hide", "take back", "call", "leave", "follow", "move", "delete", "doubles"]
    ),
    st.integers(0, 7),
    st.integers(0, 4),
    st.booleans(),
)  # fmt: skip


def put_in(feed: Feed, guid: int, text: str) -> None:
    url = f"https://x.example/{feed.pk}/{guid}"
    entry = ParsedEntry(guid=str(guid), url=url, title=text, content_html=f"<p>{text}</p>")
    pipeline.store_entries(feed, [entry])


def kept(reader: User, seconds: float = 60.0) -> dict[str, int]:
    row = counting.recount(reader, now=timezone.localtime(), seconds=seconds)
    return dict(row.searches)


def looked_up(reader: User) -> dict[str, int]:
    """The numbers that searching anew finds."""
    found = {}
    for saved in SavedSearch.objects.filter(user=reader).select_related("feed", "category"):
        selection = selection_of(saved).newest_first()
        search = Search(selection=selection, reader=reader, now=timezone.localtime(), patience=1000)
        found[str(saved.pk)] = len(newest_hits(search, hits.MOST, also=(OfReader("is", "unread"),))[0])
    return found


class _Site:
    """A reader with searches, and feeds in which things happen."""

    def __init__(self) -> None:
        self.reader, self.world = make_reader(), make_category("World")
        self.feeds = [
            make_feed(title="Press", category=self.world),
            make_feed(title="Post"),
            make_feed(is_shared=False),
        ]
        subscriptions.follow(self.reader, self.feeds[2])
        self.made: list[reader_state.Made] = []
        for query in QUERIES:
            save_search(self.reader, Selection(query=query))
        for place in ({"feed": self.feeds[1]}, {"category": self.world}, {"show": Show.STARRED}, {"show": Show.UNREAD}):
            save_search(self.reader, Selection(query="rain OR snow", **place))

    def do(self, what: str, number: int, text: int) -> None:
        reader, feed = self.reader, self.feeds[number % 3]
        articles = list(Article.objects.order_by("pk"))
        article = articles[number % len(articles)] if articles else None
        if what == "arrive":
            put_in(feed, len(articles), TEXTS[text])
        elif what == "call":
            Feed.objects.filter(pk=feed.pk).update(custom_title=("Press", "Post")[text % 2])
        elif what == "leave":
            subscriptions.unfollow(reader, self.feeds[number % 2])
        elif what == "follow":
            subscriptions.follow(reader, feed)
        elif what == "move":
            Feed.objects.filter(pk=feed.pk).update(category=self.world if text % 2 else None)
        elif what == "mark":
            reader_state.mark_all_read(reader, Selection(), up_to=articles[-1].pk if articles else 0)
        elif what == "undo all":
            reader_state.undo(reader, ReadBatch.objects.get(user=reader).batch)
        elif what == "doubles":
            subscriptions.choose_doubles(reader, ("together", "folded", "apart")[text % 3])
        elif article is not None:
            self.do_to(what, article, articles, text)

    def fold(self, articles: list[Article]) -> None:
        StoryMember.objects.all().delete()
        one_story(*articles)

    def do_to(self, what: str, article: Article, articles: list[Article], text: int) -> None:
        reader = self.reader
        deeds: dict[str, Any] = {
            "change": lambda: put_in(article.feed, int(article.guid), TEXTS[text]),
            "read": lambda: reader_state.mark_read(reader, [article]),
            "unread": lambda: reader_state.mark_read(reader, [article], read=False),
            "star": lambda: reader_state.star(reader, article, on=True),
            "unstar": lambda: reader_state.star(reader, article, on=False),
            "label": lambda: labels.put_labels(reader, article.pk, [labels.make_label(reader, "later")][: text % 2]),
            "read by rule": lambda: reader_state.mark_read_by_rule(reader, [article.pk], at=timezone.now()),
            "hide": lambda: reader_state.hide_by_rule(reader, [article.pk], at=timezone.now()),
            "take back": lambda: reader_state.take_back_read(reader, [each.pk for each in articles]),
            "one": lambda: self.fold(articles[: 2 + text % 2]),
            "delete": article.delete,
            "these": lambda: self.made.extend(
                filter(None, [reader_state.mark_these_read(reader, [each.pk for each in articles[:3]])])
            ),
            "undo": lambda: self.made and reader_state.undo(reader, self.made.pop().batch),
        }
        deeds[what]()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(STEP, min_size=1, max_size=14))
def test_numbers_that_moved_are_what_searching_anew_finds(monkeypatch, steps):
    monkeypatch.setattr(counting, "PATIENCE", 1000.0)
    for module in (hits, counting):
        monkeypatch.setattr(module, "MOST", 2)
        monkeypatch.setattr(module, "KEPT", 4)
    with transaction.atomic():
        site = _Site()
        for guid in range(3):
            put_in(site.feeds[guid % 2], guid, TEXTS[guid])
        assert kept(site.reader) == looked_up(site.reader)
        for what, number, text, is_counted in [*steps, ("read", 0, 0, True)]:
            site.do(what, number, text)
            if is_counted:
                assert kept(site.reader) == looked_up(site.reader), what
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ([("read", 0, 0)], [("unread", 0, 0)]),
        ([("mark", 0, 0)], [("undo all", 0, 0)]),
        ([("these", 0, 0)], [("undo", 0, 0)]),
        ([("read by rule", 0, 0)], [("take back", 0, 0)]),
        ([], [("change", 0, 4)]),
        ([], [("change", 1, 0)]),
        ([], [("leave", 0, 0)]),
        ([("leave", 0, 0)], [("follow", 0, 0)]),
        ([("move", 0, 0)], [("move", 0, 1)]),
        ([], [("call", 0, 1)]),
        ([], [("one", 0, 0)]),
        ([], [("label", 0, 1)]),
        ([], [("delete", 0, 0)]),
    ],
)
def test_numbers_follow_whatever_changes_them(first, then):
    site = _Site()
    for guid, text in enumerate(("rain", "hail", "rain and snow")):
        put_in(site.feeds[guid % 2], guid, text)
    kept(site.reader)
    for step in first:
        site.do(*step)
    before = kept(site.reader)
    for step in then:
        site.do(*step)
    after = kept(site.reader)
    assert after == looked_up(site.reader)
    assert after != before


def test_what_comes_in_costs_no_search_however_many_are_kept():
    ann = make_reader()

    def asked(searches: int) -> int:
        for number in range(SavedSearch.objects.count(), searches):
            save_search(ann, Selection(query=f"rain -word{number}"))
        kept(ann)
        article = store("rain")
        recent.note([article])
        reader_state.mark_read(ann, [store("rain")])
        with CaptureQueriesContext(connection) as queries:
            assert set(kept(ann).values()) == {Article.objects.count() // 2}
        return len(queries)

    asked(1)
    few = asked(2)
    assert asked(60) == few


def test_a_number_that_its_hits_tell_no_longer_is_looked_up(monkeypatch):
    for name, number in (("MOST", 2), ("KEPT", 4)):
        for module in (hits, counting):
            monkeypatch.setattr(module, name, number)
    ann = make_reader()
    articles = [store("rain") for _ in range(7)]
    saved = str(save_search(ann, Selection(query="rain")).pk)
    assert kept(ann) == {saved: 3}
    reader_state.mark_read(ann, articles[-3:])
    assert kept(ann) == {saved: 3}
    reader_state.mark_read(ann, articles[1:])
    assert kept(ann) == {saved: 1}


def test_a_recount_that_was_killed_is_made_good_by_the_next(monkeypatch):
    ann = make_reader()
    saved = str(save_search(ann, Selection(query="rain")).pk)
    put_in(make_feed(), 0, "rain")
    assert kept(ann) == {saved: 1}
    put_in(make_feed(), 1, "rain")
    with monkeypatch.context() as patch:
        patch.setattr(hits, "meant", _killed)
        with pytest.raises(KeyboardInterrupt):
            kept(ann)
    RecentArticle.objects.all().delete()
    assert kept(ann) == {saved: 2}


def _killed(*args: object) -> None:
    raise KeyboardInterrupt


def test_a_recount_that_another_overtook_keeps_nothing(monkeypatch):
    ann = make_reader()
    saved = str(save_search(ann, Selection(query="rain")).pk)
    first, meant = store("rain"), hits.meant

    def overtaken(*args: Any) -> list[hits.Meant]:
        monkeypatch.setattr(hits, "meant", meant)
        found = meant(*args)
        reader_state.mark_read(ann, [first])
        kept(ann)
        return found

    monkeypatch.setattr(hits, "meant", overtaken)
    kept(ann)
    assert KeptCounts.objects.get().searches == {saved: 0}
    assert KeptHits.objects.get().searches[saved][1] == []


def test_who_was_away_for_long_is_counted_anew(monkeypatch):
    ann = make_reader()
    saved = str(save_search(ann, Selection(query="rain")).pk)
    kept(ann)
    put_in(make_feed(), 0, "rain")
    assert recent.prune(timezone.now() + 2 * recent.KEPT) == 1
    KeptCounts.objects.update(reached_at=timezone.now() - 2 * recent.KEPT, counted_to=Article.objects.count())
    assert kept(ann) == {saved: 1}
    assert kept(ann) == {saved: 1}


def test_a_page_leaves_much_that_came_in_to_a_worker(monkeypatch):
    monkeypatch.setattr(counting, "MOST_ON_PAGE", 1)
    ann, feed = make_reader(), make_feed()
    saved = str(save_search(ann, Selection(query="rain")).pk)
    assert counting.recount_if_due(ann, seconds=10).searches == {saved: 0}
    for guid in range(2):
        put_in(feed, guid, "rain")
    KeptCounts.objects.update(counted_at=timezone.now() - 2 * counting.PAUSE, seen_at=timezone.now())
    row = counting.recount_if_due(ann, seconds=10)
    assert row.searches == {saved: 0}
    assert counting.is_due(row)
    assert counting.recount_all(seconds=10) == 1
    assert KeptCounts.objects.get().searches == {saved: 2}


def test_nothing_is_noted_where_nobody_keeps_a_search():
    put_in(make_feed(), 0, "rain")
    assert not RecentArticle.objects.exists()


def test_few_texts_are_in_memory_at_once_however_many_articles_came_in():
    ann = make_reader()
    saved = str(save_search(ann, Selection(query="rain")).pk)
    kept(ann)
    make_articles(2 * hits.TEXTS_AT_ONCE + 1, content_text="sun")
    put_in(make_feed(), 0, "rain")
    with CaptureQueriesContext(connection) as queries:
        assert kept(ann) == {saved: 1}
    assert sum('"content_text"' in query["sql"] for query in queries) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["read", "change", "arrive"])
def test_a_recount_that_begins_and_ends_before_something_is_committed_is_not_the_last(deed):
    if connection.vendor == "sqlite":
        pytest.skip("one at a time writes to SQLite")
    ann, feed, other = make_reader(), make_feed(), make_feed()
    saved = str(save_search(ann, Selection(query="rain")).pk)
    put_in(feed, 0, "rain")
    put_in(feed, 1, "rain")
    kept(ann)
    first, second = Article.objects.order_by("pk")
    reader_state.mark_read(ann, [first])  # the numbers are out of date already

    def recount() -> None:
        try:
            put_in(other, 0, "hail")
            kept(ann)
        finally:
            connection.close()

    with transaction.atomic():
        if deed == "read":
            reader_state.mark_read(ann, [second])
        else:
            put_in(feed, 1 if deed == "change" else 2, "snow" if deed == "change" else "rain")
        thread = Thread(target=recount)
        thread.start()
        thread.join()
    assert KeptCounts.objects.get().searches == {saved: 1}
    assert counting.is_due(counts_of(ann))
    assert kept(ann) == {saved: 2 if deed == "arrive" else 0}
