"""Names of authors, as publishers write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.parse.text import MAX_AUTHOR, line, line_of_html, line_of_text, names

MAX_PEOPLE = 20
# RSS asks for "jo@news.example (Jo Doe)"; archives of mailing lists write "jo at news.example (Jo Doe)", others "Jo Doe
# <jo@news.example>" or "Jo Doe (jo@news.example)", or leave the address out and not the brackets.
ADDRESS_BEFORE = re.compile(
    r"(?:(?:mailto:)?[^\s@()<>]++(?:@| at (?=[^\s.()<>]+\.))[^\s()<>]++ ?)?+\(([^()]++(?:\([^()]*+\)[^()]*+)*+)\)",
    re.IGNORECASE,
)
ADDRESS_AFTER = re.compile(r"([^<>()@]++)[<(] ?(?:mailto:)?[^<>()\s@]++@[^<>()\s]++ ?[>)]", re.IGNORECASE)
MAILTO = re.compile(r"mailto:", re.IGNORECASE)
QUOTED = re.compile(r'"([^"]*+)"')
BETWEEN = re.compile(r"[,;] *")
# Lemmy writes "https://lemmy.example/u/jo", Flickr "Jo Doe (https://flickr.example/people/1@N2/)".
PAGE = re.compile(r"https?://([^\s?#]++)\S*+", re.IGNORECASE)
PAGE_AFTER = re.compile(r"\s\(https?://[^\s()]++\)$", re.IGNORECASE)
TAG = re.compile(r"</?(?:a|abbr|b|br|div|em|i|p|span|strong)(?:\s[^<>]*+)?+/?>", re.IGNORECASE)


def byline(people: Iterable[object]) -> str:
    """All names on one line, none twice; e-mail addresses only where there is no name. Between names that have commas
    themselves ("Doe, Jo") stand semicolons."""
    found = [_name(person) for person in people if isinstance(person, str)]
    named = [person for person in found if person and "@" not in person]
    different = names(named or found, MAX_AUTHOR, MAX_PEOPLE)
    return line(("; " if any("," in each for each in different) else ", ").join(different), MAX_AUTHOR)


def named(people: Iterable[object]) -> str:
    """The same without e-mail addresses: an office's is nobody's name."""
    text = byline(people)
    return "" if "@" in text else text


def _name(person: str) -> str:
    """The name alone, without markup (arXiv has links in it) and without an address beside it; of the address of a
    person's page the name at its end."""
    text = line_of_text(person, MAX_AUTHOR)
    if TAG.search(text):
        text = line_of_html(text, MAX_AUTHOR)
    if page := PAGE.fullmatch(text):
        return page[1].rstrip("/").rpartition("/")[2].removeprefix("@").partition("@")[0]
    text = PAGE_AFTER.sub("", text)
    if text.endswith((")", ">")):
        name = _beside_address(text)
        found = [name] if name else list(map(_beside_address, BETWEEN.split(text)))
        if all(found):
            return ", ".join(found)
    return MAILTO.sub("", text, count=1) if MAILTO.match(text) else text


def _beside_address(text: str) -> str:
    """The name beside an e-mail address; empty where it is not that."""
    found = ADDRESS_BEFORE.fullmatch(text) or ADDRESS_AFTER.fullmatch(text)
    if not found:
        return ""
    name = found[1].strip()
    quoted = QUOTED.fullmatch(name)
    return quoted[1].strip() if quoted else name
