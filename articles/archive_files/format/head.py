"""The head of an article file, between the front matter and the HTML: the time stamp and the link line. Pure."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

_STAMP = re.compile(r"<!--[ \t]*(-?\d{1,17})[ \t]*-->[ \t]*(?:\r?\n|\Z)")
_RULE = re.compile(r"^-{3,}[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_LINK_START = re.compile(r"\]\(")
_WEB_LINK_START = re.compile(r"\]\((?=https?://)", re.IGNORECASE)
_LINE = re.compile(r"([^\r\n]*+)(?:\r?\n|\Z)")
_OWN_HEAD = re.compile(r"<!--(-?\d{1,17})-->\n\[[^\n]*\n------\n\n<div>\n(.*)\n</div>\n", re.DOTALL)
_MAX_HEAD = 8 * 1024  # characters in which the link line and its rule stand


@dataclass(frozen=True, slots=True)
class Head:
    """The parts between the front matter and the HTML."""

    stamp: str = ""
    title: str = ""
    link: str = ""
    has_link_line: bool = False
    is_own: bool = False


def split_head(text: str, *, is_own: bool, is_wrapped: bool) -> tuple[Head, str]:
    """The head, and the HTML after it. `is_own`: as Newsreader writes it, to the letter, which edited ones are not;
    `is_wrapped`: the HTML stands in a <div> where there is a link line."""
    if is_own and (own := _OWN_HEAD.fullmatch(text)):
        return Head(stamp=own[1], is_own=True), own[2]
    head, body = _lines_above(text)
    return head, _unwrapped(body) if is_wrapped and head.has_link_line else body


def _lines_above(text: str) -> tuple[Head, str]:
    """The time stamp and the link line, and the HTML without the blank lines around it."""
    stamp = _STAMP.match(text)
    if stamp:
        text = text[stamp.end() :].lstrip()
    line, text = _split_link_line(text, has_stamp=stamp is not None)
    title, link = line or ("", "")
    head = Head(stamp=stamp[1] if stamp else "", title=title, link=link, has_link_line=line is not None)
    return head, text.strip("\ufeff \t\r\n")


def _split_link_line(text: str, *, has_stamp: bool) -> tuple[tuple[str, str] | None, str]:
    """Title and link of the link line, None where there is none, and what follows."""
    if rule := _RULE.search(text, 0, _MAX_HEAD):
        above = text[: rule.start()].strip()
        line = _linked(above, _WEB_LINK_START) or _linked(above, _LINK_START)
        if line or (has_stamp and not above):
            return line, text[rule.end() :]
    # Without a rule only a whole address makes the first line a link line.
    if first := _LINE.match(text, 0, _MAX_HEAD):
        line = _linked(first[1].rstrip(" \t"), _WEB_LINK_START)
        if line and line[1].split() == [line[1]]:
            return line, text[first.end() :]
    return None, text


def _linked(text: str, start: re.Pattern[str]) -> tuple[str, str] | None:
    """Title and link where all of `text` is `[title](link)`, the link on one line. It begins where `start` is found
    last: a title may have brackets."""
    if not (text.startswith("[") and text.endswith(")")):
        return None
    places = deque(start.finditer(text, 1), 1)
    link = text[places[0].end() : -1] if places else ""
    return (text[1 : places[0].start()], link) if places and not {"\r", "\n"} & set(link) else None


def _unwrapped(body: str) -> str:
    """The body without its wrapping <div>. That stands on lines of its own; a publisher's <div> hardly ever does.

    Taken literally, as publishers' tags don't balance.
    """
    inner = re.sub(r"\A<div>[ \t]*\r?\n", "", body)
    if inner == body or not body.endswith("</div>"):
        return body
    return re.sub(r"\r?\n\Z", "", inner.removesuffix("</div>"))
