"""What one query finds of a document's entries: stored, deleted, and the rules for their HTML."""

from __future__ import annotations

import pytest

from articles.boilerplate.rules import boilerplate_for
from articles.ingest.stored import kept
from articles.models import BoilerplateRule, Tombstone
from feeds.parse import ParsedEntry
from tests.factories import make_article, make_feed

pytestmark = pytest.mark.django_db


def test_articles_are_found_under_every_identity_and_only_in_their_feed():
    feed = make_feed()
    by_guid, by_link = make_article(feed, guid='it\'s "one"'), make_article(feed, guid="https://x.example/2")
    make_article(feed, guid="left the feed")
    make_article(make_feed(), guid="three")
    entries = [
        ParsedEntry(guid=by_guid.guid),
        ParsedEntry(guid="two", aliases=(by_link.guid,)),
        ParsedEntry(guid="three"),
    ]
    here = kept(feed, entries)
    rows = {(row.id, row.guid, row.url, row.entry_hash) for row in here.known}
    assert rows == {(each.id, each.guid, each.url, each.entry_hash) for each in (by_guid, by_link)}
    assert here.deleted == frozenset()


def test_deleted_ones_are_told_apart():
    feed, other = make_feed(), make_feed()
    Tombstone.objects.create(feed=feed, guid="甲")
    Tombstone.objects.create(feed=other, guid="乙")
    here = kept(feed, [ParsedEntry(guid="甲"), ParsedEntry(guid="乙")])
    assert (here.known, here.deleted) == ((), {"甲"})


def test_rules_are_those_of_the_feed_and_in_their_order():
    feed, other = make_feed(), make_feed()
    for name, where, enabled in [("z", feed, True), ("a", None, True), ("off", feed, False), ("other", other, True)]:
        BoilerplateRule.objects.create(name=name, value=name, feed=where, enabled=enabled)
    rules = kept(feed, [ParsedEntry(guid="1")]).boilerplate
    assert rules == boilerplate_for(feed)
    assert [rule.value for rule in rules if len(rule.value) == 1] == ["a", "z"]


def test_a_long_document_is_asked_for_at_once():
    feed = make_feed()
    article = make_article(feed, guid="39999")
    entries = [ParsedEntry(guid=str(number)) for number in range(40_000)]
    assert [row.id for row in kept(feed, entries).known] == [article.id]
