"""Keeping the index: what a reindex takes, that it can be stopped, what it leaves behind, and the check."""

from __future__ import annotations

import pytest
from django.db import connection

from articles.ingest.store import delete_articles
from articles.models import Article, IndexState
from articles.search import index
from articles.search.databases import backend
from articles.search.query.matching import Contains
from articles.search.query.plan import Plan, plan
from articles.search.sqlite import KEPT
from tests.articles.search.archive import found, store
from tests.factories import FIRST_DAY, make_feed

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"


def test_a_reindex_takes_what_is_missing_and_what_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    done = store("rain")
    missing = Article.objects.create(
        feed=done.feed, guid="m", published_at=FIRST_DAY, content_text="rain", entry_hash=""
    )
    assert sum(index.reindex()) == 1
    assert found("rain") == [done.pk, missing.pk]
    assert sum(index.reindex()) == 0
    monkeypatch.setattr(index, "version", lambda: "next")
    assert not index.is_complete()
    assert sum(index.reindex()) == 2
    assert index.is_complete()
    assert IndexState.objects.get().complete_version == "next"


def test_everything_stays_findable_while_it_is_indexed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    force_a_new_table(monkeypatch)
    articles = [store("rain") for _ in range(7)]
    everything = [article.pk for article in reversed(articles)]
    monkeypatch.setattr(index, "MANY", 3)
    index.forget()
    seen = []
    for number in index.reindex():
        assert found("rain") == everything
        assert backend().count(plan(Contains("rain"), ["en"]), limit=100) == 7
        assert backend().count(Plan(), limit=100) == 7
        seen.append(number)
    assert seen == [3, 3, 1]
    assert found("rain") == everything


def test_a_reindex_that_was_stopped_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    force_a_new_table(monkeypatch)
    articles = [store("rain") for _ in range(7)]
    monkeypatch.setattr(index, "MANY", 3)
    index.forget()
    assert next(index.reindex()) == 3
    assert not index.is_complete()
    assert list(index.reindex(seconds=0)) == [3]
    new = store("rain")
    assert list(index.reindex()) == [1]
    assert index.is_complete()
    assert len(found("rain")) == 8
    assert index.wrong([article.pk for article in [*articles, new]]) == []


def test_what_changes_or_goes_during_a_reindex_is_found_as_it_is_then(monkeypatch: pytest.MonkeyPatch) -> None:
    force_a_new_table(monkeypatch)
    changed, deleted, kept = (store("rain") for _ in range(3))
    monkeypatch.setattr(index, "MANY", 1)
    index.forget()
    steps = index.reindex()
    next(steps)
    changed.content_text = "snow"
    changed.save()
    index.index([changed])
    delete_articles([deleted.pk])
    list(steps)
    assert (found("rain"), found("snow")) == ([kept.pk], [changed.pk])


def force_a_new_table(monkeypatch: pytest.MonkeyPatch) -> None:
    if SQLITE:
        monkeypatch.setattr("articles.search.sqlite.FEW", 0)


@pytest.mark.skipif(not SQLITE, reason="rows are replaced on Postgres")
def test_a_reindex_leaves_one_table_without_rows_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    force_a_new_table(monkeypatch)
    article = store("rain")
    for _ in range(5):
        index.index([article])
    assert held() == (["articles_search_lexemes"], 6)
    assert kept() == KEPT
    migrated = made()
    sum(index.reindex())
    assert held() == (["articles_search_lexemes"], 1)
    assert kept() == KEPT
    assert made() == migrated
    assert found("rain") == [article.pk]


@pytest.mark.skipif(SQLITE, reason="GIN is Postgres'")
def test_a_reindex_leaves_nothing_for_searches_to_look_through() -> None:
    for _ in range(3):
        store("rain")
    assert sorted_in() > 0
    index.forget()
    sum(index.reindex())
    assert sorted_in() == 0


def sorted_in() -> int:
    """How many pages of what GIN had gathered were left to be sorted into its lists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('articles_search_lexemes')")
        return int(cursor.fetchone()[0])


def kept() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT k, v FROM articles_search_lexemes_config WHERE k IN ('hashsize', 'pgsz')")
        return dict(cursor.fetchall())


def made() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'articles_search_lexemes'")
        return str(cursor.fetchone()[0].partition("USING")[2])


def held() -> tuple[list[str], int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM articles_search_lexemes WHERE articles_search_lexemes MATCH '\"x:all\"'")
        return tables, cursor.fetchone()[0]


def test_the_check_finds_what_is_missing_or_wrong() -> None:
    right, changed, missing, moved = (store("rain") for _ in range(4))
    Article.objects.filter(pk=changed.pk).update(content_text="rain and snow")
    Article.objects.filter(pk=moved.pk).update(feed=make_feed())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_search WHERE article_id = %s", [missing.pk])
    ids = [article.pk for article in (right, changed, missing, moved)]
    assert index.wrong(ids) == [changed.pk, missing.pk, moved.pk]


@pytest.mark.skipif(not SQLITE, reason="FTS5's table is SQLite's")
def test_the_check_finds_a_row_that_fts5_lost() -> None:
    article = store("rain")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO articles_search_lexemes (articles_search_lexemes) VALUES ('delete-all')")
    assert index.wrong([article.pk]) == [article.pk]
