"""Pictures that a message brought along: they are in no other place, so they are kept with it or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO

from django.conf import settings

from articles.images.damage import fault_now
from articles.images.fetch import Download
from articles.images.files.media_types import HEAD, is_picture, media_type_of
from articles.images.models import ImageAddress, key_of
from articles.images.obtain import is_over_budget
from articles.images.store import keep
from articles.images.store_errors import storing
from feeds.leases.queues import FREE
from feeds.models import Feed
from feeds.newsletters.mail.values import Picture


def keep_brought(pictures: Iterable[Picture], feed: Feed) -> int:
    """Keep those of `pictures` that are such, by their bytes, under the addresses that stand for them; none where the
    site's budget is spent. Returns how many were not kept yet. Raises StoreFailed."""
    if is_over_budget():
        return 0
    return sum(_keep(picture, feed) for picture in pictures)


def _keep(picture: Picture, feed: Feed) -> bool:
    media_type = media_type_of(picture.data[:HEAD])
    if not is_picture(media_type) or len(picture.data) > settings.IMAGE_MAX_BYTES:
        return False
    digest, key = sha256(picture.data).hexdigest(), key_of(picture.url)
    with storing():
        if ImageAddress.objects.filter(key=key, image=digest).exists() and not fault_now(digest, media_type):
            return False
        image = keep(Download(BytesIO(picture.data), digest, media_type, len(picture.data)))
    found = {"image": image, "is_wanted": False, "failures": 0, "last_error": "", **FREE}
    told = {"url": picture.url, "feed": feed, "image": image}
    ImageAddress.objects.update_or_create(key=key, defaults=found, create_defaults=told)
    return True
