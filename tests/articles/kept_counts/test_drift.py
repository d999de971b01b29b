"""The numbers of saved searches move by what happens, and are after all of it what searching anew finds."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.kept_counts import counting, hits, recent
from articles.kept_counts.models import KeptCounts, KeptHits, RecentArticle
from articles.kept_counts.rows import counts_of
from articles.lists import reader_state
from articles.lists.selection import Selection
from articles.models import Article
from articles.saved_searches.models import SavedSearch
from articles.saved_searches.own import save_search
from tests.articles.kept_counts.busy_site import TEXTS, Site, kept, looked_up, put_in
from tests.articles.search.archive import store
from tests.effort import statements_asked
from tests.factories import make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db

DEEDS = (
    "arrive", "arrive", "change", "read", "unread", "star", "unstar", "label", "mark", "these", "undo", "one", "hide",
    "show", "take back", "call", "call own", "quiet", "leave", "unfollow", "follow", "share", "choose own", "follow all",
    "import", "move", "put", "nest", "rename", "rename own", "drop", "empty", "delete", "doubles", "rule", "undo rule",
    "name label", "drop label", "note", "annul", "rewrite", "drop feed",
)  # fmt: skip
# Mostly several things happen between two counts: what moves a number and is lost shows at the next of them.
IS_COUNTED = st.sampled_from((False, False, False, True))
STEP = st.tuples(st.sampled_from(DEEDS), st.integers(0, 7), st.integers(0, 4), IS_COUNTED)


@pytest.fixture
def few_are_kept(monkeypatch):
    monkeypatch.setattr(counting, "PATIENCE", 1000.0)
    for module in (hits, counting):
        monkeypatch.setattr(module, "MOST", 2)
        monkeypatch.setattr(module, "KEPT", 4)


def test_numbers_are_due_or_right_and_those_that_moved_are_what_searching_anew_finds(few_are_kept):
    begun = Site()
    for guid in range(3):
        put_in(begun.feeds[guid % 2], guid, TEXTS[guid])
    kept(begun.reader)

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(STEP, min_size=5, max_size=14))
    def all_is_right(steps):
        with begun.left_as_it_is() as site:
            for what, number, text, is_counted in [*steps, ("read", 0, 0, True)]:
                site.do(what, number, text)
                row = counts_of(site.reader)
                is_due = counting.is_due(row)
                if is_counted or not is_due:
                    right = looked_up(site.reader)
                    assert is_due or row.searches == right, what
                    assert not is_counted or kept(site.reader) == right, what

    all_is_right()


# What moves a number, each after what makes it possible.
MOVES = (
    ([("read", 0, 0)], ("unread", 0, 0)), ([("mark", 0, 0)], ("undo all", 0, 0)), ([("these", 0, 0)], ("undo", 0, 0)),
    ([("read by rule", 0, 0)], ("take back", 0, 0)), ([("rule", 0, 0)], ("undo rule", 0, 0)), ([], ("change", 0, 4)),
    ([], ("change", 1, 0)), ([("choose own", 0, 0)], ("leave", 0, 0)), ([], ("unfollow", 0, 0)),
    ([("leave", 0, 0)], ("follow", 0, 0)), ([("leave", 0, 0)], ("follow all", 0, 0)),
    ([("unfollow", 2, 0)], ("share", 0, 0)), ([("move", 0, 0)], ("move", 0, 1)), ([("choose own", 0, 0)], ("put", 0, 0)),
    ([], ("nest", 0, 1)), ([], ("rename", 0, 1)), ([], ("rename own", 0, 1)), ([], ("empty", 0, 0)), ([], ("drop", 0, 0)),
    ([], ("call", 0, 1)), ([("call own", 2, 0)], ("call own", 2, 1)), ([], ("import", 0, 1)), ([], ("one", 0, 0)),
    ([], ("label", 0, 1)), ([("label", 0, 1)], ("name label", 0, 1)), ([("label", 0, 1)], ("drop label", 0, 1)),
    ([], ("note", 0, 0)), ([("note", 0, 0)], ("annul", 0, 0)), ([("note", 0, 0)], ("rewrite", 0, 0)),
    ([], ("delete", 0, 0)), ([], ("drop feed", 0, 0)),
)  # fmt: skip


def test_whatever_changes_numbers_makes_them_due_at_once():
    begun = Site()
    for guid, text in enumerate(("rain", "snow", "rain and snow")):
        put_in(begun.feeds[guid], guid, text)
    numbers = kept(begun.reader)
    for first, then in MOVES:
        with begun.left_as_it_is() as site:
            for step in first:
                site.do(*step)
            before = kept(site.reader) if first else numbers
            assert not counting.is_due(counts_of(site.reader)), then
            site.do(*then)
            assert counting.is_due(counts_of(site.reader)), then
            after = kept(site.reader)
            assert after == looked_up(site.reader), then
            assert after != before, then


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
    with statements_asked() as queries:
        assert kept(ann) == {saved: 1}
    assert sum('"content_text"' in query.sql for query in queries) == 3


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
