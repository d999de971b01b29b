"""The choice whether what an article's pages have stands in the place of what its feed gave; and writing that down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from articles.boilerplate.rules import boilerplate_for
from articles.compression import compressed
from articles.display.media import image_addresses
from articles.extract import VERSION, PageArticle, Wall, is_fuller
from articles.full_text.fetch import pages_as_text
from articles.full_text.models import FullText
from articles.full_text.page_body import Page
from articles.ingest import store
from articles.ingest.content import IMAGE_URL_LENGTH, DerivedContent, Source, derive_within
from articles.models import Article
from feeds import sandbox

WALLS = {Wall.PAYWALL: FullText.Outcome.PAYWALL, Wall.CONSENT: FullText.Outcome.CONSENT}


class Changed(Exception):
    """The article's entry has changed meanwhile: what was chosen may be wrong by now."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The result of an article's pages: the word for it, and what stands in the article, where something does."""

    outcome: FullText.Outcome
    content: DerivedContent | None = None


def choose(article: Article, row: FullText, pages: Sequence[Page], found: PageArticle) -> Choice:
    """The choice of what stands in the place of what the feed gave: never less than that. Raises sandbox.OverBudget."""
    if found.wall:
        return Choice(WALLS[found.wall])
    if not found.html:
        return Choice(FullText.Outcome.NOTHING)
    source = Source(found.html, pages[0].url, article.title)
    content = derive_within(source, boilerplate_for(article.feed))
    html, text = (row.feed_html, row.feed_text) if row.is_shown else (article.content_html, article.content_text)
    if _has_fewer_pictures(content.content_html, html):
        return Choice(FullText.Outcome.NO_MORE)
    if not sandbox.run(is_fuller, article.title, text, content.content_text, found.facts.description):
        return Choice(FullText.Outcome.NO_MORE)
    image_url = content.image_url or article.image_url or found.facts.image_url[:IMAGE_URL_LENGTH]
    return Choice(FullText.Outcome.WHOLE, replace(content, image_url=image_url))


def _has_fewer_pictures(of_page: str, of_feed: str) -> bool:
    """True where pictures would be lost; one alone leads the article also where the page shows it elsewhere."""
    given = len(image_addresses(of_feed))
    return given > 1 and len(image_addresses(of_page)) < given


def write(article: Article, row: FullText, made: Choice) -> dict[str, Any]:
    """Put what was chosen into the article, in the transaction in which this is called. The columns of `row` that say
    so: what stood in the article before stays where the page has less by now. Raises Changed."""
    current = Article.objects.select_for_update(of=("self",)).select_related("feed").get(pk=article.pk)
    if current.entry_hash != article.entry_hash:
        raise Changed(str(article.pk))
    if made.content is None:
        return {} if row.is_shown else {"outcome": made.outcome}
    of_feed = {} if row.is_shown else {"feed_html": current.content_html, "feed_text": current.content_text}
    store.put_whole(current, made.content, now=timezone.now(), is_first=not row.is_shown)
    return {"outcome": made.outcome, "is_shown": True, **of_feed}


def kept(pages: Sequence[Page], found: PageArticle) -> dict[str, Any]:
    """The columns that keep the pages and what was found in them."""
    return {
        "html_zlib": compressed(found.html),
        "pages_zlib": compressed(pages_as_text(pages)),
        "extractor_version": VERSION,
    }
