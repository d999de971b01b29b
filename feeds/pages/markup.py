"""Items of a web page or an XML document by CSS selectors or XPath."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lxml import etree, html

from feeds.pages import expressions
from feeds.pages.items import MAX_ITEMS, Item
from feeds.pages.recipe import Kind, Recipe

Element = etree._Element
Found = list[object]

MAX_LENGTH = 5_000_000  # characters of a page that are looked at
HEADINGS = expressions.xpath(expressions.HEADING)
LINKS = expressions.xpath("descendant-or-self::a[@href]")
TIMES = expressions.xpath("descendant-or-self::time")
DATE_ATTRIBUTES = ("datetime", "content", "title", "data-time", "data-timestamp")
PICTURE_ATTRIBUTES = ("data-src", "data-original", "src", "content", "href")


def tree(text: str, *, is_xml: bool = False) -> Element | None:
    """The root of a document; None where there is none in it. Nothing is fetched and no entity expanded."""
    data = text[:MAX_LENGTH].encode("utf-8", "replace")
    parser: etree.XMLParser | html.HTMLParser
    if is_xml:
        parser = etree.XMLParser(
            encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_pis=True
        )
    else:
        parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None


def base_of(root: Element, url: str) -> str:
    """The address that others on the page are relative to, as it says itself (HTML, 4.2.3)."""
    base = root.find(".//base[@href]")
    return (base.get("href") or "") if base is not None else url


class Reader:
    """A recipe's expressions, ready to be asked. Raises feeds.pages.expressions.NotASelector."""

    def __init__(self, recipe: Recipe, root: Element) -> None:
        self._kind = recipe.kind
        self._spaces = {name: uri for name, uri in root.nsmap.items() if name} if recipe.kind is Kind.XML else {}
        self._root = root
        self._items = expressions.css(recipe.items) if recipe.kind is Kind.CSS else self._xpath(recipe.items)
        self._parts = {
            name: self._part(getattr(recipe, name))
            for name in ("title", "link", "date", "content", "author", "picture", "tags", "guid")
        }
        self._feed_title = self._part(recipe.feed_title)

    def _xpath(self, expression: str) -> etree.XPath:
        return expressions.xpath(expression, self._spaces)

    def _part(self, expression: str) -> etree.XPath | None:
        if not expression:
            return None
        is_css = self._kind is Kind.CSS and expression != "."  # the item itself, in both languages
        return expressions.css(expression, inside=True) if is_css else self._xpath(expression)

    @property
    def feed_title(self) -> str:
        return text(expressions.found(self._feed_title, self._root))

    def items(self) -> Iterator[Item]:
        """The items, at most MAX_ITEMS."""
        for element in _elements(expressions.found(self._items, self._root))[:MAX_ITEMS]:
            yield self._item(element)

    def _item(self, element: Element) -> Item:
        titles = (
            self._in(element, "title") if self._parts["title"] is not None else expressions.found(HEADINGS, element)
        )
        links = self._in(element, "link") if self._parts["link"] is not None else _links_of(element, titles)
        dates = self._in(element, "date") if self._parts["date"] is not None else expressions.found(TIMES, element)
        is_untitled = self._parts["title"] is None and not text(titles)
        return Item(
            title=text(links) if is_untitled else text(titles),
            link=_link(links),
            dates=tuple(_dates(dates)),
            content_html="\n".join(_markup(each) for each in self._in(element, "content")),
            author=text(self._in(element, "author")),
            picture=_attribute(self._in(element, "picture"), PICTURE_ATTRIBUTES),
            tags=tuple(text([each]) for each in self._in(element, "tags")),
            guid=text(self._in(element, "guid")),
        )

    def _in(self, element: Element, name: str) -> Found:
        return expressions.found(self._parts[name], element)


def _elements(found: Found) -> list[Element]:
    return [each for each in found if isinstance(each, Element) and isinstance(each.tag, str)]


def text(found: Found) -> str:
    """The text of the first thing found that has any, on one line."""
    for each in found:
        said = "".join(str(part) for part in each.itertext()) if isinstance(each, Element) else _plain(each)
        if line := " ".join(said.split()):
            return line
    return ""


def _plain(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return value if isinstance(value, str) else ""


def _links_of(element: Element, titles: Found) -> Found:
    """The link of an item for which none is named: that in or around its title, else its first one."""
    for title in _elements(titles):
        if inside := expressions.found(LINKS, title):
            return inside
        around = next((each for each in title.iterancestors("a") if each.get("href")), None)
        if around is not None:
            return [around]
    return expressions.found(LINKS, element)


def _link(found: Found) -> str:
    """The address that the first of them leads to: of a link, what has one inside, an element of XML that says it, or
    an attribute."""
    for each in found:
        if not isinstance(each, Element):
            said = _plain(each)
        elif inside := _elements(expressions.found(LINKS, each)):
            said = inside[0].get("href") or ""
        else:
            said = each.get("href") or text([each])
        if said.strip():
            return said.strip()
    return ""


def _dates(found: Found) -> Iterator[str]:
    for each in found[:5]:
        if isinstance(each, Element):
            yield from (said for name in DATE_ATTRIBUTES if (said := each.get(name)))
            yield text([each])
        else:
            yield _plain(each)


def _attribute(found: Found, attributes: tuple[str, ...]) -> str:
    for each in found:
        if not isinstance(each, Element):
            said = _plain(each)
        else:
            own = [each.get(name) for name in attributes if each.get(name)]
            said = own[0] or "" if own else _attribute(list(each.iter("img")), attributes) if len(each) else ""
        if said.strip():
            return said.strip()
    return ""


def _markup(found: object) -> str:
    if isinstance(found, Element):
        return str(etree.tostring(found, encoding="unicode", method="html", with_tail=False))
    return f"<p>{escape(said, quote=False)}</p>" if (said := _plain(found).strip()) else ""
