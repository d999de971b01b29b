"""Elements of a page by a CSS selector or an XPath expression that an operator or a site's rule gives."""

from __future__ import annotations

from functools import lru_cache

from cssselect import HTMLTranslator, SelectorError
from lxml import etree
from lxml.html import HtmlElement

MAX_LENGTH = 1000  # characters of a selector
_PATHS = ("/", "./", "(", "'", '"', "id(", "concat(", "string(", "substring", "normalize-space(", "translate(")


def is_selector(text: str) -> bool:
    """True for a CSS selector or an XPath expression that can be used."""
    return _compiled(text.strip()) is not None


def selected(root: HtmlElement, selector: str) -> list[HtmlElement]:
    """The elements that a selector names, none inside another, in the document's order. None for what is none."""
    found = {each: None for each in _evaluated(root, selector) if isinstance(each, HtmlElement)}
    return [each for each in found if not any(around in found for around in each.iterancestors())]


def selected_text(root: HtmlElement, selector: str) -> str:
    """The text of the first thing that a selector names, an element or an attribute; empty where it has none."""
    for each in _evaluated(root, selector):
        text = each.text_content() if isinstance(each, HtmlElement) else each
        if isinstance(text, str) and (line := " ".join(text.split())):
            return line
    return ""


def selected_address(root: HtmlElement, selector: str) -> str:
    """The first address that a selector names: an attribute's value, or where the link leads that it names."""
    for each in _evaluated(root, selector):
        address = each.get("href") if isinstance(each, HtmlElement) else each
        if isinstance(address, str) and address.strip():
            return address.strip()
    return ""


def _evaluated(root: HtmlElement, selector: str) -> list[object]:
    expression = _compiled(selector.strip())
    if expression is None:
        return []
    try:
        value: object = expression(root)
    except etree.XPathError:  # such as a function that there is not
        return []
    return list(value) if isinstance(value, list) else [value]


@lru_cache(maxsize=256)
def _compiled(selector: str) -> etree.XPath | None:
    """The selector as it can be asked; None where it is none."""
    if not selector or len(selector) > MAX_LENGTH:
        return None
    try:
        return etree.XPath(selector if _is_xpath(selector) else HTMLTranslator().css_to_xpath(selector))
    except (etree.XPathError, SelectorError, ValueError):
        return None


def _is_xpath(selector: str) -> bool:
    """True for what begins as a path, or as a call of one of XPath's functions."""
    return selector.startswith(_PATHS)
