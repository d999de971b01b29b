"""Pairs of articles, written for this: each of a kind that a reader meets, in the languages of `texts/`, and whether an
editor would call the two one article."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.articles.folding.stories import Article, traditional

TEXTS, FORMS, COPIES = (Path(__file__).parent / name for name in ("texts", "forms", "copies.txt"))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles, whether they are one, and what makes that hard to see."""

    kind: str
    one: Article
    other: Article
    is_one: bool


@cache
def article(name: str) -> Article:
    """The article of a file: its title, and its text."""
    title, _, text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8").partition("\n")
    return title, text


NAMES = tuple(sorted(path.stem for path in TEXTS.glob("*.txt")))
LONG = tuple(name for name in NAMES if name != "zh-translation-bridge")
HAN = tuple(name for name in LONG if name.startswith("zh"))


def sentences(text: str) -> list[str]:
    """The sentences of a text, with what ends them."""
    return re.findall(r"[^.。！？!?]+(?:[.。！？!?]+[”」»\"]?\s*|\Z)", text)


def edited(text: str, *changes: tuple[str, str]) -> str:
    """The text with each of the changes made, which must fit."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def all_pairs() -> list[Pair]:
    from tests.articles.folding import written_forms, written_news, written_titles

    return [*written_news.pairs(), *written_forms.pairs(), *written_titles.pairs(), *forms(), *copies()]


def copies() -> Iterator[Pair]:
    """The pairs of `copies.txt`: "=" before what is one, else "!", what the two are, and each one's title and text."""
    for block in COPIES.read_text(encoding="utf-8").strip().split("\n\n"):
        kind, *told = block.split("\n")
        title, text, other_title, other_text = (each.replace("\\n", "\n") for each in told)
        yield Pair(kind[2:], (title, text), (other_title, other_text), kind[0] == "=")


def forms() -> Iterator[Pair]:
    """The pairs of `forms/`, each written as one text: "{Mill|Castle} Lane" has the first in the one, the second in the
    other."""
    for name, is_one in (("ones", True), ("others", False), ("later_ones", True), ("later_others", False)):
        for block in (FORMS / f"{name}.txt").read_text(encoding="utf-8").strip().split("\n\n"):
            kind, title, text = block.split("\n")
            yield Pair(kind, (_side(title, 1), _side(text, 1)), (_side(title, 2), _side(text, 2)), is_one)


def _side(text: str, number: int) -> str:
    return re.sub(r"\{([^{}|]*)\|([^{}]*)\}", lambda found: str(found[number]), text)


Change = Callable[[Article], Article]


def changed(kind: str, names: tuple[str, ...], change: Change, is_one: bool = True) -> Iterator[Pair]:
    """Each of the articles, and what the change makes of it."""
    for name in names:
        yield Pair(f"{kind} {name}", article(name), change(article(name)), is_one)


def to_traditional(one: Article) -> Article:
    title, text = one
    return traditional().convert(title), traditional().convert(text)


def to_full_width(text: str) -> str:
    """ASCII as East Asian typography has it."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def with_entities(text: str) -> str:
    return html.escape(text).replace(" ", "&nbsp;", 2).replace("é", "&eacute;").replace("’", "&#8217;")
