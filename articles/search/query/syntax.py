"""The query language: text to a small tree and back. Pure. One language for search, saved searches, rules, re-export.

    climate change          both words            title:climate  author:"Li Wei"  url:example.org
    "climate change"        this phrase           feed:reuters  category:world  lang:zh
    -weather                not this word         has:image  has:audio  has:video
    rain OR snow            either                after:2021-11  before:7d  date:2021-11-05
    (rain OR snow) -storm   parentheses           is:unread  is:noted  label:later  note:why

OR binds weaker than the space: `a b OR c` is `(a b) OR c`. Full-width punctuation and the quotes of other languages
count as their ASCII relatives. A query is never refused: what can't be used is left out, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time
from enum import IntEnum, StrEnum
from typing import TypeAlias

from articles.search.query.tree import And, Not, Or, Tree, affirmed, evaluate, joined, leaves, required

LONGEST_QUERY = 2000
MOST_TERMS = 60
DEEPEST = 20

TEXT_FIELDS = ("title", "author", "url")
READER_FIELDS = ("is", "label", "note")
FILTER_FIELDS = ("feed", "category", "lang", "has", "after", "before", "date", "dup", "importance", *READER_FIELDS)
MEDIA = ("image", "audio", "video")
IMPORTANCES = ("high", "normal", "low")
STATES = ("unread", "read", "starred", "noted", "hidden")


@dataclass(frozen=True, slots=True)
class Words(Tree["Term"]):
    """Text that must occur: in the title or the text, or in one field. A phrase that has a blank was quoted."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Filter(Tree["Term"]):
    """A property of the article; `value` as it was typed, checked by the parser."""

    field: str
    value: str


Term = Words | Filter
Node: TypeAlias = Tree[Term]


class Problem(StrEnum):
    """The reason why something of the query was left out, or read otherwise than it may have been meant."""

    TOO_LONG = "too long"
    TOO_MANY_TERMS = "too many terms"
    TOO_DEEP = "too deep"
    UNCLOSED_QUOTE = "unclosed quote"
    UNBALANCED = "unbalanced parenthesis"
    EMPTY_FIELD = "empty field"
    BAD_DATE = "bad date"
    BAD_MEDIA = "bad media"
    BAD_STATE = "bad state"
    BAD_DOUBLES = "bad doubles"
    BAD_IMPORTANCE = "bad importance"
    DANGLING = "dangling operator"
    WILDCARD = "wildcard"
    PUNCTUATION = "only punctuation"


@dataclass(frozen=True, slots=True)
class Note:
    """A problem that the reader should know of; `text` is the piece of the query that it is about."""

    problem: Problem
    text: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """The query as it was understood. `tree` is None where nothing is asked for."""

    tree: Node | None
    notes: tuple[Note, ...] = ()


_TO_ASCII = str.maketrans(
    {
        "（": "(", "）": ")", "：": ":", "－": "-", "\u3000": " ", "＂": '"', "！": "!",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "「": '"', "」": '"', "『": '"', "』": '"',
        "〝": '"', "〞": '"', "﹁": '"', "﹂": '"',
    }
)  # fmt: skip
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# The full-width bar between blanks only: titles have it as a dash, 天府事变｜全网震怒, and are pasted.
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<open>\()|(?P<close>\))|(?P<or>\|+|(?<![^\s()])｜+(?![^\s()]))"
    r"|(?P<not>(?<![^\s()|])(?:-(?!-)|!)(?=[^\s)|]))"
    r'|(?P<field>[A-Za-z]{2,10}:(?=[^\s)|]))|"(?P<phrase>[^"]*)(?P<closing>"?)|(?P<word>[^\s()"|]+)'
)
# Words that are operators, by the token that they stand for: and is what blanks are.
_OPERATORS = {"OR": "or", "AND": "space", "&&": "space", "&": "space", "NOT": "not"}
# Keyboards for Japanese have it as a hyphen; before a digit articles have it, and are pasted: −5 °C.
_MINUS = re.compile(r"−(?!\d)")
# The quotation mark of Hebrew abbreviations (צה"ל), as keyboards have it: it quotes nothing.
_GERSHAYIM = re.compile('(?<=[\u05d0-\u05ea])"(?=[\u05d0-\u05ea])')
# Dates: a year, a month, a day, an ISO moment, or an age as 12h, 7d, 3w, 6m, 2y.
DATE = re.compile(
    r"(?P<age>\d{1,4})(?P<unit>[hdwmy])"
    r"|(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})"
    r"(?:T(?P<time>\d\d:\d\d(?P<seconds>:\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?))?)?)?"
)
_BLANK = re.compile(r"\s+")


