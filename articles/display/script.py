"""Chinese shown in the other way of writing it: Traditional as Simplified, Simplified as Traditional. Pure.

Text alone changes: no address, no code, no other language, nothing Japanese. By OpenCC, whose tables know phrases and,
for Traditional, the forms of Taiwan and of Hong Kong; words stay as they are (软件 is not made 軟體).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

from articles.display.language import KANA
from articles.display.text_nodes import CODE, with_texts

Script = Literal["", "hans", "hant-tw", "hant-hk"]
TAGS: dict[Script, str] = {"hans": "zh-Hans", "hant-tw": "zh-Hant-TW", "hant-hk": "zh-Hant-HK"}
_TABLES: dict[Script, str] = {"hans": "t2s", "hant-tw": "s2tw", "hant-hk": "s2hk"}
_TRADITIONAL = re.compile(r"(?:zh-(?:hant|tw|hk|mo)|yue)\b", re.I)

# Stretches that stay: addresses, names of accounts, and what has kana in it, as far as the next sign that divides.
_STAYS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'，。；、（）「」『』《》“”]++|(?<![\w.+-])[\w.+-]++@[\w.-]++|@[\w.-]++"
    r"|(?<![^\s，。！？；：、…（）()「」『』《》【】“”\u3041-\u30ff])[^\s，。！？；：、…（）()「」『』《》【】“”\u3041-\u30ff]*+[\u3041-\u30ff][^\s，。！？；：、…（）()「」『』《》【】“”]*+",
)


def tag_in(language: str, script: Script) -> str:
    """The tag of text of that language once it is shown in `script`; "" where it stays as it is, as all that is not
    Chinese does, and what is written so already."""
    if not script or not language.lower().startswith(("zh", "yue")):
        return ""
    is_traditional = bool(_TRADITIONAL.match(language))
    return TAGS[script] if is_traditional == (script == "hans") else ""


def text_in(text: str, script: Script) -> str:
    """Plain Chinese text in `script`."""
    convert = _converter(script).convert
    if not ("@" in text or "http" in text or "www." in text or KANA.search(text)):
        return str(convert(text))
    out, done = [], 0
    for stays in _STAYS.finditer(text):
        out += [convert(text[done : stays.start()]), stays[0]]
        done = stays.end()
    return "".join([*out, convert(text[done:])])


def html_in(html: str, script: Script) -> str:
    """Sanitized HTML in `script`: its text nodes, but for code and what says that it is in another language. An element
    that says that it is Chinese says which from then on."""
    return with_texts(
        html,
        lambda text: text if text.isascii() else text_in(text, script),
        lambda language: tag_in(language, script),
        CODE,
    )


@cache
def _converter(script: Script) -> Any:
    from opencc import OpenCC

    return OpenCC(_TABLES[script])
