"""The tables of exporting: the secret addresses of a reader's views, and the name space of this site's ids."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feeds.models import Category, Feed

LONGEST_NAME = 100


class Output(models.Model):
    """A view of one reader that whoever has its secret address may follow. Only a digest of the secret is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="outputs", on_delete=models.CASCADE)
    name = models.CharField(
        _("name"), max_length=LONGEST_NAME, blank=True, db_default=""
    )  # the reader's own, to tell it apart
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the secret, in hex."))
    # With its feed or category an output goes too: without them it would open the whole list.
    feed = models.ForeignKey(Feed, null=True, on_delete=models.CASCADE)
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE)
    show = models.CharField(max_length=10)
    text = models.CharField(max_length=2000, blank=True, help_text=_("A search."))
    order = models.CharField(max_length=10)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used"), null=True, help_text=_("To the hour."))

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name or f"{self.pk}"


class ExportIdentity(models.Model):
    """One row: the name space in which this site's exported ids are made. It moves with the database."""

    namespace = models.UUIDField(default=uuid.uuid4)
    # Goes up when articles are derived anew: their own columns don't tell.
    edition = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.namespace)


class HubPing(models.Model):
    """One row: how far this site's hub has been told of what came in. See articles.export.hub."""

    told_until = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.told_until:%Y-%m-%d %H:%M:%S}"
