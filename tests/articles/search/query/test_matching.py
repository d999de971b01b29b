"""What the index is asked never misses what an article's own text says, and where it claims to be exact, it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from articles.search.analyze.document import document_lexemes
from articles.search.analyze.fold import fold
from articles.search.analyze.language_tags import language_tags
from articles.search.analyze.lexemes import canonical, pattern, segments, stem_language
from articles.search.query.matching import (
    Condition,
    Contains,
    HasMedia,
    InFeeds,
    InLanguage,
    Published,
    Text,
    atoms,
    matcher,
    matches,
    spans,
)
from articles.search.query.plan import Expression, Lexeme, plan
from articles.search.query.tree import NOTHING, And, Not, Or, plain
from tests.articles.search.fuzz import FUZZ
from tests.effort import within

MOMENT = datetime(2026, 2, 1, tzinfo=UTC)
LANGUAGES = ["", "en", "de", "zh-Hans", "zh-Hant-TW", "ru", "ar", "pl", "no such language"]
WORDS = [
    "dying", "die", "using", "uses", "slowly", "snake_case", "d'or", "or",
    "中", "国", "中国", "國", "中国人", "人民", "g20", "峰会", "G20峰会", "covid-19", "C++", "C", "U.S.", "us", "reader's", "readers",
    "reading", "read", "l'eau", "eaux", "Häuser", "haus", "книги", "книга", "الكتاب", "كتاب", "👍🏽", "👍", "ไทย", "한국어", "국",
    "2020", "2020's", "x" * 50, "x" * 41, "o'reilly", "rock'n'roll",
    "20'000", "20000", "g20’ers", "g20ers", "won't", "won", "wont", "we'll", "we", "well", "dell'arte", "arte", "oreilly", "xi’an", "xian",
]  # fmt: skip
SEPARATORS = ["", " ", "  ", "\n", "，", ", ", ". ", "-", "’", "/", "(", " " * 150, "。" * 40]
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SEPARATORS)), max_size=12).map(
    lambda parts: "".join(word + separator for word, separator in parts)
)
MEDIA = st.frozensets(st.sampled_from(["image", "audio", "video"]))


@st.composite
def texts(draw: st.DrawFn) -> Text:
    return Text(
        title=draw(TEXTS),
        text=draw(TEXTS),
        author=draw(st.sampled_from(["", "Li Wei", "李伟", "Reader's Digest"])),
        url=draw(st.sampled_from(["", "https://example.org/a-b", "https://books.example/reading"])),
        language=draw(st.sampled_from(LANGUAGES)),
        feed_id=draw(st.integers(1, 3)),
        published_at=MOMENT,
        media=draw(MEDIA),
    )


LEAVES = st.one_of(
    st.builds(Contains, TEXTS.filter(atoms), st.sampled_from(["", "", "", "title", "author", "url"])),
    st.builds(Contains, st.sampled_from(WORDS)),
    st.builds(
        Contains, st.sampled_from(["example.org", "https", "reading", "伟", "wei"]), st.sampled_from(["url", "author"])
    ),
    st.builds(InFeeds, st.frozensets(st.integers(1, 3)), st.sampled_from([0.0, 1.0])),
    st.builds(InLanguage, st.sampled_from(["zh", "zh-hant", "zh-hant-tw", "en", "no such language", "e"])),
    st.builds(HasMedia, st.sampled_from(["image", "audio", "video"])),
    st.builds(Published, st.sampled_from([None, MOMENT]), st.sampled_from([None, MOMENT, MOMENT + timedelta(1)])),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, max_size=3)),
    ),
    max_leaves=6,
)
ALL_STEMS = sorted({stem_language(language) for language in LANGUAGES})


def holds(expression: Expression, lexemes: set[str]) -> bool:
    match expression:
        case Not(part):
            return not holds(part, lexemes)
        case And(parts):
            return all(holds(part, lexemes) for part in parts)
        case Or(parts):
            return any(holds(part, lexemes) for part in parts)
    assert isinstance(expression, Lexeme)
    return expression.text in lexemes


def index_finds(condition: Condition, text: Text, *, neighbours: bool = False) -> tuple[bool, bool]:
    """Whether the index finds the article, and whether it is sure."""
    planned = plan(condition, ALL_STEMS, neighbours=neighbours)
    lexemes = document_lexemes(
        title=text.title,
        text=text.text,
        author=text.author,
        url=text.url,
        language=text.language,
        feed_id=text.feed_id,
        media=text.media,
    ).all()
    assert text.published_at
    found = (
        holds(planned.expression, lexemes)
        and (planned.start is None or planned.start <= text.published_at)
        and (planned.end is None or text.published_at < planned.end)
        and (planned.feed_ids is None or text.feed_id in planned.feed_ids)
    )
    return found, planned.exact


@FUZZ
@given(CONDITIONS, texts(), st.booleans())
def test_the_index_finds_whatever_matches_and_says_when_it_is_sure(
    condition: Condition, text: Text, neighbours: bool
) -> None:
    found, exact = index_finds(condition, text, neighbours=neighbours)
    if matches(condition, text):
        assert found
    elif exact:
        assert not found


@FUZZ
@given(CONDITIONS, texts(), st.booleans())
def test_what_the_index_found_and_the_recheck_accepts_matches(
    condition: Condition, text: Text, neighbours: bool
) -> None:
    found, _ = index_finds(condition, text, neighbours=neighbours)
    assert (found and matches(plan(condition, ALL_STEMS).recheck, text)) == matches(condition, text)


@FUZZ
@given(TEXTS.filter(lambda text: len(atoms(text)) > 1), texts(), st.integers(0, 7))
def test_the_index_finds_a_phrase_wherever_it_stands(phrase: str, text: Text, before: int) -> None:
    text = replace(text, text="one, " * before + phrase + "\n" + text.text)
    assume(matches(Contains(phrase), text))
    found, _ = index_finds(Contains(phrase), text, neighbours=True)
    assert found


@pytest.mark.parametrize("phrase", ["the old man", "man the sea", "G20峰会", "北京, 大学", "COVID-19 the"])
def test_the_index_passes_over_most_texts_that_have_the_words_of_a_phrase_elsewhere(phrase: str) -> None:
    text = Text(title="", text="man, the old sea. 19 大学, 峰会 covid 北京 of the G20 and so on", published_at=MOMENT)
    assert index_finds(Contains(phrase), text, neighbours=False) == (True, False)
    assert index_finds(Contains(phrase), text, neighbours=True) == (False, False)


@FUZZ
@given(CONDITIONS, texts())
def test_a_plain_condition_means_the_same(condition: Condition, text: Text) -> None:
    assert matches(plain(condition), text) == matcher(condition)(text) == matches(condition, text)


ONE, TWO, THREE = Contains("one"), Contains("two"), Contains("three", "text")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (And((ONE, TWO)), lambda words: {"one", "two"} <= words),
        (Or((ONE, TWO)), lambda words: bool({"one", "two"} & words)),
        (And((ONE, TWO, THREE)), lambda words: len(words) == 3),
        (Or((ONE, TWO, THREE)), lambda words: len(words) > 0),
        (And((ONE,)), lambda words: "one" in words),
        (Or((ONE,)), lambda words: "one" in words),
        (And(), lambda words: True),
        (Or(), lambda words: False),
        (And((Not(ONE), Or((TWO, THREE)))), lambda words: bool(words) and "one" not in words),
    ],
)
def test_conditions_are_put_together(condition: Condition, expected: Callable[[set[str]], bool]) -> None:
    for words in (set(some) for size in range(4) for some in combinations(("one", "two", "three"), size)):
        text = Text(title="one" if "one" in words else "", text=" ".join(words - {"one"}))
        assert matches(condition, text) is matcher(condition)(text) is expected(words), words


@FUZZ
@given(TEXTS, TEXTS.filter(atoms), st.sampled_from(LANGUAGES))
@example("a" * 300 + " covid" + " " * 400 + "19 " + "b" * 300, "covid-19", "en")
@example("第G20峰会", "G20峰会", "zh")
@example("中’国", "中国", "zh")
@example("covid 19 " * 3 + "中" * 500 + "国G20峰会开", "国 G20 峰会", "zh")
def test_looking_around_a_phrase_is_as_good_as_reading_the_whole_text(text: str, words: str, language: str) -> None:
    stems = stem_language(language)
    expected = pattern(segments(words), stems) in canonical(fold(text), stems)
    assert matches(Contains(words), Text(title="", text=text, language=language)) == expected


@FUZZ
@given(TEXTS, TEXTS.filter(atoms), st.sampled_from(LANGUAGES))
def test_what_matches_is_marked_and_nothing_else(text: str, words: str, language: str) -> None:
    found = list(spans(text, [atoms(words)], stem_language(language)))
    assert bool(found) == matches(Contains(words), Text(title="", text=text, language=language))
    for start, end in found:
        assert matches(Contains(words), Text(title="", text=text[start:end], language=language))


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("开 G20峰会 了", "G20峰会", ["G20峰会"]),
        ("开 G20峰 会 G20 国会 了", "G20峰会", []),
        ("前G20峰会开", "前G20峰", ["前G20峰"]),
        ("第一前G20峰会开", "前G20峰", ["前G20峰"]),
        ("前一G20会峰开", "前G20峰", []),
        ("前G20前", "前G20峰", []),
        ("峰G20峰", "前G20峰", []),
        ("中国人民", "国人", ["国人"]),
        ("A reader's book, the readers' books", "reader book", ["reader's book", "readers' books"]),
        ("books and book", "book", ["books", "book"]),
        ("", "book", []),
    ],
)
def test_of_a_text_the_pieces_are_marked_that_were_asked_for(text: str, words: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, [atoms(words)], stem_language("en"))] == marked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("They are dying slowly", "die slowly"),
        ("the U.S. army", "us army"),
        ("the reader's eye", "readers eye"),
        ("de l’eau vive", "eau vive"),
        ("snake_case names", "snake case"),
        ("A climate/change", "climate changes"),
        ("using words", "uses word"),
        ("about 20'000 people", "20000 people"),
        ("20000 " + "words " * 50 + "of 20’000 people", "20000 people"),
        ("the G20’ers met", "g20ers met"),
    ],
)
def test_english_phrases_are_found_in_any_form(text: str, words: str) -> None:
    assert matches(Contains(words), Text(title="", text=text, language="en"))
    assert not matches(Contains(" ".join(reversed(words.split()))), Text(title="", text=text, language="en"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It won't rain; he can’t say. Don't!", "won can don"),
        ("We'll go, they’re here, I'd stay, you've won, I'm in", "we they i you well were id ill"),
    ],
)
def test_no_contraction_is_found_by_the_word_it_begins_with(text: str, words: str) -> None:
    text = text.replace("you've won", "you've lost")
    for word in words.split():
        assert not matches(Contains(word), Text(title="", text=text, language="en")), word


@pytest.mark.parametrize("words", ["rain won't come", '"we\'ll see"', "O’Reilly said", "seven o'clock"])
def test_a_phrase_with_an_apostrophe_is_found(words: str) -> None:
    text = "Tim O'Reilly said at seven o’clock that rain won’t come, but we'll see."
    assert matches(Contains(words), Text(title="", text=text, language="en"))
    assert matches(Contains(words), Text(title="", text=text.swapcase(), language=""))


def test_a_phrase_of_repeated_pieces_takes_no_longer_in_a_long_text() -> None:
    with within(3):
        assert not matches(Contains("aa aa aa aa zz"), Text(title="", text="zz " + "aa_" * 30_000, language="en"))


def test_a_span_ends_just_before_its_end() -> None:
    span = Published(MOMENT - timedelta(days=1), MOMENT)

    def published(moment: datetime) -> bool:
        return matches(span, Text(title="", text="", published_at=moment))

    assert published(MOMENT - timedelta(days=1))
    assert published(MOMENT - timedelta(microseconds=1))
    assert not published(MOMENT)
    assert matches(Published(MOMENT, None), Text(title="", text="", published_at=MOMENT))
    assert not matches(Published(MOMENT, None), Text(title="", text=""))


def test_no_phrase_spans_title_and_text() -> None:
    text = Text(title="气候", text="变化 and climate", language="zh")
    assert not matches(Contains("气候变化"), text)
    assert matches(And((Contains("气候"), Contains("变化"))), text)


def test_a_word_is_found_by_the_stem_of_the_articles_language() -> None:
    english = Text(title="", text="They were reading books", language="en")
    polish = Text(title="", text="They were reading books", language="pl")
    assert matches(Contains("read"), english)
    assert not matches(Contains("read"), polish)
    assert matches(Contains("books"), polish)


def test_names_and_addresses_are_not_stemmed() -> None:
    text = Text(title="", text="", author="Ann Waters", url="https://example.org/waters", language="en")
    assert matches(Contains("waters", "author"), text)
    assert not matches(Contains("water", "author"), text)
    assert not matches(Contains("water", "url"), text)
    assert matches(Contains("example.org", "url"), text)
    assert not matches(Contains("waters"), text)


def test_a_region_of_chinese_is_a_way_of_writing() -> None:
    assert language_tags("zh_TW") == ["zh", "zh-tw", "zh-hant"]
    assert language_tags("zh-Hans-CN") == ["zh", "zh-hans", "zh-hans-cn"]
    for written, regions in (("zh-hant", ("tw", "hk", "mo")), ("zh-hans", ("cn", "sg", "my"))):
        assert all(language_tags(f"zh-{region}")[-1] == written for region in regions)


@pytest.mark.parametrize("tag", ["zh", "zh-hant", "zh-hant-tw"])
def test_a_language_is_found_by_each_of_its_kinds(tag: str) -> None:
    assert matches(InLanguage(tag), Text(title="", text="", language="zh_Hant-TW"))
    assert index_finds(InLanguage(tag), Text(title="", text="", language="zh_Hant-TW", published_at=MOMENT))[0]


def test_a_hostile_language_finds_nothing_and_is_no_lexeme() -> None:
    assert plan(InLanguage("en' | 'x"), ["en"]).expression == NOTHING
    lexemes = document_lexemes(title="", text="", author="", url="", language="en us", feed_id=1, media=()).all()
    assert not any(lexeme.startswith("l:") for lexeme in lexemes)


def test_many_feeds_with_most_articles_are_a_condition_on_rows() -> None:
    many = frozenset(range(300))
    assert plan(InFeeds(many, 0.9), ["en"]).feed_ids == many
    assert plan(InFeeds(many, 0.01), ["en"]).feed_ids is None
    assert plan(InFeeds(frozenset({1}), 0.9), ["en"]).feed_ids is None
    assert plan(
        And((InFeeds(many, 0.9), InFeeds(frozenset({1, 2}) | frozenset(range(300, 400)), 0.9))), ["en"]
    ).feed_ids == {1, 2}


def test_only_what_the_index_is_unsure_of_is_rechecked() -> None:
    phrase = Contains("气候变化")
    assert plan(And((Contains("中国"), phrase, HasMedia("image"))), ["en"]).recheck == And((phrase,))


def test_a_text_of_100_000_characters_is_rechecked_quickly_and_to_its_end() -> None:
    text = Text(title="", text="今天天气很好。G20 的峰会 COVID 病毒 19 日 " * 3500 + "G20峰会", language="zh")
    with within(2):
        assert matches(Contains("G20峰会"), text)
        assert not matches(Contains("covid-19"), text)
        assert not matches(Contains("峰会开幕"), text)
