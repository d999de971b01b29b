"""The pictures of a page with their real addresses, and the addresses of a page that has a base of its own."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml.html import HtmlElement

from articles.sanitize.addresses import absolute
from articles.sanitize.media import Media

_LINKED = {"a": "href", "source": "src", "video": "src", "audio": "src", "iframe": "src"}


def base_of(root: HtmlElement, url: str) -> str:
    """The address that the relative addresses of a page fetched from `url` are relative to."""
    element = next(root.iter("base"), None)
    return absolute((element.get("href") or "") if element is not None else "", url) or url


def settle_pictures(root: HtmlElement, url: str) -> None:
    """Give each picture of a page the address that it has once it is loaded. What a page shows without scripts stands
    for a picture that only a script would fill, and else goes."""
    media = Media(base_of(root, url))
    for fallback in list(root.iter("noscript")):
        _settle_fallback(fallback, media)
    for picture in root.iter("img"):
        source, candidates = media.addresses(dict(picture.attrib))
        if source:
            picture.set("src", source)
        if candidates:
            picture.set("srcset", candidates)


def settle_links(article: HtmlElement, base: str) -> None:
    """Make the addresses in an article absolute: its page's base does not come along."""
    for element in article.iter(*_LINKED):
        name = _LINKED[element.tag]
        value = (element.get(name) or "").strip()
        if value and not value.startswith("#"):
            element.set(name, _joined(base, value))


def _joined(base: str, value: str) -> str:
    try:
        return urljoin(base, value)
    except ValueError:  # such as a host that is half an IPv6 address
        return value


def _settle_fallback(fallback: HtmlElement, media: Media) -> None:
    shown = next(fallback.iter("img"), None)
    if shown is not None and not _has_twin(fallback, shown, media):
        shown.tail = None
        fallback.addprevious(shown)
    fallback.drop_tree()


def _has_twin(fallback: HtmlElement, shown: HtmlElement, media: Media) -> bool:
    """True where the picture before `fallback` has an address, now at least: that of the one in `fallback`."""
    before = fallback.getprevious()
    if before is None:
        return False
    twin = next(before.iter("img"), None)
    if twin is None:
        return False
    if not media.addresses(dict(twin.attrib))[0]:
        for name in ("src", "srcset"):
            if value := shown.get(name):
                twin.set(name, value)
    return True
