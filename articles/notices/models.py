"""The tables of notices, and of the ways on which they leave this site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from articles.rules.models import Rule
from feeds.leases.models import Leased


class Notice(models.Model):
    """An article that a rule tells its reader of, once whatever other rules say; null where the rule is gone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="notices", on_delete=models.CASCADE, db_index=False)
    article = models.ForeignKey("articles.Article", related_name="+", on_delete=models.CASCADE)
    rule = models.ForeignKey(Rule, null=True, related_name="+", on_delete=models.SET_NULL)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "article"], name="told_once_per_reader_and_article")]

    def __str__(self) -> str:
        return f"{self.article_id} to {self.user_id}"


class Channel(Leased):
    """A way on which a reader is sent notices. What is due is a row: its time has come, and something waits for it."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")
        NTFY = "ntfy", "ntfy"
        APPRISE = "apprise", "Apprise"
        PUSH = "push", _("Browser")

    class Pace(models.TextChoices):
        AT_ONCE = "at once", _("as it comes")
        DAILY = "daily", _("once a day")
        WEEKLY = "weekly", _("once a week")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="channels", on_delete=models.CASCADE)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=255, blank=True)  # that is asked; empty: this site's own server of mail
    secrets = models.TextField()  # feeds.access.sealed: the address too, which often is all that one has to know
    # As the reader was here when it was made: a worker knows neither address nor language nor zone.
    site = models.CharField(max_length=2000)
    language = models.CharField(max_length=20)
    zone = models.CharField(max_length=100)

    pace = models.CharField(max_length=10, choices=Pace, default=Pace.AT_ONCE)
    gap_minutes = models.PositiveSmallIntegerField(default=0)  # at least, between two messages
    hour = models.PositiveSmallIntegerField(default=7)
    weekday = models.PositiveSmallIntegerField(default=0)  # 0: Monday
    made_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)  # by whoever gets what is sent; until then nothing is
    is_on = models.BooleanField(default=True)

    send_at = models.DateTimeField(default=timezone.now)  # when it is due
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def day(self) -> str:
        """The name of its weekday."""
        return str(WEEKDAYS[self.weekday])


FINE: dict[str, Any] = {"failures": 0, "failing_since": None, "last_error": ""}
"""The columns of a channel that does not fail."""


class VapidKey(models.Model):
    """The one key of this site that push services know it by, encrypted as all secrets are."""

    secrets = models.TextField()

    def __str__(self) -> str:
        return f"{self.pk}"


class AskedAddress(models.Model):
    """A mail that asked for an address to be confirmed: a reader has only so many sent a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.CASCADE)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user_id} at {self.at}"


class UnsentNotice(models.Model):
    """A notice that a channel has still to send; `delivery`: the id of the message that it was put into, which keeps it
    however often that is tried."""

    channel = models.ForeignKey(Channel, related_name="unsent", on_delete=models.CASCADE, db_index=False)
    notice = models.ForeignKey(Notice, related_name="+", on_delete=models.CASCADE)
    delivery = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "notice"], name="sent_once_per_channel_and_notice")]

    def __str__(self) -> str:
        return f"{self.notice_id} by {self.channel_id}"
