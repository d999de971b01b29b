"""Rules for one site, in the format of the public collection ftr-site-config (FiveFilters), a line each:
`body: //div[@id='text']`. Of its directives those are read that say where things are; what would be asked of the
site (`http_header`), tests (`test_url`) and switches of other programs are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from lxml.html import HtmlElement

from articles.extract.page import read, remove_unseen, written
from articles.extract.pictures import base_of, settle_links, settle_pictures
from articles.extract.selectors import selected, selected_address, selected_text
from articles.extract.subtree import together
from feeds.parse.text import address

MAX_LENGTH = 256_000  # characters of a rule file
_MOST_LINES = 2000
_DIRECTIVE = re.compile(r"([a-z_]{1,40})(?:\(([^)]{0,500})\))?[ \t]{0,10}:(.*)")
_QUOTED = re.compile(r"[^\w./:?&=%-]")
_KEPT = (
    "title",
    "author",
    "date",
    "body",
    "strip",
    "strip_id_or_class",
    "strip_image_src",
    "single_page_link",
    "next_page_link",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRule:
    """Each directive's values in the file's order: of `title` to `body` and of the links the first that finds something
    counts, of the others all. `replaced`: pairs of what is found in the page's HTML and what stands for it."""

    title: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()
    strip_id_or_class: tuple[str, ...] = ()
    strip_image_src: tuple[str, ...] = ()
    single_page_link: tuple[str, ...] = ()
    next_page_link: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledPage:
    """The parts that a rule finds in a page; each empty where it finds nothing. `author`: names with commas between
    them."""

    html: str = ""
    title: str = ""
    author: str = ""
    date: str = ""
    whole_url: str = ""
    next_url: str = ""


def parse_rule(text: str) -> SiteRule:
    """The rule that a file has. Never raises: what is not understood is passed over."""
    said = list(_directives(text))
    kept = {name: tuple(value for each, _, value in said if each == name and value) for name in _KEPT}
    return SiteRule(replaced=tuple(_replaced(said)), **kept)


def _directives(text: str) -> Iterator[tuple[str, str, str]]:
    """The name, the argument and the value of each."""
    for line in text[:MAX_LENGTH].splitlines()[:_MOST_LINES]:
        if directive := _DIRECTIVE.match(line.strip()):  # no comment: those begin with "#"
            yield directive[1], directive[2] or "", directive[3].strip()


def _replaced(said: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of what is found and what stands for it, in one directive or in two."""
    found: list[str] = []
    for name, argument, value in said:
        if name == "find_string" and value:
            found.append(value)
        elif name == "replace_string" and (argument or found):
            yield argument or found.pop(0), value


def ruled(source: str, url: str, rule: SiteRule) -> RuledPage:
    """The parts that `rule` finds in the page `source`, fetched from `url`."""
    for found, instead in rule.replaced:
        source = source.replace(found, instead)
    root = read(source)
    if root is None:
        return RuledPage()
    base = base_of(root, url)
    said = {
        "title": _first(root, rule.title),
        "author": _first(root, rule.author),
        "date": _first(root, rule.date),
        "whole_url": _link(root, rule.single_page_link, base, url),
        "next_url": _link(root, rule.next_page_link, base, url),
    }
    return RuledPage(html=_body(root, url, base, rule), **said)


def stripped(root: HtmlElement, selectors: Iterable[str]) -> None:
    """Take what each of `selectors` names out of a tree."""
    for selector in selectors:
        for element in selected(root, selector):
            if element.getparent() is not None:
                element.drop_tree()


def body_by(root: HtmlElement, selector: str) -> HtmlElement | None:
    """A `div` with all that a selector names; None where it names nothing."""
    return together(found) if (found := selected(root, selector)) else None


def _body(root: HtmlElement, url: str, base: str, rule: SiteRule) -> str:
    settle_pictures(root, url)
    remove_unseen(root)
    stripped(root, rule.strip)
    stripped(
        root, (f'//*[contains(@class, "{part}") or contains(@id, "{part}")]' for part in _parts(rule.strip_id_or_class))
    )
    stripped(root, (f'//img[contains(@src, "{part}")]' for part in _parts(rule.strip_image_src)))
    for selector in rule.body:
        if (article := body_by(root, selector)) is not None:
            settle_links(article, base)
            return written(article)
    return ""


def _parts(values: Iterable[str]) -> list[str]:
    """Parts of names, as they can stand in an expression between quotation marks."""
    plain = (value.strip("'\" ") for value in values)
    return [part for part in plain if part and not _QUOTED.search(part)]


def _first(root: HtmlElement, selectors: Iterable[str]) -> str:
    return next((text for selector in selectors if (text := selected_text(root, selector))), "")


def _link(root: HtmlElement, selectors: Iterable[str], base: str, url: str) -> str:
    for selector in selectors:
        found = address(base, selected_address(root, selector))
        if found and found.partition("#")[0] != url.partition("#")[0]:
            return found
    return ""
