"""Articles that are one, and articles that are not."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.folding import Verdict, band_keys, is_same, judge, keys_of, story, telling, text_key, title_key
from articles.folding.signature import BANDS, opening_keys
from tests.articles.folding.stories import article, pairs
from tests.effort import within

NOW = datetime(2024, 5, 1, tzinfo=UTC)
LONG = (
    "The old bridge over the river was closed in spring, and people have walked a mile around it since. "
    "A committee met on Tuesday, looked at three plans, and chose the cheapest. Work begins in autumn, when the water "
    "is low, and will take the whole winter, if nothing is found below the pillars that nobody has drawn on a map. "
)
CHINESE = (
    "老城区的图书馆经过数月的修缮，本周重新向居民开放，当天就有许多人前来参观。负责人表示，工程的费用大部分来自居民多年来的捐款。"
    "不过也有人担心，维护费用会逐年上升，今后未必能一直免费使用。专家指出，类似的尝试在其他地方并不少见，但能坚持下来的并不多。"
    "根据计划，明年春天还将在附近增设一座阅览室，并把周围的道路改为步行街。记者看到，工人们仍在整理剩下的材料。"
)


def test_pairs_of_all_kinds_are_told_apart() -> None:
    wrong = [kind for kind, one, other, is_one in pairs(10) if is_same(*one, *other) is not is_one]
    assert wrong == []


@pytest.mark.parametrize(
    ("title_a", "title_b", "is_one"),
    [
        ("Bridge closed", "Bridge closed", True),
        ("Bridge closed", "Quite another headline of another paper", True),
        ("Bridge closed for 3 months", "Bridge closed for 4 months", False),
        ("Bridge closed for 3 months", "Bridge closed for three months", True),
        ("Bridge closed for 3 months", "Bridge closed for 3 months, 2 people hurt", True),
        ("1,200 walk around bridge", "1200 walk around bridge", True),
        ("Bridge closed on 05/06", "Bridge closed on 5/6", True),
        ("The bridge, part I", "The bridge, part II", False),
        ("桥（一）", "桥（二）", False),
        ("桥 第三期", "桥 第3期", True),
        ("桥 第十二期", "桥 第13期", False),
        ("桥 第二十期", "桥 第20期", True),
        ("桥（上）", "桥(上)", True),
        ("橋的故事（上）", "桥的故事（中）", False),
        ("", "", True),
    ],
)
def test_numbers_in_titles_that_differ_forbid_it(title_a: str, title_b: str, is_one: bool) -> None:
    assert is_same(title_a, LONG, title_b, LONG) is is_one


def test_traditional_and_simplified_are_alike() -> None:
    from tests.articles.folding.stories import traditional

    assert is_same("图书馆重新开放", CHINESE, "另一个题目", traditional().convert(CHINESE))


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        # A caption says nothing that another picture's might not.
        (("Photo: Untitled, by Ann", "Untitled, by Ann"), ("Photo: Untitled, by Ann", "Untitled, by Ann"), False),
        (("", ""), ("", ""), False),
        (("Untitled", ""), ("Untitled", ""), False),
        # But a long title is an article's own.
        (("快讯：老城区的图书馆经过数月的修缮本周重新向居民开放", ""), ("快讯：老城区的圖書館經過數月的修繕本週重新向居民開放", ""), True),
        (("快讯：老城区的图书馆经过数月的修缮本周重新向居民开放", ""), ("快讯：老城区的图书馆经过数月的修缮本周重新向居民开放", LONG), False),
        # Short texts of one form.
        (("Weather", "Sunny, 21 degrees in the north of the country, with some wind, and dry until the late evening of next Monday."),
         ("Weather", "Sunny, 23 degrees in the north of the country, with some wind, and dry until the late evening of next Monday."), False),
        (("Weather", "Sunny, 21 degrees in the north of the country, with some wind, and dry until the late evening of next Monday."),
         ("Weather today", "Sunny, 21 degrees in the north of the country, with some wind, and dry until the late evening of next Monday!"), True),
    ],
)  # fmt: skip
def test_short_texts(one: tuple[str, str], other: tuple[str, str], is_one: bool) -> None:
    assert is_same(*one, *other) is is_one


def test_between_one_and_another_there_are_those_that_tell_the_same() -> None:
    chance = random.Random(1)
    title, text = article(chance, "zh")
    other = text[: int(len(text) * 0.7)]
    assert judge(story(title, text), story("别的报纸", other)) is Verdict.NEAR
    assert not is_same(title, text, "别的报纸", other)
    assert judge(story(title, text), story("别的报纸", text[: len(text) // 3])) is Verdict.OTHER


def test_an_article_s_beginning_under_its_title_is_the_article() -> None:
    title, text = article(random.Random(2), "en")
    beginning = text[: len(text) // 4]
    assert is_same(title, text, title, beginning)
    assert not is_same(title, text, "Another title that nobody has given to it", beginning)
    assert not is_same("News", text, "News", beginning)


text = st.text(alphabet=st.sampled_from("abc 12.中國国桥橋（上下）【】|\n第三二"), max_size=120)


@given(text, text, text, text)
def test_the_order_of_two_articles_does_not_matter(title_a: str, text_a: str, title_b: str, text_b: str) -> None:
    a, b = story(title_a, text_a * 4), story(title_b, text_b * 4)
    assert judge(a, b) is judge(b, a)


@given(text)
def test_an_article_with_a_text_is_itself(title: str) -> None:
    assert is_same(title, LONG, title, LONG)


def test_those_that_are_one_meet_in_a_band() -> None:
    missed = []
    for kind, one, other, is_one in pairs(6):
        if is_one and "_begun" not in kind:
            bands = zip(band_keys(story(*one)), band_keys(story(*other)), strict=True)
            if not any(mine == theirs for mine, theirs in bands):
                missed.append(kind)
    assert missed == []


def test_those_that_are_not_alike_hardly_ever_meet() -> None:
    keys = [set(enumerate(band_keys(story(*article(random.Random(number), "zh"))))) for number in range(60)]
    assert not any(keys[i] & keys[j] for i in range(60) for j in range(i))


def test_an_article_and_its_beginning_meet_by_their_title() -> None:
    title, text = article(random.Random(3), "en")
    assert title_key(story(title, text)) == title_key(story(f"  {title.upper()}!", text[:400])) is not None


def test_a_beginning_meets_its_article_beside_a_site_s_name_that_is_longer() -> None:
    """An article alone does not say which of the two is the site's."""
    alone = keys_of(telling("Bridge closed", LONG, "", NOW)).near
    other = keys_of(telling("Bridge closed", CHINESE, "", NOW)).near
    for title in ("Bridge closed | The Valley Newspaper", "The Valley Newspaper :: Bridge closed"):
        begun = {*keys_of(telling(title, LONG[:90], "", NOW)).near}
        assert begun.intersection(alone)
        assert not begun.intersection(other)


