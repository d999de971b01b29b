"""An article's HTML with its pictures, as a page shows it: one query, however many pictures there are."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F
from django.utils.safestring import SafeString
from django.utils.timezone import now

from articles.images.models import ImageAddress, key_of
from articles.render import KnownImage, display_html, image_addresses
from feeds.models import Feed


def shown_html(content_html: str, feed: Feed) -> SafeString:
    """Stored HTML for a page, with what is known of its pictures, by the feed's rule for keeping them."""
    urls = image_addresses(content_html)
    return display_html(content_html, known=known_images(urls) if urls else {}, is_kept=may_keep(feed))


def may_keep(feed: Feed) -> bool:
    """Whether pictures of `feed` are kept when somebody looks at them."""
    return feed.images != Feed.Images.PROXY


def known_images(urls: Iterable[str]) -> dict[str, KnownImage]:
    """By address; what nobody has asked for yet is left out. One query."""
    rows = ImageAddress.objects.filter(key__in=[key_of(url) for url in urls]).annotate(
        width=F("image__width"), height=F("image__height")
    )
    time = now()
    return {
        url: KnownImage(width or 0, height or 0, bool(failures) and image is None and retry_at > time)
        for url, image, width, height, failures, retry_at in rows.values_list(
            "url", "image_id", "width", "height", "failures", "retry_at"
        )
    }
