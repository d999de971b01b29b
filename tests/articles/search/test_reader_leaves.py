"""Queries that ask what their reader did find what sorting and filtering all articles in plain Python gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from articles.lists import article_keys
from articles.lists.pages import Selection, Show
from articles.lists.reader_state import mark_all_read, mark_read, star
from articles.models import Article
from articles.notes.own import add_note
from articles.search import index, reader_leaves
from articles.search.find import Order, facets, found_ids
from articles.search.hit_page import understand
from articles.search.query.syntax import Filter, Node, Words, to_text
from articles.search.query.tree import And, Not, Or, holds
from tests.articles.lists.test_pages_properties import ACTIONS, Memory, Site, act, build
from tests.articles.search.archive import found, page, search_for, store
from tests.effort import statements_asked
from tests.factories import make_reader

pytestmark = pytest.mark.django_db

WORDS = ("rain", "snow")
LEAVES = st.sampled_from([
    Filter("is", "unread"), Filter("is", "read"), Filter("is", "starred"), Words("rain"), Words("snow"),
    Words("rain snow"),
])  # fmt: skip
QUERIES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=4,
)
ARTICLES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 5), st.sampled_from(["rain", "snow", "rain snow", "snow rain", "sun"])),
    min_size=3,
    max_size=10,
)


@dataclass
class Reading:
    """One reader of the site and what is remembered of them."""

    reader: User
    memory: Memory

    def finds(self, article: Article, query: Node) -> bool:
        return holds(query, lambda term: self._is_true(article, term))

    def _is_true(self, article: Article, term: Words | Filter) -> bool:
        if isinstance(term, Words):
            return term.text in article.content_text if " " in term.text else term.text in article.content_text.split()
        states = {"unread": self.memory.is_unread(article), "starred": article.pk in self.memory.starred}
        return states.get(term.value, not states["unread"])


def readings_of(site: Site, first: list[Any], second: list[Any]) -> list[Reading]:
    """Two readers of one site, of whom neither knows what the other did; history is everybody's."""
    readings = [Reading(site.reader, act(site, first))]
    site.reader = make_reader()
    readings.append(Reading(site.reader, act(site, second, readings[0].memory.history)))
    history = readings[0].memory.history | readings[1].memory.history
    for reading in readings:
        reading.memory.history = history
    return readings


def filled(drawn: list[tuple[int, int, str]]) -> Site:
    site = build([(feed, minute) for feed, minute, _ in drawn])
    for article, (_, _, text) in zip(site.articles, drawn, strict=True):
        article.content_text = text
    Article.objects.bulk_update(site.articles, ["content_text"])
    index.index(site.articles)
    return site


@pytest.mark.parametrize(("walk", "chosen"), [(2, 1), (2, 2000), (article_keys.WALK, 2), (article_keys.WALK, 2000)])
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=ARTICLES, first=ACTIONS, second=ACTIONS, query=QUERIES, show=st.sampled_from(Show))
def test_a_query_finds_what_each_reader_did(
    monkeypatch: pytest.MonkeyPatch,
    walk: int,
    chosen: int,
    drawn: list[tuple[int, int, str]],
    first: list[Any],
    second: list[Any],
    query: Node,
    show: Show,
) -> None:
    monkeypatch.setattr(article_keys, "WALK", walk)
    monkeypatch.setattr(reader_leaves, "MOST_CHOSEN", chosen)
    with transaction.atomic():
        site = filled(drawn)
        for reading in readings_of(site, first, second):
            for place, narrowed in site.selections.items():
                inside = sorted(
                    site.inside(place), key=lambda article: (article.published_at, article.pk), reverse=True
                )
                expected = [
                    article.pk
                    for article in inside
                    if reading.finds(article, query) and reading.memory.shows(article, show)
                ]
                ids = found(to_text(query), reader=reading.reader, show=show, **narrowed)
                assert sorted(ids) == sorted(expected)
                by_weight = found(to_text(query), reader=reading.reader, show=show, order=Order.RELEVANCE, **narrowed)
                assert sorted(by_weight) == sorted(expected)
        transaction.set_rollback(True)