def test_keys_stay_what_they_are() -> None:
    """They are stored: where this fails, VERSION goes up."""
    a = story("Bridge closed", LONG)
    assert band_keys(a)[:2] == (-3055266766104772754, 1059138813660445207)
    assert (title_key(a), text_key(a)) == (-5135721136598737335, 6710814432517624057)
    assert opening_keys(a, ["bridgeclosed"]) == (3720260105412386362,)


def test_keys_of_a_text_that_repeats_itself_are_those_of_its_runs_once() -> None:
    """Whichever of its runs are looked at first: a text of few words has few different ones."""
    words = ["bridge", "river", "closed", "桥梁", "关闭", "spring", "委员会", "plan"]
    for number in range(60):
        chance = random.Random(number)
        text = "".join(chance.choices(words[: chance.randint(1, 8)], k=chance.choice([3, 30, 400])))
        assert band_keys(story("", text * 2 + text[:4])) == band_keys(story("", text + text[:4]))


def test_keys_fit_a_column() -> None:
    for number in range(20):
        keys = band_keys(story(*article(random.Random(number), "en")))
        assert len(keys) == BANDS
        assert all(-(2**63) <= key < 2**63 for key in keys)
    assert len(band_keys(story("", "x"))) == BANDS
    assert band_keys(story("Title", "")) == ()
    assert text_key(story("Title", " … ")) is None
    assert title_key(story("?", LONG)) is None
    assert text_key(story("a", LONG)) == text_key(story("b", LONG.upper()))


def test_a_text_without_end_takes_a_moment() -> None:
    with within(5):
        endless = "".join(f"{number} 中 " for number in range(300_000))
        a = story(endless[:5000], endless)
        band_keys(a)
        judge(a, story("x", endless[1000:]))
