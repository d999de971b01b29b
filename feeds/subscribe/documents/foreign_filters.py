"""The filters that other readers have on a feed, as OPML brings them, in the words of our searches. Pure.

FreshRSS (docs/en/developers/OPML.md): `filtersActionRead`, a search a line; what it finds is marked as read. Miniflux
(its rules of filters): `blockFilterEntryRules` and `keepFilterEntryRules`, a field and a regular expression a line;
what the first find, or none of the second, is left out. Both look for letters, also inside of words, where our searches
look for words: what comes of it is to be looked at before it acts. What has no words of ours at all is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LONGEST = 500  # characters of a filter that is read
DEEPEST = 20  # parentheses in one another
# Miniflux's older rules, which are held against tags, too, and so can not be said.
_OLD = frozenset({"blocklistrules", "keeplistrules"})
_FIELDS = {"": "", "intitle": "title:", "author": "author:", "inurl": "url:"}
_ENTRY = {"entrytitle": "title", "entryauthor": "author", "entryurl": "url"}
_TERM = re.compile(
    r"\s*(?P<not>[-!]?)(?:(?P<open>\()|(?P<close>\))|(?:(?P<field>[A-Za-z]{1,12}):)?"
    r"(?:\"(?P<double>[^\"\\]+)\"|'(?P<single>[^'\\\"]+)'|(?P<word>[^\s()\"'/\\:;#*&|]+)(?=[\s()]|\Z)))"
)
# The word that FreshRSS takes a line apart at: in any capitals, also beside a sign or inside single quotes.
_EITHER = re.compile(r"\bor\b", re.IGNORECASE | re.ASCII)
# A word that our searches take for no operator, field or sign, so that it needs no quotes; and what they take for one,
# or for a field that nothing follows, between quotes too.
_PLAIN = re.compile(r"(?!(?:AND|NOT)\Z)\w[\w.+-]*")
_UNSAID = re.compile(r"[＂“”„‟«»「」『』〝〞﹁﹂]|[:：]\s*\Z")
_LINE = re.compile(r"(?P<field>[A-Za-z]{1,20})[ ]?=~[ ]?(?P<pattern>\S.*)\Z")
_PATTERN = re.compile(r"\(\?i\)(?P<open>\()?(?P<words>[\w \-|]+)(?(open)\)|)\Z")


@dataclass(frozen=True, slots=True)
class ForeignFilter:
    """A filter as it was written, and the search that finds the same words; empty where it has none. `does`: what our
    rule would do with it."""

    text: str
    query: str
    does: Literal["read", "hide"]


def filters_in(attributes: Mapping[str, str]) -> tuple[ForeignFilter, ...]:
    """The filters that an outline's attributes hold, whatever their namespace and capitals."""
    found: list[ForeignFilter] = []
    for name, value in attributes.items():
        lines = [line.strip() for line in value.splitlines() if line.strip()]
        if lines:
            found += _filters(name.rpartition("}")[2].rpartition(":")[2].lower(), lines)
    return tuple(found)


def _filters(attribute: str, lines: list[str]) -> list[ForeignFilter]:
    match attribute:
        case "filtersactionread":
            return [ForeignFilter(line, _freshrss(line), "read") for line in lines]
        case "blockfilterentryrules":
            return [ForeignFilter(line, _miniflux(line), "hide") for line in lines]
        case "keepfilterentryrules":
            said = [_miniflux(line) for line in lines]
            query = f"-({' OR '.join(said)})" if all(said) else ""
            return [ForeignFilter("\n".join(lines), query, "hide")]
        case old if old in _OLD:
            return [ForeignFilter("\n".join(lines), "", "hide")]
        case _:
            return []


def _freshrss(line: str) -> str:
    """The search in our words; empty where anything of it has none: a date, a label, a regular expression, parentheses
    or an OR without something in or beside them."""
    if len(line) > LONGEST:
        return ""
    said, place = list[str](), 0
    while place < len(line.rstrip()):
        term = _TERM.match(line, place)
        if term is None:
            return ""
        place = term.end()
        said.append(_part(term))
    return " ".join(said).replace("( ", "(").replace(" )", ")") if _is_whole(said) else ""


def _is_whole(parts: list[str]) -> bool:
    """True where each part has words, each parenthesis its other half, and none of them and no OR lacks what belongs
    in it or beside it."""
    depth, is_begun = 0, True  # begun: what can't stand alone, and has to be followed by a term
    for part in parts:
        if part in {"OR", ")"} and is_begun:
            return False
        is_begun = part in {"OR", "(", "-("}
        depth += (part in {"(", "-("}) - (part == ")")
        if not part or not 0 <= depth <= DEEPEST:
            return False
    return not depth and not is_begun


def _part(term: re.Match[str]) -> str:
    """A parenthesis, an OR or a term with its sign, in our words; empty where it has none."""
    sign = "-" if term["not"] else ""
    if term["open"]:
        return f"{sign}("
    if term["close"]:
        return "" if sign else ")"
    if term[0].strip().lower() == "or":
        return "OR"
    words = _term(term)
    return f"{sign}{words}" if words else ""


def _term(term: re.Match[str]) -> str:
    """A term of FreshRSS's in our words, without its sign; empty where it has none."""
    words = term["double"] or term["single"] or term["word"]
    field = _FIELDS.get((term["field"] or "").lower())
    is_apart = not term["double"] and _EITHER.search(words)
    if field is None or is_apart or not _is_sayable(words):
        return ""
    return field + (words if term["word"] and _PLAIN.fullmatch(words) else f'"{words}"')


def _is_sayable(words: str) -> bool:
    """True for words that our searches look for, between quotes."""
    return not _UNSAID.search(words) and any(sign.isalnum() for sign in words)


def _miniflux(line: str) -> str:
    """The same of one that looks for words, or one of several, in a field, whatever their capitals."""
    rule = _LINE.match(line) if len(line) <= LONGEST else None
    if rule is None:
        return ""
    field, pattern = _ENTRY.get(rule["field"].lower()), _PATTERN.match(rule["pattern"].replace(r"\b", ""))
    if field is None or pattern is None:
        return ""
    words = [each.strip() for each in pattern["words"].split("|")]
    if not all(map(_is_sayable, words)):
        return ""
    said = " OR ".join(f'{field}:"{each}"' for each in words)
    return f"({said})" if len(words) > 1 else said
