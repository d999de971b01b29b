"""The icon or letter before a feed's name, as HTML."""

from __future__ import annotations

from django.utils.safestring import SafeString

from articles.display.article import may_keep
from articles.images.urls import ICON, signed_path
from feeds.models import Feed

HUES = 8  # as static/css/components.css names them


def icon(feed: Feed) -> SafeString:
    """The feed's icon, by an address here, or the first letter of its name, for eyes alone. No template of its own: a
    list has it in every row."""
    return icon_of(feed.pk or 0, feed.name, feed.icon_url, is_kept=may_keep(feed))


def icon_of(pk: int, name: str, url: str, *, is_kept: bool) -> SafeString:
    """The same of a feed's id, its name, the address of its icon, and whether that is kept here."""
    if url and (path := signed_path(url, ICON, is_kept=is_kept)):
        return SafeString(f"<img class=feed-icon src={path} alt loading=lazy>")  # a signed path has nothing to escape
    letter = next((character for character in name if character.isalnum()), "") or '""'  # alone it needs no quotes
    return SafeString(f"<span class=feed-icon data-letter={letter.upper()} data-hue={pk % HUES}></span>")
