"""The mailboxes that are read, and the newsletters that came in them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feeds.leases.models import Leased


class Mailbox(Leased):
    """A folder that is read by IMAP for an account, whose feeds come of it. What is due is a row: its time has come."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="mailboxes", on_delete=models.CASCADE)
    host = models.CharField(_("server"), max_length=255)
    port = models.PositiveIntegerField(_("port"), default=993)
    user_name = models.CharField(_("user name"), max_length=200)
    secrets = models.TextField(blank=True)  # feeds.access.sealed
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    authorities = models.TextField(_("certificates of authorities of its own"), blank=True)
    added_at = models.DateTimeField(default=timezone.now)

    # How far it is read. A server that gives its messages new numbers says so by another validity.
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(default=timezone.now)  # when it is due
    last_read_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row; at `failed_uid` alone where that is set
    failed_uid = models.BigIntegerField(null=True)  # the message that the last visit failed at
    last_error = models.TextField(blank=True)
    letters = models.PositiveIntegerField(default=0)  # that came in

    # Of a visit, not stored: the message that it fails at.
    failing_uid: int | None = None

    class Meta:
        ordering = ["host", "user_name", "folder", "id"]

    def __str__(self) -> str:
        return f"{self.user_name}@{self.host}/{self.folder}"


class Newsletter(models.Model):
    """A list or a sender that messages of a mailbox are from, and its feed; null where its owner has left that: then
    what comes stays in the mailbox alone."""

    mailbox = models.ForeignKey(Mailbox, related_name="newsletters", on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=255)
    title = models.CharField(max_length=500)
    feed = models.ForeignKey("feeds.Feed", null=True, related_name="newsletters", on_delete=models.SET_NULL)
    unsubscribe_url = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["title", "id"]
        constraints = [models.UniqueConstraint(fields=["mailbox", "key"], name="newsletter_once_per_mailbox")]

    def __str__(self) -> str:
        return self.key
