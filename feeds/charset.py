"""Bytes to text, for documents that say nothing of their encoding, or something wrong.

Valid UTF-8 is UTF-8 whatever the declarations say: other encodings hardly ever come out as valid UTF-8 by accident.
After that come declarations (HTTP header, then the document's own) as far as the bytes agree with them, and in the
end a guess by the characters that each language uses most.
"""

from __future__ import annotations

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How a document without a byte order mark starts in each wide encoding: with "<", or a line break before it.
WIDE_STARTS = (
    (re.compile(rb"[<\n\r ]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\0[<\n\r ]"), "utf-32-be"),
    (re.compile(rb"[<{\n\r ]\0[^\0]"), "utf-16-le"),
    (re.compile(rb"\0[<{\n\r ]\0"), "utf-16-be"),
)
# As browsers do (WHATWG Encoding Standard): the superset that publishers really use stands for the declared name.
SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "shift_jisx0213": "cp932",
    "shift_jis_2004": "cp932",
    "euc_kr": "cp949",
    "johab": "johab",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
DECLARABLE = re.compile(
    r"gb18030|big5hkscs|cp932|cp949|euc_jp|iso2022_jp|hz|johab|koi8-[rutf]|cp\d{3,4}|iso8859-\d+|mac-\w+"
)
MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "johab"})
SHIFTED = frozenset({"iso2022_jp", "hz"})  # pure ASCII bytes that stand for something else

# The commonest characters of each language, by which a guess recognises text that it decoded rightly.
COMMON = {
    "gb18030": (
        "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后"
        "小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
        "，。、"
    ),
    "big5hkscs": (
        "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後"
        "小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長"
        "，。、"
    ),
    "cp932": "のにはをがでとしたいるなてれもさりこすっあらまよきか、。ーン",
    "euc_jp": "のにはをがでとしたいるなてれもさりこすっあらまよきか、。ーン",
    "cp949": "이다의는에을를가은로하고한지도서사기대인자시아리나일정해",
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжшю",
    "koi8-r": "оеаинтсрвлкмдпуяыьгзбчйхжшю",
}
SAMPLE = 100_000  # bytes beyond ASCII that a guess looks at
NON_ASCII = re.compile(rb"[\x80-\xff][\x40-\xff]*")


def decode(body: bytes, content_type: str = "") -> str:
    """The text of `body`, without byte order mark. Never raises; bytes that fit nowhere become U+FFFD."""
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in WIDE_STARTS:
        if start.match(body):
            return body.decode(encoding, "replace")
    declared = [name for name in (_in_header(content_type), _in_document(body)) if name]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(body, declared)
    return _accidental_utf8(body, text, declared) or text


def _in_header(content_type: str) -> str:
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    return _known(found[1]) if found else ""


def _in_document(body: bytes) -> str:
    """The encoding that an XML declaration or an HTML meta element near the start names."""
    found = re.search(rb"(?:encoding|charset)\s*=\s*[\"']?([\w.:-]+)", body[:2048], re.IGNORECASE)
    return _known(found[1].decode("ascii", "replace")) if found else ""


def _known(name: str) -> str:
    """Python's name of a declared encoding; empty for UTF-8, which is tried anyway, and for codecs that are no
    character encodings of documents (some of Python's take quadratic time)."""
    try:
        name = codecs.lookup(name.removeprefix("x-")).name
    except (LookupError, ValueError):
        return ""
    name = SUPERSETS.get(name, name)
    return name if DECLARABLE.fullmatch(name) else ""


def _accidental_utf8(body: bytes, text: str, declared: list[str]) -> str:
    """The text in the declared encoding where its bytes are valid UTF-8 by accident; empty where they're not.

    Escape-shifted encodings are pure ASCII. A few characters of a two-byte encoding can look like UTF-8, and then
    only like its two-byte sequences, which no text of those languages consists of.
    """
    for encoding in declared:
        is_short = encoding in MULTIBYTE and not text.isascii() and len(body) - len(text) < 8 and max(text) < "\u0800"
        if encoding in SHIFTED or is_short:
            try:
                return body.decode(encoding)
            except UnicodeDecodeError:
                continue
    return ""


def _decode_legacy(body: bytes, declared: list[str]) -> str:
    for encoding in sorted(declared, key=lambda name: name not in MULTIBYTE):
        if encoding in MULTIBYTE:
            # A single-byte encoding accepts anything; these don't, so that few errors are proof.
            text = body.decode(encoding, "replace")
            if text.count("\ufffd") * 200 <= _beyond_ascii(text) and _fits(encoding, body):
                return text
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") * 10 <= _beyond_ascii(text):
        return text
    guess = _guess(body)
    return body.decode(guess or next(iter(declared), "cp1252"), "replace")


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _sample(body: bytes) -> bytes:
    parts, size = [], 0
    for match in NON_ASCII.finditer(body):
        parts.append(match[0][:SAMPLE])
        size += len(match[0])
        if size > SAMPLE:
            break
    return b" ".join(parts)


def _score(encoding: str, sample: bytes) -> float:
    """How much of `sample` is the common characters of the encoding's language, 0 to 1; broken bytes count against."""
    text = sample.decode(encoding, "replace")
    beyond = [character for character in text if character > "\x7f"]
    hits = sum(map(frozenset(COMMON[encoding]).__contains__, beyond)) - 4 * beyond.count("\ufffd")
    return hits / max(len(beyond), 1) + _handicap(encoding, sample)


def _handicap(encoding: str, sample: bytes) -> float:
    """What makes scores comparable between encodings.

    Common Cyrillic letters make up nearly all of a text, so half of them is no evidence, and words of them are runs
    of high bytes, where the accented letters of Latin text stand alone. A few Chinese characters may hold no common
    one, but lie in the block that GB 2312 keeps for the first 3,755.
    """
    high, runs = re.findall(rb"[\x80-\xff]", sample), re.findall(rb"[\x80-\xff]+", sample)
    if encoding in {"cp1251", "koi8-r"}:
        return -0.5 if len(high) > 2.2 * len(runs) else -1
    if encoding == "gb18030":
        return 0.16 * 2 * len(re.findall(rb"[\xb0-\xd7][\xa1-\xfe]", sample)) / max(len(high), 1)
    return 0


def _fits(encoding: str, body: bytes) -> bool:
    """Whether no other encoding explains the bytes far better than the declared one, which decodes them."""
    if encoding not in COMMON:
        return True
    sample = _sample(body)
    best = max(COMMON, key=lambda other: _score(other, sample))
    return _score(best, sample) <= 0.2 + 2 * _score(encoding, sample)


def _guess(body: bytes) -> str:
    sample = _sample(body)
    best = max(COMMON, key=lambda encoding: _score(encoding, sample))
    return best if _score(best, sample) > 0.15 else ""
