"""Pictures in templates: the lead picture of a row, a feed's icon, a player for a file that came along."""

from __future__ import annotations

from django import template

from articles.images.shown import may_keep
from articles.images.urls import ICON, THUMBNAILS, signed_path
from articles.models import Article, Enclosure
from feeds.models import Feed

register = template.Library()


@register.filter
def thumbnail(article: Article) -> str:
    """The lead picture's address here, for a row of a list; "" where there is none."""
    return signed_path(article.image_url, THUMBNAILS[0], is_kept=may_keep(article.feed)) if article.image_url else ""


@register.filter
def sharp_thumbnail(article: Article) -> str:
    """The same for screens with twice the pixels."""
    return signed_path(article.image_url, THUMBNAILS[1], is_kept=may_keep(article.feed))


@register.filter
def icon(feed: Feed) -> str:
    """The feed's icon, by an address here; "" where none is known."""
    return signed_path(feed.icon_url, ICON, is_kept=may_keep(feed)) if feed.icon_url else ""


@register.filter
def player(file: Enclosure) -> str:
    """ "audio" or "video" for a file that a browser can play, else ""."""
    kind = file.media_type.partition("/")[0].lower()
    return kind if kind in {"audio", "video"} and played(file) else ""


@register.filter
def played(file: Enclosure) -> str:
    """The file's address here."""
    return signed_path(file.url, is_kept=may_keep(file.article.feed))