def test_one_reader_does_not_see_what_another_did() -> None:
    rain, snow = store("rain"), store("snow")
    first, second = make_reader(), make_reader()
    mark_read(first, [rain])
    star(second, snow, on=True)
    assert found("is:read", reader=first) == [rain.pk]
    assert found("is:read", reader=second) == []
    assert found("is:starred", reader=first) == []
    assert found("is:starred OR rain", reader=second) == [snow.pk, rain.pk]


def test_who_is_not_signed_in_has_read_and_starred_nothing() -> None:
    rain, snow = store("rain"), store("snow")
    mark_all_read(make_reader(), Selection(), up_to=snow.pk)
    assert found("is:unread") == found("-is:read") == found("-is:starred") == [snow.pk, rain.pk]
    assert found("is:read") == found("is:starred") == found("rain is:read") == []


def test_what_is_no_state_is_left_out_and_told() -> None:
    article = store("rain")
    answer = page("rain is:new", reader=make_reader())
    assert [hit.article for hit in answer.found] == [article]
    assert [note.text for note in answer.notes] == ["new"]


def test_the_few_of_a_kind_are_counted_exactly_by_the_index_alone() -> None:
    articles = [store(f"rain {number}") for number in range(5)]
    reader = make_reader()
    mark_read(reader, articles[:3])
    answer = page("rain is:read", reader=reader, size=2)
    assert (answer.total, answer.total_is_exact) == (3, True)
    assert understand(search_for("rain is:read -is:starred", reader=reader)).plan.article_ids == {
        article.pk for article in articles[:3]
    }


def test_of_many_candidates_are_looked_up_from_the_newest_to_the_oldest_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader_leaves, "MOST_CHOSEN", 2)
    articles = [store("rain") for _ in range(8)]
    reader = make_reader()
    mark_read(reader, articles[2:5])
    plan = understand(search_for("is:read", reader=reader)).bounded()
    assert (plan.start, plan.article_ids) == (articles[2].published_at, None)
    assert plan.end == articles[4].published_at + timedelta(microseconds=1)
    assert found("is:read", reader=reader) == [article.pk for article in articles[4:1:-1]]


def test_the_oldest_is_looked_for_only_where_the_newest_fill_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_leaves, "MOST_CHOSEN", 2)
    articles = [store("rain") for _ in range(12)]
    reader = make_reader()
    read = articles[:8:2]
    mark_read(reader, read)
    search = search_for("rain is:unread", reader=reader)

    def looks_up(size: int) -> bool:
        with statements_asked() as captured:
            assert found_ids(search, size=size) == [one.pk for one in articles if one not in read][: -size - 1 : -1]
        return any("ORDER BY 1 ASC, 2 ASC" in query.sql for query in captured)

    assert [looks_up(size) for size in (1, 4, 8)] == [False, False, True]


def test_an_article_with_many_notes_is_one_of_the_few_and_one_hit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_leaves, "MOST_CHOSEN", 2)
    articles, reader = [store("rain") for _ in range(3)], make_reader()
    for article in articles[:2]:
        for text in ("why", "why not", "why indeed"):
            add_note(reader, article.pk, text)
    for query in ("is:noted", "note:why", "rain note:why"):
        search = search_for(query, reader=reader)
        assert understand(search).plan.article_ids == {article.pk for article in articles[:2]}
        assert (page(query, reader=reader).total, facets(search).total) == (2, 2)
        assert found(query, reader=reader) == [articles[1].pk, articles[0].pk]


def test_facets_count_what_the_reader_did() -> None:
    articles = [store("rain") for _ in range(3)]
    reader = make_reader()
    mark_read(reader, articles[:1])
    assert facets(search_for("is:unread", reader=reader)).total == 2
    assert facets(search_for("rain is:read", reader=reader)).total == 1
