"""Stored HTML to the XHTML of a book. Pure.

Stored HTML was written by the gate of articles.sanitize, so it lacks little: void elements are to be closed, bare
attributes need values. What EPUB forbids beyond that (EPUB 3.3, section 6.1; epubcheck says so) is mended in the tree.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml import etree

from articles.export.formats.markup import plain
from articles.sanitize import clean
from articles.sanitize.vocabulary import VOID

_MATHML = "http://www.w3.org/1998/Math/MathML"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TAG = re.compile(r'<([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<]*")?)*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)(="[^"]*")?')
# RFC 5646, 2.1: what "well-formed" asks of a tag without its private parts.
_LANGUAGE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*",
    re.IGNORECASE | re.ASCII,
)
_HOST = re.compile(r"[^\x00-\x20\"#%/:<>?@\[\\\]^`{|}]+")
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\"<>\[\\\]^`{|}\x7f-\x9f\ud800-\udfff]|%(?![0-9A-Fa-f]{2})")


def xhtml(html: str, *, base_url: str = "") -> str:
    """The content of a page's `div`, well-formed. Never raises: what can't be read as it is, is cleaned once more."""
    try:
        tree = _tree(html)
    except etree.XMLSyntaxError:
        tree = _tree(clean(html, base_url=base_url))
    _mend(tree)
    written = etree.tostring(tree, encoding="unicode")
    return written.removeprefix("<div>").removesuffix("</div>") if len(tree) or tree.text else ""


def _tree(html: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(f"<div>{plain(_TAG.sub(_closed, html))}</div>", parser)


def _closed(tag: re.Match[str]) -> str:
    namespace = f' xmlns="{_MATHML}"' if tag[1] == "math" else ""
    attributes = namespace + _ATTRIBUTE.sub(lambda found: found[0] if found[2] else f' {found[1]}="{found[1]}"', tag[2])
    return f"<{tag[1]}{attributes}{'/' if tag[1] in VOID else ''}>"


def _mend(tree: etree._Element) -> None:
    ids: set[str] = set()
    for element in tree.iter(etree.Element):
        _mend_language(element)
        _mend_id(element, ids)
        if cite := web_address(_taken(element, "cite")):
            element.set("cite", cite)
    for code in tree.iter("pre"):
        code.set("dir", "ltr")  # which EPUB wants here and not in a style
    for link in list(tree.iter("a")):
        _mend_link(link, ids)
    etree.strip_tags(tree, "rb")  # the base of a ruby is its text: HTML has dropped the element


def _mend_language(element: etree._Element) -> None:
    """Both attributes or none: readers look at one or the other."""
    language = _taken(element, "lang")
    if is_language(language):
        element.set("lang", language)
        element.set(_XML_LANG, language)


def _mend_id(element: etree._Element, ids: set[str]) -> None:
    name = _taken(element, "id")
    if name.split() == [name] and name not in ids:
        element.set("id", name)
        ids.add(name)


def _mend_link(link: etree._Element, ids: set[str]) -> None:
    """A link leads to the web, or to a place on this page that is there; others stay as text."""
    href = _taken(link, "href")
    is_place = href.startswith("#") and href[1:] in ids
    if address := href if is_place else web_address(href):
        link.set("href", address)
    else:
        _taken(link, "rel")


def _taken(element: etree._Element, name: str) -> str:
    """The attribute's value, which the element has no more; "" where there was none."""
    return str(element.attrib.pop(name, ""))


def is_language(tag: str) -> bool:
    """True where a tag is well-formed."""
    return _LANGUAGE.fullmatch(tag) is not None


def web_address(value: str) -> str:
    """`value` as a valid address outside of the book; "" where it is none."""
    value = plain(value).strip()
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return _escaped(value) if parts.scheme in {"mailto", "tel"} and parts.path else ""
    return _escaped(value) if _HOST.fullmatch(parts.hostname or "") else ""


def _escaped(address: str) -> str:
    return _NOT_IN_ADDRESS.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address)
