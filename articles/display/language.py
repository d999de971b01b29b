"""The language that a text is set in, where nobody says: typefaces and line height depend on it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

KEPT = 2048  # texts of rows whose language is known still
EAST_ASIAN = re.compile(r"[\u3041-\u30ff\uac00-\ud7a3\u3400-\u9fff]")
# Runs of letters, as there are fewer of them.
KANA = re.compile(r"[\u3041-\u30ff]+")
HANGUL = re.compile(r"[\uac00-\ud7a3]+")
HAN = re.compile(r"[\u3400-\u9fff]+")
OTHER_LETTERS = re.compile(r"[^\W\d_\u3041-\u30ff\uac00-\ud7a3\u3400-\u9fff]+")
# Frequent characters that one way of writing Chinese has and the other has not.
TRADITIONAL = re.compile(
    "[這個們來時說國會過學對開點發後見樣進經還問從動無實與關電業產書長東車馬門風飛語讀寫聽買賣錢際體應該讓誰種變義務]"
)
SIMPLIFIED = re.compile(
    "[这个们来时说国会过学对开点发后见样进经还问从动无实与关电业产书长东车马门风飞语读写听买卖钱际体应该让谁种变义务]"
)
# Scripts that stand for a language where nobody says which: what most who write so read, or is set alike.
_BY_SCRIPT = {
    "\u0590-\u05ff": "he", "\u0600-\u06ff": "ar", "\u0900-\u097f": "hi", "\u0980-\u09ff": "bn", "\u0a00-\u0a7f": "pa",
    "\u0a80-\u0aff": "gu", "\u0b00-\u0b7f": "or", "\u0b80-\u0bff": "ta", "\u0c00-\u0c7f": "te", "\u0c80-\u0cff": "kn",
    "\u0d00-\u0d7f": "ml", "\u0d80-\u0dff": "si", "\u0e00-\u0e7f": "th", "\u0e80-\u0eff": "lo", "\u0f00-\u0fff": "bo",
    "\u1000-\u109f": "my", "\u1780-\u17ff": "km",
}  # fmt: skip
_OF_FEW_LANGUAGES = re.compile(f"[{''.join(_BY_SCRIPT)}]+")
_SCRIPTS = tuple((re.compile(f"[{letters}]"), tag) for letters, tag in _BY_SCRIPT.items())
PERSIAN = re.compile("[پچژگکی]")  # letters that Arabic has not, or not in this form


@lru_cache(maxsize=KEPT)
def language_of(declared: str, text: str) -> str:
    """The tag to set `text` in: what the publisher declares, unless it plainly is not so. Many a Chinese site still
    says that it is in English, as its software came. Kept for the last texts, which the next list has again."""
    guessed, primary = guess(text), declared.split("-")[0].lower()
    if not guessed and not declared:
        return by_script(text)
    return guessed if guessed and (primary not in {"zh", "ja", "ko"} or declared.lower() == "zh") else declared


def guess(text: str) -> str:
    """The BCP 47 tag of Chinese, Japanese or Korean text; empty for all else, also for a few such words in it."""
    if text.isascii() or not EAST_ASIAN.search(text):
        return ""
    han, kana, hangul, others = (len("".join(script.findall(text))) for script in (HAN, KANA, HANGUL, OTHER_LETTERS))
    if 4 * (han + kana + hangul) < others:
        return ""
    if hangul > han + kana:
        return "ko"
    if 10 * kana > han:
        return "ja"
    is_traditional = len(TRADITIONAL.findall(text)) > len(SIMPLIFIED.findall(text))
    return "zh-Hant" if is_traditional else "zh-Hans"


def by_script(text: str) -> str:
    """The tag of the language that text in a script of few languages is set in, by the first such letter and by most of
    the letters; empty for all else."""
    if text.isascii() or not (first := _OF_FEW_LANGUAGES.search(text)):
        return ""
    such, letters = (len("".join(each.findall(text))) for each in (_OF_FEW_LANGUAGES, OTHER_LETTERS))
    if 2 * such < letters:
        return ""
    tag = next(tag for script, tag in _SCRIPTS if script.match(first[0]))
    return "fa" if tag == "ar" and len(PERSIAN.findall(text)) > len(text) / 50 else tag
