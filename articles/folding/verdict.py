"""The verdict on whether two articles are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum

from articles.folding.story import Story, grams_of

SAME, NEAR = 0.8, 0.6  # of all 5-grams of two texts, how many both have
ALIKE_IN_SHORT, EQUAL = 0.9, 0.95
PART = 0.95  # of the 5-grams of the shorter text, how many the longer one has too
# Letters, a wide one for two:
TINY = 80  # a text that says hardly more than its title
SHORT = 300  # a text in which a template can be most of it
TELLING = 44  # a title that no two articles have by chance
EXCERPT = 200  # the beginning of an article, not a caption
OPENING = 100  # letters at the beginning, where an article says what it is about
RUN = 8  # letters that two texts do not share by chance


class Verdict(Enum):
    """One article; the same event told by others; neither."""

    SAME = "same"
    NEAR = "near"
    OTHER = "other"


def judge(a: Story, b: Story) -> Verdict:
    """The verdict on two articles; the same whichever comes first."""
    if _conflict(a.numbers, b.numbers):
        return Verdict.OTHER
    size = min(a.size, b.size)
    if size < TINY:
        is_one = a.title == b.title and a.text == b.text and a.title_size >= TELLING
        return Verdict.SAME if is_one else Verdict.OTHER
    common = len(a.grams & b.grams)
    likeness = common / (len(a.grams) + len(b.grams) - common)
    if _is_one(a, b, likeness, size) or _is_part(a, b, common, size):
        return Verdict.SAME
    return Verdict.NEAR if likeness >= NEAR and size >= SHORT else Verdict.OTHER


def are_of_one_page(a: Story, b: Story) -> bool:
    """True for two articles that name one page as theirs and are about it: a blog that comments on what it links to
    has a title of its own."""
    if _conflict(a.numbers, b.numbers):
        return False
    return a.title == b.title or _have_like_titles(a, b) or judge(a, b) is not Verdict.OTHER


def _is_one(a: Story, b: Story, likeness: float, size: int) -> bool:
    if size < SHORT:
        return likeness >= ALIKE_IN_SHORT and not _conflict(a.text_numbers, b.text_numbers)
    if likeness < SAME:
        return False
    if _have_like_titles(a, b):
        return True
    return not _begin_otherwise(a, b) and (likeness >= EQUAL or not _are_of_a_series(a, b))


def _is_part(a: Story, b: Story, common: int, size: int) -> bool:
    """True for an article and its beginning, or its longer edition, under one title."""
    if common < PART * min(len(a.grams), len(b.grams)):
        return False
    return size >= EXCERPT and a.title == b.title and a.title_size >= TELLING // 2


def _conflict(a: Sequence[str], b: Sequence[str]) -> bool:
    """True where each has a number that the other lacks: another day, another part, another toll."""
    mine, theirs = Counter(a), Counter(b)
    return bool(mine - theirs) and bool(theirs - mine)


def _have_like_titles(a: Story, b: Story) -> bool:
    length = 4 if a.topic.isascii() and b.topic.isascii() else 2  # parts of words, or words
    mine, theirs = grams_of(a.topic, length), grams_of(b.topic, length)
    common = len(mine & theirs)
    return common > 0 and (
        common >= 0.5 * (len(mine) + len(theirs) - common) or common >= 0.9 * min(len(mine), len(theirs))
    )


def _are_of_a_series(a: Story, b: Story) -> bool:
    """True for articles of one publisher that share a form: vacancies, announcements, guidance for the reader."""
    return bool(a.label) and a.label == b.label


def _begin_otherwise(a: Story, b: Story) -> bool:
    """True where neither opening stands in the other text: what they share is what their publisher puts below."""
    return not (_is_opening_in(a, b) or _is_opening_in(b, a))


def _is_opening_in(a: Story, b: Story) -> bool:
    opening = grams_of(a.text[:OPENING], RUN)
    return 2 * sum(run in b.text for run in opening) >= len(opening)
