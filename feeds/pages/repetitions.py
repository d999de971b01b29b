"""Repetitions on a web page: elements of one kind, each with a story's link, told by how much their links say and by
what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from feeds.pages import expressions, markup
from feeds.pages.markup import Element
from feeds.pages.recipe import Kind, Recipe
from feeds.parse.dates import parse_date

MAX_LINKS = 3000
LEVELS = 6  # from a link outwards
FEWEST, MOST_ITEMS = 3, 500
SHORTEST = 6  # signs of a story's title; of wide ones fewer
NEARLY_ALL, HALF = 0.8, 0.5
CLASS = re.compile(r"[A-Za-z_][A-Za-z_-]*")  # a name that no program has numbered
BESIDE = re.compile(
    r"(?<![a-z])(?:nav|menu|foot|breadcrumb|side|related|recommend|comment|share|social|pagin|tags?(?![a-z])|hot(?![a-z])"
    r"|rank|login)",
    re.IGNORECASE,
)
BESIDE_TAGS = frozenset({"nav", "footer", "aside", "header", "form"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5")
TITLES = re.compile(r"title|headline|heading|subject|caption", re.IGNORECASE)
DATES = re.compile(r"date|time|publish|posted|when", re.IGNORECASE)
TEXTS = re.compile(r"summary|excerpt|desc|dek|lead|abstract|intro|teaser|digest|snippet|text", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Group:
    """Elements of one kind, the link of each that is its story's, and how likely these are the page's articles."""

    elements: tuple[Element, ...]
    links: tuple[Element, ...]
    score: float

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset(link.get("href") or "" for link in self.links)


def recipes(text: str, url: str) -> list[Recipe]:
    """A recipe for each of the page's lists of stories, the likeliest first."""
    root = markup.tree(text)
    if root is None:
        return []
    chosen: list[Group] = []
    for group in sorted(_groups(root, url), key=lambda group: -group.score):
        if all(len(group.addresses & other.addresses) * 2 < len(group.addresses) for other in chosen):
            chosen.append(group)
        if len(chosen) == 3:
            break
    return [recipe for group in chosen if (recipe := _recipe(group, root))]


# --- groups -----------------------------------------------------------------------------------------------------------


def _groups(root: Element, url: str) -> Iterator[Group]:
    by_kind: dict[tuple[str, ...], dict[Element, None]] = {}
    for link in _story_links(root, url):
        tags = [str(each.tag) for each in (link, *link.iterancestors())]
        for level, element in enumerate(_outwards(link)):
            kind = (_kind(element), _kind(element.getparent()), *tags[level + 2 :])
            by_kind.setdefault(kind, {})[element] = None
    for elements in by_kind.values():
        if FEWEST <= len(elements) <= MOST_ITEMS and (group := _group(list(elements), url)):
            yield group


def _story_links(root: Element, url: str) -> Iterator[Element]:
    for link in islice(root.iter("a"), MAX_LINKS):
        if _leads_on(link, url) and _says_enough(markup.text([link])):
            yield link


def _leads_on(link: Element, url: str) -> bool:
    """True of a link to another page."""
    try:
        parts = urlsplit(urljoin(url, (link.get("href") or "").strip()))
    except ValueError:
        return False
    here = urlsplit(url)
    return parts.scheme in {"http", "https"} and (parts.path, parts.query) != (here.path, here.query)


def _says_enough(text: str) -> bool:
    return _width(text) >= 2 * SHORTEST


def _width(text: str) -> int:
    """The length of a text, of whose signs one that is not ASCII says as much as two that are."""
    return len(text) + sum(not sign.isascii() for sign in text)


def _outwards(link: Element) -> Iterator[Element]:
    element: Element | None = link
    for _ in range(LEVELS):
        if element is None or element.tag in {"body", "html", "main"}:
            return
        yield element
        element = element.getparent()


def _kind(element: Element | None) -> str:
    """Tag and first class: what elements of one kind have in common."""
    if element is None:
        return ""
    return ".".join([str(element.tag), *_classes(element)[:1]])


def _classes(element: Element) -> list[str]:
    return [name for name in (element.get("class") or "").split() if CLASS.fullmatch(name)]


def _group(elements: list[Element], url: str) -> Group | None:
    links = [link for element in elements if (link := _main_link(element, url)) is not None]
    addresses = {link.get("href") for link in links}
    if len(addresses) < FEWEST or len(addresses) < NEARLY_ALL * len(elements):
        return None
    titles = [markup.text([link]) for link in links]
    length = sum(min(_width(title), 80) for title in titles) / len(titles)
    score = min(len(addresses), 30) ** 0.7 * length * _worth(elements) * (0.3 if _have_many_links(elements) else 1)
    return Group(tuple(elements), tuple(links), score * (0.2 if _is_beside(elements[0]) else 1))


def _main_link(element: Element, url: str) -> Element | None:
    """The link of an item: that of its heading, else the one that says most."""
    links = [element] if element.tag == "a" else list(element.iter("a"))
    links = [link for link in links[:20] if _leads_on(link, url)]
    in_heading = [link for link in links if any(each.tag in HEADINGS for each in (*link.iterancestors(), *link))]
    return max(in_heading or links, key=lambda link: len(markup.text([link])), default=None)


