"""The visit of a reader before this one, for the line "New since you were here". Kept in the session of each browser,
and written once in some minutes at most; where it can't be written now, later."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from articles.kept_counts.rows import note_visit
from articles.models import Article
from feeds.writes import UNWRITABLE, soon

AWAY = timedelta(minutes=30)  # who comes back later comes anew
EVERY = timedelta(minutes=5)  # a visit that goes on is noted again
SECONDS = 0.5  # that a page waits for the note at most
_NAME = "visit"


@dataclass(frozen=True, slots=True)
class Visit:
    """The time at which the visit before this one ended, and the greatest article id that there was."""

    latest_id: int
    at: datetime

    def first_known(self, articles: Sequence[Article]) -> int:
        """The id of the first of these articles, from the top on, that was there then; 0 where the top one was, or
        none."""
        known = [article.pk <= self.latest_id for article in articles]
        return articles[known.index(True)].pk if True in known[1:] and not known[0] else 0


def visit_before(request: HttpRequest, latest_id: int) -> Visit | None:
    """The visit before this one, None at the first; notes that the reader is here now and that `latest_id` is there."""
    now = timezone.now()
    kept = request.session.get(_NAME)
    before = kept and kept["before"]
    if kept is None or now - _time(kept["at"]) > EVERY:
        if kept and now - _time(kept["at"]) > AWAY:
            before = {"id": kept["id"], "at": kept["at"]}
        request.session[_NAME] = {"id": latest_id, "at": int(now.timestamp()), "before": before}
        with suppress(*UNWRITABLE), soon(SECONDS):
            request.session.save()
            if isinstance(request.user, User):
                note_visit(request.user, now)
        request.session.modified = False
    return Visit(before["id"], _time(before["at"])) if before else None


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
