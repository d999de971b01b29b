"""Chinese with its pronunciation above each character, as ruby: in pinyin or in zhuyin. Pure.

By pypinyin, whose phrases tell 银行 from 行走. They are written in Simplified characters, so that Traditional text is
looked up by its Simplified form. Readings are those of the mainland's standard, in zhuyin too.
"""

from __future__ import annotations

import re
from typing import Literal

from articles.display.script import text_in
from articles.display.text_nodes import CODE, with_texts

Pronunciation = Literal["", "pinyin", "zhuyin"]
MOST = 20_000  # characters of one article, the first ones: a fifth of a second, and ten times as many bytes as without

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]++")
_UNCHANGED = CODE | {"ruby"}  # whose publisher has said how it is read


def is_mandarin(language: str) -> bool:
    """True for text of that language (BCP 47) where pinyin tells how it is read: not for Cantonese."""
    tag = language.lower()
    return tag.startswith(("zh", "cmn")) and not tag.startswith("zh-yue")


def html_with(html: str, pronunciation: Pronunciation) -> str:
    """Sanitized HTML in Chinese with a `<ruby>` for each stretch of characters, but for code, for what says that it is
    in another language and for what has ruby already. Nothing changes after the first MOST characters."""
    left = MOST

    def annotated(stretch: re.Match[str]) -> str:
        nonlocal left
        characters = stretch[0]
        if left < len(characters):
            left = 0
            return characters
        left -= len(characters)
        return _ruby(characters, pronunciation)

    def change(text: str) -> str:
        return text if not left or text.isascii() else _HAN.sub(annotated, text)

    return with_texts(html, change, lambda language: language if is_mandarin(language) else "", _UNCHANGED)


def _ruby(characters: str, pronunciation: Pronunciation) -> str:
    """A stretch of Chinese characters; one whose reading nobody knows stands in it without."""
    simplified = text_in(characters, "hans")
    looked_up = simplified if len(simplified) == len(characters) else characters
    known = _readings(looked_up, pronunciation)
    parts = (f"{sign}<rt>{reading}</rt>" if reading else sign for sign, reading in zip(characters, known, strict=True))
    return f"<ruby>{''.join(parts)}</ruby>"


def _readings(characters: str, pronunciation: Pronunciation) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # here: its tables take 60 MB and a third of a second

    style = Style.BOPOMOFO if pronunciation == "zhuyin" else Style.TONE
    # A list is one for each character, as its documentation says and its types do not.
    found = lazy_pinyin(characters, style=style, errors=lambda unknown: [""] * len(unknown))  # type: ignore[arg-type, return-value]
    return found if len(found) == len(characters) else [""] * len(characters)
