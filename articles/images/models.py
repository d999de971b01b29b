"""The rows about a picture: its address, the bytes behind it, and how fetching went."""

from __future__ import annotations

from hashlib import sha256

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feeds.leases.models import HostField, Leased, host_of
from feeds.models import Feed
from feeds.newsletters.mail.addresses import HOST as MAIL


def key_of(url: str) -> str:
    """The key of an address: addresses are too long for an index."""
    return sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def is_brought(url: str) -> bool:
    """True of the address of a picture that came in a message, which is in no other place: nobody is asked for it."""
    return host_of(url) == MAIL


class StoredImage(models.Model):
    """A file that is kept, known by its content: two addresses with the same bytes share it."""

    digest = models.CharField(primary_key=True, max_length=64, help_text=_("SHA-256, in hex."))
    media_type = models.CharField(_("type"), max_length=40)
    size = models.BigIntegerField(_("bytes"))
    width = models.PositiveIntegerField(null=True, help_text=_("As shown, so with the orientation applied."))
    height = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField(_("stored"), default=timezone.now)

    class Meta:
        verbose_name = _("stored picture")
        verbose_name_plural = _("stored pictures")

    def __str__(self) -> str:
        return self.digest


class ImageAddress(Leased):
    """A picture's address at its publisher. What is due is a row: wanted, and its pause is over. One that has an
    image and is wanted all the same has lost its file: see articles.images.damage."""

    key = models.CharField(primary_key=True, max_length=64, help_text=_("SHA-256 of the address, in hex."))
    url = models.CharField(_("address"), max_length=4000)
    host = HostField("url", verbose_name=_("host"))
    # Whose article named it first; a picture outlives its feed.
    feed = models.ForeignKey(Feed, verbose_name=_("feed"), null=True, on_delete=models.SET_NULL, db_index=False)
    image = models.ForeignKey(StoredImage, null=True, related_name="addresses", on_delete=models.PROTECT)
    # Of what is shown and not kept: a page reserves room for it all the same. 0: it came, and can't be shown.
    width = models.PositiveIntegerField(null=True, help_text=_("As shown, so with the orientation applied."))
    height = models.PositiveIntegerField(null=True)
    is_wanted = models.BooleanField(_("to be kept"), default=False)
    retry_at = models.DateTimeField(_("not before"), default=timezone.now)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("picture address")
        verbose_name_plural = _("picture addresses")
        indexes = [
            models.Index(fields=["retry_at"], name="image_due", condition=Q(is_wanted=True)),
            models.Index(fields=["host"], name="image_failing", condition=Q(failures__gt=0)),
        ]

    def __str__(self) -> str:
        return self.url


class RefererRule(models.Model):
    """A Referer for hosts that give their pictures to nobody else."""

    host = models.CharField(_("host"), max_length=255, unique=True, help_text=_("And all hosts below it."))
    referer = models.CharField(_("Referer"), max_length=500, validators=[URLValidator(["http", "https"])])

    class Meta:
        verbose_name = _("Referer rule")
        verbose_name_plural = _("Referer rules")
        ordering = ["host"]

    def __str__(self) -> str:
        return self.host


class ArchiveProgress(models.Model):
    """One row: up to which article `archive_images` has looked for pictures."""

    article_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.article_id)
