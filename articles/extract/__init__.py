"""A web page → its article: the part of the page that a reader came for, with its pictures, tables, code and lists
whole, and without menus, comments and lists of other articles. Pure. What comes out is not safe: articles.sanitize
comes after it.

page_article.py takes all from a page; by the operator's selector, a site's rule (site_rules.py, rule_folder.py) or the
running text (subtree.py); facts.py, walls.py and links.py say what the page says of the article, teaser.py whether its
feed gives a part only, fuller.py whether the page's text may stand in the place of that. Work on a page from
outside runs in a process that can be killed: `page_article_within`.
"""

from __future__ import annotations

from articles.extract.facts import Facts
from articles.extract.fuller import is_fuller
from articles.extract.page import written
from articles.extract.page_article import Directions, PageArticle, Way, page_article
from articles.extract.rule_folder import rule_for
from articles.extract.selectors import is_selector
from articles.extract.site_rules import SiteRule, parse_rule
from articles.extract.subtree import article_subtree
from articles.extract.teaser import Sign, sign_of_part
from articles.extract.walls import Wall
from feeds import sandbox

__all__ = [
    "VERSION",
    "Directions",
    "Facts",
    "PageArticle",
    "Sign",
    "SiteRule",
    "Wall",
    "Way",
    "extract",
    "is_fuller",
    "is_selector",
    "page_article",
    "page_article_within",
    "parse_rule",
    "rule_for",
    "sign_of_part",
]

# Raise it when pages give better articles: what was kept of them can then be read again.
VERSION = 2


def extract(html: str, url: str) -> str:
    """The article's own part of the page `html`, fetched from `url`, as HTML that is not yet safe; empty where there is
    none."""
    found = article_subtree(html, url)
    return "" if found is None else written(found)


def page_article_within(html: str, url: str, directions: Directions = Directions()) -> PageArticle:  # noqa: B008 - frozen
    """As page_article, within the budget of a document. Raises sandbox.OverBudget."""
    return sandbox.run(page_article, html, url, directions)
