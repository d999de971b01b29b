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
    labels: [ … ]         of the reader whose archive it is; neither these nor their notes are read again
    notes: [{"text": …, "passage": …, "before": …, "after": …, "created": …}]

Other front matter is taken as it looks: a quoted title may hold bare quotes, which no YAML reader would accept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePath
from urllib.parse import urlsplit

from articles.archive_files.format import charset, picture_links
from articles.archive_files.format.front_matter import MAX_SOURCE, Fields, source_name, split_front_matter
from articles.archive_files.format.head import Head, split_head
from articles.archive_files.format.picture_links import PictureLink
from feeds.parse import text as plain
from feeds.parse.dates import parse_date
from feeds.parse.identity import guid_of
from feeds.parse.values import ParsedEnclosure, ParsedSource

MAX_BYTES = 20 * 1024 * 1024
UNKNOWN_SOURCE = "unknown"
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class Reason(StrEnum):
    """The reason why a file is no article."""

    EMPTY = "empty"
    TOO_LARGE = "larger than 20 MB"
    NOT_TEXT = "neither UTF-8 nor GB18030"
    OTHER = "neither front matter, time stamp, link line nor HTML"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNote:
    """A reader's words on an article, and the passage of it that they marked, with what is around it."""

    text: str
    passage: str
    before: str
    after: str
    created_at: datetime


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
    labels: tuple[str, ...] = ()
    notes: tuple[OwnNote, ...] = ()

    @property
    def identity(self) -> str:
        """The guid of the article: the file's own; else the link; else a hash of title and HTML. A poll that finds the
        same entry later knows it by this (feeds.parse.identity)."""
        return self.guid or guid_of("", self.link, self.title, self.html)


def read(data: bytes, path: PurePath) -> ArticleFile:
    """The article in `data`. Of `path` the file's own name and its folder's count. Raises NotAnArticle."""
    raw, rest = split_front_matter(_text(data))
    fields = Fields(raw)
    head, body = split_head(rest, is_own=fields.is_ours, is_wrapped=bool(raw))
    if not any((raw, head.stamp, head.has_link_line, body.startswith("<"), _source_folder(path))):
        raise NotAnArticle(Reason.OTHER)
    article = _article(fields, head, body, path)
    if not any((article.link, article.title, article.html, article.guid)):
        raise NotAnArticle(Reason.EMPTY)
    return article


def _text(data: bytes) -> str:
    """The file's text, which is never empty. Raises NotAnArticle."""
    if len(data) > MAX_BYTES:
        raise NotAnArticle(Reason.TOO_LARGE)
    try:
        text = plain.storable(charset.decoded(data)).lstrip("\ufeff \t\r\n")
    except UnicodeDecodeError:
        raise NotAnArticle(Reason.NOT_TEXT) from None
    if not text:
        raise NotAnArticle(Reason.EMPTY)
    return text


def _article(fields: Fields, head: Head, body: str, path: PurePath) -> ArticleFile:
    link = _link(fields, head)
    source = fields.source() or _source_folder(path) or _host(link) or UNKNOWN_SOURCE
    pictures = fields.pictures()
    return ArticleFile(
        source=source,
        link=link,
        title=_title(fields, head),
        author=plain.line(fields.value("author"), plain.MAX_AUTHOR),
        published_at=_published(fields, head, path),
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


def _title(fields: Fields, head: Head) -> str:
    return fields.title() or ("" if head.is_own else plain.line_of_text(head.title, plain.MAX_TITLE))


def _link(fields: Fields, head: Head) -> str:
    links = [plain.address("", head.link), plain.address("", fields.value("from"))]
    return next(filter(None, reversed(links) if fields.is_ours else links), "")


def _published(fields: Fields, head: Head, path: PurePath) -> datetime | None:
    dates = [_from_stamp(head.stamp), fields.moment("date")]
    return next(filter(None, reversed(dates) if fields.is_ours else dates), None) or _from_name(path)


def _source_folder(path: PurePath) -> str:
    """The source of a file `articles/<source>/<name>.md`."""
    folder = path.parent
    return source_name(folder.name) if folder.parent.name == "articles" else ""


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
