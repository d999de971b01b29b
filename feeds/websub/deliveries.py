"""The deliveries of hubs: taken only with the right signature, and kept until a worker reads them."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from feeds.models import Feed
from feeds.websub.hubs import poll_soon
from feeds.websub.models import Delivery, Farewell, HubSubscription

METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
WAITING_AT_MOST = 5  # of one feed
READ_WITHIN, TOLD_WITHIN = timedelta(days=7), timedelta(days=30)
MAX_TYPE = 200


def subscription_of(key: str) -> HubSubscription | None:
    """The subscription that a hub may deliver to under this key."""
    return HubSubscription.objects.filter(key=key).first()


def is_live(subscription: HubSubscription) -> bool:
    return subscription.live_until is not None and subscription.live_until > timezone.now()


def take(subscription: HubSubscription, body: bytes, *, content_type: str, signature: str) -> None:
    """Take a delivery. A wrong signature is counted and nothing else, and the hub is not told (WebSub, 7.1)."""
    if not is_live(subscription):
        return
    if not subscription.secret:
        hint(subscription)
        return
    if not is_signed(body, subscription.secret, signature):
        problem = (
            _("A delivery was refused: its signature is wrong.") if signature else _("A delivery had no signature.")
        )
        _count(subscription, refused=F("refused") + 1, last_error=problem)
        return
    _count(subscription, deliveries=F("deliveries") + 1, last_delivery_at=timezone.now())
    if not body or Delivery.objects.filter(feed=subscription.pk).count() >= WAITING_AT_MOST:
        poll_soon(Q(pk=subscription.pk))
        return
    Delivery.objects.create(feed_id=subscription.pk, body=body, content_type=content_type[:MAX_TYPE])


def hint(subscription: HubSubscription) -> None:
    """There may be something new, and what came can't be trusted or is too large: a poll will tell."""
    _count(subscription, deliveries=F("deliveries") + 1, last_delivery_at=timezone.now())
    poll_soon(Q(pk=subscription.pk))


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """True where X-Hub-Signature is the body's (WebSub, 7.1). Compared in constant time."""
    method, _sign, digest = signature.strip().partition("=")
    made = METHODS.get(method.lower())
    if made is None or not digest.isascii():
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, made).hexdigest(), digest.lower())


def _count(subscription: HubSubscription, **columns: object) -> None:
    HubSubscription.objects.filter(pk=subscription.pk).update(**columns)


def prune(now: datetime) -> int:
    """Delete deliveries that nobody has read for so long that polls have brought their articles, and farewells that
    nobody could tell. Returns how many."""
    stale = Delivery.objects.filter(received_at__lt=now - READ_WITHIN).order_by().delete()[0]
    return stale + Farewell.objects.filter(made_at__lt=now - TOLD_WITHIN).delete()[0]


def waiting() -> list[int]:
    """Feeds with deliveries that nobody has read."""
    return list(
        Feed.objects.filter(pk__in=Delivery.objects.order_by().values("feed")).values_list("pk", flat=True)[:100]
    )
