"""All that is taken from one page: its article, what is known of it, and where more of it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from articles.extract.facts import Facts, facts_of
from articles.extract.links import amp_page_of, next_part_of, whole_page_of
from articles.extract.measure import measured
from articles.extract.page import read, remove_unseen, written
from articles.extract.pictures import base_of, settle_links, settle_pictures
from articles.extract.site_rules import RuledPage, SiteRule, body_by, ruled, stripped
from articles.extract.subtree import article_subtree
from articles.extract.walls import Wall, wall_of
from feeds.parse.dates import parse_date


class Way(Enum):
    """The way in which an article was found in its page."""

    SELECTOR = "selector"
    RULE = "rule"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Directions:
    """An operator's directions for a feed's pages: selectors, in CSS or XPath, of the article and of what is none of
    it, and the rule of the site."""

    selector: str = ""
    strip: tuple[str, ...] = ()
    rule: SiteRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArticle:
    """`html`: the article's own part of the page, not yet safe; empty where there is none. `way`: how it was found.
    `size`: its visible characters, a wide one for two. `wall`: what stands before it. The addresses, where the page
    names them: the article's next part, all of it on one page, its AMP form."""

    html: str = ""
    way: Way | None = None
    size: int = 0
    facts: Facts = field(default_factory=Facts)
    wall: Wall | None = None
    next_url: str = ""
    whole_url: str = ""
    amp_url: str = ""


def page_article(html: str, url: str, directions: Directions = Directions()) -> PageArticle:
    """The article that the page `html`, fetched from `url`, has: by the operator's selector, else by the site's rule,
    else by its running text."""
    root = read(html)
    if root is None:
        return PageArticle()
    by_rule = ruled(html, url, directions.rule) if directions.rule else RuledPage()
    found, way = _article(html, url, directions, by_rule)
    size = _size(found)
    facts = _facts(facts_of(root, url), by_rule)
    links = (
        by_rule.next_url or next_part_of(root, url),
        by_rule.whole_url or whole_page_of(root, url),
        amp_page_of(root, url),
    )
    return PageArticle(
        html=found,
        way=way if found else None,
        size=size,
        facts=facts,
        wall=wall_of(root, url, size),  # comes last: it takes from the tree
        next_url=links[0],
        whole_url=links[1],
        amp_url=links[2],
    )


def _article(html: str, url: str, directions: Directions, by_rule: RuledPage) -> tuple[str, Way]:
    if directions.selector and (found := by_selector(html, url, directions.selector, directions.strip)):
        return found, Way.SELECTOR
    if by_rule.html:
        return by_rule.html, Way.RULE
    article = article_subtree(html, url)
    if article is None:
        return "", Way.TEXT
    stripped(article, directions.strip)
    return written(article), Way.TEXT


def by_selector(html: str, url: str, selector: str, strip: tuple[str, ...] = ()) -> str:
    """The HTML that `selector` names in the page `html`, fetched from `url`, without what each of `strip` names; empty
    where it names nothing."""
    root = read(html)
    if root is None:
        return ""
    base = base_of(root, url)
    settle_pictures(root, url)
    remove_unseen(root)
    stripped(root, strip)
    article = body_by(root, selector)
    if article is None:
        return ""
    settle_links(article, base)
    return written(article)


def _size(html: str) -> int:
    root = read(html) if html else None
    return 0 if root is None else measured(root.iter())[root].size


def _facts(facts: Facts, by_rule: RuledPage) -> Facts:
    """`facts`, and before them what the site's rule has found."""
    return replace(
        facts,
        title=by_rule.title or facts.title,
        author=by_rule.author or facts.author,
        published_at=(parse_date(by_rule.date) if by_rule.date else None) or facts.published_at,
    )
