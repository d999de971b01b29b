"""Bytes to text, for documents that say nothing of their encoding, or something wrong.

Valid UTF-8 is UTF-8 whatever the declarations say: other encodings hardly ever come out as valid UTF-8 by accident.
After that come declarations (HTTP header, then the document's own) as far as the bytes agree with them, and in the
end what is likeliest (feeds.parse.charset_guess).
"""

from __future__ import annotations

import codecs
import re

import webencodings

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
# What publishers really use where they declare the smaller one.
SUPERSETS = {"gbk": "gb18030", "cp950": "big5hkscs", "shift_jisx0213": "cp932", "shift_jis_2004": "cp932"}
DECLARABLE = re.compile(
    r"gb18030|big5hkscs|cp932|cp949|euc_jp|iso2022_jp|hz|johab|koi8-[rutf]|cp\d{3,4}|iso8859-\d+|mac-\w+"
)
NO_ENCODINGS = frozenset({"replacement", "x-user-defined"})  # which browsers refuse to read; Python knows some
MULTIBYTE = frozenset({"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "johab"})
SHIFTED = frozenset({"iso2022_jp", "hz"})  # pure ASCII bytes that stand for something else

ESCAPES = re.compile(rb"\x1b\$[@B]")  # how ISO-2022-JP turns to Japanese


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
    return _accidental_utf8(body, text, declared) or _escaped(body) or text


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
        codec = _of_browsers(name) or codecs.lookup(name.removeprefix("x-"))
        codec = _of_browsers(codec.name.replace("_", "-")) or codec
    except (LookupError, ValueError):
        return ""
    encoding = SUPERSETS.get(codec.name, codec.name)
    return encoding if DECLARABLE.fullmatch(encoding) else ""


def _of_browsers(name: str) -> codecs.CodecInfo | None:
    """The encoding that browsers take a name for (https://encoding.spec.whatwg.org/#names-and-labels)."""
    found = webencodings.lookup(name)
    return found.codec_info if found and found.name not in NO_ENCODINGS else None


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


def _escaped(body: bytes) -> str:
    """The text of undeclared ISO-2022-JP, which is ASCII but for its escapes; empty for anything else."""
    if not (b"\x1b" in body and ESCAPES.search(body) and body.isascii()):
        return ""
    text = body.decode("iso2022_jp_ext", "replace")
    return "" if "\ufffd" in text else text


def _decode_legacy(body: bytes, declared: list[str]) -> str:
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") * 10 <= len(text) - len(text.encode("ascii", "ignore")):
        return text
    from feeds.parse.charset_guess import likeliest

    return body.decode(likeliest(body, declared), "replace")