def as_read(text: str) -> str:
    """The text with the signs that a query is read with: full-width punctuation and quotes as their ASCII relatives."""
    return _GERSHAYIM.sub("\u05f4", _MINUS.sub("-", _UNUSABLE.sub(" ", text)).translate(_TO_ASCII))


def parse(text: str) -> Query:
    """Read a query. Accepts every str; takes time linear in its length."""
    parser = _Parser()
    text = as_read(text)
    if len(text) > LONGEST_QUERY:
        parser.note(Problem.TOO_LONG)
        text = text[:LONGEST_QUERY]
    return Query(parser.read(text), tuple(parser.notes))


@dataclass
class _Parser:
    notes: list[Note] = field(default_factory=list)
    terms: int = 0

    def note(self, problem: Problem, text: str = "") -> None:
        note = Note(problem, text)
        if note not in self.notes:
            self.notes.append(note)

    def read(self, text: str) -> Node | None:
        """One pass with a stack: a level per open parenthesis, on it the alternatives, each a list of parts."""
        levels = [_Level()]
        for match in _TOKEN.finditer(text):
            self._take(levels, match)
        if len(levels) > 1:
            self.note(Problem.UNBALANCED, "(")
        while len(levels) > 1:
            self._close(levels)
        return self._node(levels[0])

    def _take(self, levels: list[_Level], match: re.Match[str]) -> None:
        match _OPERATORS.get(match["word"], match.lastgroup):
            case "space":
                return
            case "open":
                self._open(levels)
            case "close":
                self._close(levels)
            case "not":
                levels[-1].negated = not levels[-1].negated
            case "field":
                levels[-1].field = match["field"][:-1]
            case "or":
                levels[-1].alternatives.append([])
            case _:
                self._term(levels[-1], match)

    def _open(self, levels: list[_Level]) -> None:
        if len(levels) > DEEPEST:
            self.note(Problem.TOO_DEEP)
            levels[-1].skipped += 1
        else:
            levels.append(_Level())

    def _close(self, levels: list[_Level]) -> None:
        if levels[-1].skipped:
            levels[-1].skipped -= 1
        elif len(levels) == 1:
            self.note(Problem.UNBALANCED, ")")
        else:
            node = self._node(levels.pop())
            if node is not None:
                levels[-1].add(node)

    def _node(self, level: _Level) -> Node | None:
        if level.negated or level.field:
            self.note(Problem.EMPTY_FIELD if level.field else Problem.DANGLING, level.field or "-")
        filled = [joined(And, parts) for parts in level.alternatives if parts]
        if len(filled) != len(level.alternatives) and len(level.alternatives) > 1:
            self.note(Problem.DANGLING, "OR")
        return joined(Or, filled) if filled else None

    def _term(self, level: _Level, match: re.Match[str]) -> None:
        name, level.field = level.field, ""
        value = match["word"] if match["word"] is not None else match["phrase"]
        value = _BLANK.sub(" ", value).strip()
        if match["word"] is None and not match["closing"]:
            self.note(Problem.UNCLOSED_QUOTE)
        if "*" in value and match["word"] is not None:
            self.note(Problem.WILDCARD, value)
        node = self._leaf(name, value)
        if node is None:
            level.negated = False
        elif self.terms >= MOST_TERMS:
            self.note(Problem.TOO_MANY_TERMS)
        else:
            self.terms += 1
            level.add(node)

    def _leaf(self, name: str, value: str) -> Node | None:
        if not value:
            self.note(Problem.EMPTY_FIELD, name)
            return None
        if not name and value[-1] == ":" and value[:-1].lower() in {*TEXT_FIELDS, *FILTER_FIELDS}:
            self.note(Problem.EMPTY_FIELD, value)
            return None
        if name.lower() not in {"", *TEXT_FIELDS, *FILTER_FIELDS}:
            return Words(f"{name}:{value}")  # no field of ours: "http://…", "Re:Zero"
        name = name.lower()
        return Words(value, name) if name in {"", *TEXT_FIELDS} else self._filter(name, value)

    def _filter(self, name: str, value: str) -> Node | None:
        plain = value.lower() if name in {"dup", "has", "importance", "lang", "is"} else value
        wrong = {
            "dup": None if plain == "yes" else Problem.BAD_DOUBLES,
            "importance": None if plain in IMPORTANCES else Problem.BAD_IMPORTANCE,
            "has": None if plain in MEDIA else Problem.BAD_MEDIA,
            "is": None if plain in STATES else Problem.BAD_STATE,
            **dict.fromkeys(("after", "before", "date"), None if is_date(value) else Problem.BAD_DATE),
        }
        if problem := wrong.get(name):
            self.note(problem, value)
            return None
        return Filter(name, plain)


