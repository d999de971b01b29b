"""An article's HTML with its pictures, as a page shows it: one query, however many pictures there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString, mark_safe

from articles.display.media import KnownImage, display_html, image_addresses
from articles.images.files.media_types import is_drawn_as_it_is
from articles.images.models import ImageAddress, key_of
from articles.images.obtain import is_time
from articles.images.resize import MAX_PIXELS
from articles.sanitize.addresses import image_address
from feeds.models import Feed

# What may be wider than the column scrolls by itself, and who has no mouse must get there to scroll it (WCAG 2.1.1).
_SCROLLING = re.compile(r"<(pre|table)(?=[ >])")


def shown_html(content_html: str, feed: Feed) -> SafeString:
    """Stored HTML for a page, with what is known of its pictures, by the feed's rule for keeping them."""
    urls = image_addresses(content_html)
    html = display_html(content_html, known=known_images(urls) if urls else {}, is_kept=may_keep(feed))
    return mark_safe(_SCROLLING.sub(r'<\1 tabindex="0"', html))  # noqa: S308 - sanitized


def may_keep(feed: Feed) -> bool:
    """True where pictures of `feed` are kept when somebody looks at them."""
    return feed.images != Feed.Images.PROXY


def known_images(urls: Iterable[str]) -> dict[str, KnownImage]:
    """By address; what nobody has asked for yet is left out. One query."""
    keys = {url: key_of(image_address(url, "") or url) for url in urls}  # as it is signed: freed of proxies
    rows = ImageAddress.objects.filter(key__in=set(keys.values())).annotate(
        shown_width=Coalesce("image__width", "width"),
        shown_height=Coalesce("image__height", "height"),
        media_type=F("image__media_type"),
    )
    known = {row.key: _known(row) for row in rows.only("key", "failures", "retry_at")}
    return {url: known[key] for url, key in keys.items() if key in known}


def _known(row: Any) -> KnownImage:
    width, height = row.shown_width or 0, row.shown_height or 0
    if row.media_type:
        is_missing = not (width or is_drawn_as_it_is(row.media_type))
    else:
        is_missing = row.shown_width == 0 or not is_time(row)
    return KnownImage(width, height, is_missing or width * height > MAX_PIXELS)
