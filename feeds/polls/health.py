"""The state of a feed, in one word: the first that is true of gone, paused, failing, never, waiting, silent, fine.

A database expression, so that lists filter and sort by it and no page has a second opinion.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from feeds.models import Feed

SILENCE = timedelta(days=90)


class Health(models.TextChoices):
    FINE = "fine", _("OK")
    FAILING = "failing", _("failing")
    NEVER = "never", _("not working yet")
    WAITING = "waiting", _("no successful check yet")
    SILENT = "silent", _("nothing new for 90 days")
    PAUSED = "paused", _("paused")
    GONE = "gone", _("gone")


BROKEN = frozenset({Health.FAILING, Health.NEVER, Health.GONE})
"""A feed that somebody should have a look at."""


def health(now: datetime) -> models.Case:
    """The expression that gives each feed its `Health`. A feed is silent when neither its newest article nor its
    adding is younger than SILENCE."""
    return health_by(models.Value(now - SILENCE, models.DateTimeField()))


def health_by(silent_since: models.Expression) -> models.Case:
    """The same, where who has been silent since this time is."""
    return models.Case(
        models.When(state=Feed.State.GONE, then=models.Value(Health.GONE)),
        models.When(state=Feed.State.PAUSED, then=models.Value(Health.PAUSED)),
        models.When(failures__gt=0, last_success_at__isnull=False, then=models.Value(Health.FAILING)),
        models.When(failures__gt=0, then=models.Value(Health.NEVER)),
        models.When(last_success_at=None, then=models.Value(Health.WAITING)),
        models.When(_is_silent(silent_since), then=models.Value(Health.SILENT)),
        default=models.Value(Health.FINE),
    )


def _is_silent(since: models.Expression) -> models.Q:
    return models.Q(models.lookups.LessThan(Coalesce("newest_article_at", "added_at"), since))
