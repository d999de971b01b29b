"""Adding feeds: by address, by a web page's address, by OPML; and OPML out. Only this adds feeds and categories."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from feeds import addresses, sandbox
from feeds.categories import free_slug
from feeds.http import Client, HttpError, HttpResponse
from feeds.models import Category, Feed, FormerAddress, host_of
from feeds.parse import NotAFeed, ParsedFeed, parse, spellings
from feeds.parse.text import MAX_FEED_TITLE, MAX_FEED_URL, line
from feeds.polls.failure_messages import translated
from feeds.subscribe.documents import discover, opml
from feeds.subscriptions.own import own_titles
from feeds.subscriptions.visibility import Operator, Reader, categories_for, followed_feeds, places_of

MAX_PREVIEWS = 8  # feeds of one page that are fetched
MAX_SECONDS = 60  # after which no further one is
PREVIEW_TITLES = 5
BATCH = 1000
# An outline's address as people write it. The site itself sends to https, where it has that.
SCHEMELESS = re.compile(r"(?://)?[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:[/?]|$)")
NO_FEED = re.compile(r"xpath|json\+dot", re.IGNORECASE)  # FreshRSS's types


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that was found and could be read: its address, and enough of it for a preview."""

    url: str
    title: str
    site_url: str = ""
    description: str = ""
    entry_count: int = 0
    newest_titles: tuple[str, ...] = ()
    already_added: Feed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlResult:
    """What became of one outline. `reason` says why it was refused."""

    title: str
    url: str
    outcome: Literal["added", "known", "refused"]
    reason: str = ""


class NothingFound(ValueError):
    """The address leads to no feed. The message tells the operator what was there and what was tried."""


def normalized(url: str) -> str:
    """`url` in the form that it is stored in: http(s), scheme and host in lower case, no fragment, no port that goes
    without saying. Raises ValueError with a sentence for the operator."""
    url = _without_feed_scheme(url.strip()).replace(" ", "%20")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(_("“%(url)s” is not a valid web address.") % {"url": line(url, 200)}) from error
    if parts.scheme.lower() not in {"http", "https"} or not host:
        raise ValueError(_("“%(url)s” is not an http or https address.") % {"url": line(url, 200)})
    if parts.username is not None or parts.password is not None:
        raise ValueError(_("The address carries a user name or password, which would be shown to readers."))
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in {None, {"http": 80, "https": 443}[parts.scheme.lower()]} else f":{port}"
    result = urlunsplit(
        SplitResult(parts.scheme.lower(), f"{shown_host}{shown_port}", parts.path or "/", parts.query, "")
    )
    if len(result) > MAX_FEED_URL:
        raise ValueError(_("The address is longer than %(limit)d characters.") % {"limit": MAX_FEED_URL})
    return result


def _without_feed_scheme(url: str) -> str:
    """`url` without the "feed:" that some pages put before an address, to have a reader opened."""
    if not url.lower().startswith("feed:"):
        return url
    rest = url[5:]
    return rest if rest.lower().startswith(("http://", "https://")) else f"http:{rest}"


def find(client: Client, address: str) -> list[Candidate]:
    """The feeds at `address`: itself, or those that the web page there names. Raises NothingFound."""
    response = _first_answer(client, address)
    try:
        return _found(client, response)
    except sandbox.OverBudget as error:
        raise NothingFound(translated(str(error))) from error


def _found(client: Client, response: HttpResponse) -> list[Candidate]:
    try:
        found = [(response.permanent_url, _feed_in(response))]
    except NotAFeed as error:
        found = _found_by_page(client, response)
        if not found:
            message = _("No feed found at %(url)s. %(what)s Its links and the usual places were tried.")
            raise NothingFound(message % {"url": response.url, "what": translated(str(error))}) from error
    return _candidates(found)


def _first_answer(client: Client, address: str) -> HttpResponse:
    """The answer to `address`, or where that names no scheme to https and then http."""
    address = _without_feed_scheme(address.strip())
    attempts = [address] if "://" in address else [f"https://{address}", f"http://{address}"]
    reason: Exception | None = None
    for attempt in attempts:
        try:
            return _answer(client, normalized(attempt))
        except (HttpError, ValueError) as error:
            reason = reason or error
    raise NothingFound(translated(str(reason))) from reason


def _answer(client: Client, url: str) -> HttpResponse:
    response = client.get(url)
    if not 200 <= response.status < 300:
        message = _("%(url)s answered with HTTP status %(status)d.")
        raise ValueError(message % {"url": response.url, "status": response.status})
    return response


