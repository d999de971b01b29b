"""The format of one Markdown article file, read leniently. Pure.

    ---
    title: "…"            wins over the link line's, which may be cut short
    date: 2021-07-03T13:11:15.000Z
    author: …
    from: https://…       the article's address, where there is no link line
    tags: [ the source ]
    categories: [ … ]
    ---
    <!--1625317875000-->  publication in milliseconds since the epoch; wins over `date`
    [title](https://…)
    ------

    <div>
    the publisher's HTML
    </div>

Every part may be missing. The wrapping <div> is there exactly where there is front matter and a link line. Front matter
that has a `guid` was written by Newsreader: it may also have `feed` (the feed's address), `category`, `updated` and
`language`, and its quoted values and lists are JSON. Other front matter is taken as it looks: a quoted title may hold
bare quotes, which no YAML reader would accept.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePath
from urllib.parse import urlsplit

from feeds import text as plain
from feeds.dates import parse_date
from feeds.identity import guid_of

MAX_BYTES = 20 * 1024 * 1024
MAX_FRONT_MATTER = 64 * 1024
MAX_SOURCE = 200
MAX_CATEGORY = 500
MAX_GUID = 600  # articles.models.Article.guid
UNKNOWN_SOURCE = "unknown"


class Reason(StrEnum):
    """Why a file is no article."""

    EMPTY = "empty"
    TOO_LARGE = "larger than 20 MB"
    NOT_TEXT = "neither UTF-8 nor GB18030"
    OTHER = "neither front matter, time stamp, link line nor HTML"


class NotAnArticle(ValueError):
    """The file can't be taken in."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFile:
    """What one file says. Empty where it says nothing; dates are UTC; `link` is an http(s) address or empty.

    `source` is never empty: the tags, else the folder below `articles/`, else the link's host, else "unknown".
    """

    source: str
    link: str = ""
    title: str = ""
    author: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    tags: tuple[str, ...] = ()
    language: str = ""
    html: str = ""
    guid: str = ""
    feed_url: str = ""
    category: str = ""

    @property
    def identity(self) -> str:
        """The guid of the article: the file's own; else the link; else a hash of title and HTML. A poll that finds the
        same entry later knows it by this (feeds.identity)."""
        return self.guid or guid_of("", self.link, self.title, self.html)


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands between the front matter and the HTML."""

    stamp: str = ""
    title: str = ""
    link: str = ""
    has_link_line: bool = False


def read(data: bytes, path: PurePath) -> ArticleFile:
    """The article in `data`. Of `path` the file's own name and its folder's count. Raises NotAnArticle."""
    if len(data) > MAX_BYTES:
        raise NotAnArticle(Reason.TOO_LARGE)
    text = plain.storable(_decoded(data)).lstrip("\ufeff \t\r\n")
    if not text:
        raise NotAnArticle(Reason.EMPTY)
    fields, rest = _split_front_matter(text)
    head, body = _split_head(rest)
    if fields and head.has_link_line:
        body = _unwrapped(body)
    if not (fields or head.stamp or head.has_link_line or body.startswith("<") or _source_folder(path)):
        raise NotAnArticle(Reason.OTHER)
    article = _article(_Fields(fields), head, body, path)
    if not (article.link or article.title or article.html):
        raise NotAnArticle(Reason.EMPTY)
    return article


def _article(fields: _Fields, head: _Head, body: str, path: PurePath) -> ArticleFile:
    link = plain.address("", head.link) or plain.address("", fields.value("from"))
    source = fields.source() or _source_folder(path) or _host(link) or UNKNOWN_SOURCE
    return ArticleFile(
        source=source,
        link=link,
        title=fields.title() or plain.line_of_text(head.title, plain.MAX_TITLE),
        author=plain.line(fields.value("author"), plain.MAX_AUTHOR),
        published_at=_from_stamp(head.stamp) or parse_date(fields.value("date")) or _from_name(path),
        updated_at=parse_date(fields.value("updated")),
        tags=tuple(tag for tag in fields.items("categories") if tag != source),
        language=plain.language(fields.value("language")),
        html=body,
        guid=fields.guid(),
        feed_url=plain.line(fields.value("feed"), plain.MAX_FEED_URL),
        category=plain.line(fields.value("category"), MAX_CATEGORY),
    )


# --- bytes to text ----------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    """UTF-8, also with a few bytes damaged, which stay visible as U+FFFD; else Simplified Chinese as GB18030.

    GB18030 alone can't decide: it reads nearly any UTF-8 as rare characters. So UTF-8 that is mostly whole wins, and
    what GB18030 makes of the rest must be characters in common use.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        mended = data.decode("utf-8", "replace")
    damaged = mended.count("\ufffd")
    if damaged * 10 <= sum(char > "\x7f" for char in mended) - damaged:
        return mended
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise NotAnArticle(Reason.NOT_TEXT) from None
    foreign = "".join(char for char in text if char > "\x7f")
    if len(foreign.encode("gb2312", "ignore")) < 2 * 0.8 * len(foreign):
        raise NotAnArticle(Reason.NOT_TEXT)
    return text


