"""A text is likely to fulfil whatever it fulfils."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.search.query import sieve
from articles.search.query.matching import Contains, HasMedia, InFeeds, InLanguage, OfReader, Text, matches
from articles.search.query.tree import And, Not, Or

WORDS = (
    *("rain", "rains", "raining snow", "snow rain", "U.S.", "us rain", "C++", "don't", "Häuser", "houses", "Li Wei"),
    *("台灣", "台湾下", "雨", "G20峰会", "下雨 rain", "é", "example.org", "...", "한국", "ภาษา", "２０", "ﬁre"),
)
LEAVES = st.one_of(
    st.builds(Contains, st.sampled_from(WORDS), st.sampled_from(["", "title", "author", "url"])),
    st.sampled_from([
        InLanguage("zh"), InLanguage("en"), InFeeds(frozenset({1})), HasMedia("image"), OfReader("is", "unread"),
    ]),
)  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, max_size=3)),
    ),
    max_leaves=6,
)
PIECES = st.lists(st.sampled_from([*WORDS, "台湾", "fire", "20", "haus", " ", "’s ", ", ", "and "]), max_size=6)
TEXTS = st.builds(
    lambda title, text, author, url, language, feed, media, reader: Text(
        title="".join(title), text=" ".join(text), author="".join(author), url=" ".join(url), language=language,
        feed_id=feed, media=frozenset(media), of_reader=frozenset(reader),
    ),
    PIECES, PIECES, PIECES, PIECES, st.sampled_from(["", "en", "de", "zh-TW", "fr", "ja"]), st.integers(1, 2),
    st.sets(st.just("image")), st.sets(st.just(OfReader("is", "unread"))),
)  # fmt: skip


@given(st.lists(CONDITIONS, max_size=6), TEXTS)
def test_all_that_a_text_fulfils_is_likely(conditions, text):
    likely = sieve.Sieve(conditions).likely(text)
    for number, condition in enumerate(conditions):
        if matches(condition, text):
            assert number in likely, condition
            assert matches(sieve.of_words(condition), text), condition


@given(CONDITIONS, TEXTS)
def test_a_condition_of_known_leaves_alone_is_left_as_it_is(condition, text):
    assert matches(sieve.loosened(condition, lambda _: True), text) == matches(condition, text)


def test_what_a_text_has_no_word_of_is_not_looked_at():
    conditions = [
        Contains("rain"), Contains("snow"), And((Contains("snow"), Not(Contains("rain")))), Not(Contains("rain")),
        Or((Contains("snow"), Contains("台灣"))), And((OfReader("is", "unread"), Contains("storm", "title"))),
        Contains("li", "author"), OfReader("is", "unread"), Or((Contains("snow"), InFeeds(frozenset({1})))), Or(()),
    ]  # fmt: skip
    text = Text(title="Rains over Li", text="in the harbour", language="en")
    assert sieve.Sieve(conditions).likely(text) == [0, 3, 7, 8]


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (Contains("example.org", "url"), {"url": "https://example.org/a"}),
        (Contains("li wei", "author"), {"author": "Li Wei"}),
        (Contains("rain"), {"title": "Rains"}),
        (Contains("台灣人"), {"text": "在台灣人民之中"}),
        (Contains("人"), {"text": "在台灣人民之中"}),
        (Contains("..."), {}),  # which asks for nothing
        (Not(InLanguage("de")), {}),
        (Or((Contains("storm"), InLanguage("en"))), {}),
        (Not(And((Contains("storm"), InFeeds(frozenset({1}))))), {"text": "storm"}),
    ],
)
def test_what_a_text_may_fulfil_is_looked_at(wanted, text):
    of_text = Text(**{"title": "", "text": "", "language": "en"} | text)
    assert sieve.Sieve([wanted, Contains("snow")]).likely(of_text) == [0]


def test_the_language_of_a_text_is_known_and_its_feed_is_not():
    conditions = [InLanguage("zh"), And((InLanguage("zh"), InFeeds(frozenset({1})))), InFeeds(frozenset({1}))]
    assert [sieve.of_words(each) for each in conditions] == [InLanguage("zh"), InLanguage("zh"), And()]
