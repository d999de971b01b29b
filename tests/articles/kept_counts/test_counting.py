"""The numbers of labels and saved searches: what they count, when they are out of date, what a recount costs no more than."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from articles.ingest.feed_deletion import leave, leave_for_now
from articles.ingest.store import delete_articles
from articles.kept_counts import counting, hits, recent
from articles.kept_counts.models import KeptCounts, KeptHits
from articles.kept_counts.rows import counts_of, note_visit
from articles.labels import own as labels
from articles.lists import reader_state
from articles.lists.pages import unread_among
from articles.lists.selection import Selection, Show
from articles.models import Article
from articles.saved_searches.own import save_search
from articles.search.reader_leaves import MOST_CHOSEN
from feeds.models import ReaderSettings
from feeds.subscriptions.own import follow, keep_zone
from tests.articles.search.archive import store
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_reader("ann")


def recounted(reader, seconds=10.0):
    row = counting.recount(reader, now=timezone.localtime(), seconds=seconds)
    return row.labels, row.searches


@pytest.mark.parametrize("most_chosen", [MOST_CHOSEN, 0])
def test_numbers_are_what_brute_force_counts(ann, monkeypatch, most_chosen):
    monkeypatch.setattr(counting, "MOST_CHOSEN", most_chosen)
    feed, other = make_feed(), make_feed()
    rain = [store("rain", feed=feed) for _ in range(5)] + [store("rain and snow", feed=other)]
    snow = [store("snow", feed=feed) for _ in range(3)]
    store("rain", feed=make_feed(is_shared=False))  # which is another's
    later = labels.make_label(ann, "later")
    labels.add_labels([later.pk], [rain[0].pk, rain[1].pk, snow[0].pk])
    labels.add_labels([labels.make_label(make_reader("bob"), "later").pk], [rain[1].pk])
    reader_state.mark_read(ann, [rain[0], snow[1]])
    reader_state.star(ann, rain[1], on=True)
    reader_state.star(ann, rain[0], on=True)
    searches = {
        save_search(ann, Selection(query="rain")).pk: 5,
        save_search(ann, Selection(query="rain -snow")).pk: 4,
        save_search(ann, Selection(query="snow", feed=feed)).pk: 2,
        save_search(ann, Selection(query="rain OR snow", show=Show.STARRED)).pk: 1,
        save_search(ann, Selection(query="label:later")).pk: 2,
        save_search(ann, Selection(query="is:read")).pk: 0,
        save_search(ann, Selection(query="hail")).pk: 0,
    }
    of_labels, of_searches = recounted(ann)
    assert of_labels == {str(later.pk): len(unread_among([rain[0].pk, rain[1].pk, snow[0].pk], ann))}
    assert of_searches == {str(pk): number for pk, number in searches.items()}


def test_a_search_is_counted_no_further_than_it_is_told(ann, monkeypatch):
    monkeypatch.setattr(hits, "MOST", 3)
    monkeypatch.setattr(counting, "MOST", 3)
    for _ in range(6):
        store("rain")
    saved = save_search(ann, Selection(query="rain"))
    assert recounted(ann)[1] == {str(saved.pk): 4}


@pytest.mark.parametrize(
    "change",
    [
        lambda reader, article: reader_state.mark_read(reader, [article]),
        lambda reader, article: reader_state.star(reader, article, on=True),
        lambda reader, article: reader_state.mark_these_read(reader, [article.pk]),
        lambda reader, article: reader_state.mark_all_read(reader, Selection(), up_to=article.pk),
        lambda reader, article: labels.put_labels(reader, article.pk, [labels.make_label(reader, "later")]),
        lambda reader, article: labels.turn_label(reader, article.pk, labels.make_label(reader, "later").key),
        lambda reader, article: save_search(reader, Selection(query="snow")),
        lambda reader, article: store("rain"),
    ],
)
def test_whatever_changes_them_puts_them_out_of_date_for_that_reader_alone(ann, change):
    article, bob = store("rain"), make_reader("bob")
    recounted(ann), recounted(bob)
    assert not counting.is_due(counts_of(ann))
    newest = Article.objects.count()
    change(ann, article)
    assert counting.is_due(counts_of(ann))
    assert counting.is_due(counts_of(bob)) is (Article.objects.count() > newest)


def test_undo_puts_them_out_of_date(ann):
    article = store("rain")
    made = reader_state.mark_these_read(ann, [article.pk])
    recounted(ann)
    reader_state.undo(ann, made.batch)
    assert counting.is_due(counts_of(ann))


def test_a_recount_that_ends_early_goes_on_with_what_it_left(ann):
    store("rain")
    saved = [save_search(ann, Selection(query=f"rain -word{number}")) for number in range(3)]
    assert recounted(ann, seconds=0)[1] == {}
    assert counting.is_due(counts_of(ann))
    KeptCounts.objects.update(left=[saved[2].pk, 0, saved[1].pk])
    recounted(ann, seconds=0)
    assert counts_of(ann).left == [saved[2].pk, saved[1].pk, saved[0].pk]
    assert counting.recount_if_due(ann, seconds=10).searches == {str(each.pk): 1 for each in saved}
    assert not counting.is_due(counts_of(ann))


def test_marks_bring_no_recount_before_a_pause_is_over(ann):
    article, saved = store("rain"), save_search(ann, Selection(query="rain"))
    counting.recount_if_due(ann, seconds=10)
    reader_state.mark_read(ann, [article])
    assert counting.recount_if_due(ann, seconds=10).searches == {str(saved.pk): 1}
    KeptCounts.objects.update(counted_at=timezone.now() - counting.PAUSE * 2)
    assert counting.recount_if_due(ann, seconds=10).searches == {str(saved.pk): 0}


def test_workers_count_for_those_who_are_here_and_whose_numbers_are_out_of_date(ann):
    bob, cat = make_reader("bob"), make_reader("cat")
    saved = {reader: save_search(reader, Selection(query="rain")) for reader in (ann, bob, cat)}
    now = timezone.now()
    note_visit(ann, now)
    note_visit(bob, now - timedelta(days=1))
    store("rain")
    assert counting.recount_all(seconds=10) == 1
    assert counts_of(ann).searches == {str(saved[ann].pk): 1}
    assert counts_of(bob).searches == {}
    assert counting.recount_all(seconds=10) == 0


def test_workers_count_in_the_reader_s_own_time_zone(ann):
    keep_zone(ann, "Asia/Shanghai")
    saved = save_search(ann, Selection(query="date:2026-01-02"))
    store("rain", published_at=datetime(2026, 1, 1, 20, tzinfo=UTC))
    note_visit(ann, timezone.now())
    assert counting.recount_all(seconds=10) == 1
    assert counts_of(ann).searches == {str(saved.pk): 1}


def test_a_search_whose_category_is_gone_is_not_counted(ann):
    category = make_category()
    store("rain", feed=make_feed(category=category))
    saved = save_search(ann, Selection(query="rain", category=category))
    assert recounted(ann)[1] == {str(saved.pk): 1}
    category.delete()
    assert recounted(ann)[1] == {}


def test_workers_begin_with_whose_numbers_were_never_counted(ann, monkeypatch):
    bob = make_reader("bob")
    for reader in (ann, bob):
        save_search(reader, Selection(query="rain"))
        note_visit(reader, timezone.now())
    recounted(ann)
    store("rain")
    turns = []
    monkeypatch.setattr(counting, "recount", lambda reader, **_: turns.append(reader))
    assert counting.recount_all(seconds=10) == 2
    assert turns == [bob, ann]


def test_one_whose_row_can_t_be_written_leaves_the_others_their_turn(ann, monkeypatch, caplog):
    readers = [ann, *(make_reader(f"reader{number}") for number in range(5))]
    for reader in readers:
        save_search(reader, Selection(query="rain"))
        note_visit(reader, timezone.now())
    count, locked = counting.recount, {ann.pk}

    def recount(reader, **limits):
        if reader.pk in locked:
            raise OperationalError("somebody else holds the row")
        return count(reader, **limits)

    monkeypatch.setattr(counting, "recount", recount)
    assert counting.recount_all(seconds=10) == 5
    assert f"reader {ann.pk} could not be written" in caplog.text
    locked.update(reader.pk for reader in readers[: counting.MOST_FAILED])
    store("rain")
    with pytest.raises(OperationalError):  # the database is away: there is no use in going on
        counting.recount_all(seconds=10)


def test_nothing_is_counted_or_due_for_who_keeps_nothing(ann):
    note_visit(ann, timezone.now())
    store("rain")
    assert counting.recount_all(seconds=10) == 0
    assert not counting.is_due(counting.recount_if_due(ann, seconds=10))
    assert counts_of(ann).counted_at is None
    label = labels.make_label(ann, "later")
    labels.add_labels([label.pk], [store("snow").pk])
    assert counting.recount_if_due(ann, seconds=10).labels == {str(label.pk): 1}
    label.delete()
    store("hail")
    KeptCounts.objects.update(counted_at=timezone.now() - counting.PAUSE * 2)
    assert counting.recount_if_due(ann, seconds=10).labels == {}


def test_labels_that_no_time_was_left_for_stay_as_they_were_and_due(ann):
    label = labels.make_label(ann, "later")
    labels.add_labels([label.pk], [store("rain").pk])
    assert recounted(ann)[0] == {str(label.pk): 1}
    labels.add_labels([label.pk], [store("snow").pk])
    assert recounted(ann, seconds=0)[0] == {str(label.pk): 1}
    assert counting.is_due(counts_of(ann))
    assert recounted(ann)[0] == {str(label.pk): 2}
    assert not counting.is_due(counts_of(ann))


def test_a_recount_that_never_ends_is_due_again_after_a_while(ann, client, monkeypatch):
    article, saved = store("rain"), save_search(ann, Selection(query="rain"))
    note_visit(ann, timezone.now())
    assert recounted(ann)[1] == {str(saved.pk): 1}
    reader_state.mark_read(ann, [article])
    with monkeypatch.context() as patch:
        patch.setattr(counting, "_end", lambda *_: None)
        recounted(ann)
    assert not counting.is_due(counts_of(ann))  # somebody may be at it
    client.force_login(ann)
    assert client.get("/tree/counts/").json()["due"]
    assert "data-due" in client.get("/").text
    assert counting.recount_all(seconds=10) == 0
    KeptCounts.objects.update(counted_at=timezone.now() - 2 * counting.LOST)
    assert counting.is_due(counts_of(ann))
    assert counting.recount_all(seconds=10) == 1
    assert counts_of(ann).searches == {str(saved.pk): 0}
    KeptCounts.objects.update(counted_at=timezone.now() - 2 * counting.LOST)
    assert not counting.is_due(counts_of(ann))


def test_a_recount_hides_neither_a_mark_nor_another_recount_that_came_meanwhile(ann):
    article, first = store("rain"), timezone.now()
    save_search(ann, Selection(query="rain"))
    _before, row = counting._begin(ann, first, 1.0)
    reader_state.mark_read(ann, [article])
    counting._end(row, {}, first, 1.0)
    assert counts_of(ann).is_stale
    _before, row = counting._begin(ann, first, 1.0)
    counting._begin(ann, first + timedelta(seconds=1), 1.0)
    row.labels = {"1": 1}
    counting._end(row, {}, first, 1.0)
    assert (counts_of(ann).labels, counts_of(ann).is_counting) == ({}, True)


@pytest.mark.parametrize(
    ("query", "changed", "is_found"),
    [
        ("rain", {}, False), ("rain", {"is_stale": True}, False), ("rain", {"is_whole": True}, True),
        ("rain", {"is_counting": True}, True), ("rain", {"reached_at": None}, True),
        ("rain is:starred", {}, False), ("rain is:starred", {"is_stale": True}, True),
    ],
)  # fmt: skip
def test_hits_are_believed_unless_something_may_have_become_one_unseen(ann, query, changed, is_found):
    reader_state.star(ann, store("rain"), on=True)
    saved = save_search(ann, Selection(query=query))
    recounted(ann)
    [(pk, (asked, _ids, is_all))] = KeptHits.objects.get().searches.items()
    KeptHits.objects.update(searches={pk: [asked, [], is_all]})  # as if it had not been one
    KeptCounts.objects.update(**{"is_stale": False, **changed})
    assert recounted(ann)[1] == {str(saved.pk): int(is_found)}
    store("rain")  # of which nobody has made a note
    assert recounted(ann)[1][str(saved.pk)] == int(is_found) + (query == "rain")


def test_a_page_leaves_it_to_a_worker_where_much_came_in(ann, monkeypatch):
    saved = save_search(ann, Selection(query="rain"))
    recounted(ann)
    recent.note([store("rain"), store("rain")])
    KeptCounts.objects.update(counted_at=timezone.now() - counting.PAUSE * 2)
    for most, number in ((1, 0), (2, 2)):
        monkeypatch.setattr(counting, "MOST_ON_PAGE", most)
        assert counting.recount_if_due(ann, seconds=10).searches == {str(saved.pk): number}


def test_what_is_asked_for_by_name_is_counted_though_it_is_not_followed(ann):
    ReaderSettings.objects.create(user=ann, follows=ReaderSettings.Follows.OWN)
    follow(ann, make_feed())
    category = make_category()
    article = store("rain", feed=make_feed(category=category))
    labels.add_labels([labels.make_label(ann, "later").pk], [article.pk])
    searches = {
        save_search(ann, Selection(query="rain")).pk: 0,
        save_search(ann, Selection(query="rain", feed=article.feed)).pk: 1,
        save_search(ann, Selection(query="rain", category=category)).pk: 1,
        save_search(ann, Selection(query="label:later")).pk: 1,
    }
    assert recounted(ann)[1] == {str(pk): number for pk, number in searches.items()}


def test_an_article_that_changed_makes_numbers_due(ann):
    article, saved = store("rain"), save_search(ann, Selection(query="rain"))
    note_visit(ann, timezone.now())
    assert recounted(ann)[1] == {str(saved.pk): 1}
    Article.objects.filter(pk=article.pk).update(content_text="snow")
    recent.note([article])
    assert counting.is_due(counts_of(ann))
    assert counting.recount_all(seconds=10) == 1
    assert counts_of(ann).searches == {str(saved.pk): 0}
    assert not counting.is_due(counts_of(ann))
    assert counting.recount_all(seconds=10) == 0


def test_numbers_are_due_after_a_while_whatever_happened(ann):
    save_search(ann, Selection(query="rain after:1h"))
    note_visit(ann, timezone.now())
    recounted(ann)
    assert not counting.is_due(counts_of(ann))
    KeptCounts.objects.update(counted_at=timezone.now() - timedelta(minutes=16))
    assert counting.is_due(counts_of(ann))
    assert counting.recount_all(seconds=10) == 1


def test_what_is_deleted_makes_numbers_due(ann, django_capture_on_commit_callbacks):
    article, saved = store("rain"), save_search(ann, Selection(query="rain"))
    store("snow")
    recounted(ann)
    with django_capture_on_commit_callbacks(execute=True):
        delete_articles([article.pk])
    assert counting.is_due(counts_of(ann))
    assert recounted(ann)[1] == {str(saved.pk): 0}


@pytest.mark.parametrize("end", [leave, leave_for_now])
def test_leaving_a_feed_makes_numbers_due(ann, end):
    feed = make_feed(is_shared=False)
    follow(ann, feed), follow(make_reader("bob"), feed)
    store("rain", feed=feed)
    saved = save_search(ann, Selection(query="rain"))
    assert recounted(ann)[1] == {str(saved.pk): 1}
    end(ann, feed)
    assert counting.is_due(counts_of(ann))
    assert recounted(ann)[1] == {str(saved.pk): 0}