# --- the parts --------------------------------------------------------------------------------------------------

_FENCE = re.compile(r"---[ \t]*\r?\n")
_END_FENCE = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_KEY = re.compile(r"([A-Za-z][\w-]*):(?:[ \t]+(.*))?$")
_KEYS = frozenset(
    (
        *("layout", "title", "date", "author", "from", "tags", "categories"),
        *("guid", "feed", "category", "updated", "language"),  # Newsreader's own
    )
)
_STAMP = re.compile(r"<!--[ \t]*(-?\d{1,17})[ \t]*-->[ \t]*(?:\r?\n|\Z)")
_RULE = re.compile(r"^-{3,}[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_WEB_LINK_LINE = re.compile(r"\[(?P<title>.*)\]\((?P<link>https?://[^\r\n]*)\)", re.DOTALL | re.IGNORECASE)
_LINK_LINE = re.compile(r"\[(?P<title>.*)\]\((?P<link>[^\r\n]*)\)", re.DOTALL)
_BARE_LINK_LINE = re.compile(r"\[(?P<title>[^\r\n]*)\]\((?P<link>https?://[^\s]*)\)[ \t]*(?:\r?\n|\Z)", re.IGNORECASE)
_MAX_HEAD = 8 * 1024  # the patterns above are quadratic at worst


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The raw values by key, and what follows. No front matter: no values, and the text."""
    start = _FENCE.match(text)
    end = start and _END_FENCE.search(text, start.end(), start.end() + MAX_FRONT_MATTER)
    if not (start and end):
        return {}, text
    fields = _fields(text[start.end() : end.start()])
    return (fields, text[end.end() :].lstrip()) if _KEYS & fields.keys() else ({}, text)


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    key = ""
    for line in block.splitlines():
        match = _KEY.match(line.rstrip())
        if match and (match[1] in _KEYS or not _is_open(fields.get(key, ""))):
            key = match[1]
            fields.setdefault(key, match[2] or "")
        elif key and line.lstrip().startswith("- "):
            fields[key] = f"{fields[key]}, {line.lstrip()[2:]}"
        elif key:
            fields[key] = f"{fields[key]} {line.strip()}"
    return {name: value.strip(" \t,") if name in {"tags", "categories"} else value for name, value in fields.items()}


def _is_open(value: str) -> bool:
    """A quoted value that goes on in the next line."""
    value = value.strip()
    return value.startswith('"') and (len(value) == 1 or not value.endswith('"'))


def _split_head(text: str) -> tuple[_Head, str]:
    """The time stamp and the link line, and the HTML without the blank lines around it."""
    stamp = _STAMP.match(text)
    if stamp:
        text = text[stamp.end() :].lstrip()
    rule = _RULE.search(text, 0, _MAX_HEAD)
    above = text[: rule.start()].strip() if rule else ""
    line = _WEB_LINK_LINE.fullmatch(above) or _LINK_LINE.fullmatch(above)
    if rule and (line or (stamp and not above)):
        text = text[rule.end() :]
    else:  # without a rule only a whole address makes the first line a link line
        line = _BARE_LINK_LINE.match(text, 0, _MAX_HEAD)
        text = text[line.end() :] if line else text
    head = _Head(
        stamp=stamp[1] if stamp else "",
        title=line["title"] if line else "",
        link=line["link"] if line else "",
        has_link_line=line is not None,
    )
    return head, text.strip("\ufeff \t\r\n")


def _unwrapped(body: str) -> str:
    """What is inside the wrapping <div>. It stands on lines of its own; a <div> of the publisher's hardly ever does.

    Taken literally, as publishers' tags don't balance.
    """
    inner = re.sub(r"\A<div>[ \t]*\r?\n", "", body)
    if inner == body or not body.endswith("</div>"):
        return body
    return re.sub(r"\r?\n\Z", "", inner.removesuffix("</div>"))


# --- values -----------------------------------------------------------------------------------------------------

_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class _Fields:
    """The values of the front matter."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw
        self._is_ours = "guid" in raw

    def value(self, key: str) -> str:
        raw = self._raw.get(key, "").strip()
        if self._is_ours and raw.startswith('"'):
            try:
                return str(json.loads(raw))
            except ValueError:
                pass
        return _unquoted(raw)

    def items(self, key: str) -> tuple[str, ...]:
        """A list's items."""
        raw = self._raw.get(key, "")
        if self._is_ours:
            with suppress(ValueError, TypeError, RecursionError):
                listed = json.loads(raw)
                return tuple(plain.line(item, plain.MAX_TAG) for item in listed if isinstance(item, str))
        items = (_unquoted(item) for item in _without_brackets(raw).split(","))
        return plain.names(items, plain.MAX_TAG, plain.MAX_TAGS)

    def title(self) -> str:
        # Older archives wrote what the feed had, references and all.
        clean = plain.line if self._is_ours else plain.line_of_text
        return clean(self.value("title"), plain.MAX_TITLE)

    def guid(self) -> str:
        guid = plain.line(self.value("guid"), MAX_GUID + 1)
        return guid if len(guid) <= MAX_GUID else guid_of(guid, "", "", "")

    def source(self) -> str:
        """What `tags` says. It is one source, even where its name has a comma."""
        if self._is_ours:
            return source_name("".join(self.items("tags")[:1]))
        return source_name(_unquoted(_without_brackets(self._raw.get("tags", ""))))


def _unquoted(raw: str) -> str:
    raw = raw.strip()
    if len(raw) >= 2 and raw[0] == raw[-1] == '"':
        return raw[1:-1].replace('\\"', '"')
    if len(raw) >= 2 and raw[0] == raw[-1] == "'":
        return raw[1:-1].replace("''", "'")
    return raw


def _without_brackets(raw: str) -> str:
    raw = raw.strip()
    return raw[1:-1].strip() if raw.startswith("[") and raw.endswith("]") else raw


def _source_folder(path: PurePath) -> str:
    """The source of a file `articles/<source>/<name>.md`."""
    folder = path.parent
    return source_name(folder.name) if folder.parent.name == "articles" else ""


def source_name(raw: str) -> str:
    """One form of a name that a Mac's file system spells its own way."""
    return plain.line(unicodedata.normalize("NFC", raw), MAX_SOURCE)


def _host(link: str) -> str:
    return (urlsplit(link).hostname or "").removeprefix("www.")[:MAX_SOURCE]


def _from_stamp(raw: str) -> datetime | None:
    """0 and less is what a program writes that had no date."""
    try:
        return datetime.fromtimestamp(int(raw) / 1000, UTC) if int(raw or 0) > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _from_name(path: PurePath) -> datetime | None:
    """The day in the file's or its folder's name."""
    day = _DAY.search(path.name) or _DAY.search(path.parent.name)
    return parse_date(day[0]) if day else None
