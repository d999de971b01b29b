"""The sources of pages' templates, without what is there for who writes them."""

from __future__ import annotations

import re
from typing import cast

_OPENS = re.compile(
    r"<(?P<field>pre|textarea)\b|\{% *(?P<block>blocktranslate|verbatim|comment)\b|\{(?P<kind>[%{#])"
    r"""|(?P<quote>["'])|\n"""
)
_SILENT = re.compile(r"(?:\{% (?:if|elif|else|endif|for|empty|endfor|with|endwith|load)\b[^%\n]*+%\})++")
_BLANKS = re.compile(r"[ \t\n]*+")
_CLOSES = {"%": "%}", "{": "}}", "#": "#}"}


def without_indents(source: str) -> str:
    """The source of a template without indents, empty lines and ends of lines of conditions alone: of blanks HTML sees
    one. What stands in quotes, in a <pre>, in a field or among words to translate stays."""
    pieces, done, at = list[str](), 0, 0
    while found := _OPENS.search(source, at):
        if found[0] != "\n":
            at = max(_end_of(source, found), found.end())
            continue
        after = cast(re.Match[str], _BLANKS.match(source, found.end()))  # which may be nothing
        line = source[done : found.start()].rstrip(" \t")
        pieces += [line, "" if pieces and _SILENT.fullmatch(line) else "\n"]
        done = at = after.end()
    return "".join([*pieces, source[done:]])


def _end_of(source: str, opened: re.Match[str]) -> int:
    """The place behind what `opened` begins and stays as it is; -1 where it ends nowhere, or is no text in quotes."""
    start = opened.end()
    if opened["quote"]:
        end = source.find(opened["quote"], start)
        return -1 if end < 0 or "<" in source[start:end] or ">" in source[start:end] else end + 1
    if opened["block"]:
        start = source.find(f"end{opened['block']}", start)
        return -1 if start < 0 else source.find("%}", start) + 2
    close = f"</{opened['field']}>" if opened["field"] else _CLOSES[opened["kind"]]
    end = source.find(close, start)
    return -1 if end < 0 else end + len(close)
