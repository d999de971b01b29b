"""Elements of a page by a CSS selector or an XPath expression that an operator or a site's rule gives."""

from __future__ import annotations

from lxml.html import HtmlElement

from feeds.pages import expressions


def is_selector(text: str) -> bool:
    """True for a CSS selector or an XPath expression that can be used."""
    return expressions.of_either(text.strip()) is not None


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
    return expressions.found(expressions.of_either(selector.strip()), root)
