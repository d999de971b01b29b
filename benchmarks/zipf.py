"""Texts as an archive has them: words by Zipf's law, so that there are common, middling and rare ones, in Simplified
and Traditional Chinese and in English, with names and the mixed words of the news. The same for the same numbers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import accumulate, product

from benchmarks.generated import Writer

N_CHINESE, N_NAMES, N_ENGLISH = 40_000, 3_000, 12_000
WORDS_OF_A_TEXT = 165
TRADITIONAL = 0.15
MIXED = (
    "COVID-19",
    "G20峰会",
    "5G网络",
    "mRNA疫苗",
    "A股",
    "C++",
    "U.S.",
    "F-16战机",
    "iPhone 17",
    "AI",
    "GPT-5模型",
    "4K",
)


@dataclass(frozen=True)
class Words:
    """The vocabulary: the first of each list is the most frequent."""

    chinese: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    english: list[str] = field(default_factory=list)


def vocabulary() -> Words:
    """Made-up words: two of the 3,755 most frequent characters, the frequent ones more often; names of three."""
    chance = random.Random(7)
    characters = [bytes([0xB0 + row, 0xA1 + cell]).decode("gb2312") for row, cell in product(range(39), range(94))]
    chance.shuffle(characters)
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(characters))))
    pairs = ("".join(chance.choices(characters, cum_weights=weights, k=2)) for _ in range(N_CHINESE * 2))
    surnames = characters[100:200]
    names = [chance.choice(surnames) + "".join(chance.choices(characters, k=2)) for _ in range(N_NAMES)]
    return Words(list(dict.fromkeys(pairs))[:N_CHINESE], names, _english(chance))


def _english(chance: random.Random) -> list[str]:
    onsets = ("b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r",
              "s", "sh", "st", "t", "th", "tr", "v", "w")  # fmt: skip
    syllables = [onset + vowel for onset in onsets for vowel in ("a", "e", "i", "o", "u", "ea", "ou")]
    ends = ["n", "r", "st", "ng", "l", "m", "ck", "d"]
    words = ("".join(chance.choices(syllables, k=chance.randint(1, 3))) + chance.choice(ends) for _ in range(40_000))
    return list(dict.fromkeys(words))[:N_ENGLISH]


def writer(words: Words) -> Writer:
    """Seven texts of ten are Chinese, the others English."""
    from opencc import OpenCC

    to_traditional = OpenCC("s2t")
    weights = {kind: list(accumulate(1 / (rank + 2.7) for rank in range(n))) for kind, n in _sizes(words).items()}

    def write(chance: random.Random) -> tuple[str, str, str]:
        if chance.random() < 0.3:
            drawn = chance.choices(words.english, cum_weights=weights["english"], k=WORDS_OF_A_TEXT)
            return " ".join(drawn[:8]).capitalize(), _sentences(chance, drawn[8:], " ", ". "), "en"
        drawn = chance.choices(words.chinese, cum_weights=weights["chinese"], k=WORDS_OF_A_TEXT)
        for _ in range(3):
            drawn[chance.randrange(WORDS_OF_A_TEXT)] = chance.choices(words.names, cum_weights=weights["names"])[0]
        if chance.random() < 0.2:
            drawn[chance.randrange(WORDS_OF_A_TEXT)] = chance.choice(MIXED)
        title, text = "".join(drawn[:9]), _sentences(chance, drawn[9:], "", "。")
        if chance.random() < TRADITIONAL:
            return to_traditional.convert(title), to_traditional.convert(text), "zh-Hant"
        return title, text, "zh-Hans"

    return write


def _sizes(words: Words) -> dict[str, int]:
    return {"chinese": len(words.chinese), "names": len(words.names), "english": len(words.english)}


def _sentences(chance: random.Random, words: list[str], space: str, stop: str) -> str:
    lines, start = [], 0
    while start < len(words):
        length = chance.randint(6, 20)
        lines.append(space.join(words[start : start + length]) + stop.strip())
        start += length
    return "\n".join("".join(lines[number : number + 4]) for number in range(0, len(lines), 4))
