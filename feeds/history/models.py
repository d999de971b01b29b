"""The state of a feed's back-fill."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feeds.leases.models import HostField, Leased


class Backfill(Leased):
    """The way through a feed's older documents: one row a feed, kept when it has ended, so that it is gone once."""

    class State(models.TextChoices):
        RUNNING = "running", _("under way")
        FINISHED = "finished", _("finished")
        STOPPED = "stopped", _("stopped")  # by too many failures, or by the operator

    class Way(models.TextChoices):
        LINKS = "links", _("links to older documents")
        NUMBERS = "numbers", _("page numbers")

    feed = models.OneToOneField("feeds.Feed", primary_key=True, related_name="backfill", on_delete=models.CASCADE)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RUNNING)
    way = models.CharField(_("way"), max_length=10, choices=Way, default=Way.LINKS)
    next_url = models.CharField(_("next document"), max_length=2000)
    # True: only what was missed since the last poll, so the first document without news is the last one.
    is_catching_up = models.BooleanField(default=False)

    documents = models.PositiveIntegerField(_("documents"), default=0)
    articles = models.PositiveIntegerField(_("articles found"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    # Also where it ended well: what ended it.
    last_error = models.TextField(_("remark"), blank=True)

    # The schedule, as a feed's
    host = HostField("next_url")
    next_step_at = models.DateTimeField(_("next step"), default=timezone.now)

    class Meta:
        verbose_name = _("back-fill")
        verbose_name_plural = _("back-fills")

    def __str__(self) -> str:
        return str(self.get_state_display())


class BackfillDocument(models.Model):
    """A document that a running back-fill has read, by digests of its address and of what was in it."""

    backfill = models.ForeignKey(Backfill, related_name="read", on_delete=models.CASCADE, db_index=False)
    address = models.CharField(max_length=32)
    content = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["backfill", "address"], name="document_once_per_backfill"),
        ]

    def __str__(self) -> str:
        return self.address
