"""Saved searches: what is kept of a selection, and for whom."""

from __future__ import annotations

import pytest

from articles.lists.selection import Order, Selection, Show
from articles.saved_searches import own
from articles.saved_searches.models import SavedSearch
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


def test_a_selection_comes_back_as_it_was_kept_and_once():
    ann = make_reader("ann")
    selections = [
        Selection(query="rain"),
        Selection(query="rain", show=Show.UNREAD),
        Selection(query="rain", order=Order.RELEVANCE),
        Selection(query="rain", feed=make_feed()),
        Selection(query="rain", category=make_category()),
    ]
    for selection in selections:
        saved = own.save_search(ann, selection)
        assert own.save_search(ann, selection) == saved == own.saved_as(ann, selection)
        assert own.selection_of(SavedSearch.objects.get(pk=saved.pk)) == selection
    assert len(own.saved_searches(ann)) == len(selections)


def test_they_are_their_reader_s_alone_and_in_the_order_of_their_names():
    ann, bob = make_reader("ann"), make_reader("bob")
    for text in ("rain", "Fog", "sun"):
        own.save_search(ann, Selection(query=text))
    assert [saved.name for saved in own.saved_searches(ann)] == ["Fog", "rain", "sun"]
    assert {name for _pk, name in own.saved_names(ann)} == {"Fog", "rain", "sun"}
    assert own.saved_searches(bob) == own.saved_names(bob) == []
    assert own.saved_as(bob, Selection(query="rain")) is None


def test_there_are_no_more_than_a_page_can_show():
    ann = make_reader("ann")
    kept = {"show": "all", "order": "date"}
    SavedSearch.objects.bulk_create(SavedSearch(user=ann, text=str(n), name="x", **kept) for n in range(own.MOST_SAVED))
    with pytest.raises(own.TooManySaved):
        own.save_search(ann, Selection(query="one more"))
    with pytest.raises(ValueError, match="query"):
        own.save_search(make_reader("bob"), Selection())


@pytest.mark.parametrize(("name", "called"), [("  Bad   weather ", "Bad weather"), ("", "rain"), ("x" * 101, "rain")])
def test_a_name_is_kept_if_it_is_one(name, called):
    saved = own.save_search(make_reader("ann"), Selection(query="rain"))
    assert own.rename(saved, name) is (called != "rain")
    assert SavedSearch.objects.get().name == called