def _feed_in(response: HttpResponse) -> ParsedFeed:
    return sandbox.run(parse, response.body, url=response.url, content_type=response.headers.get("content-type", ""))


def _found_by_page(client: Client, page: HttpResponse) -> list[tuple[str, ParsedFeed]]:
    """The readable feeds that a page names, else the first one in a usual place."""
    links = sandbox.run(discover.links, page.body, url=page.url, content_type=page.headers.get("content-type", ""))
    until = time.monotonic() + MAX_SECONDS
    found = list(_readable(client, [link.url for link in links[:MAX_PREVIEWS]], until))
    if not found:
        found = [*_readable(client, discover.common_paths(page.url), until, enough=1)]
    return found


def _readable(
    client: Client, urls: Iterable[str], until: float, enough: int = MAX_PREVIEWS
) -> Iterator[tuple[str, ParsedFeed]]:
    for url in urls:
        if enough == 0 or time.monotonic() > until:
            return
        try:
            response = _answer(client, normalized(url))
            feed = _feed_in(response)
        except (HttpError, ValueError):  # NotAFeed among them
            continue
        enough -= 1
        yield response.permanent_url, feed


def _candidates(found: Sequence[tuple[str, ParsedFeed]]) -> list[Candidate]:
    by_url = {normalized(url): feed for url, feed in reversed(found)}
    asked = {spelled for url in by_url for spelled in (url, *spellings.others(url))}
    known = {spellings.key(feed.url): feed for feed in Feed.objects.filter(url__in=asked)}
    return [
        Candidate(
            url=url,
            title=feed.title or host_of(url),
            site_url=feed.site_url,
            description=feed.description,
            entry_count=len(feed.entries),
            newest_titles=_newest_titles(feed),
            already_added=known.get(spellings.key(url)),
        )
        for url, feed in reversed(by_url.items())
    ]


def _newest_titles(feed: ParsedFeed) -> tuple[str, ...]:
    dated = [entry for entry in feed.entries if entry.published_at]
    newest = sorted(dated, key=lambda entry: entry.published_at or timezone.now(), reverse=True) or feed.entries
    return tuple(entry.title or entry.url for entry in newest[:PREVIEW_TITLES])


def subscribe(
    url: str, *, title: str = "", custom_title: str = "", site_url: str = "", category: Category | None = None
) -> tuple[Feed, bool]:
    """The feed at `url`, in whatever spelling, and whether it is new. It is due at once: the next tick polls it. Raises
    ValueError where `url` is no address that can be fetched."""
    url = normalized(url)
    there = {feed.url: feed for feed in Feed.objects.filter(url__in=(url, *spellings.others(url)))}
    if there:
        return there.get(url) or next(iter(there.values())), False
    values = _columns(title=title, custom_title=custom_title, site_url=site_url)
    feed, is_new = Feed.objects.get_or_create(url=url, defaults={**values, "category": category})
    if is_new:
        addresses.belongs_to_its_feed(url)
    return feed, is_new


def _columns(*, title: str, custom_title: str, site_url: str) -> dict[str, str]:
    try:
        site_url = normalized(site_url) if site_url else ""
    except ValueError:
        site_url = ""
    return {
        "title": line(title, MAX_FEED_TITLE),
        "custom_title": line(custom_title, MAX_FEED_TITLE),
        "site_url": site_url,
    }


def category_at(*path: str) -> Category:
    """The category of that name inside of that one, and so on, made where there is none."""
    with transaction.atomic():
        return _categories({tuple(path): {}})[tuple(path)]


def _categories(wanted: Mapping[opml.Path, Mapping[str, str]]) -> dict[opml.Path, Category]:
    """The categories at these paths and above them, made level by level where there are none."""
    rows = list(Category.objects.filter(owner=None))
    by_place = {(row.parent_id, row.name): row for row in rows}
    slugs = {row.slug for row in rows}
    paths = {path[:depth]: wanted.get(path[:depth], {}) for path in wanted for depth in range(1, len(path) + 1)}
    found: dict[opml.Path, Category] = {}
    for depth in range(1, max(map(len, paths), default=0) + 1):
        new: list[Category] = []
        for path in (path for path in paths if len(path) == depth):
            parent = found.get(path[:-1])
            row = by_place.get((parent.pk if parent else None, path[-1]))
            if row is None:
                slug = free_slug(path[-1], slugs)
                slugs.add(slug)
                row = Category(name=path[-1], slug=slug, parent=parent, opml_attributes=dict(paths[path]))
                new.append(row)
            found[path] = row
        Category.objects.bulk_create(new)
    return found


