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
that has a `guid` was written by Newsreader (see `writing` beside this file): its quoted values and lists are JSON, what
it says wins over the lines below it, and it may also have

    feed: "…"             the feed's address
    category: "…"         the feed's, after those it is inside of: "News / Asia", or a list of names
    updated: …            as `date`, both to the microsecond
    language: …
    base: "…"             what addresses in the HTML are relative to, where that is not the article's own
    image: "…"            the lead picture, where the HTML does not show it
    enclosures: [{"url": …, "type": …, "length": …, "title": …, "alt": …, "poster": …}]
    images: [ … ]         pictures that lie beside the file: articles.archive_files.format.picture_links
    source: {"title": …, "url": …, "site_url": …}   the feed it was published in, if not this one

Other front matter is taken as it looks: a quoted title may hold bare quotes, which no YAML reader would accept.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from articles.archive_files.format import charset, picture_links
from articles.archive_files.format.json_values import enclosures_of, origin_of
from articles.archive_files.format.picture_links import PictureLink
from feeds.parse import text as plain
from feeds.parse.dates import parse_date
from feeds.parse.identity import guid_of
from feeds.parse.values import ParsedEnclosure, ParsedSource

MAX_BYTES = 20 * 1024 * 1024
MAX_FRONT_MATTER = 1024 * 1024  # a hundred enclosures with long addresses fit
MAX_SOURCE, MAX_GUID = 200, 600  # as in articles.models
CATEGORY_SEPARATOR = " / "
UNKNOWN_SOURCE = "unknown"


