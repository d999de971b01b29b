"""The names that a form is filled in with: "Mill Lane will be closed for repairs" and "Castle Street will be closed for
repairs" are two notices, though every other word is the same, their title too. So are "On 6 May" and
"On 27 May buses will run as on Sundays", but in a long text a date may be a slip.

A word put right is no other name: it is like the one before, has no capital, or stands further below. Nor is what
publishers put around: "(Reuters)", "Photo: …", "OSLO -". Where other words differ, too, somebody has edited the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from articles.folding.numbers import conflict, days_of, is_turn
from articles.folding.story import Story
from articles.folding.wording import in_one_spelling
from articles.search.analyze.fold import fold

MOST_WORDS = 600  # between the first and the last that differ; the time to compare grows with its square
SHORTEST = 3  # letters of a name in a writing that has no capitals and no blanks; one less before what ends places
LONGEST = 6  # words, or letters of writing without blanks, in one place
OPENING = 240  # letters at the beginning, in which a form says what it is for
SEVERAL = 2  # names in the opening: who edits a text puts one right at most
LONGEST_SLIP = 80  # letters of words that are compared in spelling, which takes the cube of their length
ALIKE = 0.76  # in spelling: "Müller" and "Mueller", not "Oldfield" and "Oakfield"
_WIDE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_WIDE}]|[^\W_{_WIDE}]+")
_WIDE_LETTER = re.compile(f"[{_WIDE}]")
_ENDS = frozenset("路街巷道镇村乡县市省区州桥站馆院校店队寺山河湖岛园厂港町県駅")
_LABELLED = re.compile(r"[:：©(（\[【/|]\s*\Z")
_SENTENCE = re.compile(r"(?:\A|[.!?…][\"'”’»)]?)\s*\Z")
_DATELINE = re.compile(r"[,.]?\s{0,3}[-–—:：|/)）(（]")

_Place = tuple[int, int, int, int]  # of words: from and to in one text, from and to in the other


@dataclass(frozen=True)
class _Words:
    """The words of a folded text, with where each begins and ends, and those that it has with a capital."""

    text: str
    words: list[str]
    capitals: frozenset[str]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Asked for where texts differ in a few words alone: they take three times as long as the words."""
        return [each.span() for each in _WORD.finditer(self.text)]


def have_other_names(a: Story, b: Story, are_notices: bool) -> bool:
    """True where two texts differ in nothing but a few words in the same places, and in the opening name others, or,
    where they are notices, another day. To be asked in one order of the two."""
    return _differ_in_names(_words(a), _words(b), are_notices)


def _differ_in_names(a: _Words, b: _Words, are_notices: bool) -> bool:
    places = _places(a, b)
    if not places:
        return False
    named = [
        (_is_name(a, place[:2], b), _is_name(b, place[2:], a), place) for place in places if not _are_alike(a, b, place)
    ]
    if are_notices and conflict(*(days_of(each.text[:OPENING]) for each in (a, b))) > 0:
        return True
    are_names = all(mine or theirs for mine, theirs, _ in named)
    return _changed_in_opening(a, b, named) >= (1 if are_names else SEVERAL)


def _changed_in_opening(a: _Words, b: _Words, named: list[tuple[bool, bool, _Place]]) -> int:
    """The number of names in the opening of which each is another one in the other text."""
    changed = {
        (*a.words[from_a:to_a], "", *b.words[from_b:to_b])
        for mine, theirs, (from_a, to_a, from_b, to_b) in named
        if mine and theirs and a.spans[from_a][0] <= OPENING
    }
    return len(changed)


def _places(a: _Words, b: _Words) -> list[_Place]:
    """The places at which both texts have other words; none where one of them has none there, or more than a name
    has, or where they differ in too much."""
    start = _common(a.words, b.words)
    end = _common(a.words[start:][::-1], b.words[start:][::-1])
    mine, theirs = a.words[start : len(a.words) - end], b.words[start : len(b.words) - end]
    if not mine or not theirs or max(len(mine), len(theirs)) > MOST_WORDS:
        return []
    places = [
        (start + from_a, start + to_a, start + from_b, start + to_b)
        for kind, from_a, to_a, from_b, to_b in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    sizes = [(to_a - from_a, to_b - from_b) for from_a, to_a, from_b, to_b in places]
    return [] if min(map(min, sizes)) == 0 or max(map(max, sizes)) > LONGEST else places


def _words(a: Story) -> _Words:
    capitals = frozenset(fold(word) for word in set(_WORD.findall(a.shown_text)) if word[0].isupper())
    return _Words(a.folded_text, _WORD.findall(a.folded_text), capitals)


def _common(one: list[str], other: list[str]) -> int:
    """The number of words at the beginning that are the same."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _is_name(a: _Words, place: tuple[int, int], other: _Words) -> bool:
    """True for words that may be a name, which the other text has nowhere."""
    first, last = a.spans[place[0]][0], a.spans[place[1] - 1][1]
    if _LABELLED.search(a.text[:first][-4:]) or _DATELINE.match(a.text, last):
        return False
    words = a.words[place[0] : place[1]]
    if all(map(_WIDE_LETTER.match, words)):
        shortest = SHORTEST - (a.text[last : last + 1] in _ENDS)
        return len(words) >= shortest and a.text[first:last] not in other.text
    if _has_own_capital(a, place, other):
        return True
    return sum(word.isalpha() and not _has_case(word) and word not in other.words for word in words) > 1


def _has_own_capital(a: _Words, place: tuple[int, int], other: _Words) -> bool:
    """True where one of the words has a capital, which it has nowhere in the other text."""
    # Sentences begin with a capital, names or not: there the next word has to have one, too.
    capitals = [word in a.capitals for word in a.words[place[0] : place[1] + 1]]
    if _SENTENCE.search(a.text[: a.spans[place[0]][0]][-4:]) and not (len(capitals) > 1 and capitals[1]):
        capitals[0] = False
    words = a.words[place[0] : place[1]]
    return any(own and word not in other.capitals for own, word in zip(capitals, words, strict=False))


def _has_case(word: str) -> bool:
    return word[0] != word[0].upper()


def _are_alike(a: _Words, b: _Words, place: tuple[int, int, int, int]) -> bool:
    """True for what may be another spelling, or another word for the same; for numbers and days, which are judged by
    themselves."""
    mine, theirs = a.words[place[0] : place[1]], b.words[place[2] : place[3]]
    if all(word[0].isdecimal() or is_turn(word) for word in (*mine, *theirs)):
        return True
    one, other = ("".join(map(in_one_spelling, words)) for words in (mine, theirs))
    if _WIDE_LETTER.search(one + other):
        return not set(one).isdisjoint(other)
    if max(len(one), len(other)) > LONGEST_SLIP:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
