"""Rows of kept numbers, after each thing that may have changed them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from articles.kept_counts import rows
from articles.kept_counts.models import KeptCounts, RecentArticle
from articles.models import Article
from articles.saved_searches.models import SavedSearch
from tests.factories import make_articles, make_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 31, 20, tzinfo=UTC)
GOOD, STALE, ANEW = (False, False, True), (True, False, True), (True, True, True)
UNCOUNTED = (True, False, False)


@pytest.fixture
def readers() -> tuple[User, User]:
    """Two, whose numbers are counted and good."""
    both = make_reader("ann"), make_reader("bo")
    for reader in both:
        KeptCounts.objects.create(user=reader, is_stale=False, is_whole=False, counted_at=NOW)
    return both


def said() -> list[tuple[bool, bool, bool]]:
    """Of each reader: that numbers are out of date, that no kept hit tells anything, that they were counted once."""
    found = KeptCounts.objects.order_by("pk").values_list("is_stale", "is_whole", "counted_at")
    return [(is_stale, is_whole, counted_at is not None) for is_stale, is_whole, counted_at in found]


@pytest.mark.parametrize("as_key", [False, True])
@pytest.mark.parametrize(
    ("say", "becomes"),
    [
        (rows.put_out_of_date, STALE), (rows.have_counted_at_once, UNCOUNTED), (rows.have_looked_anew, ANEW),
        (lambda reader: rows.have_looked_anew(reader, range(rows.FEW + 1)), ANEW),
        (lambda reader: rows.have_looked_anew(reader, ()), STALE),
    ],
)  # fmt: skip
def test_what_one_reader_does_is_said_of_their_numbers_alone(readers, say, becomes, as_key):
    say(readers[0].pk if as_key else readers[0])
    assert said() == [becomes, GOOD]


@pytest.mark.parametrize(
    ("say", "becomes"),
    [
        (rows.put_all_out_of_date, STALE), (rows.have_all_counted_at_once, (True, True, False)),
        (rows.have_all_looked_anew, ANEW), (lambda: rows.have_all_looked_anew(range(rows.FEW + 1)), ANEW),
        (lambda: rows.have_all_looked_anew(()), STALE), (lambda: rows.on_sight_changed(None), STALE),
    ],
)  # fmt: skip
def test_what_happens_to_articles_is_said_of_the_numbers_of_all(readers, say, becomes):
    say()
    assert said() == [becomes, becomes]


def test_whose_sight_has_changed_is_counted_at_once(readers):
    rows.on_sight_changed([readers[1].pk])
    assert said() == [GOOD, UNCOUNTED]


@pytest.mark.parametrize("of_all", [False, True])
def test_a_few_articles_that_are_unread_again_are_noted_one_by_one(readers, monkeypatch, of_all):
    SavedSearch.objects.create(user=readers[0], name="fog", text="fog")
    ids = [article.pk for article in make_articles(3)]
    RecentArticle.objects.all().delete()
    monkeypatch.setattr(rows, "FEW", 3)
    rows.have_all_looked_anew(ids) if of_all else rows.have_looked_anew(readers[0], ids)
    assert (
        set(RecentArticle.objects.values_list("pk", flat=True))
        == set(ids)
        == set(Article.objects.values_list("pk", flat=True))
    )
    assert said() == [STALE, STALE if of_all else GOOD]


def test_a_visit_is_noted_beside_the_numbers(readers):
    for reader in (readers[0], make_reader("cy")):
        rows.note_visit(reader, NOW)
    assert list(KeptCounts.objects.order_by("pk").values_list("seen_at", flat=True)) == [NOW, None, NOW]
    assert said()[:2] == [GOOD, GOOD]


def test_what_is_said_in_a_transaction_is_said_again_when_others_see_it(readers, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        rows.put_all_out_of_date()
        KeptCounts.objects.update(is_stale=False)  # by a recount that did not see it
    assert said() == [STALE, STALE]
