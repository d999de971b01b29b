"""The parts of an article that are compared: its letters and digits, without case, accents and the difference between
Traditional and Simplified Chinese, and the numbers of its title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from struct import Struct
from zlib import crc32

from articles.folding.numbers import Counted, counted, months_of, numbers_of, unstamped
from articles.folding.wording import in_one_spelling, in_one_wording
from articles.search.analyze.fold import fold
from feeds.parse.text import unescaped

GRAM = 5  # letters
MAX_LETTERS = 200_000  # of a text; the rest is not looked at
MAX_TITLE = 1_000
_BYTES = 4  # of a letter in UTF-32
_RUN = Struct(f"{GRAM * _BYTES}s")
NUMBERED = 4_000  # letters at the beginning of a text in which numbers are looked for
_OTHERS = re.compile(r"[\W_]+")
_OTHERS_OF_ASCII = bytes(code for code in range(128) if not chr(code).isalnum())
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
# One letter in Simplified writing, of which folding leaves both: it goes by single characters, not by words.
_VARIANTS = {
    "著": "着", "象": "像", "衞": "卫", "敍": "叙", "敘": "叙", "枱": "台", "祇": "只", "妳": "你", "牠": "它",
    "瞭": "了", "藉": "借", "甦": "苏", "痺": "痹", "汚": "污",
}  # fmt: skip
_VARIED = re.compile(f"[{''.join(_VARIANTS)}]")
# What a title has for being a later state of the article: no part of its number.
_UPDATED = re.compile(
    r"\A\W*(?:update|updated|refile|corrected|correction|wrapup|更新|更正)(?: \d)?\W*[-:|\])】]"
    r"|[\[(【](?:updated?|corrected|更新|更正|持续更新)[\])】]\Z|(?<=[)\]】])更新\Z"
)
# Words of India and Burma have signs in them that Python calls no letters: vowels, which folding leaves out of letters.
_SIGNED = "\u0900-\u0dff\u1000-\u109f"
_BRACKETED = re.compile(r"[【\[(〔「《](.{1,20}?)[】\])〕」》]")
_SITE = re.compile(r" [|–—-] |_| :: ")  # between a title and the name of its site, in either order
# Names of few letters, known by their capitals: "USA", "Ulm". Of these the first are told apart as numbers are.
_CODE = re.compile(r"(?<![A-Za-z\d])[A-Z]{2,4}(?![A-Za-z\d:])")
_SHORT_NAME = re.compile(r"(?<![A-Za-z\d])[A-Z][A-Za-z]{2}(?![A-Za-z\d])")
_NAMED = re.compile(r"(\S.{0,11}?)\s?[|:]\s?")


@dataclass(frozen=True, eq=False)
class Story:
    """The parts of an article that are compared. Each is worked out when it is first asked for: most that are compared
    are told apart by few of them."""

    shown_title: str
    folded_title: str
    shown_text: str

    @cached_property
    def in_one_wording(self) -> Story:
        """The story as it is judged. What an index finds it by is made of its own words."""
        title, text = in_one_wording(self.shown_title), in_one_wording(self.shown_text)
        if title == self.shown_title and text == self.shown_text:
            return self
        return Story(title, _UPDATED.sub("", fold(title)), text)

    @cached_property
    def folded_text(self) -> str:
        """The text without case, accents and the difference between Traditional and Simplified."""
        return fold(self.shown_text)

    @cached_property
    def title(self) -> str:
        """The folded letters and digits of the title."""
        return letters_of(self.folded_title)

    @cached_property
    def text(self) -> str:
        """The same of the text."""
        return letters_of(self.folded_text)

    @cached_property
    def grams(self) -> frozenset[int]:
        """A number for each run of GRAM letters of the text."""
        return gram_numbers(self.text)

    @cached_property
    def size(self) -> int:
        """The letters of the text, a wide one for two."""
        return size_of(self.text)

    @cached_property
    def title_size(self) -> int:
        """The letters of the title, a wide one for two."""
        return size_of(self.title)

    @cached_property
    def label(self) -> str:
        """The letters with which a series of a publisher begins its titles."""
        return letters_of(found[1]) if (found := _label(self.folded_title)) else ""

    @cached_property
    def topic(self) -> str:
        """The rest of the title."""
        found = _label(self.folded_title)
        return letters_of(self.folded_title[found.end() :]) if found else self.title

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The title and its site, where it names that, in either order."""
        return tuple(map(letters_of, _SITE.split(self.folded_title)))

    @cached_property
    def head(self) -> str:
        """The longest part of the title."""
        return max(self.parts, key=len)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Words, or pairs of wide letters, that the title is made of."""
        return _terms(self.folded_title) | self._names[2]

    @cached_property
    def last_terms(self) -> frozenset[str]:
        """Those of the title's last part, where there are two."""
        return _terms(parts[-1]) if len(parts := _SITE.split(self.folded_title)) > 1 else frozenset()

    @property
    def codes(self) -> tuple[str, ...]:
        """The names in capitals in the title's longest part."""
        return self._names[0]

    @property
    def uncoded(self) -> str:
        """The other letters of that part."""
        return self._names[1]

    @cached_property
    def counted(self) -> Counted:
        """The numbers in the title and the like."""
        return counted(self.folded_title)

    @cached_property
    def text_numbers(self) -> tuple[str, ...]:
        """The numbers near the beginning of the text, and the months of its dates, but for when it was published."""
        beginning = unstamped(self.folded_text[:NUMBERED])
        return (*numbers_of(beginning), *months_of(beginning))

    @cached_property
    def _names(self) -> tuple[tuple[str, ...], str, frozenset[str]]:
        return _names(self.shown_title)


