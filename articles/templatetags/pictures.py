"""Pictures in templates: the lead picture of a row, a feed's icon, a player for a file that came along."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.display.article import may_keep
from articles.display.media import USUAL_WIDTH
from articles.images.urls import ICON, THUMBNAILS, signed_path
from articles.models import Article, Enclosure
from feeds.models import Feed

register = template.Library()

HUES = 8  # as static/css/components.css names them


@register.filter
def thumbnail(article: Article) -> str:
    """The lead picture's address here, for a row of a list; "" where there is none."""
    return signed_path(article.image_url, THUMBNAILS[0], is_kept=may_keep(article.feed)) if article.image_url else ""


@register.filter
def sharp_thumbnail(article: Article) -> str:
    """The same for screens with twice the pixels."""
    return signed_path(article.image_url, THUMBNAILS[1], is_kept=may_keep(article.feed))


@register.filter
def icon(feed: Feed) -> SafeString:
    """What stands before the feed's name: its icon, by an address here, or the first letter of the name, for
    eyes alone. No template of its own: a list has it in every row."""
    if feed.icon_url and (path := _icon_path(feed.icon_url, may_keep(feed), tuple(settings.IMAGE_KEYS))):
        return format_html(_ICON, path)
    letter = next((character for character in feed.name if character.isalnum()), "")
    return format_html(_LETTER, letter.upper(), (feed.pk or 0) % HUES)


_ICON = '<img class="feed-icon" src="{}" alt="" width="16" height="16" loading="lazy" decoding="async">'
_LETTER = '<span class="feed-icon" data-letter="{}" data-hue="{}"></span>'


@lru_cache(maxsize=2048)
def _icon_path(url: str, is_kept: bool, keys: tuple[str, ...]) -> str:
    """`keys`: those that sign."""
    return signed_path(url, ICON, is_kept=is_kept)


@register.filter
def player(file: Enclosure) -> str:
    """ "audio" or "video" for a file that a browser can play, else ""."""
    kind = {"sound": "audio", "film": "video"}.get(file.kind, "")
    return kind if kind and played(file) else ""


@register.filter
def played(file: Enclosure) -> str:
    """The file's address here."""
    return signed_path(file.url, is_kept=may_keep(file.article.feed))


@register.filter
def poster(file: Enclosure) -> str:
    """The address here of a film's still picture; "" where it has none."""
    return signed_path(file.poster_url, USUAL_WIDTH, is_kept=may_keep(file.article.feed)) if file.poster_url else ""
