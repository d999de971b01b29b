"""Reads a book as an e-reader does and says what is wrong with it: the rules of EPUB 3.3 that a book of ours can break."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote, urlsplit

from lxml import etree

HTML, OPF = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/opf}"
DC, NCX = "{http://purl.org/dc/elements/1.1/}", "{http://www.daisy.org/z3986/2005/ncx/}"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PICTURES = {"image/jpeg": b"\xff\xd8", "image/png": b"\x89PNG", "image/gif": b"GIF8"}
FORBIDDEN = {"script", "style", "iframe", "form", "input", "object", "embed", "audio", "video", "source", "base", "rb"}
# Elements whose content is words: no block may stand in one.
PHRASES = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "dt",
    "caption",
    "summary",
    "a",
    "em",
    "strong",
    "span",
    "b",
    "i",
}
BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "table",
    "blockquote",
    "figure",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "section",
    "article",
    "header",
}
MODIFIED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Book:
    """An open book; `text(name)` and `page(name)` read a file below EPUB/."""

    def __init__(self, data: bytes) -> None:
        self.zip = zipfile.ZipFile(BytesIO(data))
        self.package = self.tree("package.opf")
        self.items = {item.get("href"): item for item in self.package.iter(f"{OPF}item")}

    def bytes(self, name: str) -> bytes:
        return self.zip.read(f"EPUB/{name}")

    def tree(self, name: str) -> etree._Element:
        return etree.fromstring(self.bytes(name))

    def text(self, name: str) -> str:
        return "".join(self.tree(name).find(f"{HTML}body").itertext())

    @property
    def order(self) -> list[str]:
        """The pages as they are read."""
        names = {item.get("id"): name for name, item in self.items.items()}
        return [names[ref.get("idref")] for ref in self.package.iter(f"{OPF}itemref")]

    @property
    def chapters(self) -> list[str]:
        return [name for name in self.order if name.startswith("articles/")]

    def metadata(self, name: str) -> list[str]:
        return [element.text for element in self.package.iter(f"{DC}{name}")]


def faults(data: bytes) -> list[str]:
    """What is wrong with the book; nothing where all is well."""
    book = Book(data)
    return [
        *_container(book),
        *_package(book),
        *_contents(book),
        *(fault for name in book.items for fault in _file(book, name)),
    ]


def _container(book: Book) -> Iterator[str]:
    first = book.zip.infolist()[0]
    if (first.filename, first.compress_type, first.extra) != ("mimetype", zipfile.ZIP_STORED, b""):
        yield "mimetype does not come first, plain"
    if book.zip.read("mimetype") != b"application/epub+zip":
        yield "mimetype says something else"
    names = book.zip.namelist()
    yield from (f"{name} is there twice" for name, n in Counter(name.lower() for name in names).items() if n > 1)
    listed = {f"EPUB/{name}" for name in book.items}
    beside = {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}
    yield from (f"{name} is not listed, or not there" for name in (set(names) - beside) ^ listed)
    if book.zip.testzip():
        yield "a file is damaged"


def _package(book: Book) -> Iterator[str]:
    package = book.package
    ids = [item.get("id") for item in book.items.values()]
    if len(set(ids)) != len(ids):
        yield "two files have one id"
    if {ref.get("idref") for ref in package.iter(f"{OPF}itemref")} - set(ids):
        yield "the spine names what is not there"
    named = [
        element for element in package.iter(f"{DC}identifier") if element.get("id") == package.get("unique-identifier")
    ]
    if len(named) != 1 or not named[0].text.startswith("urn:uuid:"):
        yield "no identifier"
    if not all(book.metadata(name) and all(book.metadata(name)) for name in ("title", "language", "creator")):
        yield "title, language or creator is missing"
    modified = [meta.text for meta in package.iter(f"{OPF}meta") if meta.get("property") == "dcterms:modified"]
    if len(modified) != 1 or not MODIFIED.fullmatch(modified[0]):
        yield "no moment of change"
    if [name for name, item in book.items.items() if item.get("properties") == "nav"] != ["nav.xhtml"]:
        yield "there is not one table of contents"
    if book.order[:2] != ["cover.xhtml", "nav.xhtml"]:
        yield "cover and contents do not come first"


def _contents(book: Book) -> Iterator[str]:
    nav, ncx = book.tree("nav.xhtml"), book.tree("toc.ncx")
    if [element.get(EPUB_TYPE) for element in nav.iter(f"{HTML}nav")] != ["toc"]:
        yield "the contents are not marked"
    for item in nav.iter(f"{HTML}li"):
        if len(item) == 0 or item[0].tag not in {f"{HTML}a", f"{HTML}span"} or not "".join(item[0].itertext()).strip():
            yield "a line of the contents has no name"
    listed = [link.get("href") for link in nav.iter(f"{HTML}a")]
    if listed != [name for name in book.order if name != "nav.xhtml"]:
        yield "the contents and the order of reading differ"
    if ncx.find(f"{NCX}head/{NCX}meta[@name='dtb:uid']").get("content") != book.metadata("identifier")[0]:
        yield "the old contents are of another book"
    targets: dict[str, str] = {}
    keys = [point.get("id") for point in ncx.iter(f"{NCX}navPoint")]
    if len(set(keys)) != len(keys):
        yield "two points have one id"
    for point in ncx.iter(f"{NCX}navPoint"):
        target, number = point.find(f"{NCX}content").get("src"), point.get("playOrder")
        if target not in book.items or targets.setdefault(number, target) != target:
            yield f"the old contents lead astray: {target}"


def _file(book: Book, name: str) -> Iterator[str]:
    media_type = book.items[name].get("media-type")
    if media_type == "application/xhtml+xml":
        yield from (f"{name}: {fault}" for fault in _page(book, name))
    elif media_type in PICTURES and not book.bytes(name).startswith(PICTURES[media_type]):
        yield f"{name} is no {media_type}"
    elif media_type.startswith("image/") and media_type not in PICTURES:
        yield f"{name}: not every e-reader shows {media_type}"


def _page(book: Book, name: str) -> Iterator[str]:
    page = book.tree(name)
    if not (page.findtext(f"{HTML}head/{HTML}title") or "").strip():
        yield "no title"
    ids = Counter(element.get("id") for element in page.iter() if element.get("id") is not None)
    yield from (f"id {key!r} twice" for key, n in ids.items() if n > 1 or not key)
    for element in page.iter(etree.Element):
        tag = element.tag.removeprefix(HTML)
        if tag in FORBIDDEN:
            yield f"<{tag}>"
        yield from (
            f"{key}="
            for key in map(str, element.attrib)
            if key.startswith("on") or key in {"srcset", "style", "loading"}
        )
        if element.get("lang") != element.get(XML_LANG):
            yield "lang and xml:lang differ"
        if tag in PHRASES and any(
            inner.tag.removeprefix(HTML) in BLOCKS for inner in element.iterdescendants(etree.Element)
        ):
            yield f"a block in <{tag}>"
        if tag == "a" and element.find(f".//{HTML}a") is not None:
            yield "a link in a link"
        yield from _references(book, name, element, set(ids))


def _references(book: Book, name: str, element: etree._Element, ids: set[str]) -> Iterator[str]:
    if element.tag == f"{HTML}img":
        if element.get("alt") is None:
            yield "a picture without words"
        if not book.items.get(_beside(name, element.get("src"))).get("media-type").startswith("image/"):
            yield "a picture that is none"
    elif element.get("src") is not None:
        yield f"{element.tag} loads something"
    if re.search(r'[\s<>"\[\]{}|\\^`]', element.get("cite", "")):
        yield "cite is no address"
    href = element.get("href")
    if href is None:
        return
    if href.startswith("#"):
        if unquote(href[1:]) not in ids:
            yield f"{href} leads nowhere"
    elif not urlsplit(href).scheme:
        if _beside(name, href) not in book.items:
            yield f"{href} leads nowhere"
    elif urlsplit(href).scheme not in {"http", "https", "mailto", "tel"} or re.search(r'[\s<>"\[\]{}|\\^`]', href):
        yield f"{href} is no address"


def _beside(name: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), href))
