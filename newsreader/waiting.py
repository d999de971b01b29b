"""The messages that wait in the broker. Those that have expired are taken out by whoever looks: a worker alone would
do so one by one, as it comes to them, and while none runs they would fill a Redis, or a folder, with old ticks.

Imported by beat, which knows no models.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from newsreader import broker

logger = logging.getLogger(__name__)

AT_ONCE = 500
PATIENCE = 3  # seconds that a Redis may take to answer
# No message may wait for longer (the schedule in the settings, leases of polls): one that says so was sent by a clock
# that was ahead.
LONGEST = timedelta(hours=1, minutes=5)


def drop_expired() -> int:
    """Take out of the queue what nobody is to do any more. Returns how many messages. Never raises: a broker that is
    away is told of by whoever needs it."""
    now = datetime.now(UTC)
    try:
        dropped = _from_redis(now) if settings.REDIS_URL else _from_folder(now)
    except Exception as error:  # noqa: BLE001 - the many that a client of Redis raises
        logger.debug("the broker can't be looked through: %s", error)
        return 0
    if dropped > 10:
        logger.warning("%d messages were dropped that had waited for too long: did no worker run?", dropped)
    return dropped


def is_expired(message: bytes, now: datetime) -> bool:
    """True where a message says that its time is over. One that nobody can read is left to whoever takes it."""
    try:
        expires = json.loads(message)["headers"]["expires"]
        moment = datetime.fromisoformat(expires) if expires else None
        return moment is not None and not now <= moment <= now + LONGEST
    except (ValueError, TypeError, LookupError, RecursionError):
        return False


def _from_folder(now: datetime) -> int:
    names = broker.waiting(Path(settings.BROKER_DIR) / "messages", settings.CELERY_TASK_DEFAULT_QUEUE)
    return sum(1 for path in names if broker.drop(path, lambda content: is_expired(content, now)))


def _from_redis(now: datetime) -> int:
    dropped = kept = 0
    with redis_client() as client:
        # The oldest stand at the end.
        while batch := client.lrange(settings.CELERY_TASK_DEFAULT_QUEUE, -(kept + AT_ONCE), -(kept + 1)):
            expired = [message for message in batch if is_expired(message, now)]
            kept += len(batch) - len(expired)
            with client.pipeline(transaction=False) as pipeline:
                for message in reversed(expired):
                    pipeline.lrem(settings.CELERY_TASK_DEFAULT_QUEUE, -1, message)
                dropped += sum(pipeline.execute())
            if len(batch) < AT_ONCE:
                break
    return dropped


def redis_client() -> Any:
    """A client that gives up soon."""
    import redis  # only where there is one

    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
