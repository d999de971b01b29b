"""What is shown of a hit: the place, the marks, the original form; and which hit comes first by relevance."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.search.query.matching import Contains
from articles.search.query.rank import score
from articles.search.query.snippets import LENGTH, Piece, marked, places, snippet
from articles.search.query.tree import And, Not, Or
from tests.articles.search.archive import NOW, page, store
from tests.articles.search.fuzz import FUZZ
from tests.articles.search.query.test_matching import TEXTS
from tests.effort import calls_of


def shown(text: str, query: str, language: str = "en") -> list[str]:
    return [piece.text for piece in snippet(text, Contains(query), language=language) if piece.is_match]


def test_traditional_stays_traditional() -> None:
    text = "國家圖書館今天開放。"
    assert shown(text, "图书馆", "zh-Hant") == ["圖書館"]
    assert "".join(piece.text for piece in snippet(text, Contains("图书馆"), language="zh-Hant")) == text


@pytest.mark.parametrize(
    ("text", "query", "marks"),
    [
        ("The ＣＬＩＭＡＴＥ changes", "climate", ["ＣＬＩＭＡＴＥ"]),
        ("Readers read reading matter", "read", ["read", "reading"]),
        ("G20 峰会和G20峰会", "g20峰会", ["G20 峰会", "G20峰会"]),
        ("in the U.S. and the US", "us", ["U.S.", "US"]),
        ("The U.S. said", "us", ["U.S."]),
        ("The N.A.S.A said", "N.A.S.A.", ["N.A.S.A"]),
        ("Cafe\u0301s", "cafés", ["Cafe\u0301s"]),
        ("ﾊﾞﾅﾅを食べる", "バナナ", ["ﾊﾞﾅﾅ"]),
        ("exam\u00adple text", "example", ["exam\u00adple"]),
        ("人人人人", "人人", ["人人人人"]),
        ("nothing here", "snow", []),
        ("Wie geht´s, O´Reilly?", "o'reilly", ["O´Reilly"]),
        ("Tim O’Reilly said", "oreilly", ["O’Reilly"]),
        ("the eau of it", "l'eau", ["eau"]),
        ("Don’t! said Don", "don", ["Don"]),
        ("family 👩\u200d👩\u200d👧 here", "👩", ["👩\u200d👩\u200d👧"]),
        ("thumbs 👍🏽 up", "👍", ["👍🏽"]),
    ],
)
def test_matches_are_marked_as_they_stand(text: str, query: str, marks: list[str]) -> None:
    assert shown(text, query) == marks


def test_the_snippet_is_about_the_first_match_wherever_it_is() -> None:
    text = "今天的天气很好。" * 8_000 + "大学图书馆开放。" + "明天也好。" * 100
    pieces = snippet(text, Contains("图书馆"), language="zh")
    assert [piece.text for piece in pieces if piece.is_match] == ["图书馆"]
    assert pieces[0].text == "… "
    assert pieces[-1].text == " …"
    assert sum(len(piece.text) for piece in pieces) <= LENGTH + 50


def test_words_that_must_not_stand_there_are_not_marked() -> None:
    condition = And((Contains("rain"), Not(Contains("snow")), Or((Contains("sun"), Contains("fog", "author")))))
    pieces = marked("rain snow sun fog", condition, field="title", language="en")
    assert [piece.text for piece in pieces if piece.is_match] == ["rain", "sun"]


def test_a_title_search_marks_titles_only() -> None:
    condition = Contains("rain", "title")
    assert Piece("rain", is_match=True) in marked("rain", condition, field="title", language="en")
    assert snippet("rain", condition, language="en") == (Piece("rain"),)


@FUZZ
@given(TEXTS, TEXTS, st.sampled_from(["en", "zh", "ru", ""]))
def test_a_snippet_is_a_piece_of_the_text_and_never_cuts_a_character(text: str, query: str, language: str) -> None:
    pieces = snippet(text, Contains(query), language=language)
    plain = "".join(piece.text for piece in pieces).removeprefix("… ").removesuffix(" …")
    assert plain in text
    for piece in pieces:
        assert piece.text
        assert unicodedata.category(piece.text[0]) not in {"Mn", "Me"} or text.startswith(piece.text[0])


@FUZZ
@given(TEXTS, TEXTS)
def test_marks_are_in_order_and_apart(text: str, query: str) -> None:
    found = places(text, Contains(query), field="text", language="en")
    assert found == sorted(found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))
    assert all(start < end for start, end in found)


WORDS = [
    "quixotic", "quit", "Quixotically", "running", "run", "runs", "runner", "boss", "boss's", "don't", "dont", "l'homme",
    "hommes", "d\u2019accord", "c++", "covid19", "covid", "甲烷", "हिन्दी", "हिन्द", "café", "cafe\u0301", "ﬁre", "x\u0308y", "İs",
]  # fmt: skip
GLUE = st.sampled_from([" ", "", "-", "_", ".", "'", "\u2019", "\u0301", "1", "甲"])


@FUZZ
@given(
    st.lists(st.tuples(st.sampled_from(WORDS), GLUE), max_size=8),
    st.sampled_from(WORDS),
    st.sampled_from(["en", "fr", "zh", "hi", "ru", ""]),
)
def test_a_snippet_finds_whatever_stands_there(parts: list[tuple[str, str]], query: str, language: str) -> None:
    text = "".join(word + glue for word, glue in parts)
    is_there = bool(places(text, Contains(query), field="", language=language))
    for before in ("", "so it goes, " * 400):
        found = snippet(before + text, Contains(query), language=language)
        assert any(piece.is_match for piece in found) == is_there


@FUZZ
@given(
    st.lists(st.tuples(st.sampled_from(WORDS), GLUE), max_size=8),
    st.sampled_from(WORDS),
    st.sampled_from(["en", "fr", "zh", "hi", "ru", ""]),
)
def test_words_are_marked_alike_alone_and_beside_a_phrase(
    parts: list[tuple[str, str]], query: str, language: str
) -> None:
    text = "".join(word + glue for word, glue in parts)
    beside = Or((Contains(query), Contains("zebra zebra")))
    found = places(text, Contains(query), field="", language=language)
    assert places(f"{text} zebra", beside, field="", language=language) == found


def test_no_part_of_a_word_is_marked() -> None:
    for length in range(340, 380):  # some part of the text that is looked at ends within the word
        text = f"{'so it goes, ' * 20}qu'il {'a ' * (length // 2)}{' ' * (length % 2)}quixotical {'and so on ' * 50}"
        assert shown(text, "quixot", "ka") == []


def effort(text: str, word: str, language: str) -> int:
    """The calls that a snippet takes of `text` with `word` at its end, all that is loaded at the first one apart."""
    snippet(word, Contains(word), language=language)
    return calls_of(lambda: snippet(f"{text} {word}", Contains(word), language=language))


def test_words_that_only_begin_as_what_is_asked_cost_little() -> None:
    text = "The quick queen questioned the quiet quarter of the square. " * 120
    assert effort(text, "quixotic", "en") < 15_000  # of 1,320 words


def test_a_snippet_does_not_look_at_each_character() -> None:
    text = "今天的天气很好，我们去公园散步。The weather is fine today. " * 60
    assert effort(text, "图书馆", "zh") < 1_000  # of 2,600 characters


@pytest.mark.parametrize("number", range(400, 460, 20))
def test_nothing_is_passed_over_among_letters_with_their_accents_apart(number: int) -> None:
    assert shown("e\u0301 " * number + "quest", "quest", "ga") == ["quest"]  # where words change at the beginning


# --- by relevance -----------------------------------------------------------------------------------------------

OLD, RECENT = NOW - timedelta(days=700), NOW - timedelta(days=3)
Judged = tuple[str, str, datetime]
# Query, then articles (title, text, date), the one that should come first given first.
JUDGED = [
    ("图书馆", ("图书馆开放", "今天。", OLD), ("天气", "图书馆旁边有雨。" , RECENT)),
    ("climate change", ("Climate change explained", "Long.", OLD), ("News", "climate talk and some change", OLD)),
    ("climate change", ("News", "The climate change report says more.", OLD), ("News", "climate " + "and so on " * 60 + "change", OLD)),
    ("vaccine", ("News", "vaccine vaccine vaccine for all", OLD), ("News", "one vaccine among much else " + "word " * 40, OLD)),
    ("vaccine", ("News", "the vaccine arrives", RECENT), ("News", "the vaccine arrives", OLD)),
    ("G20峰会", ("G20峰会今天开幕", "各国。", OLD), ("经济", "会上谈到G20峰会。", RECENT)),
    ("習近平", ("习近平访问", "报道。", OLD), ("要闻", "文中提到习近平一次。", OLD)),
    ("rain", ("Rain", "Short.", OLD), ("Rain and wind and hail and everything else that falls from the sky", "x", OLD)),
    ("title:rain", ("Rain", "Short.", RECENT), ("Rain", "Short.", OLD)),
    ("библиотека", ("Библиотека", "Новости.", OLD), ("Новости", "В городе есть библиотеки.", OLD)),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "best", "other"), JUDGED)
def test_the_better_answer_comes_first(query: str, best: Judged, other: Judged) -> None:
    language = "ru" if query == "библиотека" else ""
    ids = [store(text, title, published_at=date, language=language).pk for title, text, date in (other, best)]
    assert [found.article.pk for found in page(query, order="relevance").found] == ids[::-1]


def test_without_words_the_newest_is_best() -> None:
    from articles.search.query.matching import Text

    old, new = (Text(title="", text="", published_at=date) for date in (OLD, RECENT))
    assert score(new, [], now=NOW) > score(old, [], now=NOW)
