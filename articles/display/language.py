"""The language that a text is set in, where nobody says: typefaces and line height depend on it. Pure."""

from __future__ import annotations

import re

KANA = re.compile(r"[\u3041-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7a3]")
HAN = re.compile(r"[\u3400-\u9fff]")
OTHER_LETTERS = re.compile(r"[^\W\d_\u3041-\u30ff\uac00-\ud7a3\u3400-\u9fff]")
# Frequent characters that one way of writing Chinese has and the other has not.
TRADITIONAL = re.compile(
    "[這個們來時說國會過學對開點發後見樣進經還問從動無實與關電業產書長東車馬門風飛語讀寫聽買賣錢際體應該讓誰種變義務]"
)
SIMPLIFIED = re.compile(
    "[这个们来时说国会过学对开点发后见样进经还问从动无实与关电业产书长东车马门风飞语读写听买卖钱际体应该让谁种变义务]"
)


def language_of(declared: str, text: str) -> str:
    """The tag to set `text` in: what the publisher declares, unless it plainly is not so. Many a Chinese site still
    says that it is in English, as its software came."""
    guessed, primary = guess(text), declared.split("-")[0].lower()
    return guessed if guessed and (primary not in {"zh", "ja", "ko"} or declared.lower() == "zh") else declared


def guess(text: str) -> str:
    """The BCP 47 tag of Chinese, Japanese or Korean text; empty for all else, also for a few such words in it."""
    han, kana, hangul = (len(script.findall(text)) for script in (HAN, KANA, HANGUL))
    if 4 * (han + kana + hangul) < len(OTHER_LETTERS.findall(text)) or not han + kana + hangul:
        return ""
    if hangul > han + kana:
        return "ko"
    if 10 * kana > han:
        return "ja"
    is_traditional = len(TRADITIONAL.findall(text)) > len(SIMPLIFIED.findall(text))
    return "zh-Hant" if is_traditional else "zh-Hans"
