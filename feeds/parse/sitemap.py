"""Sitemaps of news (https://www.google.com/schemas/sitemap-news/0.9/), which many publishers keep who have no feed:
each names the articles of the last two days, with titles and dates."""

from __future__ import annotations

from lxml import etree

from feeds.parse import identity
from feeds.parse.dates import parse_date
from feeds.parse.text import MAX_FEED_TITLE, MAX_TAG, MAX_TAGS, MAX_TITLE, address, language, line_of_text, names
from feeds.parse.values import NotAFeed, ParsedEntry, ParsedFeed

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
MAX_ENTRIES = 5_000


def feed(text: str, *, url: str) -> ParsedFeed:
    """The feed in a sitemap that came from `url`. Raises NotAFeed."""
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is not None and etree.QName(root).localname == "sitemapindex":
        raise NotAFeed("This is a list of sitemaps: one of them may be that of the site's news.")
    found = [] if root is None else [each for each in root if each.find(f"{NEWS}news") is not None][:MAX_ENTRIES]
    entries = [entry for each in found if (entry := _entry(each, url))]
    if not entries:
        raise NotAFeed("This is a sitemap that tells no titles: only one of news can be read as a feed.")
    publication = found[0].find(f"{NEWS}news/{NEWS}publication")
    return ParsedFeed(
        title=line_of_text(_said(publication, f"{NEWS}name"), MAX_FEED_TITLE),
        language=language(_said(publication, f"{NEWS}language")),
        site_url=address(url, "/"),
        entries=identity.distinct(entries, address(url, "/")),
    )


def _entry(element: etree._Element, url: str) -> ParsedEntry | None:
    news = element.find(f"{NEWS}news")
    link = address(url, _said(element, f"{SITEMAP}loc"))
    title = line_of_text(_said(news, f"{NEWS}title"), MAX_TITLE)
    if not (link and title):
        return None
    return ParsedEntry(
        guid=identity.guid_of("", link, title, ""),
        url=link,
        title=title,
        language=language(_said(news, f"{NEWS}publication/{NEWS}language")),
        tags=names(_said(news, f"{NEWS}keywords").split(","), MAX_TAG, MAX_TAGS),
        base_url=link,
        image_url=address(link, _said(element, f"{IMAGE}image/{IMAGE}loc")),
        published_at=parse_date(_said(news, f"{NEWS}publication_date")),
        updated_at=parse_date(_said(element, f"{SITEMAP}lastmod")),
    )


def _said(element: etree._Element | None, path: str) -> str:
    return (element.findtext(path) or "").strip() if element is not None else ""
