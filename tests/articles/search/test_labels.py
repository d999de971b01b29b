"""Queries that ask for labels find what filtering all articles in plain Python gives."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from articles.labels import own
from articles.lists.pages import Show
from articles.lists.reader_state import star
from articles.search import index, reader_leaves
from articles.search.find import Order, facets
from articles.search.query.syntax import Filter, Node, Words, to_text
from articles.search.query.tree import And, Not, Or, holds
from tests.articles.search.archive import found, search_for, store
from tests.factories import make_articles, make_reader

pytestmark = pytest.mark.django_db

NAMES = ("later", "to read", "nowhere")
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(NAMES).map(lambda name: Filter("label", name)),
    st.sampled_from([Filter("is", "starred"), Words("rain"), Words("snow")]),
)
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
    st.tuples(st.sets(st.sampled_from(["rain", "snow"])), st.sets(st.sampled_from(NAMES[:2])), st.booleans()),
    min_size=3,
    max_size=8,
)


@pytest.mark.parametrize("chosen", [1, 2000])
@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=ARTICLES, query=QUERIES, starred=st.booleans())
def test_a_query_finds_what_has_its_labels(
    monkeypatch: pytest.MonkeyPatch,
    chosen: int,
    drawn: list[tuple[set[str], set[str], bool]],
    query: Node,
    starred: bool,
) -> None:
    monkeypatch.setattr(reader_leaves, "MOST_CHOSEN", chosen)
    with transaction.atomic():
        reader, other = make_reader(), make_reader()
        articles = make_articles(len(drawn))
        for article, (words, names, is_starred) in zip(articles, drawn, strict=True):
            article.content_text = " ".join(sorted(words))
            article.save()
            own.put_labels(reader, article.pk, [own.make_label(reader, name) for name in names])
            own.put_labels(other, article.pk, [own.make_label(other, name) for name in set(NAMES) - names])
            star(reader, article, on=is_starred)
        index.index(articles)

        def finds(words: set[str], names: set[str], is_starred: bool) -> bool:
            kinds = {"label": names, "is": {"starred"} if is_starred else set(), "": words}
            return holds(
                query, lambda term: (term.text if isinstance(term, Words) else term.value) in kinds[term.field]
            )

        expected = [
            article.pk
            for article, facts in zip(articles, drawn, strict=True)
            if finds(*facts) and (facts[2] or not starred)
        ]
        show = Show.STARRED if starred else Show.ALL
        text = to_text(query)
        assert found(text, reader=reader, show=show) == expected[::-1]
        assert sorted(found(text, reader=reader, show=show, order=Order.RELEVANCE)) == expected
        transaction.set_rollback(True)


def test_who_is_not_signed_in_has_no_labels() -> None:
    article = store("rain")
    reader = make_reader()
    own.add_labels([own.make_label(reader, "later").pk], [article.pk])
    assert found("label:later") == found("rain label:later") == []
    assert found("-label:later") == [article.pk]


def test_a_label_is_found_in_whichever_capitals_and_signs() -> None:
    article = store("rain")
    reader = make_reader()
    own.add_labels([own.make_label(reader, "To Read").pk], [article.pk])
    assert found("label：「to read」", reader=reader) == found('LABEL:"TO READ"', reader=reader) == [article.pk]
    assert facets(search_for('rain label:"to read"', reader=reader)).total == 1
