"""The author of an article, its date, its title, and the picture that leads it, as far as its page says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from articles.extract.page import line, read
from articles.extract.pictures import base_of
from articles.extract.structured_data import Thing, article_thing, meta, texts, things
from feeds.parse.dates import parse_date
from feeds.parse.text import MAX_AUTHOR, MAX_TITLE, address, line_of_text, names

_SEPARATOR = re.compile(r" [|\-–—»·:_/] | ?[|｜_] ?")
_TITLES = ("og:title", "twitter:title", "dc.title", "sailthru.title", "parsely-title")
_DESCRIPTIONS = (
    "description", "og:description", "twitter:description", "dc.description", "dcterms.abstract", "sailthru.description"
)  # fmt: skip
_AUTHORS = ("author", "article:author", "byl", "dc.creator", "dcterms.creator", "sailthru.author", "parsely-author")
_DATES = (
    "article:published_time", "datepublished", "og:published_time", "og:article:published_time", "parsely-pub-date",
    "sailthru.date", "dc.date", "dcterms.date", "dc.date.issued", "pubdate", "publishdate", "publish-date",
    "publication_date", "date",
)  # fmt: skip
_PICTURES = ("og:image:secure_url", "og:image:url", "og:image", "twitter:image", "twitter:image:src", "thumbnailurl")
_ADDRESS = re.compile(r"(?:https?:)?//", re.I)
_BY = re.compile(
    r"(?:by|von|por|par|di|作者|記者|记者|文|編集|글)\s?[:：/／]?\s+|(?:作者|記者|记者|文)\s?[:：/／]\s?", re.I
)
_MAX_AUTHORS = 10
_MAX_DESCRIPTION = 2000  # characters of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Each empty, or None, where the page does not say it. `author`: names, with commas between them. `description`:
    what the page says in short of the article, in each of the places where it does, a line for each."""

    title: str = ""
    description: str = ""
    author: str = ""
    published_at: datetime | None = None
    image_url: str = ""


def facts(html: str, url: str) -> Facts:
    """The facts that the page `html`, fetched from `url`, tells of its article."""
    root = read(html)
    return Facts() if root is None else facts_of(root, url)


def facts_of(root: HtmlElement, url: str) -> Facts:
    """The same, of a page's tree as it was read."""
    thing, named = article_thing(things(root)), meta(root)
    return Facts(
        title=_title(root, thing, named),
        description=_description(thing, named),
        author=_author(root, thing, named),
        published_at=_date(root, thing, named),
        image_url=_image(root, thing, named, url),
    )


def _first(values: Iterable[object], limit: int) -> str:
    return next((text for value in values if (text := line_of_text(value, limit))), "")


# --- title ------------------------------------------------------------------------------------------------------------


def _title(root: HtmlElement, thing: Thing, named: Mapping[str, str]) -> str:
    page = next((line(each) for each in root.iter("title")), "")
    headings = [text for each in root.iter("h1") if (text := line(each))]
    said = _first([thing.get("headline"), *(named.get(name) for name in _TITLES)], MAX_TITLE)
    return _first([_without_site(said, headings), headings[0] if len(headings) == 1 else "", _shorter(page)], MAX_TITLE)


def _without_site(title: str, headings: list[str]) -> str:
    """`title`, or the heading that it begins with: what follows is the site's name."""
    for heading in headings:
        if len(heading) > 8 and title.startswith(heading) and _SEPARATOR.match(title[len(heading) :]):
            return heading
    return title


def _shorter(title: str) -> str:
    """The longest part of a page's title, where it is most of it."""
    longest = max(_SEPARATOR.split(title), key=len)
    return longest if 2 * len(longest) > len(title) else title


def _description(thing: Thing, named: Mapping[str, str]) -> str:
    said = [*map(named.get, _DESCRIPTIONS), *texts(thing.get("description")), *texts(thing.get("abstract"))]
    return "\n".join(dict.fromkeys(filter(None, (line_of_text(each, _MAX_DESCRIPTION) for each in said))))


# --- author -----------------------------------------------------------------------------------------------------------


def _author(root: HtmlElement, thing: Thing, named: Mapping[str, str]) -> str:
    for found in (_people(thing.get("author")), (named.get(name) for name in _AUTHORS), _marked(root)):
        plain = (_BY.sub("", text, count=1) if _BY.match(text) else text for text in found if text)
        if people := names([each for each in plain if not _ADDRESS.match(each.strip())], MAX_AUTHOR, _MAX_AUTHORS):
            return ", ".join(people)[:MAX_AUTHOR]
    return ""


def _people(value: object) -> Iterator[str]:
    for each in (value if isinstance(value, list) else [value])[:_MAX_AUTHORS]:
        yield from texts(each.get("name") if isinstance(each, dict) else each)


def _marked(root: HtmlElement) -> Iterator[str]:
    """The names that stand on the page as links to authors."""
    for element in root.iter("a", "span", "div", "p", "address"):
        if element.get("rel") == "author" or "author" in (element.get("itemprop") or "").split():
            name = element.find(".//*[@itemprop='name']")
            text = line(element if name is None else name)
            if 0 < len(text) < 100:
                yield text


# --- date and picture -------------------------------------------------------------------------------------------------


def _date(root: HtmlElement, thing: Thing, named: Mapping[str, str]) -> datetime | None:
    said = (thing.get("datePublished"), thing.get("dateCreated"), *(named.get(name) for name in _DATES), *_times(root))
    return next((date for value in said if value and (date := parse_date(value))), None)


def _times(root: HtmlElement) -> Iterator[str]:
    for element in root.iter():
        if element.get("itemprop") == "datePublished" or (element.tag == "time" and element.get("pubdate") is not None):
            yield element.get("datetime") or element.get("content") or line(element)[:100]
    times = [moment for element in root.iter("time") if (moment := element.get("datetime"))]
    if len(set(times)) == 1:  # of several, who knows
        yield times[0]


def _image(root: HtmlElement, thing: Thing, named: Mapping[str, str], url: str) -> str:
    linked = (each.get("href") for each in root.iter("link") if (each.get("rel") or "").lower() == "image_src")
    base = base_of(root, url)
    said = (*_images(thing.get("image")), *(named.get(name) for name in _PICTURES), *linked)
    return next((found for value in said if (found := address(base, value))), "")


def _images(value: object) -> Iterator[object]:
    for each in (value if isinstance(value, list) else [value])[:5]:
        yield (each.get("url") or each.get("contentUrl")) if isinstance(each, dict) else each
