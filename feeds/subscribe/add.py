"""Adding feeds by their address, or by that of a web page. Only this room adds feeds and categories."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.utils import timezone
from django.utils.translation import gettext as _

from feeds import addresses, sandbox
from feeds.http import Client, HttpError, HttpResponse
from feeds.leases.hosts import REFUSALS, TOO_MANY_REQUESTS
from feeds.models import Category, Feed, host_of
from feeds.pages.read import read
from feeds.pages.recipe import Recipe, kept
from feeds.parse import NotAFeed, ParsedFeed, parse, spellings
from feeds.parse.text import MAX_FEED_TITLE, MAX_FEED_URL, line
from feeds.polls.failure_messages import sentence, translated
from feeds.subscribe import bridges
from feeds.subscribe.documents import discover, known_sites
from feeds.subscribe.documents.known_sites import Known
from feeds.subscriptions import own
from feeds.subscriptions.visibility import Operator, Reader, followed_feeds

MAX_PREVIEWS = 8  # feeds of one page that are fetched
MAX_SECONDS = 60  # after which no further one is
PREVIEW_TITLES = 5
FEED_SCHEMES = ("web+feed:", "feed:")  # before an address, to have a reader opened
ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)  # in a text that was shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feed that was found and could be read: its address, and enough of it for a preview."""

    url: str
    title: str
    site_url: str = ""
    description: str = ""
    entry_count: int = 0
    newest_titles: tuple[str, ...] = ()
    recipe: dict[str, str] | None = None  # of a feed that is made from the page there
    already_added: Feed | None = None
    document: HttpResponse | None = field(default=None, repr=False, compare=False)  # in which it was found


class NothingFound(ValueError):
    """The address leads to no feed. The message tells the operator what was there and what was tried. `is_asked_less`:
    the host has answered that it is asked too often."""

    def __init__(self, message: str, *, is_asked_less: bool = False) -> None:
        super().__init__(message)
        self.is_asked_less = is_asked_less


def normalized(url: str) -> str:
    """`url` in the form that it is stored in: http(s), scheme and host in lower case, no fragment, no port that goes
    without saying. Raises ValueError with a sentence for the operator."""
    parts, host, port = _checked(_without_feed_scheme(url.strip()).replace(" ", "%20"))
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in {None, {"http": 80, "https": 443}[parts.scheme.lower()]} else f":{port}"
    result = urlunsplit(
        SplitResult(parts.scheme.lower(), f"{shown_host}{shown_port}", parts.path or "/", parts.query, "")
    )
    if len(result) > MAX_FEED_URL:
        raise ValueError(_("The address is longer than %(limit)d characters.") % {"limit": MAX_FEED_URL})
    return result


def _checked(url: str) -> tuple[SplitResult, str, int | None]:
    """The parts of an address that a feed may have, its host, its port. Raises ValueError like `normalized`."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(_("“%(url)s” is not a valid web address.") % {"url": line(url, 200)}) from error
    if parts.scheme.lower() not in {"http", "https"} or not host:
        raise ValueError(_("“%(url)s” is not an http or https address.") % {"url": line(url, 200)})
    if parts.username is not None or parts.password is not None:
        raise ValueError(_("The address carries a user name or password, which would be shown to readers."))
    return parts, host, port


def _without_feed_scheme(url: str) -> str:
    """`url` without what some pages put before an address, to have a reader opened."""
    scheme = next((scheme for scheme in FEED_SCHEMES if url.lower().startswith(scheme)), "")
    if not scheme:
        return url
    rest = url[len(scheme) :]
    return rest if rest.lower().startswith(("http://", "https://")) else f"http:{rest}"


def address_given(url: str, *texts: str) -> str:
    """The address that a browser, a phone or a bookmark hands over: as such, or somewhere in a text, as most apps share
    it; empty where there is none."""
    if url.strip():
        return url.strip()
    found = (ADDRESS.search(text) for text in texts)
    return next((match[0] for match in found if match), "")


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that could be read, and what is known of it beside."""

    document: HttpResponse
    feed: ParsedFeed
    part: known_sites.Part = ""
    recipe: Recipe | None = None


