"""The icon or letter before a feed's name, as HTML."""

from __future__ import annotations

from html import escape

from django.utils.safestring import SafeString, mark_safe

from articles.display.article import may_keep
from articles.images.urls import ICON, signed_path
from feeds.models import Feed

HUES = 8  # as static/css/components.css names them


def icon(feed: Feed) -> SafeString:
    """The feed's icon, by an address here, or the first letter of its name, for eyes alone. No template of its own: a
    list has it in every row."""
    if feed.icon_url and (path := signed_path(feed.icon_url, ICON, is_kept=may_keep(feed))):
        return mark_safe(  # noqa: S308 - a signed path has nothing to escape
            f"<img class=feed-icon src={path} alt loading=lazy>"
        )
    letter = next((character for character in feed.name if character.isalnum()), "")
    shown = f'<span class=feed-icon data-letter="{escape(letter.upper())}" data-hue={(feed.pk or 0) % HUES}></span>'
    return mark_safe(shown)  # noqa: S308 - escaped
