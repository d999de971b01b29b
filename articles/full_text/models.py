"""An article's page: what came of fetching it, and what the feed gave where the page's text stands in its place."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feeds.leases.models import HostField, Leased


class FullText(Leased):
    """An article's whole text, wanted or fetched. What is due is a row: wanted, and its wait is over."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("It is on its way.")
        WHOLE = "whole", _("The whole article came from its page.")
        NO_MORE = "no more", _("The page has no more than the feed.")
        NOTHING = "nothing", _("No article was found on the page.")
        PAYWALL = "paywall", _("The page shows the whole article to subscribers only.")
        CONSENT = "consent", _("The page asks for consent before it shows the article.")
        BOT_WALL = "bot wall", _("The site lets no program read its pages.")
        ROBOTS = "robots", _("The site's robots.txt forbids it.")
        REFUSED = "refused", _("The site refuses access to the page.")
        GONE = "gone", _("The page is gone.")
        NO_PAGE = "no page", _("The address does not lead to a web page.")
        TOO_MUCH = "too much", _("The page is too large, or takes too long to read.")
        FAILED = "failed", _("The page could not be fetched.")

    article = models.OneToOneField(
        "articles.Article", primary_key=True, related_name="full_text", on_delete=models.CASCADE
    )
    url = models.CharField(max_length=4000)
    host = HostField("url")
    is_wanted = models.BooleanField(default=True)
    fetch_at = models.DateTimeField(default=timezone.now)
    fetched_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    detail = models.CharField(max_length=500, blank=True)  # of a failure, for the operator
    received_bytes = models.PositiveBigIntegerField(default=0)  # of all fetches
    fetches = models.PositiveIntegerField(default=0)
    # The page's text stands in the article; what the feed gave is here, sanitized.
    is_shown = models.BooleanField(default=False)
    feed_html = models.TextField(blank=True)
    feed_text = models.TextField(blank=True)
    # The article as it was found in its pages, and the pages as they came: [[address, HTML], …] as JSON.
    html_zlib = models.BinaryField(default=b"")
    pages_zlib = models.BinaryField(default=b"")
    extractor_version = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["fetch_at"], name="full_text_due", condition=Q(is_wanted=True))]

    def __str__(self) -> str:
        return self.url
