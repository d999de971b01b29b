"""Pairs of articles that were written for this, of the kinds that archives have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.folding import Keys, Verdict, is_same, judge, keys_of, story, telling
from articles.folding.numbers import begin_on_other_days, counted, days_of, numbers_of, unstamped, versions_of
from articles.search.analyze.fold import fold
from tests.articles.folding.stories import pairs
from tests.articles.folding.written import NAMES, Pair, all_pairs, article, sentences
from tests.effort import within

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def test_written_pairs_are_told_apart() -> None:
    wrong = [pair for pair in all_pairs() if is_same(*pair.one, *pair.other) is not pair.is_one]
    assert [(pair.kind, pair.is_one) for pair in wrong] == []


def test_there_are_pairs_of_both_sorts() -> None:
    ones = [pair.is_one for pair in all_pairs()]
    assert len(ones) > 220
    assert 90 < sum(ones) < len(ones) - 90


def test_the_order_of_two_does_not_matter() -> None:
    for pair in all_pairs():
        a, b = story(*pair.one), story(*pair.other)
        assert judge(a, b) is judge(b, a), pair.kind


def met(one: Keys, other: Keys) -> bool:
    return bool({*one.near} & {*other.near} or {*one.lasting} & {*other.lasting})


def test_those_that_are_one_are_found_by_a_key() -> None:
    made = (Pair(kind, one, other, is_one) for kind, one, other, is_one in pairs(6))
    missed = [
        pair.kind
        for pair in (*all_pairs(), *made)
        if pair.is_one and not met(*(keys_of(telling(*each, "", NOW)) for each in (pair.one, pair.other)))
    ]
    assert missed == []


TITLES = st.sampled_from([
    *(article(name)[0] for name in NAMES), "", "News", "Day 12", "Day 13", "第十二期", "（上）", "2-1", "1-2", "Update 2: News",
])  # fmt: skip


@st.composite
def edited_articles(draw: st.DrawFn) -> tuple[str, str]:
    """An article with parts of another, of which some are left out, twice there, or cut."""
    parts = [
        part for name in draw(st.lists(st.sampled_from(NAMES), max_size=2)) for part in sentences(article(name)[1])
    ]
    kept = draw(st.lists(st.sampled_from(parts), max_size=12)) if parts and draw(st.booleans()) else parts
    text = "".join(kept)
    return draw(TITLES) + draw(TITLES), text[draw(st.integers(0, 40)) : draw(st.integers(40, 900))]


@given(edited_articles(), edited_articles())
def test_the_order_of_two_edited_ones_does_not_matter(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert judge(story(*one), story(*other)) is judge(story(*other), story(*one))


@given(edited_articles(), edited_articles())
def test_one_page_s_articles_are_the_same_either_way(one: tuple[str, str], other: tuple[str, str]) -> None:
    from articles.folding import compare

    a, b = (telling(*each, "https://a.example/1", NOW) for each in (one, other))
    assert compare(a, b) is compare(b, a)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,200 people", ["1200"]), ("1.2 million", ["1200000"]), ("1200万元", ["12000000"]), ("一千二百万元", ["12000000"]),
        ("二〇二一年", ["2021"]), ("三亿五千万", ["350000000"]), ("一百零三", ["103"]), ("十二", ["12"]), ("二十", ["20"]), ("两千", ["2000"]),
        ("€45m, EUR 1.5m and £2 bn", ["45000000", "1500000", "2000000000"]), ("the 100m in 1.5m", ["100", "1.5"]), ("5 млн", ["5000000"]),
        ("05", ["5"]), ("3.10", ["3.10"]), ("3.1", ["3.1"]), ("٣٤", ["34"]), ("３４", ["34"]), ("000", ["0"]), ("", []),
        # In words, not numbers.
        ("十分 千万 万一 一些 统一 四川", []), ("三人", []),
        ("一" * 30, []), ("一万" * 20, ["一万" * 20]), ("1" * 30 + "万", ["1" * 30 + "万"]),
    ],
)  # fmt: skip
def test_numbers(text: str, numbers: list[str]) -> None:
    assert list(numbers_of(fold(text))) == numbers


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("On Monday 6 May buses", ["5-6"]), ("5月12日（日）午前", ["5-12"]), ("中央气象台6月12日18时继续发布：预计6月13日", ["6-12", "6-13"]),
        # Not what is told of, but when.
        ("PARIS, 6 May (Agency)", []), ("长沙7月3日电", []), ("May 5, 2024 | The", []), ("6 May 2024 The", []), ("2024年5月6日 港长", []),
        ("Published on 6 May, it", []), ("Fri, 7 May 2021 16:41:26 GMT The", []), ("发布时间：2024年5月6日 港长", []),
        # In digits, and before brackets and dashes.
        ("Am 06.05.2026 und bis 8.5. (Freitag), 2026-05-27", ["5-6", "5-8", "5-27"]), ("Magnitude 6.5. The, 1.2.3 and 12026-05-27", []),
        ("06.05.2026 The", []), ("2026-05-06 The", []), ("Stand: 06.05.2026", []), ("Berlin, 06.05.2026 (dpa)", []),
        ("On 6 May (a holiday)", ["5-6"]), ("am Montag, 6. Mai – wie", ["5-6"]), ("Published on 6 May (Monday)", []),
    ],
)  # fmt: skip
def test_days_that_a_text_tells_of(text: str, days: list[str]) -> None:
    assert list(days_of(fold(text))) == days


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("17/05/2021 - 11:32\nThe", "\nThe"), ("2024-05-06T10:07:49.522Z The", " The"), ("05.06.2024, 14:20 Uhr: The", ": The"),
        ("2024年5月6日 10:07 港长", " 港长"),
        # When something takes place, and what is no hour.
        *((text, text) for text in (
            "04.06.2024 15:00 bis 19:00 Uhr", "04.06.2024 15:00:00 - 19:00", "2024-05-06 10:07-12:00", "6.5.2024 The", "The 6.5.2024 15:00",
        )),
    ],
)  # fmt: skip
def test_stamps_at_the_top(text: str, rest: str) -> None:
    assert unstamped(fold(text)) == fold(rest)


@pytest.mark.parametrize(
    ("one", "other", "are_events"),
    [
        ("06.05.2026 19:00 In", "08.05.2026 20:30 In", False), ("06.05.2026 19:00 In", "09.05.2026 19:00 In", True),
        ("31.12.2025 23:50 In", "2026-01-01T00:10:00Z In", False), ("Fri, 21 May 2021 16:41 In", "2021年5月25日 16:41 In", True),
        ("05/06/2026 19:00 In", "06/06/2026 19:00 In", True), ("17/06/2026 19:00 In", "18/06/2026 19:00 In", False),
        ("6 maggio 2026 19:00 In", "6 maggio 2026 20:00 In", False), ("6 maggio 2026 19:00 In", "7 maggio 2026 19:00 In", True),
        ("99.99.2026 19:00 In", "98.99.2026 19:00 In", True),
        ("May 6, 2026, 7 pm", "May 8, 2026, 7 pm", False), ("May 6, 2026, 7 pm", "10 May 2026", True), ("06.05.2026 In", "09.05.2026 In", True),
        # One alone that begins so.
        ("06.05.2026 19:00 In", "In", False), ("06.05.2026 19:00 In", "On 09.05.2026 in", False),
    ],
)  # fmt: skip
def test_days_on_which_two_events_begin(one: str, other: str, are_events: bool) -> None:
    assert begin_on_other_days(fold(one), fold(other)) is are_events
    assert begin_on_other_days(fold(other), fold(one)) is are_events


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("Linux 6.6.31 and 4.2.3.", ["31", "4.2.3"]), ("124.0.6367.60", ["124.0.6367.60"]),
        ("1.234.567 Euro, 6.5.2024, 2024.5.6, 06.05.24, 4.2", []),
        ("192.168.4.17. 555.201.4417 02.98.41.17.30 +49.30.1234", []),
        # Of what may be a day, what a day that is put right keeps.
        ("Stand: 6.5.24.", ["24"]), ("5.16.24", ["24"]), ("6.0.24, 6.6.3", ["6.0.24", "6.6.3"]),
    ],
)  # fmt: skip
def test_versions(text: str, versions: list[str]) -> None:
    assert versions_of(fold(text)) == tuple(versions)


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("第三期", ["3"]), ("第十三期", ["13"]), ("桥（二）", ["2"]), ("桥（下）", ["下"]), ("桥之三", ["3"]), ("Part II", ["2"]), ("part two", ["2"]),
        ("Day twelve", ["12"]), ("Twelve days", []), ("Teil 3", ["3"]), ("连载②", ["2"]),
    ],
)  # fmt: skip
def test_parts_of_a_series(title: str, numbers: list[str]) -> None:
    assert list(counted(fold(title)).numbers) == numbers


@pytest.mark.parametrize(
    ("title", "dates"),
    [
        ("1 December", "12-1"), ("December 1st", "12-1"), ("十二月一日", "12-1"), ("1.12.2024", "12-1"), ("March 1, 2024", "3-1"),
        ("1 and 2 December", "12-1-2"), ("Dec 1 and 2", "12-1-2"), ("1.–2. Dezember", "12-1-2"), ("12月1日和2日", "12-1-2"),
        ("12月1-2日", "12-1-2"),
    ],
)  # fmt: skip
def test_dates(title: str, dates: str) -> None:
    assert counted(fold(title)).dates == (dates,)


MILLION = 1_000_000
HOSTILE: tuple[Callable[[], str], ...] = (
    lambda: "十" * MILLION, lambda: "一万" * (MILLION // 2), lambda: "1" * MILLION, lambda: "1-" * (MILLION // 2), lambda: "1,111" * 200_000,
    lambda: "【" * MILLION, lambda: "[" * MILLION, lambda: "&;" * (MILLION // 2), lambda: "&amp;" * 200_000, lambda: " | " * 300_000,
    lambda: "The post " * 110_000, lambda: " appeared first on " * 50_000, lambda: "$1m" * 300_000, lambda: "川普" * (MILLION // 2),
    lambda: "第" * MILLION, lambda: "part i " * 140_000, lambda: "a\u0301" * (MILLION // 2), lambda: " ".join(map(str, range(150_000))),
)  # fmt: skip


def test_titles_and_texts_without_end_take_a_moment() -> None:
    for number, make in enumerate(HOSTILE):
        endless = make()
        with within(3):
            a, b = story(endless, endless[5:]), story(endless[3:], f"{number} {endless}")
            judge(a, b)
            judge(b, story("x", ""))
            # To find the keys takes a step for each letter, whatever it is: of all of them, below.
            keys_of(telling(endless, endless[:20_000], "", NOW))


def test_keys_of_a_text_without_end_take_a_moment() -> None:
    endless = "川普" * (MILLION // 2)
    with within(3):
        keys_of(telling(endless, endless, "", NOW))


def test_names_count_whose_vowels_are_signs() -> None:
    text = (
        "प्रदर्शनी का उद्घाटन {} के नगर भवन में महापौर ने किया और सहायता करने वालों को धन्यवाद दिया। इसमें क्षेत्र के चित्रकारों के चित्र दिखाए गए"
        " हैं और इसे पूरी सर्दी देखा जा सकता है। बच्चों के लिए प्रवेश निःशुल्क है। हर दोपहर द्वार से भ्रमण शुरू होता है।"
    )
    one, other = ((f"आज {name} नगर में नई प्रदर्शनी का उद्घाटन", text.format(name)) for name in ("दिल्ली", "मुंबई"))
    assert not is_same(*one, *other)
    assert is_same(*one, *one)


def test_words_without_end_are_no_slip_of_the_pen() -> None:
    """Two spellings are compared by work that grows with the cube of their length."""
    _, text = article("en-bridge")
    with within(3):
        judge(story("a" * 900, text), story("ab" * 450, f"{text} More."))


def test_a_number_of_a_character_that_never_ends_keeps_nobody_from_comparing() -> None:
    title, text = article("en-bridge")
    endless = f"{text} &#{'1' * 5000};"
    assert is_same(title, endless, title, text)


def test_those_that_are_told_by_others_are_near_from_both_sides() -> None:
    title, text = article("ru-lighthouse")
    cut = "".join(sentences(text)[:-3])
    assert judge(story(title, text), story("Маяк без смотрителя", cut)) is Verdict.NEAR
    assert judge(story("Маяк без смотрителя", cut), story(title, text)) is Verdict.NEAR
