"""Kept files that are not what their names say: found when they are read, told once, fetched again.

The address of such a file stays with it, and is wanted once more. So nothing is lost that was not lost before: a file
that somebody puts back is shown at once, and one whose publisher has it comes again by itself.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from time import monotonic

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from articles.images.files.media_types import HEAD, file_name, media_type_of
from articles.images.models import ImageAddress
from articles.images.store import DAMAGED, MISSING, content_store, fault_of
from feeds.newsletters.mail.addresses import HOST as MAIL

logger = logging.getLogger(__name__)

BELIEVED = 3600.0  # seconds for which a file that was read and has not changed since counts as read


def fault_now(digest: str, media_type: str) -> str:
    """The same for who is about to show the file: what has not changed is not read again for an hour, and of a film no
    more than the beginning. Raises OSError."""
    try:
        mark = content_store().mark(file_name(digest, media_type))
    except FileNotFoundError:
        return MISSING
    return _fault(digest, media_type, mark, int(monotonic() // BELIEVED))


@lru_cache(maxsize=4096)
def _fault(digest: str, media_type: str, mark: tuple[int | str, ...], hour: int) -> str:
    if int(mark[0]) <= settings.IMAGE_MAX_BYTES:
        return fault_of(digest, media_type)
    with content_store().open(file_name(digest, media_type)) as file:
        return "" if media_type_of(file.read(HEAD)) == media_type else DAMAGED


def want_again(digest: str) -> bool:
    """Have a file fetched again that is damaged or missing, where there is one to fetch. Whether it was not wanted
    yet."""
    addresses = ImageAddress.objects.filter(image=digest, is_wanted=False).exclude(host=MAIL)
    return bool(addresses.update(is_wanted=True, failures=0, last_error="", retry_at=timezone.now()))


def is_shown(digest: str, media_type: str) -> bool:
    """True where the kept file can be shown; one that can't be is fetched again, which the log is told once. Raises
    OSError."""
    fault = fault_now(digest, media_type)
    if not fault:
        return True
    name = file_name(digest, media_type)
    try:
        if want_again(digest):
            logger.warning("the kept file %s is %s: it is fetched again", name, fault)
    except DatabaseError as error:  # read-only or full; what is to be shown does not wait for it
        logger.error("the kept file %s is %s: %s", name, fault, error)
    return False