def find(client: Client, address: str, reader: Reader | None = None) -> list[Candidate]:
    """The feeds at `address`: those that its site has by a rule, itself, or those that the web page there names; where
    there are none, what the operator's own bridges make of it. Those that are there already, or that `reader` follows
    already, say so. Raises NothingFound."""
    address = bridges.at_own_hub(known_sites.address_of_handle(address) or address)
    try:
        found = _by_rule(client, address) or _found(client, address)
        return _candidates(found, reader or Operator())
    except sandbox.OverBudget as error:
        raise NothingFound(sentence(translated(str(error)))) from error


def _by_rule(client: Client, address: str) -> list[Found]:
    """The feeds that the site has by a rule: the page itself is not asked."""
    try:
        url = normalized(address if "://" in address else f"https://{address.strip()}")
    except ValueError:
        return []
    return list(_readable(client, known_sites.known(url), time.monotonic() + MAX_SECONDS))


def _found(client: Client, address: str) -> list[Found]:
    response = first_answer(client, address)
    try:
        return [Found(response, _feed_in(response))]
    except NotAFeed as error:
        found = _found_by_page(client, response)
        if not found:
            message = _("No feed found at %(url)s. %(what)s Its links and the usual places were tried.")
            raise NothingFound(message % {"url": response.url, "what": translated(str(error))}) from error
        return found


def first_answer(client: Client, address: str) -> HttpResponse:
    """The answer to `address`, or where that names no scheme to https and then http. Raises NothingFound."""
    address = _without_feed_scheme(address.strip())
    attempts = [address] if "://" in address else [f"https://{address}", f"http://{address}"]
    reason: Exception | None = None
    for attempt in attempts:
        try:
            return _answer(client, normalized(attempt))
        except (HttpError, ValueError) as error:
            reason = reason or error
    is_asked_less = isinstance(reason, _Refused) and reason.status == TOO_MANY_REQUESTS
    raise NothingFound(sentence(translated(str(reason))), is_asked_less=is_asked_less) from reason


