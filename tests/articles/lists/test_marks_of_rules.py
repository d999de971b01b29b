"""What rules mark, hide and star gives way to what the reader did by hand, and is taken back alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from articles.lists.pages import Selection, newest_id, unread_among
from articles.lists.reader_state import (
    hide_by_rule,
    mark_all_read,
    mark_all_read_until,
    mark_ids_read,
    mark_read,
    mark_read_by_rule,
    mark_these_read,
    read_by_rule_among,
    star,
    star_by_rule,
    star_ids,
    take_back_hiding,
    take_back_read,
    take_back_stars,
    undo,
)
from articles.models import Article, ArticleState
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 1, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def ann() -> User:
    return make_reader("ann")


@pytest.fixture
def bob() -> User:
    return make_reader("bob")


def some(count: int, **fields: object) -> list[Article]:
    feed = make_feed()
    return [make_article(feed, **fields) for _ in range(count)]


def ids(*articles: Article) -> set[int]:
    return {article.pk for article in articles}


def flags(reader: User, article: Article) -> str:
    """The reader's row in letters: read or unread, starred; in capitals what a rule did; h: hidden; "" without one."""
    row = ArticleState.objects.filter(user=reader, article=article).first()
    if row is None:
        return "none"
    read = {True: "R" if row.read_by_rule else "r", False: "u", None: ""}[row.is_read]
    star = "" if row.starred_at is None else "S" if row.starred_by_rule else "s"
    return read + star + ("h" if row.is_hidden else "")


def test_a_rule_marks_what_is_unread_and_not_put_back_by_hand(ann, bob):
    plain, put_back, read, marked, apart = some(5)
    mark_read(ann, [put_back], read=False)
    mark_read(ann, [read])
    mark_read_by_rule(ann, ids(marked), at=AT)
    mark_read_by_rule(bob, ids(plain, apart), at=AT)
    assert mark_read_by_rule(ann, ids(plain, put_back, read, marked), at=LATER) == ids(plain, marked)
    assert [flags(ann, each) for each in (plain, put_back, read, marked, apart)] == ["R", "u", "r", "R", "none"]
    assert ArticleState.objects.get(user=ann, article=plain).changed_at == LATER
    assert ArticleState.objects.get(user=ann, article=marked).changed_at == AT
    assert read_by_rule_among(ann, ids(plain, put_back, apart)) == ids(plain)


def test_what_the_reader_does_afterwards_is_theirs(ann):
    again, back = some(2)
    mark_read_by_rule(ann, ids(again, back), at=AT)
    mark_read(ann, [again])
    mark_read(ann, [back], read=False)
    assert [flags(ann, each) for each in (again, back)] == ["r", "u"]
    assert read_by_rule_among(ann, ids(again, back)) == set()


def test_marking_is_taken_back_where_nobody_has_marked_since(ann, bob):
    plain, starred, touched, apart = some(4)
    for reader in (ann, bob):
        mark_read_by_rule(reader, ids(plain, starred, touched, apart), at=AT)
    star(ann, starred, on=True)
    mark_read(ann, [touched])
    take_back_read(ann, ids(plain, starred, touched))
    assert [flags(ann, each) for each in (plain, starred, touched, apart)] == ["none", "s", "r", "R"]
    assert [flags(bob, each) for each in (plain, starred, touched, apart)] == ["R"] * 4
    assert unread_among(ids(plain, starred, touched), ann) == ids(plain, starred)


def test_a_rule_hides_all_but_what_is_starred_or_put_back(ann, bob):
    plain, read, put_back, starred, apart = some(5)
    mark_read(ann, [read])
    mark_read(ann, [put_back], read=False)
    mark_read(ann, [starred])
    star(ann, starred, on=True)
    star(bob, plain, on=True)
    some_ids = ids(plain, read, put_back, starred)
    assert hide_by_rule(ann, some_ids, at=AT) == hide_by_rule(ann, some_ids, at=LATER) == ids(plain, read)
    assert [flags(ann, each) for each in (plain, read, put_back, starred, apart)] == ["Rh", "rh", "u", "rs", "none"]
    assert flags(bob, plain) == "s"
    take_back_hiding(ann, ids(plain))
    assert [flags(ann, each) for each in (plain, read)] == ["R", "rh"]
    take_back_read(ann, ids(plain, read))
    assert [flags(ann, each) for each in (plain, read)] == ["none", "rh"]


def test_what_a_mark_counts_as_read_is_hidden_for_good(ann):
    (article,) = some(1)
    batch = mark_all_read(ann, Selection(), up_to=newest_id())
    hide_by_rule(ann, ids(article), at=AT)
    undo(ann, batch)
    assert flags(ann, article) == "Rh"


