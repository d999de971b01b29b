"""The removal of what nobody needs any longer: records that have served, and what killed processes left half done. The
archive itself, articles and pictures, is never touched, but for feeds of accounts that are gone."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q

from articles.archive_files.upload import PREFIX, STALE_SECONDS
from articles.images import archive
from articles.images.store import is_abandoned
from articles.ingest.feed_deletion import delete_orphans
from articles.kept_counts import recent
from articles.notices import email
from articles.notices import own as notices
from feeds.leases import hosts, waits
from feeds.polls import polling
from feeds.websub import deliveries
from newsreader.sign_ins import forget_ended

logger = logging.getLogger(__name__)

SIGN_INS = timedelta(days=30)
ATTEMPTS = timedelta(days=1)  # of a quarter of an hour in which they count


def keep_house(now: datetime) -> dict[str, int]:
    """Delete what is too old. Returns how many of each; one that fails keeps none of the others from being deleted."""
    done: dict[str, int] = {}
    for name, prune in _PARTS.items():
        try:
            done[name] = prune(now)
        except Exception:  # the next run tries again
            logger.exception("housekeeping: %s", name)
    if any(done.values()):
        logger.info("deleted: %s", ", ".join(f"{count} {name}" for name, count in done.items() if count))
    return done


def _sessions(now: datetime) -> int:
    ended = Session.objects.filter(expire_date__lt=now).delete()[0]
    forget_ended()
    return ended


def _sign_ins(now: datetime) -> int:
    """Of attempts also those that a clock which was ahead has noted: they would lock somebody out until then."""
    deleted = 0
    for model, kept in ((AccessAttempt, ATTEMPTS), (AccessLog, SIGN_INS), (AccessFailureLog, SIGN_INS)):
        old = Q(attempt_time__lt=now - kept) | waits.ahead("attempt_time", now)
        deleted += model.objects.filter(old).delete()[0]
    return deleted


def _uploads(now: datetime) -> int:
    return _remove([*settings.DATA_DIR.glob(f"{PREFIX}*"), *Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()])


def _messages(now: datetime) -> int:
    """Of the embedded broker: those that were being written when their process was killed."""
    if settings.REDIS_URL:
        return 0
    return _remove((settings.BROKER_DIR / "messages").glob(".*"))


def _orphans(now: datetime) -> int:
    """The one thing of the archive that goes: of readers' own feeds, as their accounts went or they left by an app."""
    return delete_orphans(now)


def _remove(paths: Iterable[Path]) -> int:
    abandoned = [path for path in paths if is_abandoned(path, STALE_SECONDS)]
    for path in abandoned:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(abandoned)


_PARTS: dict[str, Callable[[datetime], int]] = {
    "polls": polling.prune_history,
    "hosts": hosts.forget,
    "sessions": _sessions,
    "sign-ins": _sign_ins,
    "deliveries": deliveries.prune,
    "notices": notices.prune,
    "addresses that nobody confirmed": email.prune,
    "recent articles": recent.prune,
    "uploads": _uploads,
    "messages": _messages,
    "feeds that nobody is left to see": _orphans,
    "pictures that waited for nothing": archive.want_now,
}
