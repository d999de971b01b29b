"""A reader's choices for their lists, and what holds where they choose nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from articles.lists.list_settings import Layout, ListChoice, choice_of, keep
from articles.lists.models import ListSettings
from articles.lists.selection import Order, Selection, Show
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
USUAL = ListChoice()


def test_who_chose_nothing_has_the_newest_first_in_comfortable_rows(django_assert_num_queries):
    reader = make_reader()
    with django_assert_num_queries(1):
        assert choice_of(Selection(), reader) == ListChoice(order=Order.DATE, layout=Layout.COSY, size=50)
    with django_assert_num_queries(0):
        assert choice_of(Selection(), AnonymousUser()) == USUAL


def test_a_choice_is_of_one_list_and_of_one_reader(django_assert_num_queries):
    reader, other, category = make_reader(), make_reader(), make_category()
    feed, beside = make_feed(category=category), make_feed(category=category)
    keep(reader, Selection(feed=feed), order=Order.OLDEST)
    keep(reader, Selection(category=category), layout=Layout.CARDS, size=200)
    with django_assert_num_queries(1):
        assert choice_of(Selection(feed=feed, show=Show.UNREAD), reader) == ListChoice(order=Order.OLDEST)
    assert choice_of(Selection(feed=feed, category=category), reader) == ListChoice(order=Order.OLDEST)
    assert choice_of(Selection(category=category), reader) == ListChoice(layout=Layout.CARDS, size=200)
    for selection in (Selection(), Selection(feed=beside)):
        assert choice_of(selection, reader) == USUAL
    assert choice_of(Selection(feed=feed), other) == USUAL


def test_a_list_without_a_choice_of_its_own_is_as_the_list_of_all():
    reader, feed = make_reader(), make_feed()
    keep(reader, Selection(), order=Order.OLDEST, layout=Layout.COMPACT)
    assert choice_of(Selection(feed=feed), reader) == ListChoice(order=Order.OLDEST, layout=Layout.COMPACT)
    keep(reader, Selection(feed=feed), layout=Layout.EXCERPT, order=Order.DATE)
    assert choice_of(Selection(feed=feed), reader) == ListChoice(layout=Layout.EXCERPT)
    keep(reader, Selection(feed=feed), layout=Layout.COMPACT, order=Order.OLDEST)  # as it would be anyway
    keep(reader, Selection(), layout=Layout.CARDS, order=Order.DATE)
    assert choice_of(Selection(feed=feed), reader) == ListChoice(layout=Layout.CARDS)


def test_what_nobody_can_choose_any_more_counts_as_not_chosen():
    reader = make_reader()
    ListSettings.objects.create(user=reader, order="upwards", layout="rolls", size=7)
    assert choice_of(Selection(), reader) == USUAL


@pytest.mark.parametrize("of", ["all", "feed", "category"])
def test_a_list_has_one_row(of):
    place = {"all": {}, "feed": {"feed": make_feed()}, "category": {"category": make_category()}}[of]
    reader = make_reader()
    ListSettings.objects.create(user=reader, **place)
    with transaction.atomic(), pytest.raises(IntegrityError):
        ListSettings.objects.create(user=reader, **place)
    ListSettings.objects.create(user=make_reader(), **place)


def test_choices_go_with_their_feed_and_with_their_account():
    reader, feed = make_reader(), make_feed()
    for selection in (Selection(), Selection(feed=feed)):
        keep(reader, selection, size=100)
    feed.delete()
    assert ListSettings.objects.count() == 1
    reader.delete()
    assert not ListSettings.objects.exists()
