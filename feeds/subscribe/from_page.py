"""Feeds from pages: a page is looked at, its recipe proposed and tried, and kept with a feed."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.utils import timezone

from feeds import memory, sandbox
from feeds.addresses import FORGOTTEN
from feeds.http import Client
from feeds.models import Feed
from feeds.pages.propose import propose
from feeds.pages.read import marked
from feeds.pages.recipe import Recipe, kept
from feeds.parse import NotAFeed, ParsedFeed, parse, spellings
from feeds.polls.failure_messages import sentence, translated
from feeds.polls.standstill import fresh_start
from feeds.subscribe.add import Candidate, NothingFound, first_answer, newest_titles, normalized
from feeds.subscriptions.visibility import Reader, followed_feeds

# While somebody tries selectors, their publisher is asked once.
KEPT_SECONDS = 600
MAX_KEPT = 2 * 2**20  # compressed bytes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its server sent it."""

    url: str
    body: bytes
    content_type: str


def page_at(client: Callable[[], Client], address: str, *, asked_by: int) -> Page:
    """The page at `address`, as it was some minutes ago where the same reader has asked for it last. Raises
    NothingFound."""
    key, wanted = f"page:{asked_by}", address.strip()  # one page for each reader
    known = memory.recall(key)
    if known and known[0] == wanted:
        _address, url, content_type, packed = known
        return Page(url, zlib.decompress(packed), content_type)
    with client() as asking:
        response = first_answer(asking, address)
    page = Page(normalized(response.permanent_url), response.body, response.headers.get("content-type", ""))
    packed = zlib.compress(page.body, 1)
    if len(packed) <= MAX_KEPT:
        memory.remember(key, (wanted, page.url, page.content_type, packed), KEPT_SECONDS)
    return page


def proposals(page: Page) -> list[Recipe]:
    """Recipes that find something on the page, the likeliest first. Raises NothingFound where it takes too much."""
    return _bounded(lambda: sandbox.run(propose, page.body, url=page.url, content_type=page.content_type))


def is_feed(page: Page) -> bool:
    """True where there is a feed, or a sitemap of news, at the address itself."""
    try:
        sandbox.run(parse, page.body, url=page.url, content_type=page.content_type)
    except (NotAFeed, sandbox.OverBudget):
        return False
    return True


def tried(page: Page, recipe: Recipe) -> ParsedFeed:
    """The feed that a recipe makes of the page. Raises NothingFound with a sentence on why there is none."""
    return _bounded(lambda: sandbox.run(marked, page.body, url=page.url, recipe=recipe, content_type=page.content_type))


def _bounded(work: Callable[[], T]) -> T:
    try:
        return work()
    except (NotAFeed, sandbox.OverBudget) as error:
        raise NothingFound(sentence(translated(str(error)))) from error


def candidate_of(page: Page, recipe: Recipe, parsed: ParsedFeed, reader: Reader) -> Candidate:
    """The feed that can be added; it tells where `reader` follows that address already."""
    spelled = (page.url, *spellings.others(page.url))
    return Candidate(
        url=page.url,
        title=parsed.title,
        site_url=page.url,
        entry_count=len(parsed.entries),
        newest_titles=newest_titles(parsed),
        recipe=kept(recipe),
        already_added=followed_feeds(reader, quiet=True).filter(url__in=spelled).first(),
    )


def change_recipe(feed: Feed, recipe: Recipe) -> None:
    """Have a feed read by another recipe from now on. It is due at once, and read anew."""
    columns = {**FORGOTTEN, **fresh_start(), "next_check_at": timezone.now(), "recipe": kept(recipe)}
    Feed.objects.filter(pk=feed.pk).update(**columns)