def test_what_is_put_back_or_starred_by_hand_is_in_lists_again(ann):
    back, starred, opened = some(3)
    hide_by_rule(ann, ids(back, starred, opened), at=AT)
    mark_read(ann, [back], read=False)
    star(ann, starred, on=True)
    mark_read(ann, [opened])
    assert [flags(ann, each) for each in (back, starred, opened)] == ["u", "Rs", "rh"]


def test_a_rule_stars_what_has_no_star_and_takes_back_no_other(ann, bob):
    plain, own, read, hidden, apart = some(5)
    star_ids(ann, ids(own), on=True, at=AT)
    mark_read(ann, [read])
    hide_by_rule(ann, ids(hidden), at=AT)
    star_by_rule(bob, ids(plain, apart), at=AT)
    starred = ids(plain, own, read, hidden)
    assert star_by_rule(ann, starred, at=LATER) == starred - ids(own)
    assert [flags(ann, each) for each in (plain, own, read, hidden, apart)] == ["S", "s", "rS", "RS", "none"]
    rows = {row.article_id: row for row in ArticleState.objects.filter(user=ann)}
    assert [rows[each.pk].starred_at for each in (plain, own)] == [LATER, AT]
    assert rows[plain.pk].changed_at == LATER
    take_back_stars(ann, starred)
    assert [flags(ann, each) for each in (plain, own, read, hidden)] == ["none", "s", "r", "R"]
    assert flags(bob, plain) == "S"


def test_a_star_by_hand_makes_a_rules_star_the_readers_and_keeps_its_time(ann):
    kept, taken = some(2)
    star_by_rule(ann, ids(kept, taken), at=AT)
    star(ann, kept, on=True)
    star(ann, taken, on=False)
    assert [flags(ann, each) for each in (kept, taken)] == ["s", ""]
    assert not ArticleState.objects.filter(starred_by_rule=True).exists()
    assert ArticleState.objects.get(article=kept).starred_at == AT
    assert star_by_rule(ann, ids(kept), at=LATER) == set()
    take_back_stars(ann, ids(kept))
    assert flags(ann, kept) == "s"


# --- many at once -----------------------------------------------------------------------------------------------------


def test_all_that_had_come_in_by_a_moment_is_read_in_whatever_order_it_came(ann, bob):
    feed, other = make_feed(), make_feed()
    minutes = [1, 5, 2, 6]
    first, late, straggler, last = (
        make_article(feed, received_at=AT + timedelta(minutes=minute)) for minute in minutes
    )
    elsewhere = make_article(other, received_at=AT + timedelta(minutes=1))
    whole = ids(first, late, straggler, last, elsewhere)
    mark_all_read_until(ann, Selection(feed=feed), AT + timedelta(minutes=2))
    assert unread_among(whole, ann) == ids(late, last, elsewhere)
    mark_all_read_until(bob, Selection(), AT + timedelta(minutes=5))
    assert unread_among(whole, bob) == ids(last)


def test_marking_what_is_read_already_is_no_batch_and_takes_no_undo_away(ann):
    one, two, three = some(3)
    made = mark_these_read(ann, ids(one))
    assert made is not None
    assert made.count == 1
    assert mark_these_read(ann, ids(one)) is None
    assert mark_these_read(ann, []) is None
    assert undo(ann, made.batch)
    assert unread_among(ids(one, two, three), ann) == ids(one, two, three)


def test_undo_puts_each_article_back_as_it_was(ann):
    whole = some(6)
    put_back, _, starred, was_read, touched, put_back_last = whole
    mark_read(ann, [put_back, put_back_last], read=False)
    star(ann, starred, on=True)
    mark_read(ann, [was_read])
    made = mark_these_read(ann, ids(*whole))
    assert made is not None
    assert made.count == 5
    mark_read(ann, [touched])
    assert undo(ann, made.batch)
    assert [flags(ann, each) for each in whole] == ["u", "none", "s", "r", "r", "u"]
    assert not undo(ann, made.batch)


def test_many_are_marked_and_starred_across_the_ends_of_writes(ann, monkeypatch):
    monkeypatch.setattr("articles.lists.reader_state.BATCH", 2)
    articles = some(5)
    mark_ids_read(ann, [article.pk for article in articles])
    star_ids(ann, [article.pk for article in articles], on=True)
    assert [flags(ann, each) for each in articles] == ["rs"] * 5
    star_ids(ann, [article.pk for article in articles[1:]], on=False)
    assert [flags(ann, each) for each in articles] == ["rs", "r", "r", "r", "r"]


def test_nobodys_stars_and_marks_touch_anothers(ann, bob):
    (article,) = some(1)
    star(ann, article, on=True)
    star(bob, article, on=True)
    star(bob, article, on=False)
    assert [flags(reader, article) for reader in (ann, bob)] == ["s", ""]
