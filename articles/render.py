"""Stored HTML to what a browser is given: reading an article asks no one but this site."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import first_words

SUMMARY_LENGTH = 300
PLACEHOLDER = "img/placeholder.svg"

# The gate of articles.sanitize wrote every tag, so these are all the forms that a tag has.
_ATTRIBUTES = r'(?: [a-z]+(?:="[^"]*")?)*'
_MEDIA = re.compile(
    rf"<a(?= |>)|</a>|<picture>.*?</picture>|<img{_ATTRIBUTES}>|<(audio|video)({_ATTRIBUTES})>(.*?)</\1>"
    rf"|<(?:source|track){_ATTRIBUTES}>",
    re.S,
)
_ATTRIBUTE = re.compile(r' ([a-z]+)(?:="([^"]*)")?')

_KINDS = {"audio": gettext_lazy("Audio"), "video": gettext_lazy("Video")}
Attributes = dict[str, str]


def display_html(content_html: str) -> SafeString:
    """Stored HTML for a page, with a placeholder for every picture and a link for every sound and film."""
    return mark_safe(map_media(content_html, image=_placeholder, player=_player_link))  # noqa: S308 - sanitized


def map_media(
    content_html: str,
    *,
    image: Callable[[Attributes, bool], str],
    player: Callable[[str, Attributes, list[Attributes]], str],
) -> str:
    """Stored HTML with whatever a browser would fetch replaced: the one place that sees every media address.

    `image` gets the attributes of an `img`, and whether it stands in a link; `player` gets "audio" or "video", its
    attributes and those of its sources. Attribute values come and go as they stand in HTML, escaped."""
    is_linked = False

    def replace(found: re.Match[str]) -> str:
        nonlocal is_linked
        tag = found[0]
        if tag == "<a" or tag == "</a>":
            is_linked = tag == "<a"
            return tag
        if kind := found[1]:
            sources = [_attributes(source) for source in re.findall(rf"<source({_ATTRIBUTES})>", found[3])]
            return player(kind, _attributes(found[2]), sources)
        at = tag.find("<img ")  # the one inside a picture, too; a source or track alone is nothing
        return image(_attributes(tag[at:]), is_linked) if at >= 0 else ""

    return _MEDIA.sub(replace, content_html)


def _attributes(tag: str) -> Attributes:
    return {name: value or "" for name, value in _ATTRIBUTE.findall(tag)}


def _placeholder(attrs: Attributes, is_linked: bool) -> str:
    size = "".join(f' {name}="{attrs[name]}"' for name in ("width", "height") if name in attrs)
    alt = attrs.get("alt", "") or (escape(_("Picture")) if not is_linked else "")
    shown = f'<img class="placeholder" src="{static(PLACEHOLDER)}" alt="{alt}"{size} loading="lazy">'
    if is_linked or not _is_web(source := attrs.get("src", "")):
        return shown
    return f'<a class="original" href="{source}" rel="noopener noreferrer">{shown}</a>'


def _player_link(kind: str, attrs: Attributes, sources: list[Attributes]) -> str:
    addresses = [attrs.get("src", ""), *(source.get("src", "") for source in sources)]
    address = next((address for address in addresses if _is_web(address)), "")
    if not address:
        return ""
    name = unquote(urlsplit(unescape(address)).path.rpartition("/")[2]) or urlsplit(unescape(address)).netloc
    label = f"{_KINDS[kind]} · {name}"
    return f'<p class="media"><a href="{address}" rel="noopener noreferrer">{escape(label)}</a></p>'


def _is_web(address: str) -> bool:
    return address[:8].lower().startswith(("http://", "https://"))


def summary_of(text: str, limit: int = SUMMARY_LENGTH) -> str:
    """The first words of an article's text, for a list row: at most `limit` characters and an ellipsis."""
    return first_words(text[: 4 * limit], limit)