@dataclass
class _Level:
    """The parts of one level of parentheses that is still open."""

    alternatives: list[list[Node]] = field(default_factory=lambda: [[]])
    negated: bool = False
    field: str = ""
    skipped: int = 0

    def add(self, node: Node) -> None:
        self.alternatives[-1].append(Not(node) if self.negated else node)
        self.negated = False


def is_date(value: str) -> bool:
    """True where `value` is written as after:, before: and date: take it, and such a day exists."""
    match = DATE.fullmatch(value)
    if not match:
        return False
    if match["age"]:
        return True
    month, day = int(match["month"] or 1), int(match["day"] or 1)
    return (
        int(match["year"]) > 0
        and 1 <= month <= 12
        and 1 <= day <= 31
        and (not match["time"] or _is_time(match["time"]))
    )


def _is_time(value: str) -> bool:
    try:
        time.fromisoformat(value)
    except ValueError:
        return False
    return True


# --- and back ---------------------------------------------------------------------------------------------------


def to_text(node: Node | None) -> str:
    """The query that parses to `node`: parse(to_text(node)).tree == node for every tree that parse made, as long as the
    text is no longer than LONGEST_QUERY."""
    if node is None:
        return ""
    text, _binding = evaluate(node, _term_text, every=_all_text, some=_either_text, no=_not_text)
    return text


class Binding(IntEnum):
    """The binding strength of a piece of a query: what is looser than its place allows stands in parentheses."""

    OR = 0
    AND = 1
    NOT = 2
    TERM = 3


_Text = tuple[str, Binding]


def _term_text(term: Term) -> _Text:
    match term:
        case Words(text, ""):
            return _quoted(text), Binding.TERM
        case Words(value, name) | Filter(name, value):
            return f"{name}:{_quoted(value)}", Binding.TERM


def _all_text(parts: Iterable[_Text]) -> _Text:
    return " ".join(_grouped(part, Binding.AND) for part in parts), Binding.AND


def _either_text(parts: Iterable[_Text]) -> _Text:
    return " OR ".join(text for text, _binding in parts), Binding.OR


def _not_text(part: _Text) -> _Text:
    return f"-{_grouped(part, Binding.TERM)}", Binding.NOT


def _grouped(part: _Text, loosest: Binding) -> str:
    text, binding = part
    return text if binding >= loosest else f"({text})"


_PLAIN = re.compile(r'(?![-!])(?!(?:OR|AND|NOT)$)(?![A-Za-z]{2,10}:.)[^\s()"|｜&*]+')


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else f'"{text}"'


def words_of(node: Node) -> list[Words]:
    """The words that a hit must or may contain: what is highlighted."""
    return [term for term in affirmed(node) if isinstance(term, Words)]


def asks_kept(node: Node | None) -> bool:
    """True where every hit has a label or a note of the reader's: whatever became of its feed, it is theirs."""
    parts = () if node is None else required(node)
    return any(
        isinstance(part, Filter) and (part.field in {"label", "note"} or part == Filter("is", "noted"))
        for part in parts
    )


def asks_reader(node: Node | None) -> bool:
    """True where the answer depends on what a reader did: who asks has to be known."""
    terms = [] if node is None else [term for term, _ in leaves(node)]
    return any(isinstance(term, Filter) and term.field in READER_FIELDS for term in terms)


def asks_doubles(node: Node | None) -> bool:
    """True where each article is wanted, also those that are doubles of others: `dup:yes`."""
    terms = [] if node is None else affirmed(node)
    return any(isinstance(term, Filter) and term.field == "dup" for term in terms)
