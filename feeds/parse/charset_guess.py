"""The encoding that bytes are likeliest in, by how often each language writes each character.

Each encoding has a model of the texts that are written in it: what part of them is the commonest characters, everyday
ones, and all others. The logarithm of how likely such a text is says which model explains the bytes best; what is
declared needs less proof than what isn't.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from math import log
from typing import NamedTuple

HANS = (
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"
    "小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
)
HANT = (
    "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後"
    "小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長"
)
JAPANESE = (
    "のにはをがでとしたいるなてれもさりこすっあらまよきかくどんせけそみじンースルトイクラリアレドタシプロメ"
    "日年大人国会中本月出上生時事者間行社見分後前東方部定学業合高新場政民内"
)
KOREAN = (
    "이다의는에을를가은로하고한지도서사기대인자시아리나일정해어그수있으보스라게들장부전과제주상만구원여성조유공내"
    "동연선우용무적문미비신개경소"
)
PUNCTUATION = "　、。，．・：；！？…—～「」『』（）〈〉《》【】“”‘’·０１２３４５６７８９％"
WESTERN_SIGNS = frozenset("’‘“”„«»–—…€\xa0·°©®")
JAPANESE_PLANES = (b"\xa4\xa5", range(0xB0, 0xD0))  # kana, and the kanji of JIS level 1


class Model(NamedTuple):
    """`common` characters make up half of a text. `leads`: the lead bytes of everyday characters in `reference`, which
    is an encoding where they stand in one block (GB 2312 level 1, Big5 level 1, KS X 1001's hangul)."""

    common: str
    reference: str
    leads: tuple[Iterable[int], ...]


MODELS = {
    "gb18030": Model(HANS, "gb2312", (range(0xB0, 0xD8),)),
    "big5hkscs": Model(HANT, "big5", (range(0xA4, 0xC7),)),
    "cp932": Model(JAPANESE, "euc_jp", JAPANESE_PLANES),
    "euc_jp": Model(JAPANESE, "euc_jp", JAPANESE_PLANES),
    "cp949": Model(KOREAN, "euc_kr", (range(0xB0, 0xC9),)),
}
RELATIVES = {"johab": "cp949"}  # declared hardly ever, and never guessed
CYRILLIC = ("cp1251", "koi8-r")
WESTERN = "cp1252"

SAMPLE = 30_000  # bytes beyond ASCII that are looked at
NON_ASCII = re.compile(rb"[A-Za-z]?[\x80-\xff][\x40-\xff]*")

# Logarithms of how likely one character is.
ASCII, RARE, BROKEN = log(1 / 20), log(0.05 / 20_000), -25.0
SMALL, CAPITAL, SIGN, UNUSED = log(0.9 / 36), log(0.07 / 32), log(0.03 / 64), -12.0
WESTERN_SMALL, WESTERN_SIGN = log(0.8 / 60), log(0.15 / 12)
UNUSUAL = -4.0  # where two characters that stand together hardly ever do
DECLARED = 8.0  # so much likelier before a byte is looked at
DOUBT = 0.75  # how much of what is unlikely counts where a declaration explains it
OFTEN = {WESTERN: 4.0, "gb18030": 2.0}  # and what is met most

ODD_CASE = re.compile(r"[а-яёіїєґ][А-ЯЁІЇЄҐ]")
BESIDE_ASCII = re.compile(r"[^\x00-\x7f](?=[a-zA-Z])|[a-zA-Z](?=[^\x00-\x7f])")
TWO_ACCENTS = re.compile(r"(?=[^\x00-\x7f]{2})")


def likeliest(body: bytes, declared: list[str]) -> str:
    """The encoding, by Python's name, that `body`, which is not UTF-8, is in most likely."""
    sample = _sample(body)
    believable = {name for name in declared if name != WESTERN}  # which stands for no thought at all

    def likelihood(name: str) -> float:
        found = _likelihood(name, sample) + OFTEN.get(name, 0)
        return found * DOUBT + DECLARED if name in believable else found

    return max(_rivals(declared), key=likelihood)


def _sample(body: bytes) -> bytes:
    parts, size = [], 0
    for match in NON_ASCII.finditer(body):
        parts.append(match[0][:SAMPLE])
        size += len(match[0])
        if size > SAMPLE:
            break
    return b" ".join(parts)


def _rivals(declared: list[str]) -> tuple[str, ...]:
    """The encodings to compare: `declared` and its rivals. Single-byte encodings of other scripts are alike, so that
    one that is declared has none of its kind for a rival."""
    own = [name for name in declared if name not in {*MODELS, *RELATIVES, *CYRILLIC, WESTERN}]
    if not own:
        return (*declared, WESTERN, *MODELS, *CYRILLIC)
    return (*declared, *MODELS, *(CYRILLIC if _is_latin(own[0]) else ()))


def _likelihood(name: str, sample: bytes) -> float:
    text = sample.decode(name, "replace")
    weight = _weights(RELATIVES.get(name, name))
    total = sum(weight(character) * count for character, count in Counter(text).items())
    if name in MODELS or name in RELATIVES:
        return total
    if _is_latin(name):
        return total + UNUSUAL / 2 * len(TWO_ACCENTS.findall(text))
    return total + UNUSUAL * (len(ODD_CASE.findall(text)) + len(BESIDE_ASCII.findall(text)))


@cache
def _weights(name: str) -> Callable[[str], float]:
    """A function from a character to the logarithm of its likelihood in texts of this encoding."""
    if name in MODELS:
        return _of_many(MODELS[name])
    return _western if _is_latin(name) else _alphabetic


def _of_many(model: Model) -> Callable[[str], float]:
    leads = [lead for block in model.leads for lead in block]
    everyday = b"".join(bytes((lead, trail)) for lead in leads for trail in range(0x40, 0xFF) if trail != 0x7F)
    known = dict.fromkeys(everyday.decode(model.reference, "ignore") + PUNCTUATION, 0.0)
    known = dict.fromkeys(known, log(0.45 / len(known)))
    known |= dict.fromkeys(model.common, log(0.5 / len(model.common)))
    known |= {chr(code): ASCII for code in range(128)}
    known["\ufffd"] = BROKEN
    return lambda character: known.get(character, RARE)


def _alphabetic(character: str) -> float:
    if character < "\x80":
        return ASCII
    kind = unicodedata.category(character)
    if kind == "Lu":
        return CAPITAL
    if kind[0] in "LM":
        return SMALL
    return UNUSED if kind[0] == "C" else BROKEN if character == "\ufffd" else SIGN


def _western(character: str) -> float:
    if character in WESTERN_SIGNS:
        return WESTERN_SIGN
    return WESTERN_SMALL if character.islower() and character > "\x7f" else _alphabetic(character)


@cache
def _is_latin(name: str) -> bool:
    """True where the encoding is one of Latin letters, by what most of its upper half is."""
    letters = [each for each in bytes(range(0xC0, 0x100)).decode(name, "ignore") if each.isalpha()]
    return sum(unicodedata.name(each, "").startswith("LATIN") for each in letters) * 2 > len(letters)
