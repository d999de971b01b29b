"""Questions that the index is asked for a condition, and conditions that are left to be looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from articles.search.analyze.document import document_lexemes
from articles.search.analyze.lexemes import LONGEST_WORD
from articles.search.query.matching import Condition, Contains, HasMedia, OfReader, Published
from articles.search.query.plan import MOST_NEIGHBOURS, Lexeme, plan
from articles.search.query.tree import EVERYTHING, And, Not, Or, evaluate, leaves

MOMENT = datetime(2026, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STEMS = ["en", "de", ""]


def test_of_many_spans_of_time_the_part_that_all_have_is_asked_for() -> None:
    spans = [Published(MOMENT, MOMENT + 5 * DAY), Published(MOMENT + DAY, None), Published(None, MOMENT + 9 * DAY)]
    for parts in (spans, spans[::-1]):
        made = plan(And(tuple(parts)), STEMS)
        assert (made.start, made.end, made.exact) == (MOMENT + DAY, MOMENT + 5 * DAY, True)


@pytest.mark.parametrize(
    ("condition", "is_exact"),
    [
        (Contains("中国"), True),
        (Contains("中国人"), False),
        (Contains("x" * (LONGEST_WORD - 1)), True),
        (Contains("x" * LONGEST_WORD), False),  # or a longer one, which was cut
        (Contains("two words"), False),
        (Or((Contains("one"), Contains("two words"))), False),
        (Or((Contains("one"), HasMedia("image"))), True),
        (Not(Contains("one")), True),
        (Not(Contains("two words")), False),
        (OfReader("is", "unread"), False),
    ],
)
def test_the_index_is_sure_of_single_words_and_pairs_alone(condition: Condition, is_exact: bool) -> None:
    made = plan(condition, STEMS)
    assert made.exact is is_exact
    assert made.recheck == (EVERYTHING if is_exact else And((condition,)))


def test_names_and_addresses_are_asked_for_as_they_are_and_words_by_their_stems() -> None:
    assert plan(Contains("waters", "author"), STEMS).expression == Lexeme("a:waters")
    assert plan(Contains("waters", "url"), STEMS).expression == Lexeme("u:waters")
    assert plan(Contains("waters"), ["en"]).expression == plan(Contains("water"), ["en"]).expression


@pytest.mark.parametrize("name", ["title", "author", "url"])
def test_a_phrase_of_one_field_is_found_where_the_index_has_neighbours(name: str) -> None:
    told = {"title": "", "text": "", "author": "", "url": "", "language": "en", "feed_id": 1, "media": ()}
    lexemes = document_lexemes(**told | {name: "the old bridge"}).all()
    asked = plan(Contains("old bridge", name), STEMS, neighbours=True).expression
    assert evaluate(asked, lambda leaf: leaf.text in lexemes, every=all, some=any, no=lambda truth: not truth)


def test_of_a_long_phrase_in_many_languages_no_more_neighbours_are_asked_for_than_make_sense() -> None:
    words = Contains(" ".join(f"{letter}{other}waters" for letter in "abcdefghij" for other in "abcdefghij"))
    languages = ["en", "de", "fr", "es", "it", "nl", "sv", "fi"]
    few, many = (leaves(plan(words, languages, neighbours=neighbours).expression) for neighbours in (False, True))
    assert 0 < len(many) - len(few) <= MOST_NEIGHBOURS
