"""Arrangements with hubs: which feeds want one, asking for them, and asking again before they end.

A row is due when its `next_request_at` has passed and nobody has its lease. Asking moves that time on first, further
with every try that the hub does not confirm, so that a hub that calls back at once does not find the row in the way.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from feeds.http import Client, HttpError
from feeds.http.fetch import retry_after
from feeds.leases.hosts import REFUSALS, Refusal, refused
from feeds.leases.queues import FREE, LOOKED_AT, Claim, LeaseLost, Queue
from feeds.leases.visits import Visits
from feeds.models import Feed, host_of
from feeds.polls.times import schedule
from feeds.websub.models import Farewell, HubSubscription

logger = logging.getLogger(__name__)

ASKED_LEASE = timedelta(days=10)
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=1), timedelta(days=90)
RENEWED_AFTER = 0.8  # of a lease
CONFIRMED_WITHIN = timedelta(days=1)
ASKED_AGAIN_AFTER_DENIAL = timedelta(days=7)
AT_ONCE = 20
POLLED_AT_MOST_EVERY = timedelta(minutes=1)

QUEUE = Queue(
    model=HubSubscription,
    rows=HubSubscription.objects.all,
    due_at="next_request_at",
    longest_wait=LONGEST_LEASE,
    lease=timedelta(minutes=5),
    asked_at="requested_at",
)


def is_possible() -> bool:
    """True where hubs can call this site: only an address that the operator has set is known to be reachable."""
    return bool(settings.NEWSREADER_URL)


def arrange() -> None:
    """Want a subscription for every feed that names a hub, and no other."""
    outdated = HubSubscription.objects.exclude(
        feed__state=Feed.State.ACTIVE, feed__hub_url=F("hub_url"), feed__topic_url=F("topic_url")
    )
    for subscription in outdated[:AT_ONCE]:
        say_farewell(subscription)
    wanting = Feed.objects.filter(state=Feed.State.ACTIVE, hub=None).exclude(hub_url="").exclude(topic_url="")
    HubSubscription.objects.bulk_create(
        [
            HubSubscription(feed_id=pk, hub_url=hub, topic_url=topic, secret=_secret(hub, topic))
            for pk, hub, topic in wanting.values_list("pk", "hub_url", "topic_url")[:1000]
        ],
        ignore_conflicts=True,
    )


def _secret(hub_url: str, topic_url: str) -> str:
    """None for a hub without TLS of a feed with it: who listens on the way would learn the secret, and could then put
    articles into a feed that nobody can tamper with otherwise (WebSub, 5.1: secrets are for https)."""
    is_as_safe = urlsplit(hub_url).scheme == "https" or urlsplit(topic_url).scheme == "http"
    return secrets.token_urlsafe(32) if is_as_safe else ""


def say_farewell(subscription: HubSubscription) -> None:
    """End a subscription here; the hub is told at the next opportunity."""
    feed_id = subscription.feed_id
    if subscription.requested_at:
        Farewell.objects.create(hub_url=subscription.hub_url, topic_url=subscription.topic_url, key=subscription.key)
    subscription.delete()
    Feed.objects.filter(pk=feed_id).update(pushed_until=None)


def is_due(now: datetime) -> bool:
    """True where a hub is to be asked for something."""
    return QUEUE.due(now).exists() or Farewell.objects.filter(told_at=None).exists()


def claim_due(now: datetime) -> list[Claim]:
    """Lease what is due, some of each hub."""
    busy = HubSubscription.objects.filter(QUEUE.is_held(now))
    return QUEUE.claims(QUEUE.turns(QUEUE.due(now), now, busy=busy, per_host=AT_ONCE, limit=AT_ONCE), now)


def ask_due(client: Client, now: datetime, *, pause: float = 0.0) -> None:
    """Ask hubs for what is due, `pause` seconds between two requests to one host."""
    visits = Visits(pause)
    for claim in claim_due(now):
        ask_claim(client, claim, visits)
    tell_farewells(client, now, visits)


def ask_claim(client: Client, claim: Claim, visits: Visits) -> None:
    """Ask a hub for the subscriptions of a claim, or for more time. What the host does not want to be asked now is put
    back."""
    for subscription in QUEUE.in_turn(claim, visits):
        try:
            _ask(client, subscription, visits)
        except LeaseLost:  # somebody else asks, or nobody wants it any more
            logger.info("%s: the request to the hub is another worker's", subscription.topic_url)


def _ask(client: Client, subscription: HubSubscription, visits: Visits) -> None:
    """Note the request before it is made: the hub may call back while it is. Raises LeaseLost."""
    now, failures = timezone.now(), subscription.failures + 1
    is_live = subscription.live_until is not None and subscription.live_until > now
    state = subscription.state if is_live else HubSubscription.State.REQUESTED
    following = now + schedule.backoff(failures)
    QUEUE.store(subscription, requested_at=now, failures=failures, next_request_at=following, state=state)
    failed_at = subscription.requested_at if subscription.failures else None
    problem = _post(client, subscription, "subscribe", visits, failed_at=failed_at)
    QUEUE.store(subscription, last_error=problem, **FREE)


def tell_farewells(client: Client, now: datetime, visits: Visits) -> None:
    """Tell hubs what is not wanted any more, once each; those that never asked back are forgotten."""
    Farewell.objects.filter(told_at__lt=now - CONFIRMED_WITHIN).delete()
    told = 0
    for farewell in Farewell.objects.filter(told_at=None)[:LOOKED_AT]:
        if told == AT_ONCE:
            break
        if visits.may_ask(host_of(farewell.hub_url)):
            told += 1
            if Farewell.objects.filter(pk=farewell.pk, told_at=None).update(told_at=now):
                _post(client, farewell, "unsubscribe", visits)


def _post(
    client: Client,
    wanted: HubSubscription | Farewell,
    mode: str,
    visits: Visits,
    *,
    failed_at: datetime | None = None,
) -> str:
    """The reason why the hub does not do as asked; empty where it has taken the request."""
    form = [
        ("hub.callback", callback_url(wanted.key)),
        ("hub.mode", mode),
        ("hub.topic", wanted.topic_url),
        ("hub.lease_seconds", str(round(ASKED_LEASE.total_seconds()))),
    ]
    if isinstance(wanted, HubSubscription) and wanted.secret:
        form.append(("hub.secret", wanted.secret))
    try:
        response = client.post(wanted.hub_url, form)
    except HttpError as error:
        return str(error)
    if 200 <= response.status < 300:
        return ""
    if response.status in REFUSALS:
        host = host_of(wanted.hub_url)
        visits.refused(host)
        wait = retry_after(response.headers)
        refused(host, Refusal(status=response.status, retry_after=wait, failed_at=failed_at), timezone.now())
    said = " ".join(response.body[:300].decode("utf-8", "replace").split())
    return _("The hub answered %(status)d: %(said)s") % {"status": response.status, "said": said}


def callback_url(key: str) -> str:
    """The address that the hub calls for one subscription."""
    return f"{settings.NEWSREADER_URL}{reverse('websub', args=[key])}"


# --- what a hub says --------------------------------------------------------------------------------------------


def confirm(key: str, topic: str, lease_seconds: str) -> bool:
    """A hub asks whether a subscription was meant (WebSub, 5.3). If it was asked for lately it is, and is live now."""
    now = timezone.now()
    lease = _lease(lease_seconds)
    asked = HubSubscription.objects.filter(key=key, topic_url=topic, requested_at__gt=now - CONFIRMED_WITHIN)
    live = {"state": HubSubscription.State.LIVE, "live_until": now + lease, "failures": 0, "last_error": ""}
    if not asked.update(**live, next_request_at=now + lease * RENEWED_AFTER):
        return False
    Feed.objects.filter(hub__key=key).update(pushed_until=now + lease)
    return True


def _lease(seconds: str) -> timedelta:
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        return ASKED_LEASE
    return min(max(timedelta(seconds=int(seconds)), SHORTEST_LEASE), LONGEST_LEASE)


def confirm_farewell(key: str, topic: str) -> bool:
    """A hub asks whether the end of a subscription was meant."""
    return bool(Farewell.objects.filter(key=key, topic_url=topic, told_at__isnull=False).delete()[0])


def deny(key: str, topic: str, reason: str) -> bool:
    """A hub refuses, or ends, a subscription (WebSub, 5.2): polling is all there is again."""
    now = timezone.now()
    denied = HubSubscription.objects.filter(key=key, topic_url=topic).update(
        state=HubSubscription.State.DENIED,
        live_until=None,
        last_error=reason[:1000],
        next_request_at=now + ASKED_AGAIN_AFTER_DENIAL,
    )
    if denied:
        Feed.objects.filter(hub__key=key).update(pushed_until=None)
        poll_soon(Q(hub__key=key))
    return bool(denied)


def poll_soon(which: Q) -> None:
    """Make feeds due, but none that was polled within the last minute: who knows the address can call it at will."""
    now = timezone.now()
    active = Feed.objects.filter(which, state=Feed.State.ACTIVE)
    rested = active.exclude(last_checked_at__gt=now - POLLED_AT_MOST_EVERY)
    Feed.objects.filter(pk__in=list(rested.values_list("pk", flat=True)), next_check_at__gt=now).update(
        next_check_at=now
    )
    soon = now + POLLED_AT_MOST_EVERY
    Feed.objects.filter(pk__in=list(active.values_list("pk", flat=True)), next_check_at__gt=soon).update(
        next_check_at=soon
    )
