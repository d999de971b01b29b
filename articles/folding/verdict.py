"""The verdict on whether two articles are one."""

from __future__ import annotations

from difflib import SequenceMatcher
from enum import Enum
from math import ceil
from typing import NamedTuple

from articles.folding.numbers import begin_on_other_days, conflict, versions_of
from articles.folding.story import GRAM, NUMBERED, Story, grams_of, size_of

SAME, NEAR = 0.8, 0.6  # of all 5-grams of two texts, how many both have
ALIKE_IN_SHORT, EQUAL = 0.9, 0.95
CORRECTED = 0.97  # beyond it a name that differs is a correction
PART = 0.95  # of the 5-grams of the shorter text, how many the longer one has too
BEGINNING = 0.75  # the same, where both begin alike
CUT, MOSTLY_KEPT = 0.65, 0.88  # of all 5-grams, and of the shorter text's, how many both have where some was cut
MOSTLY = 0.72  # of the longer text's letters, how many the shorter one is that stands in it
# Letters, a wide one for two:
TINY = 80  # a text that says hardly more than its title
SHORT = 300  # a text in which a template can be most of it
TELLING = 44  # a title that no two articles have by chance
NAMING = 8  # a title that is of something
EXCERPT = 200  # the beginning of an article, not a caption
SAYING = 24  # what a text says beyond its title, to be more than a caption and its licence
NUMBERS = 24  # letters of text for each number, where it is a table
DATELINE = 40  # letters that stand before a text, and say nothing else
READ_ON = 24  # letters of a link to the rest, below a beginning
NOTICE = 1_000  # letters of a text in which a date in the opening is no detail, unless its title tells
OPENING = 100  # letters at the beginning, where an article says what it is about
RUN = 8  # letters that two texts do not share by chance
MOST_TERMS = 60  # of a title
LONGEST_SLIP = 80  # letters of words that differ; the time to compare their spelling grows with its cube
OF_TITLE = 0.25  # of a title, how much the other has not, where it is more than a word's other spelling
NAMED, MOSTLY_NAMED = 0.2, 0.5  # of what titles name and do not share, how much stands in their own text alone
ALIKE_IN_SPELLING = 0.8


class Verdict(Enum):
    """One article; the same event told by others; neither."""

    SAME = "same"
    NEAR = "near"
    OTHER = "other"


class Likeness(NamedTuple):
    """The share of 5-grams that two texts have in common: of all, and of the shorter one's."""

    of_all: float
    of_shorter: float


def judge(a: Story, b: Story) -> Verdict:
    """The verdict on two articles; the same whichever comes first."""
    # First: to take two titles apart costs a tenth of what two texts do.
    return Verdict.OTHER if count_otherwise(a, b) else judge_texts(a, b)


def judge_texts(a: Story, b: Story) -> Verdict:
    """The verdict on two articles that do not count otherwise."""
    a, b = a.in_one_wording, b.in_one_wording
    size = min(a.size, b.size)
    if size < TINY:
        return Verdict.SAME if _is_tiny_one(a, b) else Verdict.OTHER
    likeness = _likeness(a, b)
    is_part = _is_part(a, b, likeness, size)
    if likeness.of_all < NEAR and not is_part:
        return Verdict.OTHER
    return _of_alike(a, b, likeness, size, is_part)


def _likeness(a: Story, b: Story) -> Likeness:
    if a.text == b.text:  # as of most that are one; to take it apart twice takes longer than all else
        return Likeness(1, 1)
    common = len(a.grams & b.grams)
    return Likeness(common / (len(a.grams) + len(b.grams) - common), common / min(len(a.grams), len(b.grams)))


def _of_alike(a: Story, b: Story, likeness: Likeness, size: int, is_part: bool) -> Verdict:
    """The verdict on two texts that have most in common, or of which one is a part of the other."""
    if likeness.of_all < 1 and (_is_filled_in_anew(a, b, size, is_part) or _name_others(a, b, likeness, size)):
        return Verdict.OTHER
    if is_part or _is_one(a, b, likeness, size):
        return Verdict.OTHER if likeness.of_all < 1 and _are_for_others(a, b) else Verdict.SAME
    return Verdict.NEAR if likeness.of_all >= NEAR and size >= SHORT else Verdict.OTHER


def are_of_one_page(a: Story, b: Story) -> bool:
    """True for two articles that name one page as theirs and don't count otherwise, if they are about it: a blog that
    comments on what it links to has a title of its own."""
    return a.title == b.title or _have_like_titles(a, b) or judge_texts(a, b) is not Verdict.OTHER


def _is_one(a: Story, b: Story, likeness: Likeness, size: int) -> bool:
    if size >= EXCERPT and (_stands_in(a, b) or _is_most_of(a, b, likeness, size)):
        return True
    if likeness.of_all < SAME:
        return False
    if _have_telling_titles(a, b):
        return True
    if size < SHORT:
        return _is_one_in_short(a, b, likeness)
    if _begin_otherwise(a, b):
        return False
    return likeness.of_all >= EQUAL or _have_like_titles(a, b) or not _are_of_a_series(a, b)


