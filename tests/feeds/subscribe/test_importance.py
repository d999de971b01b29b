"""The importance of feeds in lists of feeds: given out, and taken in with what is new."""

from __future__ import annotations

import pytest

from feeds.models import Feed, Subscription
from feeds.subscribe.outlines import export_opml, import_opml, import_opml_for
from feeds.subscriptions import own
from feeds.subscriptions.visibility import importances_of
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
HIGH, LOW, PLAIN, CHANGED = (f"https://{name}.example/feed" for name in ("high", "low", "plain", "changed"))


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def feeds(ann) -> dict[str, Feed]:
    known = {HIGH: "high", LOW: "low", PLAIN: "normal", CHANGED: "high"}
    feeds = {url: make_feed(url=url, importance=importance) for url, importance in known.items()}
    own.choose_importance(ann, feeds[CHANGED], "normal")
    return feeds


def importances(reader) -> dict[str, str]:
    told = importances_of(reader, Feed.objects.values_list("pk", flat=True))
    return {url: told[pk] for url, pk in Feed.objects.values_list("url", "pk")}


def test_the_site_s_list_has_what_staff_have_set(feeds):
    document = export_opml()
    assert document.count(b"newsreader:importance=") == 3
    Feed.objects.all().delete()
    import_opml(document)
    assert {feed.url: feed.importance for feed in Feed.objects.all()} == {
        HIGH: "high", LOW: "low", PLAIN: "normal", CHANGED: "high"
    }  # fmt: skip
    assert not Feed.objects.exclude(opml_attributes={}).exists()


def test_a_reader_s_list_has_what_they_have_chosen_else_the_site(ann, feeds):
    document, before = export_opml(ann), importances(ann)
    assert before == {HIGH: "high", LOW: "low", PLAIN: "normal", CHANGED: "normal"}
    bob = make_reader("bob")
    own.choose_own(bob)
    Subscription.objects.filter(user=bob).delete()
    import_opml_for(bob, document)  # of the site's feeds
    assert importances(bob) == before
    Feed.objects.all().delete()
    import_opml_for(bob, document)  # of feeds that are theirs alone
    assert importances(bob) == before
    assert set(Feed.objects.values_list("importance", flat=True)) == {"normal"}  # nobody else's to read


def test_what_is_followed_stays_as_it_is_and_other_words_say_nothing(ann, feeds):
    document = export_opml(ann).replace(b'"low"', b'"urgent"').replace(b'"high"', b'"LOW"')
    before = importances(ann)
    import_opml_for(ann, document)
    import_opml(document)
    assert importances(ann) == before
    Feed.objects.all().delete()
    import_opml(document)
    assert {feed.url: feed.importance for feed in Feed.objects.all()} == {
        HIGH: "low", LOW: "normal", PLAIN: "normal", CHANGED: "normal"
    }  # fmt: skip


def test_a_feed_that_is_gone_meanwhile_is_told_of_too(ann, feeds):
    gone = feeds[HIGH].pk
    feeds[HIGH].delete()
    assert importances_of(ann, [gone]) == {gone: "normal"}
