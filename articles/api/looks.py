"""The moments at which apps looked, and how far they could see then.

An app marks "everything until this moment" by a clock, and the articles that came in carry the time at which they were
stored. What was stored and not yet committed when the app looked came in before that moment, and was not seen: each
look is noted, so that such a mark leaves it unread.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from articles.api.models import AppLook, AppPassword
from articles.lists.arrival import Look, Looks
from articles.settled_ids import settled_id
from feeds.writes import UNWRITABLE, soon

logger = logging.getLogger(__name__)

KEPT = timedelta(days=2)
# Whoever stores has the embedded database to itself for a second or two: a look in that time is the one that counts.
PATIENCE = 10.0


@contextmanager
def looking(password: AppPassword) -> Iterator[None]:
    """Notes the look that the app has inside. Where the database can't be written there is no note: then marks go by
    the times of articles alone."""
    settled = settled_id()  # before the look: what is committed meanwhile may be in the answer or not
    yield
    now = timezone.now()
    try:
        with soon(PATIENCE):
            AppLook.objects.create(password=password, at=now, up_to=settled)
            AppLook.objects.filter(password=password, at__lt=now - KEPT).delete()
    except UNWRITABLE as error:
        logger.warning("a look of an app could not be noted: %s", error)


def looks_around(password: AppPassword, moment: datetime) -> Looks:
    """The app's last look until the moment, and its last one of all where that is later."""
    looks = AppLook.objects.filter(password=password).order_by("-at", "-pk").values_list("at", "up_to")
    before = looks.filter(at__lte=moment).first()
    after = looks.filter(at__gt=moment).first()
    return Looks(before=Look(*before) if before else None, after=Look(*after) if after else None)
