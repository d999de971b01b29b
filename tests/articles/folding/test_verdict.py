"""The limits of a verdict, by texts that are made to lie on them: a letter more or less, and it is another."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from string import ascii_lowercase

import pytest

from articles.folding import Verdict, compare, judge, story, telling
from articles.folding.verdict import are_of_one_page

_CHANCE = random.Random(5)
LETTERS = ["".join(_CHANCE.choices(ascii_lowercase, k=600)) for _ in range(4)]
COMMON, ONE, OTHER = LETTERS[:3]  # which share no five letters in a row, but for one or two by chance
COMMON_OF_ALL = COMMON + LETTERS[3]
LONG_TITLE = "the bridge over the river by night"  # of 28 letters
SAME, NEAR, NONE = Verdict.SAME, Verdict.NEAR, Verdict.OTHER


def verdict(title_a: str, text_a: str, title_b: str, text_b: str) -> Verdict:
    a, b = story(title_a, text_a), story(title_b, text_b)
    assert judge(a, b) is judge(b, a)
    return judge(a, b)


def ending_alike(common: int, own: int) -> tuple[str, str]:
    """Two texts of one size that begin otherwise, and have the rest in common."""
    return ONE[:own] + COMMON[:common], OTHER[:own] + COMMON[:common]


@pytest.mark.parametrize(
    ("common", "own", "title", "expected"),
    [
        (304, 100, "", NEAR),  # 300 of 500 five letters in a row
        (303, 101, "", NONE),
        (226, 74, "", NEAR),  # the shortest text that may tell the same
        (225, 74, "", NONE),
        (404, 50, LONG_TITLE, SAME),  # 400 of 500
        (403, 51, LONG_TITLE, NEAR),
        (404, 50, "", NEAR),  # with an opening of its own, and nothing else to tell by
    ],
)
def test_how_much_two_texts_share_tells_whether_they_are_one_or_tell_the_same(common, own, title, expected):
    one, other = ending_alike(common, own)
    assert verdict(title, one, title, other) is expected


@pytest.mark.parametrize(
    ("common", "own", "title", "expected"),
    [
        (268, 32, "", SAME),  # the shortest texts that are told by their openings
        (267, 32, "", NONE),
        (764, 20, "Jobs", SAME),  # 760 of 800 in a series
        (763, 21, "Jobs", NEAR),
        (184, 10, "", SAME),  # 180 of 200 in short texts
        (183, 11, "", NONE),
        (80, 0, "", SAME),  # the shortest texts that are told by themselves
        (79, 0, "", NONE),
    ],
)
def test_texts_that_begin_alike(common, own, title, expected):
    one, other = COMMON_OF_ALL[:common] + ONE[:own], COMMON_OF_ALL[:common] + OTHER[:own]
    labels = [f"{title}: {each}" if title else each for each in ("a sea", "an end")]
    assert verdict(labels[0], one, labels[1], other) is expected


@pytest.mark.parametrize(
    ("length", "before", "expected"),
    [(240, 40, SAME), (245, 41, NONE), (234, 39, SAME), (234, 40, NONE)],
)
def test_a_dateline_before_a_short_text_says_nothing(length, before, expected):
    assert verdict("a sea", COMMON[:length], "an end", ONE[:before] + COMMON[:length]) is expected


@pytest.mark.parametrize(
    ("length", "before", "titles", "expected"),
    [
        (216, 84, ("bridge river", "over bridge near river"), SAME),  # 72 of 100
        (216, 85, ("bridge river", "over bridge near river"), NONE),
        (200, 60, ("bridge river", "over bridge near river"), SAME),
        (199, 60, ("bridge river", "over bridge near river"), NONE),
        (216, 84, ("bridge", "over bridge near river"), NONE),
        (216, 84, ("bridge river green blue", "bridge river white dark"), SAME),
        (216, 84, ("bridge river green blue grey", "bridge river white dark pink"), NONE),
    ],
)
def test_a_text_that_stands_in_another_is_that_where_the_titles_name_the_same(length, before, titles, expected):
    assert verdict(titles[0], COMMON[:length], titles[1], ONE[:before] + COMMON[:length]) is expected


@pytest.mark.parametrize(("last", "expected"), [(122, SAME), (121, NEAR)])
def test_a_text_cut_in_the_middle_is_one_where_it_keeps_88_of_100(last, expected):
    """264 of 300 5-grams, and 263."""
    texts = (
        COMMON[:150] + own[: size - 150 - last] + COMMON[150 : 150 + last] for own, size in ((ONE, 304), (OTHER, 328))
    )
    one, other = texts
    assert verdict(LONG_TITLE, one, "the bridge over the river is closed", other) is expected


@pytest.mark.parametrize(
    ("title", "one", "other", "expected"),
    [
        (44, OTHER[:44], OTHER[:44], SAME),  # the text says no more than its title
        (43, OTHER[:43], OTHER[:43], NONE),
        (10, COMMON[:28], COMMON[:28], SAME),  # it says something
        (10, COMMON[:27], COMMON[:27], NONE),
        (22, COMMON[:60], COMMON[:300], SAME),
        (21, COMMON[:60], COMMON[:300], NONE),
        (22, COMMON[:28], COMMON[:300], SAME),
        (22, COMMON[:27], COMMON[:300], NONE),
        (22, COMMON[:60], ONE[:300], NONE),
    ],
)
def test_hardly_a_text_is_another_s_where_the_title_tells_or_it_says_more(title, one, other, expected):
    assert verdict(OTHER[:title], one, OTHER[:title], other) is expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (8, COMMON[:80] + ONE[:20], SAME),
        (8, COMMON[:79] + ONE[:21], NONE),
        (7, COMMON[:80] + ONE[:20], NONE),
        (8, COMMON[:176] + ONE[:24], SAME),  # a link to the rest
        (8, COMMON[:175] + ONE[:25], NONE),
        (8, COMMON[:270] + ONE[:30], SAME),
        (8, COMMON[:269] + ONE[:31], NONE),
        (22, ONE[:10] + COMMON[306:500], SAME),  # 190 of its 200
        (22, ONE[:11] + COMMON[306:499], NONE),
        (21, ONE[:10] + COMMON[306:500], NONE),
        (22, ONE[:9] + COMMON[306:497], SAME),
        (22, ONE[:9] + COMMON[306:496], NONE),  # 199 letters
        (22, COMMON[246:346] + ONE[:20], SAME),  # half of its opening is in the other's beginning
        (22, COMMON[247:347] + ONE[:20], NONE),
    ],
)
def test_a_part_under_its_title_is_the_article(title, text, expected):
    assert verdict(OTHER[:title], text, OTHER[:title], COMMON) is expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("The bridge is open", COMMON, True),
        ("The bridge is open", ONE, True),
        ("The bridge is open again", ONE, True),
        ("Something else", COMMON, True),
        ("Something else", ONE, False),
        ("The bridge is open, part 2", COMMON, True),
        ("The bridge 3 is open", COMMON, True),
    ],
)
def test_what_names_one_page_is_one_where_titles_or_texts_are_alike(title, text, expected):
    assert are_of_one_page(story("The bridge is open", COMMON), story(title, text)) is expected


def test_what_names_one_page_and_counts_otherwise_is_not_one():
    page, now = "https://a.example/bridge", datetime(2026, 1, 1, tzinfo=UTC)
    one, other = (telling(f"The bridge, part {part}", COMMON, page, now) for part in (1, 2))
    assert compare(one, other) is NONE
    assert compare(one, telling("The bridge, part 1", COMMON, page, now)) is SAME


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Notice about the ABCD shares today", "Notice about the EFGH shares today", NONE),
        ("Notice about the ABCD shares today", "Notice about the ABCD shares today", SAME),
        ("Notice about the ABCD shares today", "Report of what the EFGH fund has", SAME),
        ("Reds beat the Blues 2:1 at home", "Blues lose 1:2 away to the Reds", NONE),
        ("Reds beat the Blues 2:1 at home", "Blues lose 2:1 away to the Reds", SAME),
        ("Reds beat the Blues 2:1 at home", "Blues lose 1:2 away in 2024", SAME),
        ("Reds beat 3 of the Blues at home", "Blues lose to 4 of the Reds", NONE),
        ("Reds beat 3 of the Blues at home", "Blues lose to the Reds", SAME),
    ],
)
def test_titles_that_count_otherwise_or_name_another_code_are_of_two_articles(one, other, expected):
    assert verdict(one, COMMON, other, COMMON) is expected