def story(title: str, text: str) -> Story:
    """The parts of an article that are compared. `text`: what a reader sees of it."""
    shown = " ".join(_shown(title[:MAX_TITLE]).split())
    return Story(shown, _UPDATED.sub("", fold(shown)), _shown(text[:MAX_LETTERS]))


def _label(folded_title: str) -> re.Match[str] | None:
    return _BRACKETED.match(folded_title) or _NAMED.match(folded_title)


def _shown(text: str) -> str:
    """A text without the entities that some feeds leave in it."""
    return unescaped(text) if "&" in text and ";" in text else text


def letters_of(folded: str) -> str:
    """The letters and digits of a folded text."""
    if folded.isascii():
        return folded.encode().translate(None, _OTHERS_OF_ASCII).decode()
    letters = _OTHERS.sub("", folded)
    return _VARIED.sub(_variant, letters) if _VARIED.search(letters) else letters


def grams_of(letters: str, length: int = GRAM) -> frozenset[str]:
    """All runs of `length` letters; the text itself where it is shorter."""
    if len(letters) <= length:
        return frozenset((letters,)) if letters else frozenset()
    return frozenset([letters[start : start + length] for start in range(len(letters) - length + 1)])


def gram_numbers(letters: str) -> frozenset[int]:
    """A number of 32 bits for each of `grams_of`: two texts of a thousand letters have one in
    common by chance in one of 4,000 cases. The index's keys are made of the numbers, too."""
    data = letters.encode("utf-32-le", "surrogatepass")
    if len(data) <= _RUN.size:
        return frozenset((crc32(data),)) if data else frozenset()
    # Those that begin at each fifth letter, five times: no loop of Python's.
    rows = [data[at : at + (len(data) - at) // _RUN.size * _RUN.size] for at in range(0, _RUN.size, _BYTES)]
    return frozenset(map(crc32, chain.from_iterable(chain.from_iterable(map(_RUN.iter_unpack, rows)))))


def size_of(letters: str) -> int:
    """The number of letters, a wide one for two: a syllable, or a word."""
    return len(letters) if letters.isascii() else len(letters) + sum(map(len, _WIDE.findall(letters)))


def _names(title: str) -> tuple[tuple[str, ...], str, frozenset[str]]:
    """The codes of a title that is not folded, its letters but for these, and its names of three letters. None where
    all is in capitals."""
    if title.islower() or (title.isupper() and not _WIDE.search(title)):
        return (), "", frozenset()
    head = max(_SITE.split(title), key=len)
    codes = _CODE.findall(head)
    short = frozenset(map(str.lower, _SHORT_NAME.findall(title)))
    return tuple(map(str.lower, codes)), letters_of(fold(_CODE.sub(" ", head))) if codes else "", short


def _variant(found: re.Match[str]) -> str:
    return _VARIANTS[found[0]]


@cache
def _word() -> re.Pattern[str]:
    # Not with the module: so wide classes take 7 ms, and few titles that are compared are alike enough.
    return re.compile(
        rf"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[{_SIGNED}]+"
        rf"|[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af{_SIGNED}]+"
    )


def _terms(folded_title: str) -> frozenset[str]:
    words = ((word, in_one_spelling(letters_of(word))) for word in _word().findall(folded_title))
    return frozenset(
        part
        for word, letters in words
        if letters
        for part in (grams_of(letters, 2) if _WIDE.match(letters) else (letters,))
        if len(word) > 3 or _WIDE.match(part)
    )
