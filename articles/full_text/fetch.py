"""From an article's address to the pages that have it: its own, else the one that has all of it, and its parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from articles.extract import Directions, PageArticle, rule_for
from articles.full_text.models import FullText
from articles.full_text.page_body import Page, joined, read_body
from articles.full_text.robots_files import Unknown, may_fetch
from feeds import sandbox
from feeds.access.granted import client_at
from feeds.access.sealed import AnotherKey
from feeds.http import Client, FetchPolicy, HttpError, HttpResponse, Problem
from feeds.http.bot_walls import WALL_STATUSES, wall_of
from feeds.http.fetch import retry_after
from feeds.leases.hosts import REFUSALS
from feeds.leases.models import host_of

if TYPE_CHECKING:
    from feeds.models import Feed

MAX_BYTES = 10 * 2**20  # of one page
MOST_PARTS = 10
LITTLE = 600  # characters of a page's text, which its AMP form may have more of
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"

Outcome = FullText.Outcome
ENDINGS = {
    401: Outcome.REFUSED, 402: Outcome.PAYWALL, 403: Outcome.REFUSED, 404: Outcome.GONE, 410: Outcome.GONE,
    451: Outcome.REFUSED,
}  # fmt: skip
ENDING_PROBLEMS = {
    Problem.ADDRESS: Outcome.NO_PAGE, Problem.BLOCKED: Outcome.NO_PAGE, Problem.TOO_LARGE: Outcome.TOO_MUCH,
    Problem.REDIRECTS: Outcome.NO_PAGE,
}  # fmt: skip


class NotFetched(Exception):
    """There is no page, or not now. `ending`: its word where it is not tried again."""

    def __init__(
        self,
        message: str,
        ending: FullText.Outcome | None = None,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.ending = ending
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long an article's pages are fetched: seconds of one request, and until the last one begins."""

    request: float = 30.0
    article: float = 120.0


WORKER = Patience()
READER = Patience(request=4.0, article=4.0)  # who waits for the page


def policy(patience: Patience) -> FetchPolicy:
    """The limits of a client that fetches pages."""
    return replace(settings.FETCH_POLICY, max_bytes=MAX_BYTES, total_timeout=patience.request)


def directions_for(feed: Feed, url: str) -> Directions:
    """The operator's directions for the page at `url` of an article of `feed`."""
    folder = settings.SITE_RULES
    rule = rule_for(Path(folder), url) if folder else None
    return Directions(selector=feed.article_selector, rule=rule)


class Pages:
    """The pages of one article, asked for one after the other; `wait` is called with a host before each request."""

    def __init__(self, client: Client, feed: Feed, patience: Patience, wait: Callable[[str], None]) -> None:
        self.received_bytes = 0
        self._client = client
        self._feed = feed
        self._wait = wait
        self._until = monotonic() + patience.article

    def fetch(self, url: str) -> tuple[list[Page], PageArticle]:
        """The pages that have the article of the page at `url`, and the article. Raises NotFetched."""
        page, found = self._ask(url)
        for other, is_likely in ((found.whole_url, True), (found.amp_url, found.size < LITTLE)):
            if other and is_likely:
                page, found = self._better(other, page, found)
        pages, parts = [page], [found]
        while parts[-1].next_url and len(pages) < MOST_PARTS:
            page, found = self._ask(parts[-1].next_url)
            pages.append(page)
            parts.append(found)
        return pages, joined(parts)

    def _better(self, url: str, page: Page, found: PageArticle) -> tuple[Page, PageArticle]:
        """The page at `url` and its article where that has more of the article, else those that there are already."""
        try:
            other = self._ask(url)
        except NotFetched as error:
            if error.status in REFUSALS:
                raise
            return page, found
        return other if other[1].size > found.size else (page, found)

    def _ask(self, url: str) -> tuple[Page, PageArticle]:
        if monotonic() > self._until:
            raise NotFetched("the pages of the article came too slowly")
        self._ensure_allowed(url)
        self._wait(host_of(url))
        try:
            with client_at(self._client, self._feed, url) as client:
                answer = client.get(url, {"Accept": ACCEPT})
        except AnotherKey as error:
            raise NotFetched(str(error)) from error
        except HttpError as error:
            raise NotFetched(str(error), ENDING_PROBLEMS.get(error.problem)) from error
        self.received_bytes += answer.received_bytes
        _ensure_page(answer)
        if host_of(answer.url) != host_of(url):
            self._ensure_allowed(answer.url)
        return self._read(answer)

    def _ensure_allowed(self, url: str) -> None:
        if not urlsplit(url).scheme.startswith("http"):
            raise NotFetched(f"{url} is no web address", Outcome.NO_PAGE)
        try:
            with client_at(self._client, self._feed, url) as client:
                is_allowed = may_fetch(client, url, lambda: self._wait(host_of(url)))
        except AnotherKey as error:
            raise NotFetched(str(error)) from error
        except Unknown as error:
            raise NotFetched(str(error), status=error.status, retry_after=error.retry_after) from error
        if not is_allowed:
            raise NotFetched(f"robots.txt of {host_of(url)} forbids {url}", Outcome.ROBOTS)

    def _read(self, answer: HttpResponse) -> tuple[Page, PageArticle]:
        kind = answer.headers.get("content-type", "")
        try:
            return sandbox.run(read_body, answer.body, kind, answer.url, directions_for(self._feed, answer.url))
        except sandbox.Interrupted as error:
            raise NotFetched(str(error)) from error
        except sandbox.OverBudget as error:
            raise NotFetched(str(error), Outcome.TOO_MUCH) from error


def _ensure_page(answer: HttpResponse) -> None:
    """Raises NotFetched where the answer is no web page."""
    status = answer.status
    if status in WALL_STATUSES and (wall := wall_of(answer.headers, answer.body)):
        raise NotFetched(f"{host_of(answer.url)} answered {status}: {wall}", Outcome.BOT_WALL)
    if status not in {200, 203}:
        wanted = retry_after(answer.headers)
        message = f"{host_of(answer.url)} answered {status}"
        raise NotFetched(message, ENDINGS.get(status), status=status, retry_after=wanted)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not ("html" in kind or "xml" in kind):
        raise NotFetched(f"{host_of(answer.url)} sent {kind[:100]}", Outcome.NO_PAGE)


def pages_as_text(pages: Iterable[Page]) -> str:
    """The pages as they are kept."""
    return json.dumps([[page.url, page.html] for page in pages], ensure_ascii=False)


def pages_of_text(text: str) -> list[Page]:
    """The pages that were kept so."""
    return [Page(url, html) for url, html in json.loads(text)] if text else []
