"""The analyzer: what counts as the same, what is one word, and that no text breaks it."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from articles.search.analyze.fold import fold, fold_with_places, folded_character, follows, simplified
from articles.search.analyze.lexemes import (
    canonical,
    grams,
    lexemes,
    pattern,
    segment_texts,
    segments,
    stem_language,
    version,
    word_form,
    word_lexeme,
)
from tests.articles.search.fuzz import FUZZ

# Characters of every script that is treated in its own way, and those that are hard.
HARD = (
    "aZéÅßŁıİǆẞſﬁ12⅓①ΣςάώяйёЇі\u0306\u0301\u0308אבּ\u05beأآةىـَ\u0651हिन्दी\u0964০าไทย๔中國国學龍台〇々ヽがﾊﾞﾟーｶ゙ひらカタ한국\u1100\u1161\u11a8ㄱㅏㄳㅋ"
    "\u200b\u200d\u00ad\ufe0f\ufeff\u202e👨👩👧🏽🇩🇪☃♥€“”’'ʼ-+#._@:/\\\"*&|()[] \n\t\u3000，。！？、《》·・…ＡＢ１（）㍿ﷺ\ue000\U00020000\U0002f800\U0001f100\U0001d49c\udcff\x00"
)
TEXTS = st.text(st.one_of(st.sampled_from(HARD), st.characters()), max_size=60)
LANGUAGES = st.sampled_from(["", "en", "de", "ru", "ar", "fr", "tr", "hi"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Climate", "ＣＬＩＭＡＴＥ"),  # width and case
        ("café", "CAFE"),
        ("cafe\u0301", "café"),  # composed or not
        ("Łódź", "lodz"),
        ("Straße", "STRASSE"),
        ("ŒUVRE", "oeuvre"),
        ("İstanbul", "istanbul"),
        ("Άνθρωπος", "ανθρωποσ"),
        ("Ёлка", "елка"),
        ("и\u0306од", "йод"),  # a letter of its own, composed or not
        ("圖書館", "图书馆"),
        ("臺灣", "台湾"),
        ("裡", "里"),
        ("ﾊﾞﾅﾅ", "バナナ"),
        ("か\u3099", "が"),
        ("한\u0020국", "한 국"),
        ("\u1112\u1161\u11ab", "한"),
        ("أحمد", "احمد"),
        ("مَدْرَسَة", "مدرسة"),
        ("exam\u00adple", "example"),
        ("①", "1"),
        ("٢٠٢١ ۲۰۲۱ २०२१ ๒๐๒๑", "2021 2021 2021 2021"),
        ("㎡", "m2"),
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_two_ways_to_write_a_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("が", "か"), ("йод", "иод"), ("їжак", "іжак"), ("パリ", "ハリ"), ("한", "하"), ("หา", "ห่า")]
)
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COVID-19 vaccine", ["covid", "19", "vaccine"]),
        ("G20峰会", ["g20", "峰会"]),
        ("G20 峰会", ["g20", "峰会"]),
        ("C++ and C#, not C", ["c++", "and", "c#", "not", "c"]),
        ("the U.S. and the US", ["the", "us", "and", "the", "us"]),
        ("U.S, U.S.A U.S.-led a.b.", ["us", "usa", "us", "led", "ab"]),
        ("U.S.A.I.D", ["usaid"]),
        ("x.yz xy.z a.b-c 3.a", ["x", "yz", "xy", "z", "ab", "c", "3", "a"]),
        ("क.की क.म", ["क", "की", "कम"]),
        ("J. R. R. Tolkien", ["j", "r", "r", "tolkien"]),
        ("J.R.R. Tolkien", ["jrr", "tolkien"]),
        ("write to me@example.org", ["write", "to", "me", "example", "org"]),
        ("https://example.org/a-b?c=1", ["https", "example", "org", "a", "b", "c", "1"]),
        ("#news @reader", ["news", "reader"]),
        ("#新闻#", ["新闻"]),
        ("snake_case", ["snake", "case"]),
        ("3.14 and 1,000", ["3", "14", "and", "1", "000"]),
        ("好👍🏽🇩🇪", ["好", "👍", "🏽", "🇩", "🇪"]),
        ("《红楼梦》（节选）", ["红楼梦", "节选"]),
        ("比尔·盖茨", ["比尔", "盖茨"]),
        ("セント・ルイス", ["セント", "ルイス"]),
        ("ภาษาไทย 2024", ["ภาษาไทย", "2024"]),
        ("한국어로 쓴 글", ["한국어로", "쓴", "글"]),
        ("हिन्दी में है।", ["हिन्दी", "में", "है"]),
        ("word/word\\word", ["word", "word", "word"]),
        ("a\u200bb", ["ab"]),
        ("...!?", []),
        ("", []),
    ],
)
def test_a_text_is_a_row_of_words_and_runs(text: str, expected: list[str]) -> None:
    assert [part.text for part in segments(text)] == expected


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "markets", "marketing"),
        ("en", "reader's", "reader"),
        ("en", "reader’s", "readers"),
        ("en", "let's", "let"),
        ("de", "Häuser", "Häusern"),
        ("fr", "l'économie", "économies"),
        ("ru", "книги", "книгой"),
        ("es", "naciones", "nación"),
        ("tr", "kitaplar", "kitapları"),
        ("ar", "الكتاب", "كتاب"),
        ("ar", "المكتبة", "مكتبة"),
        ("el", "άνθρωποι", "άνθρωπος"),
        ("hi", "किताबें", "किताब"),
        ("ne", "किताबहरू", "किताब"),
        ("ta", "புத்தகங்கள்", "புத்தகம்"),
    ],
)
def test_words_are_compared_by_their_stems(language: str, one: str, other: str) -> None:
    forms = [word_form(segments(word)[0].text, language) for word in (one, other)]
    assert forms[0] == forms[1]


# As quotes, accents, primes, the okina, the saltillo, the Armenian and the Hebrew sign; narrow and wide.
APOSTROPHES = ["'", "’", "ʼ", "＇", "‘", "‛", "´", "`", "｀", "′", "ʹ", "ʻ", "ʽ", "ꞌ", "\u055a", "\u05f3"]


@pytest.mark.parametrize("mark", APOSTROPHES)
@pytest.mark.parametrize(
    ("language", "word", "found_by"),
    [
        ("it", "dell'automobile", "automobile"),
        ("it", "nell'economia", "economia"),
        ("it", "all'estero", "estero"),
        ("it", "dall'altra", "un'altra"),
        ("it", "sull'isola", "isole"),
        ("it", "quest'anno", "anno"),
        ("it", "sant'Antonio", "Antonio"),
        ("it", "degl'italiani", "italiani"),
        ("it", "trent'anni", "anni"),
        ("it", "un'ora", "ora"),
        ("fr", "lorsqu'elle", "elle"),
        ("fr", "puisqu'il", "il"),
        ("fr", "jusqu'alors", "alors"),
        ("fr", "qu'aujourd'hui", "aujourdhui"),
        ("fr", "d'un", "un"),
        ("fr", "l'OTAN", "OTAN"),
        ("ca", "l'escola", "escola"),
        ("ca", "d'aquest", "aquest"),
        ("ca", "anem's", "anem"),
        ("pt", "d'água", "água"),
        ("tr", "İstanbul'dan", "İstanbul"),
        ("tr", "Türkiye'nin", "Türkiye'de"),
        ("nl", "foto's", "foto"),
        ("en", "the city's", "the city"),
        ("en", "O'Reilly's", "oreilly"),
        ("en", "o'clock", "oclock"),
        ("en", "won't", "wont"),
        ("en", "rock'n'roll", "rocknroll"),
        ("en", "Xi'an", "Xian"),
        ("en", "Qur'an", "Quran"),
        ("", "l'eau", "eau"),
        ("oc", "l'aiga", "aiga"),
        ("uk", "комп'ютер", "компютер"),
        ("de", "geht's", "geht"),
        ("he", "צ'כיה", "צ'כיה"),
    ],
)
def test_an_apostrophe_hides_no_word(language: str, word: str, found_by: str, mark: str) -> None:
    stems = stem_language(language)
    written = word.replace("'", mark)
    for asked in (found_by, found_by.replace("'", mark)):
        assert lexemes(written, stems) == lexemes(asked, stems)


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("48°51′24″ N", ["48", "51", "24", "n"]),
        ("5'10", ["5", "10"]),
        ("al 45’30", ["al", "45", "30"]),
        ("20'000'000 of 1’234.56", ["20000000", "of", "1234", "56"]),
        ("1'2345", ["1", "2345"]),
        ("2020's", ["2020"]),
    ],
)
def test_an_apostrophe_between_digits_groups_three(text: str, texts: list[str]) -> None:
    assert canonical(fold(text), "en").split() == texts


@pytest.mark.parametrize("text", ["qu'" * 40_000, "a" + "'s" * 40_000])
def test_a_word_of_apostrophes_is_one(text: str) -> None:
    assert len(lexemes(text, "en")) == 1


@pytest.mark.parametrize(
    ("language", "word", "other"),
    [
        ("en", "won't", "won"),
        ("en", "can't", "can"),
        ("en", "don't", "Don"),
        ("en", "isn't", "is"),
        ("en", "we'll", "we"),
        ("en", "we'll", "well"),
        ("en", "we're", "were"),
        ("en", "she'd", "shed"),
        ("en", "I'm", "I"),
        ("en", "they've", "they"),
        ("de", "don't", "don"),
        ("fr", "quelqu'un", "un"),
        ("fr", "aujourd'hui", "hui"),
        ("en", "Xi'an", "Xi"),
    ],
)
def test_a_word_with_an_apostrophe_is_not_found_by_another(language: str, word: str, other: str) -> None:
    stems = stem_language(language)
    assert not lexemes(word, stems) & lexemes(other, stems)
    assert pattern(segments(other), stems) not in canonical(fold(word), stems)


def test_numbers_and_mixed_words_have_no_stem() -> None:
    assert [word_form(word, "en") for word in ("2020s", "c++", "g20s", "covid19s")] == [
        "2020s",
        "c++",
        "g20s",
        "covid19s",
    ]


@pytest.mark.parametrize(
    ("tag", "stems"),
    [
        ("en-GB", "en"),
        ("de", "de"),
        ("pt_BR", "pt"),
        ("zh-Hant-TW", "en"),
        ("ja", "en"),
        ("", "en"),
        ("pl", ""),
        ("xx", ""),
    ],
)
def test_the_stems_follow_the_articles_language(tag: str, stems: str) -> None:
    assert stem_language(tag) == stems


def test_a_run_is_found_by_its_characters_and_pairs() -> None:
    assert lexemes("图书馆", "en") == {"图", "书", "馆", "图书", "书馆"}
    assert grams("图书馆") == ["图书", "书馆"]
    assert grams("图") == ["图"]


def test_a_very_long_word_is_indexed_by_its_beginning() -> None:
    assert lexemes("x" * 1000, "") == {"x" * 40}
    assert word_lexeme("x" * 1000, "") == "x" * 40


def test_the_version_names_rules_and_tables() -> None:
    rules, _, tables = version().partition("-")
    assert rules.isdecimal()
    assert len(tables) == 8


def test_what_folding_gives_is_folded_already() -> None:
    characters = [chr(code) for code in range(0x323B0)]
    changed = {old: new for old in characters if old == old.lower() and (new := folded_character(old)) != old}
    assert len(changed) > 5000
    assert [old for old, new in changed.items() if fold(old) != new or fold(new) != new] == []
    assert [old for old in characters if simplified(simplified(old)) != simplified(old)] == []


def test_what_composes_with_the_letter_before_it_is_known() -> None:
    """Unicode's own table, against the few that are listed as they are no combining characters."""
    pairs = [unicodedata.decomposition(chr(code)).split() for code in range(sys.maxunicode + 1)]
    seconds = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and not pair[0].startswith("<")}
    assert {second for second in seconds if not follows(second)} == set()


