"""Pictures in templates: a feed's icon, a player for a file that came along."""

from __future__ import annotations

from django import template

from articles.display.article import may_keep
from articles.display.icons import icon
from articles.display.media import USUAL_WIDTH, file_key
from articles.images.urls import signed_path
from articles.models import Enclosure

register = template.Library()
register.filter(icon)


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


@register.filter
def play_key(file: Enclosure) -> str:
    """The key of the reader's place in it."""
    return file_key(file.url)
