"""This site's own hub: which feed documents name it, and telling it which of them have changed (WebSub, 4 and 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from articles.export.models import HubPing
from feeds.categories import read_tree
from feeds.http import Client, HttpError
from feeds.leases import waits
from feeds.models import Category, Feed
from feeds.polls.times import schedule

FILES = ("rss.xml", "atom.xml", "feed.json")
NAMED: tuple[set[str], ...] = (set(), {"feed"}, {"category"})  # what the address of a document with a hub may say
SETTLED = timedelta(seconds=10)  # what a poll has just written may not be committed yet
PAUSE = timedelta(minutes=1)
TOPICS_AT_ONCE = 100


def hub_url() -> str:
    """The hub of this site's feeds. None for a private site: what only its readers may see is no third party's, nor are
    the secret addresses under which they see it."""
    is_open = settings.NEWSREADER_PUBLIC and settings.NEWSREADER_URL
    return str(settings.WEBSUB_HUB) if is_open else ""


def hub_of(view: Mapping[str, str], place: Mapping[str, str]) -> str:
    """The hub of one feed document. Searches and older pages have none: nobody could say when they change."""
    return hub_url() if set(view) in NAMED and not place else ""


def is_due(now: datetime) -> bool:
    """True where there is something to tell. One query, and that only on a site with a hub."""
    if not hub_url():
        return False
    ping = _ping(now)
    return waits.has_passed(ping.next_try_at, schedule.LATEST, now) and _changed(ping, now).exists()


def _ping(now: datetime) -> HubPing:
    ping, _is_new = HubPing.objects.get_or_create(pk=1, defaults={"told_until": now, "next_try_at": now})
    HubPing.objects.filter(waits.ahead("told_until", now), pk=ping.pk).update(told_until=now)
    return ping


def _changed(ping: HubPing, now: datetime) -> QuerySet[Feed]:
    return Feed.objects.filter(
        is_shared=True, articles_changed_at__gt=ping.told_until, articles_changed_at__lte=now - SETTLED
    )


def tell(client: Client, now: datetime) -> None:
    """Tell the hub of the documents that have changed since it was told last; at most once a minute, and where it does
    not take it, later and later. Nothing happens where another worker is at it."""
    ping = _ping(now)
    mine = HubPing.objects.filter(pk=ping.pk, next_try_at=ping.next_try_at)
    is_time = waits.has_passed(ping.next_try_at, schedule.LATEST, now)
    if not hub_url() or not is_time or not mine.update(next_try_at=now + PAUSE):
        return
    problem = _post(client, topics(_changed(ping, now)))
    if problem:
        wait = schedule.backoff(ping.failures + 1)
        HubPing.objects.filter(pk=ping.pk).update(
            failures=ping.failures + 1, last_error=problem, next_try_at=now + wait
        )
    else:
        HubPing.objects.filter(pk=ping.pk).update(told_until=now - SETTLED, failures=0, last_error="")


def topics(feeds: Iterable[Feed]) -> list[str]:
    """The addresses of all documents that articles of `feeds` are in, as the documents give them."""
    feeds = list(feeds)
    tree = read_tree()
    inside = {pk for feed in feeds if feed.category_id for pk in tree.ancestry(feed.category_id)}
    slugs = Category.objects.filter(pk__in=inside).order_by("pk").values_list("slug", flat=True)
    views: list[dict[str, str]] = [{}] if feeds else []
    views += [{"feed": str(feed.pk)} for feed in feeds] + [{"category": slug} for slug in slugs]
    return [
        f"{settings.NEWSREADER_URL}/{file}" + (f"?{urlencode(view)}" if view else "")
        for view in views
        for file in FILES
    ]


def _post(client: Client, changed: list[str]) -> str:
    """The reason why the hub was not told; empty where it was. PubSubHubbub 0.3 (7.1) lets one request name several
    topics."""
    for start in range(0, len(changed), TOPICS_AT_ONCE):
        form = [("hub.mode", "publish"), *(("hub.url", topic) for topic in changed[start : start + TOPICS_AT_ONCE])]
        try:
            response = client.post(hub_url(), form)
        except HttpError as error:
            return str(error)
        if not 200 <= response.status < 300:
            return _("The hub answered %(status)d.") % {"status": response.status}
    return ""