class Reason(StrEnum):
    """The reason why a file is no article."""

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
    """The article of one file. Empty where the file says nothing; dates are UTC; `link` is an http(s) address or empty.

    `source` is never empty: the tags, else the folder below `articles/`, else the link's host, else "unknown".
    `category` is the feed's, after those that it is inside of. `base_url` is what the HTML's addresses are relative to;
    None: to the link.
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
    category: tuple[str, ...] = ()
    base_url: str | None = None
    image_url: str = ""
    enclosures: tuple[ParsedEnclosure, ...] = ()
    pictures: tuple[PictureLink, ...] = ()
    origin: ParsedSource | None = None

    @property
    def identity(self) -> str:
        """The guid of the article: the file's own; else the link; else a hash of title and HTML. A poll that finds the
        same entry later knows it by this (feeds.parse.identity)."""
        return self.guid or guid_of("", self.link, self.title, self.html)


@dataclass(frozen=True, slots=True)
class _Head:
    """The parts between the front matter and the HTML."""

    stamp: str = ""
    title: str = ""
    link: str = ""
    has_link_line: bool = False
    is_own: bool = False


def read(data: bytes, path: PurePath) -> ArticleFile:
    """The article in `data`. Of `path` the file's own name and its folder's count. Raises NotAnArticle."""
    if len(data) > MAX_BYTES:
        raise NotAnArticle(Reason.TOO_LARGE)
    try:
        text = plain.storable(charset.decoded(data)).lstrip("\ufeff \t\r\n")
    except UnicodeDecodeError:
        raise NotAnArticle(Reason.NOT_TEXT) from None
    if not text:
        raise NotAnArticle(Reason.EMPTY)
    fields, rest = _split_front_matter(text)
    head, body = _split_own_head(rest) if "guid" in fields else _split_wrapped(rest) if fields else _split_head(rest)
    if not (fields or head.stamp or head.has_link_line or body.startswith("<") or _source_folder(path)):
        raise NotAnArticle(Reason.OTHER)
    article = _article(_Fields(fields), head, body, path)
    if not (article.link or article.title or article.html or article.guid):
        raise NotAnArticle(Reason.EMPTY)
    return article


def _article(fields: _Fields, head: _Head, body: str, path: PurePath) -> ArticleFile:
    links = [plain.address("", head.link), plain.address("", fields.value("from"))]
    link = next(filter(None, reversed(links) if fields.is_ours else links), "")
    source = fields.source() or _source_folder(path) or _host(link) or UNKNOWN_SOURCE
    dates = [_from_stamp(head.stamp), fields.moment("date")]
    pictures = fields.pictures()
    return ArticleFile(
        source=source,
        link=link,
        title=fields.title() or ("" if head.is_own else plain.line_of_text(head.title, plain.MAX_TITLE)),
        author=plain.line(fields.value("author"), plain.MAX_AUTHOR),
        published_at=next(filter(None, reversed(dates) if fields.is_ours else dates), None) or _from_name(path),
        updated_at=fields.moment("updated"),
        tags=tuple(tag for tag in fields.items("categories") if fields.is_ours or tag != source),
        language=plain.language(fields.value("language")),
        html=picture_links.restored(body, pictures),
        guid=fields.guid(),
        feed_url=plain.line(fields.value("feed"), plain.MAX_FEED_URL),
        category=fields.category(),
        base_url=plain.address("", fields.value("base")) if fields.has("base") else None,
        image_url=plain.address("", fields.image(pictures)) if fields.is_ours else "",
        enclosures=fields.enclosures(),
        pictures=pictures,
        origin=fields.origin(),
    )


# --- the parts --------------------------------------------------------------------------------------------------

_FENCE = re.compile(r"---[ \t]*\r?\n")
_END_FENCE = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_KEY = re.compile(r"([A-Za-z][\w-]*):(?:[ \t]+(.*))?$")
_KEYS = frozenset(
    (
        *("layout", "title", "date", "author", "from", "tags", "categories"),
        # Newsreader's own
        *("guid", "feed", "category", "updated", "language", "base", "image", "enclosures", "images", "source"),
    )
)
_STAMP = re.compile(r"<!--[ \t]*(-?\d{1,17})[ \t]*-->[ \t]*(?:\r?\n|\Z)")
_RULE = re.compile(r"^-{3,}[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_LINK_START = re.compile(r"\]\(")
_WEB_LINK_START = re.compile(r"\]\((?=https?://)", re.IGNORECASE)
_LINE = re.compile(r"([^\r\n]*+)(?:\r?\n|\Z)")
_OWN_HEAD = re.compile(r"<!--(-?\d{1,17})-->\n\[[^\n]*\n------\n\n<div>\n(.*)\n</div>\n", re.DOTALL)
_MAX_HEAD = 8 * 1024  # characters in which the link line and its rule stand


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The raw values by key, and what follows. No front matter: no values, and the text."""
    start = _FENCE.match(text)
    end = start and _END_FENCE.search(text, start.end(), start.end() + MAX_FRONT_MATTER)
    if not (start and end):
        return {}, text
    fields = _fields(text[start.end() : end.start()])
    return (fields, text[end.end() :].lstrip()) if _KEYS & fields.keys() else ({}, text)


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, list[str]] = {}
    key = ""
    for line in block.splitlines():
        match = _KEY.match(line.rstrip())
        if match and (match[1] in _KEYS or not _is_open(fields.get(key, []))):
            key = match[1]
            fields.setdefault(key, [match[2] or ""])
        elif key and line.lstrip().startswith("- "):
            fields[key].append(f", {line.lstrip()[2:]}")
        elif key and line.strip():
            fields[key].append(f" {line.strip()}")
    joined = {name: "".join(parts) for name, parts in fields.items()}
    return {name: value.strip(" \t,") if name in {"tags", "categories"} else value for name, value in joined.items()}


def _is_open(parts: Sequence[str]) -> bool:
    """A quoted value that goes on in the next line."""
    first = next((part.strip() for part in parts[:2] if part.strip()), "")
    return first.startswith('"') and (first == '"' == parts[-1].strip() or not parts[-1].rstrip().endswith('"'))


def _split_own_head(text: str) -> tuple[_Head, str]:
    """To the letter where the file is as Newsreader wrote it, which edited ones are not."""
    own = _OWN_HEAD.fullmatch(text)
    return (_Head(stamp=own[1], is_own=True), own[2]) if own else _split_wrapped(text)


