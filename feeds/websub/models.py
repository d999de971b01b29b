"""The subscriptions that this site has arranged with hubs, and the deliveries that they have sent."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feeds.leases.models import HostField, Leased


def _unguessable() -> str:
    return secrets.token_urlsafe(24)


class HubSubscription(Leased):
    """One feed's subscription at its hub. Where none is live the feed is polled as any other."""

    class State(models.TextChoices):
        WANTED = "wanted", _("to be asked for")
        REQUESTED = "requested", _("waiting for the hub")
        LIVE = "live", _("live")
        DENIED = "denied", _("denied by the hub")

    feed = models.OneToOneField("feeds.Feed", primary_key=True, related_name="hub", on_delete=models.CASCADE)
    hub_url = models.CharField(_("hub"), max_length=2000)
    topic_url = models.CharField(_("topic"), max_length=2000)
    # In the path of the address that the hub calls.
    key = models.CharField(max_length=64, unique=True, default=_unguessable)
    # Empty where the hub is less well guarded than the feed: what it sends is then no more than a hint to poll.
    secret = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WANTED)
    requested_at = models.DateTimeField(_("last request"), null=True)
    live_until = models.DateTimeField(_("live until"), null=True)

    # The hub's, for the schedule
    host = HostField("hub_url", default="", editable=False)
    next_request_at = models.DateTimeField(_("next request"), default=timezone.now)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    last_error = models.TextField(_("last error"), blank=True)

    deliveries = models.PositiveIntegerField(_("deliveries"), default=0)
    refused = models.PositiveIntegerField(_("refused deliveries"), default=0, help_text=_("Their signature was wrong."))
    last_delivery_at = models.DateTimeField(_("last delivery"), null=True)

    class Meta:
        verbose_name = _("hub subscription")
        verbose_name_plural = _("hub subscriptions")

    def __str__(self) -> str:
        return str(self.get_state_display())


class Farewell(models.Model):
    """A subscription that is not wanted any more: its hub is told so once, and may ask whether that is true."""

    hub_url = models.CharField(max_length=2000)
    topic_url = models.CharField(max_length=2000)
    key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.topic_url


class Delivery(models.Model):
    """A document that a hub sent and that no worker has read yet."""

    feed = models.ForeignKey("feeds.Feed", related_name="deliveries", on_delete=models.CASCADE)
    body = models.BinaryField()
    content_type = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S}"
