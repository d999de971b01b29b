"""Icons of feeds inside a document: those that this site has already. Nothing is asked of a publisher."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress

from articles.images.obtain import at_hand
from articles.images.store_errors import StoreFailed
from feeds.models import Feed

MOST_BYTES = 32 * 1024
SHOWN = frozenset({"image/png", "image/gif", "image/jpeg", "image/x-icon", "image/webp"})


def data_of(feed: Feed) -> str:
    """The icon as Fever has it, "image/png;base64,…"; "" where there is none that is small and is here."""
    with suppress(StoreFailed, FileNotFoundError):
        original = at_hand(feed.icon_url) if feed.icon_url else None
        if original and original.media_type in SHOWN:
            with original.open() as file:
                data = file.read(MOST_BYTES + 1)
            if len(data) <= MOST_BYTES:
                return f"{original.media_type};base64,{b64encode(data).decode('ascii')}"
    return ""
