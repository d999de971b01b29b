"""Rows that belong together are stored and deleted together, where no other transaction is around it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from articles.ingest import pipeline, store
from articles.models import Article, ArticleSource, Tombstone
from feeds.models import Feed
from feeds.parse.document import ParsedEntry
from tests.factories import make_feed

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_piece_of_a_long_document_is_stored_whole_or_not_at_all(monkeypatch):
    """An import and all pieces of a long document but the last have no other transaction around them."""

    def fails(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("articles.search.index.index", fails)
    with pytest.raises(DatabaseError):
        pipeline.store_entries(make_feed(), [ParsedEntry(guid="1", content_html="x")])
    assert (Article.objects.count(), ArticleSource.objects.count()) == (0, 0)


def test_articles_are_deleted_with_all_that_belongs_to_that_or_not_at_all(monkeypatch):
    pipeline.store_entries(make_feed(), [ParsedEntry(guid="1"), ParsedEntry(guid="2")])

    def fails(*_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(store, "repair_counts", fails)
    with pytest.raises(DatabaseError):
        store.delete_articles(Article.objects.values_list("pk", flat=True))
    assert (Article.objects.count(), Tombstone.objects.count()) == (2, 0)
    assert Feed.objects.get().article_count == 2