@FUZZ
@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@FUZZ
@given(TEXTS, TEXTS)
def test_a_word_folds_alike_alone_and_in_a_text(one: str, other: str) -> None:
    assert fold(f"{one} x {other}") == f"{fold(one)} x {fold(other)}"


@FUZZ
@given(TEXTS)
@example("ﾊﾞ")
@example("가ㄳ")
@example("か\u200b\u3099")
@example("a\ufe77b")
def test_every_folded_character_has_a_place(text: str) -> None:
    folded, places = fold_with_places(text)
    if places is None:
        assert len(folded) == len(text)
    else:
        assert len(places) == len(folded) + 1
        assert places == sorted(places)
        assert places[-1] == len(text)


@FUZZ
@given(TEXTS)
def test_the_text_with_places_is_the_folded_text(text: str) -> None:
    assert fold_with_places(text)[0] == fold(text)


@FUZZ
@given(TEXTS, LANGUAGES)
def test_the_index_holds_every_segment(text: str, language: str) -> None:
    held = lexemes(text, language)
    expected: set[str] = set()
    for part in segments(text):
        expected |= {*part.text, *grams(part.text)} if part.is_run else {word_lexeme(part.text, language)}
    assert held == expected


@FUZZ
@given(TEXTS, LANGUAGES)
def test_no_lexeme_has_a_blank_or_is_empty(text: str, language: str) -> None:
    for lexeme in lexemes(text, language):
        assert lexeme
        assert not any(character.isspace() for character in lexeme)
        assert len(lexeme) <= 40


@FUZZ
@given(TEXTS)
def test_segments_and_their_texts_agree(text: str) -> None:
    assert [part.text for part in segments(text)] == [
        found if unicodedata.category(found[0]) == "So" else found.replace(".", "")
        for found in segment_texts(fold(text))
    ]


@FUZZ
@given(TEXTS, LANGUAGES, st.integers(0, 60), st.integers(0, 60))
def test_a_text_holds_the_pattern_of_each_of_its_phrases(text: str, language: str, start: int, length: int) -> None:
    phrase = segments(text)[start : start + length]
    assert pattern(phrase, language) in canonical(fold(text), language)


@FUZZ
@given(TEXTS, TEXTS, LANGUAGES)
def test_words_match_whole_words_only(text: str, query: str, language: str) -> None:
    asked = [part for part in segments(query) if not part.is_run][:1]
    words = {word_form(part.text, language) for part in segments(text) if not part.is_run}
    if asked:
        holds = pattern(asked, language) in canonical(fold(text), language)
        assert holds == (word_form(asked[0].text, language) in words)