class _Refused(ValueError):
    """The host wants to be asked less, or serves nobody for a while: its answer's `status` tells."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _answer(client: Client, url: str) -> HttpResponse:
    response = client.get(url)
    if not 200 <= response.status < 300:
        message = _("%(url)s answered with HTTP status %(status)d.")
        message %= {"url": response.url, "status": response.status}
        raise _Refused(message, response.status) if response.status in REFUSALS else ValueError(message)
    return response


def _feed_in(response: HttpResponse, recipe: Recipe | None = None) -> ParsedFeed:
    content_type = response.headers.get("content-type", "")
    if recipe:
        return sandbox.run(read, response.body, url=response.url, recipe=recipe, content_type=content_type)
    return sandbox.run(parse, response.body, url=response.url, content_type=content_type)


def _found_by_page(client: Client, page: HttpResponse) -> list[Found]:
    """The readable feeds that a page names, else the first one in a usual place, else what a bridge makes of it."""
    links = sandbox.run(discover.links, page.body, url=page.url, content_type=page.headers.get("content-type", ""))
    until = time.monotonic() + MAX_SECONDS
    named = [Known(link.url) for link in links[:MAX_PREVIEWS]]
    found = list(_readable(client, [*named, *(part for each in named for part in known_sites.beside(each.url))], until))
    if not found:
        usual = [*known_sites.likely(page.url), *discover.common_paths(page.url), *bridges.bridged(page.url)]
        found = [*_readable(client, map(Known, usual), until, enough=1)]
    return found


def _readable(client: Client, wanted: Iterable[Known], until: float, enough: int = MAX_PREVIEWS) -> Iterator[Found]:
    """Those of `wanted` that can be read. Of a host that has refused one nothing more is asked."""
    refusing = set[str]()
    for each in wanted:
        if enough == 0 or time.monotonic() > until:
            return
        if host_of(each.url) in refusing:
            continue
        try:
            response = _answer(client, normalized(each.url))
            feed = _feed_in(response, each.recipe)
        except _Refused:
            refusing.add(host_of(each.url))
            continue
        except (HttpError, ValueError):  # NotAFeed among them
            continue
        enough -= 1
        yield Found(response, feed, each.part, each.recipe)


def _candidates(found: Sequence[Found], reader: Reader) -> list[Candidate]:
    by_url = {normalized(each.document.permanent_url): each for each in reversed(found)}
    asked = {spelled for url in by_url for spelled in (url, *spellings.others(url))}
    known = {spellings.key(feed.url): feed for feed in followed_feeds(reader, quiet=True).filter(url__in=asked)}
    own.call_by_own_titles(known.values(), reader)
    whole = next((each.feed.title for each in found if not each.part), "")
    return [
        Candidate(
            url=url,
            title=_titled(each, whole) or host_of(url),
            site_url=each.feed.site_url,
            description=each.feed.description,
            entry_count=len(each.feed.entries),
            newest_titles=newest_titles(each.feed),
            recipe=kept(each.recipe) if each.recipe else None,
            already_added=known.get(spellings.key(url)),
            document=each.document,
        )
        for url, each in reversed(by_url.items())
    ]


def _titled(found: Found, whole: str) -> str:
    """The title of a feed; of a part of a channel that of the channel with what the part is: they call themselves
    all the same."""
    match found.part:
        case "videos":
            return _("%(channel)s, without Shorts") % {"channel": whole or found.feed.title}
        case "shorts":
            return _("%(channel)s, Shorts alone") % {"channel": whole or found.feed.title}
        case "live":
            return _("%(channel)s, live streams alone") % {"channel": whole or found.feed.title}
    return found.feed.title


def newest_titles(feed: ParsedFeed) -> tuple[str, ...]:
    """The titles of the newest entries, for a preview."""
    dated = [entry for entry in feed.entries if entry.published_at]
    newest = sorted(dated, key=lambda entry: entry.published_at or timezone.now(), reverse=True) or feed.entries
    return tuple(entry.title or entry.url for entry in newest[:PREVIEW_TITLES])


def subscribe(
    url: str,
    *,
    title: str = "",
    custom_title: str = "",
    site_url: str = "",
    category: Category | None = None,
    is_shared: bool = True,
    recipe: Mapping[str, str] | None = None,
) -> tuple[Feed, bool]:
    """The feed at `url`, in whatever spelling, and whether it is new: with `recipe` one that is made from the page
    there. With `is_shared` it is the site's, also where a
    reader had it alone. A new one is due at once: the next tick polls it. Raises ValueError where `url` is no address
    that can be fetched."""
    url = normalized(url)
    there = {feed.url: feed for feed in Feed.objects.filter(url__in=(url, *spellings.others(url)))}
    if there:
        feed = there.get(url) or next(iter(there.values()))
        if is_shared:
            own.share([feed])
        return feed, False
    values = columns_of(title=title, custom_title=custom_title, site_url=site_url)
    defaults = {**values, "category": category, "is_shared": is_shared, "recipe": recipe}
    feed, is_new = Feed.objects.get_or_create(url=url, defaults=defaults)
    if is_new:
        addresses.belongs_to_its_feed(url)
    return feed, is_new


def columns_of(*, title: str, custom_title: str, site_url: str) -> dict[str, str]:
    """The columns of a feed's row that others have told, as far as they can be stored."""
    try:
        site_url = normalized(site_url) if site_url else ""
    except ValueError:
        site_url = ""
    return {
        "title": line(title, MAX_FEED_TITLE),
        "custom_title": line(custom_title, MAX_FEED_TITLE),
        "site_url": site_url,
    }
