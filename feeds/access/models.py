"""The demands of a feed's publisher, as they are kept."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedAccess(models.Model):
    """A row only for a feed whose publisher demands something."""

    feed = models.OneToOneField("feeds.Feed", primary_key=True, related_name="access", on_delete=models.CASCADE)
    # Scheme, host and port that the secrets are for. Empty: the feed's address was changed since they were entered.
    origin = models.CharField(max_length=300, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=300, blank=True)
    secrets = models.TextField(blank=True)  # feeds.access.sealed
    authorities = models.TextField(_("certificates of authorities of its own"), blank=True)
    is_unchecked = models.BooleanField(_("check no certificate of its server"), default=False)

    def __str__(self) -> str:
        return self.origin

    @property
    def says_anything(self) -> bool:
        return bool(self.secrets or self.user_agent or self.authorities or self.is_unchecked)
