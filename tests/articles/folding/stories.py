"""Pairs of articles that are one, and of such as are not, made by chance: how two publishers have the same text, and how
one publisher's forms make other texts look alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

Article = tuple[str, str]

_CONSONANTS, _VOWELS = "bcdfghjklmnprstvwz", "aeiou"
_ENDS = {"zh": "。", "en": ". "}


@lru_cache(maxsize=1)
def traditional() -> Any:
    from opencc import OpenCC

    return OpenCC("s2tw")


def words(chance: random.Random, language: str, count: int) -> str:
    """A sentence of so many words."""
    if language == "en":
        return " ".join(_word(chance) for _ in range(count))
    return "".join(chr(0x4E00 + chance.randrange(6000)) for _ in range(2 * count))


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(chance.randint(1, 4)))


def paragraph(chance: random.Random, language: str) -> str:
    return "".join(
        words(chance, language, chance.randint(6, 14)) + _ENDS[language] for _ in range(chance.randint(2, 4))
    )


def article(chance: random.Random, language: str) -> Article:
    paragraphs = [paragraph(chance, language) for _ in range(chance.randint(6, 16))]
    return words(chance, language, chance.randint(9, 12)), "\n".join(paragraphs)


# --- one article ------------------------------------------------------------------------------------------------------


def _same(chance: random.Random, language: str) -> tuple[Article, Article]:
    one = article(chance, language)
    return one, one


def _other_headline(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, language)
    return (title, text), (words(chance, language, 8), text)


def _corrected(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, language)
    signs = list(text)
    for place in chance.sample(range(len(signs)), len(signs) // 80):
        signs[place] = "x"
    return (title, text), (title, "".join(signs))


def _shortened(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, language)
    return (title, text), (words(chance, language, 8), text[: int(len(text) * 0.88)])


def _with_note(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, language)
    return (title, f"{words(chance, language, 8)}\n{text}"), (
        f"[News] {title}",
        f"{text}\n{words(chance, language, 8)}",
    )


def _in_traditional(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, "zh")
    return (title, text), (traditional().convert(title), traditional().convert(text))


def _begun(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, language)
    return (title, text), (title, text[: len(text) // 3])


# --- two articles -----------------------------------------------------------------------------------------------------


def _unlike(chance: random.Random, language: str) -> tuple[Article, Article]:
    return article(chance, language), article(chance, language)


def _next_day(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, language)
    day = chance.randint(1, 27)
    return (f"2024-05-{day} {title}", text), (f"2024-05-{day + 1} {title}", text)


def _next_part(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, language)
    return (f"{title}（上）", text), (f"{title}（下）", text)


def _same_form(chance: random.Random, language: str) -> tuple[Article, Article]:
    form = "\n".join(paragraph(chance, language) for _ in range(6))
    one, other = (
        (f"【Notice】{words(chance, language, 9)}", f"{words(chance, language, 9)}\n{form}") for _ in range(2)
    )
    return one, other


def _same_footer(chance: random.Random, language: str) -> tuple[Article, Article]:
    footer = "\n".join(paragraph(chance, language) for _ in range(60))
    one, other = (
        (words(chance, language, 9), f"{paragraph(chance, language)}{paragraph(chance, language)}\n{footer}")
        for _ in range(2)
    )
    return one, other


def _followed_up(chance: random.Random, language: str) -> tuple[Article, Article]:
    title, text = article(chance, language)
    new = "\n".join(paragraph(chance, language) for _ in range(8))
    return (title, text), (words(chance, language, 9), f"{new}\n{text[len(text) // 2 :]}")


def _captions(chance: random.Random, language: str) -> tuple[Article, Article]:
    one = ("Photo: Untitled, by Ann", "Untitled, by Ann (CC BY-NC-ND 2.0)")
    return one, one


def _same_name(chance: random.Random, language: str) -> tuple[Article, Article]:
    return ("The week in pictures", article(chance, language)[1]), (
        "The week in pictures",
        article(chance, language)[1],
    )


Making = Callable[[random.Random, str], tuple[Article, Article]]
ONE: tuple[Making, ...] = (_same, _other_headline, _corrected, _shortened, _with_note, _in_traditional, _begun)
TWO: tuple[Making, ...] = (
    _unlike, _next_day, _next_part, _same_form, _same_footer, _followed_up, _captions, _same_name,
)  # fmt: skip


def pairs(count: int) -> Iterator[tuple[str, Article, Article, bool]]:
    """`count` pairs of every kind and language: the kind, both articles, and whether they are one."""
    for making in (*ONE, *TWO):
        for language in ("zh", "en"):
            for number in range(count):
                one, other = making(random.Random(f"{making.__name__} {language} {number}"), language)
                yield f"{making.__name__} {language} {number}", one, other, making in ONE
