"""The names that publishers give the parts of a page: the words of classes, ids and roles."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

# Parts that are hardly ever the article, unless their names also speak of one. From Mozilla's Readability, and more.
_UNLIKELY = re.compile(
    r"-ad-|ad-break|advert|agegate|banner|breadcrumb|combx|comment|community|cookie|cover-wrap|disqus|onetrust|consent-|cmp-"
    r"|extra|foot(?!note)"
    r"|gdpr|header|legends|menu|newsletter|outbrain|pager|pagination|paywall|popup|recommend|related"
    r"|remark|replies|rss"
    r"|shoutbox|side-?(?:bar|col|panel|block|list)|skyscraper|social|sponsor|subscri|supplemental|taboola|viafoura"
    r"|fenxiang|guanggao|pinglun|tuijian|xiangguan",
    re.I,
)
_LIKELY = re.compile(r"and|article|body|column|content|main|mathjax|shadow|story|post-text", re.I)
_GOOD = re.compile(r"article|body|content|entry|hentry|h-entry|main|page|post|text|blog|story|zhengwen", re.I)
_BAD = re.compile(
    r"-ad-|hidden|^hid$| hid$| hid |^hid |banner|combx|comment|com-|contact|foot(?!note)|gdpr|masthead|meta|outbrain"
    r"|promo|related|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|tool|widget"
    r"|(?:^|[\s_-])rail(?:$|[\s_-])",
    re.I,
)
_BESIDE = re.compile(r"comment|disqus|footer|related|replies|sidebar|recommend|pinglun|tuijian", re.I)
_SHARE = re.compile(r"(?:\b|_)(?:share|sharing|sharedaddy|bdshare|social-buttons?)(?:\b|_)", re.I)
_BYLINE = re.compile(
    r"byline|author|dateline|writtenby|submitted|timestamp|posted-on|pub-?(?:date|time)|publish-?(?:date|time|info)",
    re.I,
)
_ABOUT_AUTHOR = re.compile(
    r"author-?_?(?:box|bio|info|card|desc|about|profile|block|section|wrap)|about-?_?(?:the-?_?)?author"
    r"|(?:^|[\s_-])bio(?:$|[\s_-])",
    re.I,
)
_TWICE = re.compile("caption|trunc|excerpt|teaser|preview|collaps|mobile|desktop|phone", re.I)
_ROLES = frozenset({
    "menu", "menubar", "complementary", "navigation", "alert", "alertdialog", "dialog", "banner", "contentinfo",
    "search",
})  # fmt: skip


def _named(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:1000]


def is_unlikely(element: HtmlElement) -> bool:
    """True where its names or its role say that an element is something beside the article."""
    if (element.get("role") or "").lower() in _ROLES:
        return True
    words = _named(element)
    return len(words) > 1 and bool(_UNLIKELY.search(words)) and not _LIKELY.search(words)


def is_clearly_beside(element: HtmlElement) -> bool:
    """True where its names leave no doubt, however much it holds: readers' comments, other articles."""
    return bool(_BESIDE.search(_named(element)))


def is_share(element: HtmlElement) -> bool:
    """True for what is called buttons to share the article."""
    return bool(_SHARE.search(_named(element)))


def is_byline(element: HtmlElement) -> bool:
    """True for what is called the author's name or the date."""
    if element.get("rel") == "author" or "author" in (element.get("itemprop") or ""):
        return True
    return bool(_BYLINE.search(_named(element)))


def is_about_author(element: HtmlElement) -> bool:
    """True for what is called a box about the author."""
    return bool(_ABOUT_AUTHOR.search(_named(element)))


def is_shown_twice(element: HtmlElement) -> bool:
    """True for what pages have once for each width of a screen, or once whole and once cut."""
    return bool(_TWICE.search(_named(element)))


def weight(element: HtmlElement) -> int:
    """Points for what an element is called."""
    points = 0
    for words in (element.get("class"), element.get("id")):
        if words:
            words = words[:500]
            points += (25 if _GOOD.search(words) else 0) - (25 if _BAD.search(words) else 0)
    return points