def _split_wrapped(text: str) -> tuple[_Head, str]:
    head, body = _split_head(text)
    return head, _unwrapped(body) if head.has_link_line else body


def _split_head(text: str) -> tuple[_Head, str]:
    """The time stamp and the link line, and the HTML without the blank lines around it."""
    stamp = _STAMP.match(text)
    if stamp:
        text = text[stamp.end() :].lstrip()
    rule = _RULE.search(text, 0, _MAX_HEAD)
    above = text[: rule.start()].strip() if rule else ""
    line = _linked(above, _WEB_LINK_START) or _linked(above, _LINK_START)
    if rule and (line or (stamp and not above)):
        text = text[rule.end() :]
    else:  # without a rule only a whole address makes the first line a link line
        first = _LINE.match(text, 0, _MAX_HEAD)
        line = _linked(first[1].rstrip(" \t"), _WEB_LINK_START) if first else None
        line = line if line and line[1].split() == [line[1]] else None
        text = text[first.end() :] if first and line else text
    head = _Head(
        stamp=stamp[1] if stamp else "",
        title=line[0] if line else "",
        link=line[1] if line else "",
        has_link_line=line is not None,
    )
    return head, text.strip("\ufeff \t\r\n")


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


# --- values -----------------------------------------------------------------------------------------------------

_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class _Fields:
    """The values of the front matter."""

    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw
        self.is_ours = "guid" in raw

    def has(self, key: str) -> bool:
        return self.is_ours and key in self._raw

    def value(self, key: str) -> str:
        raw = self._raw.get(key, "").strip()
        if self.is_ours and raw.startswith('"'):
            try:
                return str(json.loads(raw))
            except ValueError:
                pass
        return _unquoted(raw)

    def items(self, key: str) -> tuple[str, ...]:
        """A list's items."""
        raw = self._raw.get(key, "")
        if self.is_ours and isinstance(listed := self._json(key), list):
            return tuple(plain.line(item, plain.MAX_TAG) for item in listed if isinstance(item, str))
        items = (_unquoted(item) for item in _without_brackets(raw).split(","))
        return plain.names(items, plain.MAX_TAG, plain.MAX_TAGS)

    def _json(self, key: str) -> Any:
        """The value as JSON; None where it is none."""
        with suppress(ValueError, RecursionError):
            return json.loads(self._raw.get(key, ""))
        return None

    def moment(self, key: str) -> datetime | None:
        value = self.value(key)
        if self.is_ours:
            with suppress(ValueError, OverflowError):
                moment = datetime.fromisoformat(value)
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        return parse_date(value)

    def category(self) -> tuple[str, ...]:
        listed = self._json("category")
        names = listed if isinstance(listed, list) else self.value("category").split(CATEGORY_SEPARATOR)
        return tuple(filter(None, (plain.line(name, plain.MAX_TAG) for name in names)))

    def enclosures(self) -> tuple[ParsedEnclosure, ...]:
        return enclosures_of(self._json("enclosures")) if self.is_ours else ()

    def pictures(self) -> tuple[PictureLink, ...]:
        return picture_links.links_of(self._json("images")) if self.is_ours else ()

    def image(self, pictures: Sequence[PictureLink]) -> str:
        """The lead picture's address, also where its file stands in its place."""
        value = self.value("image")
        return next((link.url for link in picture_links.beside(pictures) if link.file == value), value)

    def origin(self) -> ParsedSource | None:
        return origin_of(self._json("source")) if self.is_ours else None

    def title(self) -> str:
        # Older archives wrote what the feed had, references and all.
        clean = plain.line if self.is_ours else plain.line_of_text
        return clean(self.value("title"), plain.MAX_TITLE)

    def guid(self) -> str:
        guid = plain.line(self.value("guid"), MAX_GUID + 1)
        return guid if len(guid) <= MAX_GUID else guid_of(guid, "", "", "")

    def source(self) -> str:
        """The source that `tags` names. It is one source, even where its name has a comma."""
        if self.is_ours:
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