def _have_many_links(elements: list[Element]) -> bool:
    return sum(len(list(element.iter("a"))) > 8 for element in elements) > HALF * len(elements)


def _worth(elements: list[Element]) -> float:
    """More than 1 for what articles have beside their link: a heading, a date, a paragraph, a picture."""
    some = elements[:20]
    has = (
        (0.5, lambda each: any(child.tag in HEADINGS for child in each.iter())),
        (0.6, lambda each: _date_element(each) is not None),
        (0.3, lambda each: any(len(markup.text([child])) > 40 for child in each.iter("p"))),
        (0.2, lambda each: next(each.iter("img"), None) is not None),
    )
    return 1 + sum(worth for worth, test in has if sum(map(test, some)) >= HALF * len(some))


def _is_beside(element: Element) -> bool:
    """True of what stands in a menu, a footer or the like."""
    for around in (element, *element.iterancestors()):
        if around.tag in {"body", "html"}:
            return False
        if around.tag in BESIDE_TAGS or BESIDE.search(f"{around.get('class') or ''} {around.get('id') or ''}"):
            return True
    return False


def _date_element(element: Element) -> Element | None:
    """The elements that tell an item's date: <time>, or a short text that is one."""
    for child in element.iter():
        if child.tag == "time":
            return child
        said = markup.text([child]) if isinstance(child.tag, str) and not len(child) else ""
        if 6 <= len(said) <= 40 and any(map(str.isdigit, said)) and parse_date(said):
            return child
    return None


# --- selectors --------------------------------------------------------------------------------------------------------


def _recipe(group: Group, root: Element) -> Recipe | None:
    items = _items_selector(group, root)
    if items is None:
        return None
    elements = group.elements
    title = _title_of(elements)
    date = _most(elements, (_own_selector(found) for each in elements if (found := _date_element(each)) is not None))
    return Recipe(
        kind=Kind.CSS,
        items=items,
        title=title,
        link=f"{title} a" if title and _share(elements, f"{title} a") >= NEARLY_ALL else "",
        date=date,
        content=_content_of(elements, title),
        picture="img" if _share(elements, "img") >= HALF else "",
    )


def _items_selector(group: Group, root: Element) -> str | None:
    """The shortest selector that names these elements and few others."""
    wanted = set(group.elements)
    best: tuple[float, str] | None = None
    for selector in _selectors(group.elements[0]):
        found = {each for each in expressions.found(_asked(selector), root) if isinstance(each, etree._Element)}
        missed, others = len(wanted - found) / len(wanted), len(found - wanted) / len(wanted)
        if missed == others == 0:
            return selector
        if missed <= 0.1 and others <= 0.5 and (best is None or missed + others < best[0]):
            best = missed + others, selector
    return best[1] if best else None


def _selectors(element: Element) -> Iterator[str]:
    """Selectors of an element and those like it, from the shortest on."""
    own = [str(element.tag), *(f"{element.tag}.{name}" for name in _classes(element)[:3])][::-1]
    yield from own
    around = element.getparent()
    path = " > "
    for _ in range(3):
        if around is None or around.tag in {"html"}:
            return
        for name in _names_of(around):
            yield from (f"{name}{path}{each}" for each in own)
        own = [f"{_names_of(around)[-1]}{path}{each}" for each in own]
        around = around.getparent()


def _names_of(element: Element) -> list[str]:
    tag, identity = str(element.tag), element.get("id") or ""
    ids = [f"#{identity}"] if CLASS.fullmatch(identity) else []
    return [*ids, *(f"{tag}.{name}" for name in _classes(element)[:2]), tag]


def _asked(selector: str, *, inside: bool = False) -> etree.XPath | None:
    """The expression of a selector; None where a tag of the page, as <o:p>, makes none."""
    try:
        return expressions.css(selector, inside=inside)
    except expressions.NotASelector:
        return None


def _share(elements: Iterable[Element], selector: str) -> float:
    """The part of the elements that have something there with text, a picture or an address."""
    asked = _asked(selector, inside=True)
    hits = [bool(expressions.found(asked, each)) for each in elements]
    return sum(hits) / len(hits)


def _title_of(elements: tuple[Element, ...]) -> str:
    """The selector of the titles; empty where the link alone says them."""
    for heading in HEADINGS:
        if _share(elements, heading) >= NEARLY_ALL:
            return heading
    return _by_class(elements, TITLES)


def _content_of(elements: tuple[Element, ...], title: str) -> str:
    found = _by_class(elements, TEXTS)
    return found if found and found != title else "p" if _share(elements, "p") >= HALF else ""


def _by_class(elements: tuple[Element, ...], names: re.Pattern[str]) -> str:
    """The selector of what most items have under a class that says so."""
    return _most(
        elements,
        (
            f".{name}"
            for each in elements[:50]
            for child in each.iterdescendants()
            for name in _classes(child)
            if names.search(name) and markup.text([child])
        ),
    )


def _own_selector(element: Element) -> str:
    if element.tag == "time":
        return "time"
    return next((f".{name}" for name in _classes(element)), str(element.tag))


def _most(elements: tuple[Element, ...], selectors: Iterator[str]) -> str:
    """The first of these that half of the items have; empty where none is."""
    return next((each for each in dict.fromkeys(selectors) if each and _share(elements, each) >= HALF), "")