def _is_one_in_short(a: Story, b: Story, likeness: Likeness) -> bool:
    if likeness.of_all >= ALIKE_IN_SHORT:
        return True
    # Nothing is said otherwise where one has but a dateline, or under a like title a sentence, more.
    shorter, longer = _by_length(a, b)
    if shorter.text not in longer.text:
        return False
    return longer.size - shorter.size <= min(DATELINE, shorter.size // 6) or _have_like_titles(a, b)


def _stands_in(a: Story, b: Story) -> bool:
    """True for a text that is most of the other, as it is: that has a dateline, and who sent it, around it, or a last
    line. Its title names the same, in other words; another one has a form below it, or what a reader may not see."""
    shorter, longer = _by_length(a, b)
    if len(shorter.text) < MOSTLY * len(longer.text) or shorter.text not in longer.text:
        return False
    return _name_the_same(a, b)


def _is_most_of(a: Story, b: Story, likeness: Likeness, size: int) -> bool:
    """True for a long text of which paragraphs were cut and to which a line was added, under another title for the
    same."""
    if size < SHORT or likeness.of_all < CUT or min(a.title_size, b.title_size) < TELLING // 2:
        return False
    if _are_of_a_series(a, b):
        return False
    return likeness.of_shorter >= MOSTLY_KEPT and _begin_alike(a, b) and _name_the_same(a, b)


def _name_the_same(a: Story, b: Story) -> bool:
    """True for titles of which half of the words that one has are in the other, two at least."""
    common = len(a.terms & b.terms)
    return common > 1 and 2 * common >= min(len(a.terms), len(b.terms))


def _is_tiny_one(a: Story, b: Story) -> bool:
    """True for articles of which one has hardly a text, if it is the other's, or its beginning, and says more than its
    title: "Untitled, by Ann" stands below many pictures."""
    if a.title != b.title:
        return False
    shorter, _longer = _by_length(a, b)
    said = size_of("".join(grams_of(shorter.text) - grams_of(shorter.title))) // GRAM
    if a.text == b.text:
        return a.title_size >= TELLING or said >= SAYING
    return _is_beginning(a, b) and a.title_size >= TELLING // 2 and said >= SAYING


def _is_part(a: Story, b: Story, likeness: Likeness, size: int) -> bool:
    """True for an article and its beginning, or its longer edition, under one title."""
    if likeness.of_shorter < BEGINNING:
        return False
    head = size_of(_head_of_both(a, b))
    if head >= NAMING and _is_beginning(a, b):
        return True
    if head < TELLING // 2:
        # A picture that is shown again, with more about where it is from.
        is_short = max(a.size, b.size) < SHORT and min(a.title_size, b.title_size) >= TELLING
        return is_short and likeness.of_shorter >= PART and _have_like_titles(a, b)
    return (likeness.of_shorter >= PART and size >= EXCERPT) or _begin_alike(a, b)


def count_otherwise(a: Story, b: Story) -> bool:
    """True for titles of which each has a number that the other lacks: another day, another part, another toll; and for
    such as differ in what counts alone, or in names that are codes."""
    if a.codes and b.codes and a.codes != b.codes and a.uncoded == b.uncoded:
        return True
    one, other = a.counted, b.counted
    if one.shape == other.shape and one.values != other.values:
        return True
    if conflict(one.numbers, other.numbers) or conflict(one.dates, other.dates):
        return True
    return (
        bool(one.scores and other.scores)
        and one.scores != other.scores
        and sorted(one.numbers) == sorted(other.numbers)
    )


def _is_filled_in_anew(a: Story, b: Story, size: int, is_part: bool) -> bool:
    """True for texts of one form with other numbers: weather, fixings, vacancies, releases, events. One number may be
    a correction, or cut short where a beginning ends; but not a version."""
    if conflict(*(versions_of(each.folded_text[: 3 * OPENING]) for each in (a, b))):
        return True
    if begin_on_other_days(a.folded_text, b.folded_text):
        return True
    changed = conflict(a.text_numbers, b.text_numbers)
    if is_part and 4 * len(a.grams & b.grams) < 3 * max(len(a.grams), len(b.grams)):
        changed -= 1
    if changed > 1 and all(map(_is_of_numbers, (a, b))):
        return True
    some = min(len(a.text_numbers), len(b.text_numbers))
    if _is_told_by_numbers(a, b, size, some):
        return 5 * changed > some
    return changed > 1 and 3 * changed >= some


def _is_told_by_numbers(a: Story, b: Story, size: int, numbers: int) -> bool:
    """True where words tell little: under a title that says hardly anything, and in short texts of two titles, or with
    few numbers."""
    if min(a.title_size, b.title_size) < TELLING // 2:
        return True
    return size < SHORT and (a.title != b.title or numbers < 3)


def _is_of_numbers(a: Story) -> bool:
    """True for a table of rates, or the weather of many places: no two of its numbers were slips."""
    return NUMBERS * len(a.text_numbers) > min(len(a.text), NUMBERED)


def _name_others(a: Story, b: Story, likeness: Likeness, size: int) -> bool:
    """True for articles whose titles name what only their own texts tell of: other places, signs and posts in one form,
    or above what a publisher puts below everything."""
    mine, theirs = a.terms - b.terms, b.terms - a.terms
    if not mine or not theirs or _is_slip(mine, theirs):
        return False
    site = a.last_terms & b.last_terms if _name_one_site(a, b) else frozenset()
    of_titles = min(len(some) / len(each.terms - site) for some, each in ((mine, a), (theirs, b)))
    if size >= SHORT and of_titles < MOSTLY_NAMED and likeness.of_all >= CORRECTED:
        return False
    shares = _share_told(mine, a, b), _share_told(theirs, b, a)
    if size >= SHORT and of_titles < OF_TITLE:
        return min(shares) == 1
    return min(shares) >= NAMED and max(shares) >= MOSTLY_NAMED


def _are_for_others(a: Story, b: Story) -> bool:
    """True for one form for two streets, or guests, under one title; for two days, where it is a notice's."""
    from articles.folding.blanks import have_other_names  # its patterns take 13 ms, and few pairs come as far

    are_notices = len(a.text) + len(b.text) <= 2 * NOTICE and max(a.title_size, b.title_size) < TELLING
    return have_other_names(*_by_length(a, b), are_notices)


def _share_told(terms: frozenset[str], a: Story, b: Story) -> float:
    """The share of the terms that a's text has and b's has not."""
    some = sorted(terms)[:MOST_TERMS]
    return sum(term in a.text and term not in b.text for term in some) / len(some)


def _is_slip(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """True where titles differ in the spelling of a word: in one wide letter, or a few others."""
    if len(mine) > 2 or len(theirs) > 2:
        return False
    one, other = sorted("".join(sorted(terms)) for terms in (mine, theirs))
    if size_of(one) > len(one):
        return len(set(one) - set(other)) <= 1 and len(set(other) - set(one)) <= 1
    if max(len(one), len(other)) > LONGEST_SLIP:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE_IN_SPELLING


def _name_one_site(a: Story, b: Story) -> bool:
    """True where both titles end with the same, and something else stands before it in each."""
    return len(a.parts) > 1 and len(b.parts) > 1 and a.parts[-1] == b.parts[-1]


def _topics(a: Story, b: Story) -> tuple[str, str]:
    """The titles without their labels, and without the site's name that both end with."""
    if not _name_one_site(a, b):
        return a.topic, b.topic
    return a.topic.removesuffix(a.parts[-1]), b.topic.removesuffix(b.parts[-1])


def _head_of_both(a: Story, b: Story) -> str:
    """The title that both have, whatever sites they name; empty where they have two. What both name is their site's,
    unless it is all that one has, or long."""
    mine, theirs = (each.parts[: -1 if _name_one_site(a, b) else None] for each in (a, b))
    if max(mine, key=len) == (longest := max(theirs, key=len)):
        return longest
    first = next((one[0] for one, other in ((mine, theirs), (theirs, mine)) if len(one) == 1 and one[0] in other), "")
    return first or (mine[0] if mine[0] == theirs[0] and size_of(mine[0]) >= TELLING // 2 else "")


def _have_like_titles(a: Story, b: Story) -> bool:
    one, other = _topics(a, b)
    length = 4 if one.isascii() and other.isascii() else 2  # parts of words, or words
    mine, theirs = grams_of(one, length), grams_of(other, length)
    common = len(mine & theirs)
    return common > 0 and (
        common >= 0.5 * (len(mine) + len(theirs) - common) or common >= 0.9 * min(len(mine), len(theirs))
    )


def _have_telling_titles(a: Story, b: Story) -> bool:
    """True for like titles that no form has: "Letters to the editor" are other ones each week."""
    return _have_like_titles(a, b) and min(map(size_of, _topics(a, b))) >= TELLING // 2


def _are_of_a_series(a: Story, b: Story) -> bool:
    """True for articles of one publisher that share a form: vacancies, announcements, guidance for the reader."""
    return bool(a.label) and a.label == b.label


def _begin_otherwise(a: Story, b: Story) -> bool:
    """True where neither opening stands in the other text: what they share is what their publisher puts below."""
    return not (_is_opening_in(a, b.text) or _is_opening_in(b, a.text))


def _begin_alike(a: Story, b: Story) -> bool:
    shorter, longer = _by_length(a, b)
    return _is_opening_in(shorter, longer.text[: 3 * OPENING])


def _is_beginning(a: Story, b: Story) -> bool:
    """True where the shorter text is the beginning of the other, but for what leads on to it."""
    shorter, longer = _by_length(a, b)
    some = len(shorter.text)
    others = max((1 - ALIKE_IN_SHORT) * some, min(READ_ON, (1 - SAME) * some))
    return longer.text.startswith(shorter.text[: ceil(some - others)])


def _by_length(a: Story, b: Story) -> tuple[Story, Story]:
    return (a, b) if (len(a.text), a.text) <= (len(b.text), b.text) else (b, a)


def _is_opening_in(a: Story, text: str) -> bool:
    opening = grams_of(a.text[:OPENING], RUN)
    return 2 * sum(run in text for run in opening) >= len(opening)
