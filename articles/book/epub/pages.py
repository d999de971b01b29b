"""The documents of a book (EPUB 3.3, https://www.w3.org/TR/epub-33/) as text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from articles.export.formats.markup import element

XHTML, NCX = "application/xhtml+xml", "application/x-dtbncx+xml"
CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
_ACCESS = {
    "schema:accessMode": ("textual", "visual"),
    "schema:accessModeSufficient": ("textual",),
    "schema:accessibilityFeature": ("tableOfContents", "readingOrder", "structuralNavigation"),
    "schema:accessibilityHazard": ("unknown",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that the book itself says, in the language of who asked for it; `language` is its tag."""

    language: str
    contents: str
    cover: str
    original: str
    picture: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """An article on its way into the book. `language` may be empty; `content` is XHTML; `files` by name and address;
    `notes` by passage and words, of which one may be empty."""

    title: str
    language: str
    is_rtl: bool
    source: str
    facts: str
    url: str
    content: str
    files: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    name: str
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day's articles, at least one. `title` says which day."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class File:
    """A file of the book, below `EPUB/`. `is_page`: it is read, in the order of the files."""

    name: str
    media_type: str
    is_page: bool = False
    properties: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The data that stand on the cover and in the package document. `languages`: the most frequent one first."""

    id: str
    title: str
    subtitle: str
    author: str
    site: str
    modified_at: datetime
    languages: Sequence[str]
    notes: Sequence[str] = ()


def chapter(made: Chapter, words: Words) -> str:
    """An article as a page."""
    original = f" · {element('a', words.original, href=made.url)}" if made.url else ""
    spoken = f'lang="{words.language}" xml:lang="{words.language}" dir="auto"'
    facts = f'<p class="facts" {spoken}>{element("bdi", made.facts)}{original}</p>'
    head = f"<header>{_line('source', made.source)}{element('h1', made.title)}{facts}</header>"
    files = "".join(f"<li>{element('a', name, href=address)}</li>" for name, address in made.files)
    listed = f'<ul class="files">{files}</ul>' if files else ""
    body = f'<article>{head}\n<div class="prose">{made.content}</div>{listed}</article>{_notes(made.notes, words)}'
    return _page(made.title, body, language=made.language, is_rtl=made.is_rtl, css="../book.css")


def _notes(notes: Sequence[tuple[str, str]], words: Words) -> str:
    """The section of what the book's reader wrote on an article."""
    if not notes:
        return ""
    heading = element("h2", words.notes, lang=words.language, xml_lang=words.language, dir="auto")
    written = "".join(
        (f"<blockquote>{_line('written', passage)}</blockquote>" if passage else "")
        + (_line("written", text) if text else "")
        for passage, text in notes
    )
    return f'<section class="notes">{heading}{written}</section>'


def cover(book: Book, words: Words) -> str:
    """The first page: what the book is, and what it leaves out."""
    notes = "".join(_line("note", note) for note in book.notes)
    lines = element("h1", book.title) + _line("subtitle", book.subtitle) + notes + _line("author", book.author)
    return _page(book.title, f'<section class="cover">{lines}</section>', language=words.language, css="book.css")


def _line(kind: str, text: str) -> str:
    return element("p", text, **{"class": kind, "dir": "auto"})


def navigation(days: Iterable[Day], words: Words) -> str:
    """The table of contents."""
    items = "".join(_nav_day(day) for day in days)
    first = f"<li>{element('a', words.cover, href='cover.xhtml')}</li>"
    heading = element("h1", words.contents)
    contents = f'<nav epub:type="toc" id="toc" role="doc-toc">{heading}<ol>{first}{items}</ol></nav>'
    return _page(words.contents, contents, language=words.language, css="book.css")


def _nav_day(day: Day) -> str:
    items = "".join(_nav_entry(entry) for entry in day.entries)
    return f"\n<li>{element('span', day.title)}<ol>{items}</ol></li>"


def _nav_entry(entry: Entry) -> str:
    link = element("a", entry.title, href=entry.name, lang=entry.language, xml_lang=entry.language, dir="auto")
    return f"\n<li>{link}</li>"


def _page(title: str, body: str, *, language: str, css: str, is_rtl: bool = False) -> str:
    spoken = f' lang="{language}" xml:lang="{language}"' if language else ""
    direction = ' dir="rtl"' if is_rtl else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"{spoken}{direction}>\n'
        f'<head><meta charset="utf-8"/>{element("title", title)}'
        f'<link rel="stylesheet" type="text/css" href="{css}"/></head>\n<body>{body}</body>\n</html>\n'
    )


def old_contents(days: Iterable[Day], book: Book, words: Words) -> str:
    """The table of contents for readers of EPUB 2 (NCX: OPF 2.0.1, section 2.4.1)."""
    meta = (("dtb:uid", book.id), ("dtb:depth", "2"), ("dtb:totalPageCount", "0"), ("dtb:maxPageNumber", "0"))
    head = "".join(element("meta", name=name, content=value) for name, value in meta)
    title = f"<docTitle>{element('text', book.title)}</docTitle>"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">'
        f"<head>{head}</head>{title}<navMap>{''.join(_points(days, words))}</navMap></ncx>\n"
    )


def _points(days: Iterable[Day], words: Words) -> Iterator[str]:
    """A day leads to its first article, and so has that one's number."""
    yield _point("cover", 1, words.cover, "cover.xhtml")
    number = 1
    for count, day in enumerate(days, 1):
        first = number + 1
        inside = []
        for entry in day.entries:
            number += 1
            inside.append(_point(f"article{number}", number, entry.title, entry.name))
        yield _point(f"day{count}", first, day.title, day.entries[0].name, "".join(inside))


def _point(key: str, number: int, title: str, name: str, inside: str = "") -> str:
    label = f"<navLabel>{element('text', title)}</navLabel>{element('content', src=name)}"
    return f'\n<navPoint id="{key}" playOrder="{number}">{label}{inside}</navPoint>'


def package(book: Book, files: Sequence[File]) -> str:
    """The package document: what the book is, which files it has, and in which order they are read."""
    keys = {file.name: f"file{number}" for number, file in enumerate(files)}
    manifest = "\n".join(_item(keys[file.name], file) for file in files)
    spine = "".join(element("itemref", idref=keys[file.name]) for file in files if file.is_page)
    metadata = "\n".join(_metadata(book))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">\n'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n{metadata}\n</metadata>\n'
        f'<manifest>\n{manifest}\n</manifest>\n<spine toc="{keys["toc.ncx"]}">{spine}</spine>\n</package>\n'
    )


def _item(key: str, file: File) -> str:
    attributes = {"id": key, "href": file.name, "media-type": file.media_type, "properties": file.properties}
    return element("item", **attributes)


def _metadata(book: Book) -> Iterator[str]:
    yield element("dc:identifier", book.id, id="id")
    yield element("dc:title", " – ".join(filter(None, (book.title, book.subtitle))))
    yield element("dc:creator", book.author)
    yield from (element("dc:language", language) for language in book.languages)
    if book.site:
        yield element("dc:source", book.site)
    yield element("meta", f"{book.modified_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", property="dcterms:modified")
    for name, values in _ACCESS.items():
        yield from (element("meta", value, property=name) for value in values)
