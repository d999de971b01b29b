"""Keys under which an index finds articles that may be one. They are stored: what they are made of may only change with
VERSION.

Min-hashing (Broder 1997) by one permutation (Li, Owen, Zhang 2012): each 5-gram is hashed once, into one of 24 bins,
and a bin keeps its least hash; bins that stay empty take that of the next one, changed by how far it is. Two texts have
the same in a bin about as often as they share 5-grams. Three bins are a band. Texts that share a fifth of all 5-grams
meet in one of 8 bands in 6 of 100 cases, those that share four fifths in 997 of 1,000.

The uppermost byte of all hashes of a text is made at once, by tables (Zobrist 1970), and the rest of those that it says
are small: the least of a bin is among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b, shake_256
from struct import Struct
from zlib import crc32

from articles.folding.story import GRAM, Story
from articles.search.analyze.memory import remembering

VERSION = 6
BINS, BANDS = 24, 8
_ALL = Struct(f">{BINS}Q")
_MASK = 2**64 - 1
_FACTOR = 0x9E3779B97F4A7C15  # odd, about 2**64 divided by the golden ratio: spreads what is near
_OPENING = 16  # letters
_AT_ONCE = 150  # 5-grams, about, that are looked at together: they fill all bins in nineteen of twenty texts
_BYTES = 2  # of a letter in UTF-16
_TABLE = 256
_EACH_BYTE = bytes(range(_TABLE))
# What each byte of a letter, at each of the places of a 5-gram, does to the mark of that. An upper byte of 0 does
# nothing, so that those of ASCII need not be looked at.
_TABLES = [
    [(b"\0" if byte else b"") + shake_256(bytes((byte, place))).digest(_TABLE - byte) for place in range(GRAM)]
    for byte in range(_BYTES)
]


def band_keys(a: Story) -> tuple[int, ...]:
    """BANDS numbers that fit a column of 64 bits, each in its place; none for an article without text."""
    if not a.text:
        return ()
    content, size = _ALL.pack(*_bins(a.text)), _ALL.size // BANDS
    return tuple([_key(b"band", band, content[band * size : (band + 1) * size]) for band in range(BANDS)])


def text_key(a: Story) -> int | None:
    """A number that equal texts share; None for an article without text."""
    return _key(b"text", 0, a.text.encode()) if a.text else None


def title_key(a: Story) -> int | None:
    """A number that equal titles share, whatever site they name; None for an article without one."""
    return _key(b"title", 0, a.head.encode()) if a.head else None


def opening_keys(a: Story, parts: Iterable[str]) -> tuple[int, ...]:
    """Numbers of which an article and its beginning share one, if they share one of these parts of their titles. By a
    part alone, all articles would meet that name their site in front."""
    opening = a.text[:_OPENING]
    return tuple(_key(b"begun", 0, f"{part}|{opening}".encode()) for part in dict.fromkeys(parts)) if opening else ()


def page_key(page: str) -> int | None:
    """A number that the spellings of a page's address share, given what is common to them; None for no page."""
    return _key(b"page", 0, page.encode()) if page else None


@remembering(64)
def _bins(text: str) -> tuple[int, ...]:
    letters = text.ljust(GRAM, "\0").encode("utf-16-le", "surrogatepass")
    marks = _marks(letters, is_ascii=text.isascii())
    least, first = dict[int, int](), max(2, _TABLE * _AT_ONCE // len(marks))
    for low in range(0, _TABLE, first):
        least = _least(letters, marks, low, min(low + first, _TABLE)) | least
        if len(least) == BINS:
            break
    return tuple([least[place] if place in least else _borrowed(least, place) for place in range(BINS)])


def _marks(letters: bytes, *, is_ascii: bool) -> bytes:
    """The uppermost byte of each 5-gram's hash."""
    count = len(letters) // _BYTES - GRAM + 1
    marks = 0
    for byte, tables in enumerate(_TABLES[:1] if is_ascii else _TABLES):
        column = letters[byte::_BYTES]
        for place, table in enumerate(tables):
            marks ^= int.from_bytes(column[place : place + count].translate(table))
    return marks.to_bytes(count)


def _least(letters: bytes, marks: bytes, low: int, high: int) -> dict[int, int]:
    """The least hash of each bin, by its place, of those whose uppermost byte is from `low` to below `high`: they are
    less than all above."""
    length, start, values = GRAM * _BYTES, -_BYTES, list[int]()
    wanted = marks.translate(None, _EACH_BYTE[:low] + _EACH_BYTE[high:])
    # What lies between those that are wanted is counted by splitting, not looked through.
    gaps = marks.translate(b"\0" * low + b"\1" * (high - low) + b"\0" * (_TABLE - high)).split(b"\1")
    for mark, gap in zip(wanted, gaps, strict=False):
        start += (len(gap) + 1) * _BYTES
        values.append(mark << 32 | crc32(letters[start : start + length]))
    values.sort(reverse=True)
    return {value % BINS: value for value in values}  # of a bin's, the last


def _borrowed(least: dict[int, int], place: int) -> int:
    """The value of an empty bin: the next one's that is not empty, changed by how far it is."""
    for distance in range(1, BINS):
        if (next_one := (place + distance) % BINS) in least:
            return (least[next_one] + distance * _FACTOR) & _MASK
    return 0


def _key(kind: bytes, number: int, content: bytes) -> int:
    made = _begun(kind, number).copy()
    made.update(content)
    return int.from_bytes(made.digest(), signed=True)


@cache
def _begun(kind: bytes, number: int) -> blake2b:
    return blake2b(digest_size=8, person=kind, salt=bytes((number,)))
