"""The parts of a message to one piece of HTML, and the pictures that it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from feeds.newsletters.mail.headers import Part, raw, text
from feeds.newsletters.mail.values import Picture
from feeds.parse import charset
from feeds.parse.bodies import has_anything
from feeds.parse.text import html_of_text, storable

MAX_PARTS, MAX_DEPTH, MAX_PICTURES = 1000, 30, 200
MAX_NAMED = 1000  # places that name a part: an address is many times as long as a name may be
# Where HTML names a part. A name in words, in styles or where none of the parts has it stays, and leads nowhere.
CONTENT_ID = re.compile(r"((?:src|background|poster)\s*+=\s*+[\"']?+\s*+)cid:([^\s\"'<>]{1,500})", re.IGNORECASE)
PARAMETER = re.compile(r";\s*+(format|delsp)\s*+=\s*+[\"']?+(\w{1,20})", re.IGNORECASE)


def html_of(message: Part) -> tuple[str, tuple[Picture, ...]]:
    """The HTML that is to be read of a message, and the pictures in it."""
    reader = _Reader()
    html = reader.html(message, 0)
    return reader.with_pictures(html), tuple(reader.shown)


class _Reader:
    """One walk through the parts, from the outermost inwards; bounded in every direction."""

    def __init__(self) -> None:
        self.left = MAX_PARTS
        self.named: dict[str, Picture] = {}
        self.beside: list[Picture] = []  # in their order; those that have a name, too
        self.shown: dict[Picture, None] = {}

    def html(self, part: Part, depth: int) -> str:
        """The HTML of a part and of what is in it."""
        if depth > MAX_DEPTH or self.left <= 0:
            return ""
        self.left -= 1
        inside = part.get_payload()
        if isinstance(inside, list):
            return self._of_many(part, inside, depth + 1)
        kind = part.get_content_type()
        if kind.startswith("image/"):
            self._keep(part)
        elif kind in {"text/html", "text/plain", "text/enriched", "text/markdown"} and not _is_attached(part):
            said = storable(charset.decode(_data(part), raw(part, "content-type")))
            return said if kind == "text/html" else html_of_text(_unflowed(said, part), with_links=True)
        return ""

    def _of_many(self, part: Part, inside: Sequence[object], depth: int) -> str:
        parts = [each for each in inside if isinstance(each, Part)]
        if part.get_content_type() == "multipart/alternative":
            return self._best(parts, depth)
        found = [self.html(each, depth) for each in parts]
        if part.get_content_maintype() == "message" and parts:
            found.insert(0, f"<h2>{escape(text(parts[0], 'subject'))}</h2>")  # one that was sent on
        return "\n".join(filter(None, found))

    def _best(self, parts: Sequence[Part], depth: int) -> str:
        """The last one that can be shown: the sender likes it best (RFC 2046, 5.1.4)."""
        found = ""
        for part in reversed(parts):
            made = self.html(part, depth)
            if has_anything(made):
                return made
            found = found or made
        return found

    def _keep(self, part: Part) -> None:
        if len(self.beside) < MAX_PICTURES and (data := _data(part)):
            picture = Picture.of(data)
            self.beside.append(picture)
            if name := raw(part, "content-id").strip("<> "):
                self.named.setdefault(name, picture)

    def with_pictures(self, html: str) -> str:
        """`html` with addresses in the place of parts' names; what it does not name comes after it, as in a mail
        program."""
        html = CONTENT_ID.sub(self._address, html, count=MAX_NAMED)
        after = [each for each in dict.fromkeys(self.beside) if each not in self.shown]
        self.shown |= dict.fromkeys(after)
        return html + "".join(f'\n<p><img src="{each.url}" alt=""></p>' for each in after)

    def _address(self, found: re.Match[str]) -> str:
        picture = self.named.get(found[2]) or self.named.get(found[2].replace("%40", "@"))
        if picture is None:
            return found[0]
        self.shown[picture] = None
        return found[1] + picture.url


def _data(part: Part) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _is_attached(part: Part) -> bool:
    return raw(part, "content-disposition").lower().startswith("attachment")


def _unflowed(said: str, part: Part) -> str:
    """Text whose lines were broken for the way (RFC 3676), with its paragraphs in one line each."""
    told = {name.lower(): value.lower() for name, value in PARAMETER.findall(raw(part, "content-type"))}
    if told.get("format") != "flowed":
        return said
    pieces: list[str] = []
    is_open, last = False, ""
    for each in said.replace("\r\n", "\n").split("\n"):
        quoted = each.lstrip(">")
        marks, rest = each[: len(each) - len(quoted)], quoted.removeprefix(" ")
        if not (is_open and marks == last):
            pieces.append(f"\n{marks} " if marks else "\n")
        is_open, last = rest.endswith(" ") and rest != "-- ", marks
        pieces.append(rest[:-1] if is_open and told.get("delsp") == "yes" else rest)
    return "".join(pieces)