def import_opml(document: bytes) -> list[OpmlResult]:
    """Add every feed of an OPML document, with its categories. Raises ValueError where it is no OPML.

    One result per outline, in the document's order. A feed that is there already, at its address in whatever spelling,
    or was there before it moved, stays as it is.
    """
    try:
        content = sandbox.run(opml.read, document)
    except sandbox.OverBudget as error:
        raise ValueError(translated(str(error))) from error
    urls = [_address_of(outline) for outline in content.feeds]
    with transaction.atomic():
        known = {spellings.key(url) for url in _known(url for url, _reason in urls if url)}
        new: dict[str, tuple[str, opml.FeedOutline]] = {}
        for (url, _reason), outline in zip(urls, content.feeds, strict=True):
            if url and spellings.key(url) not in known:
                new.setdefault(spellings.key(url), (url, outline))
        paths: dict[opml.Path, Mapping[str, str]] = {each.path: {} for _url, each in new.values() if each.path}
        categories = _categories({**paths, **content.categories})
        rows = [_row(url, outline, categories.get(outline.path)) for url, outline in new.values()]
        Feed.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    added = {id(outline) for _url, outline in new.values()}
    return [
        _result(outline, url, reason, is_new=id(outline) in added)
        for outline, (url, reason) in zip(content.feeds, urls, strict=True)
    ]


def _address_of(outline: opml.FeedOutline) -> tuple[str, str]:
    """The address to store, and why there is none."""
    if not outline.url:
        return "", _("The outline has no feed's address (xmlUrl).")
    kind = outline.attributes.get("type", "")
    if NO_FEED.search(kind):
        message = _("This is a page that another reader picks apart (“%(kind)s”), not a feed.")
        return "", message % {"kind": line(kind, 100)}
    try:
        return normalized(_with_scheme(outline.url)), ""
    except ValueError as error:
        return "", str(error)


def _with_scheme(url: str) -> str:
    url = url.strip()
    return f"http://{url.removeprefix('//')}" if SCHEMELESS.match(url) else url


def _known(urls: Iterable[str]) -> Iterator[str]:
    asked = list(dict.fromkeys(spelled for url in urls for spelled in (url, *spellings.others(url))))
    for start in range(0, len(asked), BATCH):
        some = asked[start : start + BATCH]
        for model in (Feed, FormerAddress):
            yield from model._base_manager.filter(url__in=some).order_by().values_list("url", flat=True)


def _row(url: str, outline: opml.FeedOutline, category: Category | None) -> Feed:
    values = _columns(title=outline.title, custom_title=outline.custom_title, site_url=outline.site_url)
    attributes = dict(outline.attributes)
    return Feed(url=url, category=category, opml_attributes=attributes, **values)


def _result(outline: opml.FeedOutline, url: str, reason: str, *, is_new: bool) -> OpmlResult:
    outcome: Literal["added", "known", "refused"] = "added" if is_new else "known" if url else "refused"
    name = outline.custom_title or outline.title
    return OpmlResult(title=name, url=url or outline.url, outcome=outcome, reason=reason)


def export_opml(reader: Reader | None = None) -> bytes:
    """All feeds, or all that `reader` follows, as OPML 2.0: categories as nested outlines, with the attributes they
    came with. What no client can fetch, as the articles of an archive whose feed nobody knows, is left out."""
    reader = reader or Operator()
    rows = categories_for(reader).in_bulk()
    paths: dict[int | None, opml.Path] = {None: (), **{pk: _path(pk, rows) for pk in rows}}
    titles, places = own_titles(reader), places_of(reader)
    columns = ("url", "title", "custom_title", "site_url", "category_id", "opml_attributes")
    feeds = tuple(
        opml.FeedOutline(
            url=row.url,
            title=row.title,
            custom_title=titles.get(row.pk) or row.custom_title,
            site_url=row.site_url,
            path=paths.get(places.get(row.pk), ()),
            attributes=row.opml_attributes,
        )
        for row in followed_feeds(reader, quiet=True)
        .filter(url__startswith="http")
        .only(*columns)
        .order_by("title", "id")
    )
    categories = {paths[pk]: row.opml_attributes for pk, row in rows.items()}
    content = opml.Opml(feeds=feeds, categories=categories)
    return opml.write(content, title=_("Feeds of Newsreader"), created=format_datetime(timezone.now()))


def _path(pk: int, rows: Mapping[int, Category]) -> opml.Path:
    path: list[str] = []
    seen: set[int] = set()
    step: int | None = pk
    while step is not None and step not in seen:
        seen.add(step)
        path.insert(0, rows[step].name)
        step = rows[step].parent_id
    return tuple(path)
