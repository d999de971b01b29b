"""The hits that are kept of saved searches: which ones, what they tell, and what a search is held to mean."""

from __future__ import annotations

import pytest
from django.utils import timezone

from articles.kept_counts.hits import KEPT, MOST, Hits, meant, moved, numbers
from articles.lists.reader_state import mark_read
from articles.lists.selection import Selection, Show
from articles.saved_searches.own import save_search
from articles.search.query.matching import OfReader, Text
from feeds.models import ReaderSettings
from feeds.subscriptions.own import follow
from tests.articles.search.archive import store
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
NONE = Hits("", frozenset(), is_all=True)


@pytest.fixture
def ann():
    return make_reader("ann")


def meaning(reader, *selections):
    return meant([save_search(reader, selection) for selection in selections], reader, timezone.localtime())


def test_the_newest_are_kept_and_whether_they_are_all():
    assert NONE.of(range(KEPT)) == Hits("", frozenset(range(KEPT)), is_all=True)
    assert NONE.of(range(KEPT + 1)) == Hits("", frozenset(range(1, KEPT + 1)), is_all=False)
    assert not NONE.of(range(KEPT + 1)).of([1]).is_all


def test_some_of_the_hits_tell_a_number_only_where_it_is_more_than_is_told(ann):
    saved = save_search(ann, Selection(query="rain"))
    some = [Hits("", frozenset(range(count)), is_all=False) for count in (MOST, MOST + 1)]
    assert [numbers(ann, [saved], {saved.pk: hits}) for hits in some] == [{}, {saved.pk: MOST + 1}]
    assert numbers(ann, [saved], {saved.pk: NONE.of(range(MOST))}) == {saved.pk: MOST}


def test_a_hit_is_in_the_feeds_of_its_search_and_starred_where_that_is_asked(ann):
    feed = make_feed()
    in_feed, starred = meaning(ann, Selection(query="rain", feed=feed), Selection(query="rain", show=Show.STARRED))
    texts = [Text(title="rain", text="", feed_id=pk) for pk in (feed.pk, feed.pk + 1)]
    assert [in_feed.is_hit(text) for text in texts] == [True, False]
    with_star = Text(title="rain", text="", of_reader=frozenset({OfReader("is", "starred")}))
    assert [starred.is_hit(text) for text in (texts[0], with_star)] == [False, True]


def test_what_a_reader_does_decides_where_a_search_asks_for_more_than_what_is_unread(ann):
    asked = ("rain", "rain is:unread", "rain -is:read", "rain is:starred", "label:later")
    found = meaning(ann, *(Selection(query=query) for query in asked))
    assert [each.asks_reader for each in found] == [False, False, False, True, True]


def test_what_is_labelled_may_be_in_feeds_that_nobody_follows_any_longer(ann):
    ReaderSettings.objects.create(user=ann, follows=ReaderSettings.Follows.OWN)
    followed, _other = make_feed(), make_feed()
    follow(ann, followed)
    plain, labelled = meaning(ann, Selection(query="rain"), Selection(query="label:later"))
    assert (plain.feed_ids, labelled.feed_ids) == ({followed.pk}, None)


def test_of_what_came_in_the_unread_hits_join_and_of_those_kept_the_read_ones_go(ann):
    kept, read_since, new, new_and_read, other = *(store("rain") for _ in range(4)), store("snow")
    [each] = meaning(ann, Selection(query="rain"))
    mark_read(ann, [read_since, new_and_read])
    hits = NONE.of([kept.pk, read_since.pk])
    assert moved({each: hits}, ann, {new.pk, new_and_read.pk, other.pk})[each.saved.pk].ids == {kept.pk, new.pk}
    assert moved({each: hits}, ann, {kept.pk, other.pk})[each.saved.pk].ids == {kept.pk}
