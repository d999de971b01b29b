"""Icons of feeds that name none: what their web page names, else /favicon.ico, where browsers look, too.

Nothing is noted of a search in vain but what is noted of every picture that did not come: while the pause of a site's
/favicon.ico lasts, nobody looks there again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from time import monotonic

from django.utils import timezone

from articles.display.article import may_keep
from articles.images.archive import obey
from articles.images.demands import asking
from articles.images.fetch import NotFetched, quick_policy
from articles.images.models import ImageAddress, key_of
from articles.images.obtain import LONGEST_PAUSE, Missing, at_hand, claim, fail, obtain
from articles.images.store_errors import StoreFailed
from articles.sanitize.addresses import image_address
from feeds import sandbox
from feeds.access.granted import row_of
from feeds.http import Client, HttpError, HttpResponse
from feeds.http.fetch import retry_after
from feeds.leases import waits
from feeds.leases.hosts import REFUSALS
from feeds.leases.visits import Visits
from feeds.models import Feed, host_of
from feeds.parse.text import MAX_FEED_URL
from feeds.subscribe.documents import discover

logger = logging.getLogger(__name__)

SECONDS = 120.0  # of one search through all feeds; the next one goes on
AT_ONCE = 500  # feeds whose pauses are looked up together
MAX_PAGE = 2**21  # bytes
TRIED = 3  # of the icons that a page names


def find_icons(*, pause: float, seconds: float = SECONDS) -> int:
    """Look for icons for about so long, `pause` seconds between two requests to one host. Returns how many feeds have
    one now that had none."""
    visits, end, found = Visits(pause), monotonic() + seconds, 0
    with Client(replace(quick_policy(), max_bytes=MAX_PAGE)) as client:
        for feed in _without_icon(timezone.now()):
            if monotonic() > end:
                break
            try:
                icon = _find(client, feed, visits)
            except StoreFailed as error:
                logger.error("%s", error)
                break
            found += Feed.objects.filter(pk=feed.pk, icon_url="").update(icon_url=icon) if icon else 0
    return found


def _without_icon(now: datetime) -> Iterator[Feed]:
    """Feeds that were read at least once and have no icon, but for those that were looked through in vain."""
    feeds = Feed.objects.filter(icon_url="", last_success_at__isnull=False).order_by("pk")
    places = ((feed.pk, _usual_place(feed)) for feed in feeds.only("pk", "site_url", "url"))
    keys = {pk: key_of(place) for pk, place in places if place}
    pks = list(keys)
    for start in range(0, len(pks), AT_ONCE):
        some = pks[start : start + AT_ONCE]
        rows = ImageAddress.objects.filter(key__in=[keys[pk] for pk in some], failures__gt=0)
        waiting = set(rows.exclude(waits.passed("retry_at", LONGEST_PAUSE, now)).values_list("key", flat=True))
        wanting = Feed.objects.filter(pk__in=[pk for pk in some if keys[pk] not in waiting])
        yield from wanting.select_related("access").order_by("pk")


def _site(feed: Feed) -> str:
    return feed.site_url if host_of(feed.site_url) else feed.url


def _usual_place(feed: Feed) -> str:
    """ "" where the feed comes from no web site."""
    return image_address("/favicon.ico", _site(feed))


def _find(client: Client, feed: Feed, visits: Visits) -> str:
    """The address of the first icon that comes; "" where none does, or the site's host wants to be left alone. A page
    and its icon are one visit, as to a browser."""
    if not visits.may_ask(host_of(_site(feed))):
        return ""
    demanding = feed if feed.is_shared and row_of(feed) else None
    usual = _usual_place(feed)
    named = _named(client, feed, demanding, visits)
    if named is None:
        return usual if at_hand(usual) else ""
    for url in (*named, usual):
        visits.wait_for(host_of(url))
        try:
            obtain(url, lambda: Client(quick_policy()), is_kept=may_keep(feed), named_by=demanding)
        except Missing as reason:
            logger.debug("%s: %s", url, reason)
            if reason.is_refusal:
                visits.refused(host_of(url))
                return ""
        else:
            return url
    return ""


def _named(client: Client, feed: Feed, demanding: Feed | None, visits: Visits) -> list[str] | None:
    """The addresses of icons that the site's page names; None where its host has refused to send it."""
    try:
        with asking(client, demanding, _site(feed)) as own:
            page = own.get(_site(feed), {"Accept": "text/html,application/xhtml+xml"})
    except (HttpError, NotFetched) as reason:
        logger.debug("%s: %s", _site(feed), reason)
        return []
    if page.status in REFUSALS:
        _note_refusal(feed, page, visits)
        return None
    try:
        named = sandbox.run(discover.icons, page.body, url=page.url, content_type=page.headers.get("content-type", ""))
    except sandbox.OverBudget as reason:
        logger.info("%s: %s", _site(feed), reason)
        return []
    fit = [url for icon in named if (url := image_address(icon, "")) and len(url) <= MAX_FEED_URL]
    return fit[:TRIED] if page.status == 200 else []


def _note_refusal(feed: Feed, page: HttpResponse, visits: Visits) -> None:
    """Note it of the site's /favicon.ico, too: else the page would be asked for again as soon as its host may be."""
    place, wait = _usual_place(feed), retry_after(page.headers)
    address, _ = ImageAddress.objects.get_or_create(key=key_of(place), defaults={"url": place})
    error = NotFetched(f"{address.host} answered {page.status}", status=page.status, retry_after=wait)
    if claim(address):
        fail(address, error)
    obey(visits, address, Missing(str(error), status=page.status, retry_after=wait))
