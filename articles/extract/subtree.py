"""An article as a part of its page: found by its running text, without what stands around and between it."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import html
from lxml.html import HtmlElement

from articles.extract.article_text import as_paragraphs, holder, is_missing
from articles.extract.beside import remove_beside
from articles.extract.candidates import article_parts
from articles.extract.clutter import remove_clutter
from articles.extract.label_blocks import remove_comments, remove_label_blocks
from articles.extract.lead import lead_of, with_media
from articles.extract.measure import measured
from articles.extract.page import read, remove_unseen
from articles.extract.pictures import base_of, settle_links, settle_pictures
from articles.extract.structured_data import article_body, article_thing, things

_ENOUGH = 500  # characters of an article that is whole without doubt
_LEAST = 100
_LARGE = 8_000  # elements of a page that is looked at once only
# How names are trusted, one attempt after the other: to take parts away, to weigh them.
_ATTEMPTS = ((True, True), (False, True), (False, False))


def article_subtree(source: str, url: str) -> HtmlElement | None:
    """A `div` with the article of the page `source`, fetched from `url`; None where the page has no text."""
    best, most = None, 0
    for by_names, by_weight in _ATTEMPTS:
        if (root := read(source)) is None:
            return None
        text = article_body(article_thing(things(root))) if best is None else ""
        is_large = _is_large(root)
        base = _prepared(root, url)
        found, size, enough = _attempt(root, by_names, by_weight)
        if text and is_missing(found, text):
            return _by_text(source, url, text)
        if found is not None and size > 1.5 * most:
            settle_links(found, base)
            best, most = found, size
        if is_large or most >= enough:
            break
    return best


def _prepared(root: HtmlElement, url: str) -> str:
    """The base of a page's addresses; its pictures are settled, and what is not seen is gone."""
    base = base_of(root, url)
    settle_pictures(root, url)
    remove_unseen(root)
    return base


def _is_large(root: HtmlElement) -> bool:
    return sum(1 for _ in root.iter()) > _LARGE


def _attempt(root: HtmlElement, by_names: bool, by_weight: bool) -> tuple[HtmlElement | None, int, int]:
    """The article, its size, and the size of one that needs no other attempt: less where it has most of the page's
    text."""
    remove_comments(root)
    whole = remove_beside(root, by_names=by_names)
    measures = measured(root.iter())
    parts = article_parts(measures, by_names=by_weight) or list(root.iter("body"))[:1]
    if not parts:
        return None, 0, _ENOUGH
    lead = lead_of(parts[0], measures) if parts[0].tag != "body" else []
    article = _cleared(together(with_media(parts, measures)))
    for medium in reversed(lead):
        medium.tail = None
        article.insert(0, medium)
    measure = measured(article.iter())[article]
    return article, measure.size, _LEAST if measure.prose > 0.5 * whole else _ENOUGH


def _by_text(source: str, url: str, text: str) -> HtmlElement:
    """The article whose `text` the page gives: where it stands on the page, else that text."""
    root = read(source)
    if root is not None:
        base = _prepared(root, url)
        if (found := holder(root, text)) is not None:
            article = _cleared(together([found]))
            settle_links(article, base)
            if not is_missing(article, text):
                return article
    return as_paragraphs(text)


def _cleared(article: HtmlElement) -> HtmlElement:
    remove_clutter(article)
    remove_label_blocks(article)
    return article


def together(parts: Sequence[HtmlElement]) -> HtmlElement:
    """A `div` that `parts` are moved into."""
    article: HtmlElement = html.Element("div")
    for part in parts:
        part.tail = None
        article.append(part)
    return article
