"""Stored HTML to what a browser is given: reading an article asks no one but this site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.images.urls import LARGEST, WIDTHS, signed_path

PLACEHOLDER = "img/placeholder.svg"
SIZES = "(min-width: 40rem) 36rem, 100vw"  # how wide the column of text is: static/css/article.css
USUAL_WIDTH = 1280  # of a picture whose own width nobody knows yet
ENOUGH = 1600  # pixels: of a publisher's sizes the first that has so many is kept
COLUMN = 576  # CSS pixels: what fits needs no larger view

# The gate of articles.sanitize wrote every tag, so these are all the forms that a tag has.
_ATTRIBUTES = r'(?: [a-z]++(?:="[^"]*+")?+)*+'
_MEDIA = re.compile(
    rf"<a(?= |>)|</a>|<picture>(?:[^<]++|<(?!/?picture>))*+</picture>|<img{_ATTRIBUTES}>"
    rf"|<(audio|video)({_ATTRIBUTES})>((?:[^<]++|<(?!/?(?:audio|video)\b))*+)</\1>"
    rf"|<(?:source|track){_ATTRIBUTES}>"
)
_SOURCE = re.compile(rf"<source({_ATTRIBUTES})>")
_ATTRIBUTE = re.compile(r' ([a-z]+)(?:="([^"]*)")?')

_KINDS = {"audio": gettext_lazy("Audio"), "video": gettext_lazy("Video")}
Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class KnownImage:
    """The size of a picture, and whether it is missing, as known before it is shown. Pixels; 0 where it has no size of
    its own."""

    width: int = 0
    height: int = 0
    is_missing: bool = False


NOTHING_KNOWN = KnownImage()


def display_html(
    content_html: str, *, known: Mapping[str, KnownImage] | None = None, is_kept: bool = True
) -> SafeString:
    """Stored HTML for a page. `known`: by the publisher's address, what is known of its pictures (see
    `image_addresses`); `is_kept`: whether what is shown may be kept."""
    shown = _Shown(known or {}, is_kept)
    return mark_safe(map_media(content_html, image=shown.image, player=shown.player))  # noqa: S308 - sanitized


def image_addresses(content_html: str) -> list[str]:
    """The publisher's addresses of all pictures and posters in stored HTML: for each the one that is shown."""
    found: list[str] = []

    def image(attrs: Attributes, is_linked: bool) -> str:
        found.extend(picture_sources(attrs)[:1])
        return ""

    def player(kind: str, attrs: Attributes, sources: list[Attributes]) -> str:
        if poster := unescape(attrs.get("poster", "")):
            found.append(poster)
        return ""

    map_media(content_html, image=image, player=player)
    return list(dict.fromkeys(found))


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
            sources = [_attributes(source) for source in _SOURCE.findall(found[3])]
            return player(kind, _attributes(found[2]), sources)
        at = tag.find("<img ")  # the one inside a picture, too; a source or track alone is nothing
        return image(_attributes(tag[at:]), is_linked) if at >= 0 else ""

    return _MEDIA.sub(replace, content_html)


def _attributes(tag: str) -> Attributes:
    return {name: value or "" for name, value in _ATTRIBUTE.findall(tag)}


@dataclass(frozen=True, slots=True)
class _Shown:
    known: Mapping[str, KnownImage]
    is_kept: bool

    def path(self, url: str, width: int = 0) -> str:
        return signed_path(url, width, is_kept=self.is_kept)

    def image(self, attrs: Attributes, is_linked: bool) -> str:
        for url in picture_sources(attrs):
            known = self.known.get(url, NOTHING_KNOWN)
            if not known.is_missing and (tag := self._img(attrs, url, known)):
                is_small = 0 < known.width <= COLUMN or is_smiley(attrs)
                return tag if is_linked or is_small else self._enlarging(tag, url)
        return _placeholder(attrs, is_linked)

    def _img(self, attrs: Attributes, url: str, known: KnownImage) -> str:
        source = self.path(url, USUAL_WIDTH)
        if not source:
            return ""
        made = {"src": source, **_size(attrs, known), "alt": attrs.get("alt", "")}
        if widths := _widths(known.width):
            candidates = [f"{self.path(url, asked)} {real}w" for asked, real in widths]
            made |= {"srcset": ", ".join(candidates), "sizes": SIZES}
        made |= {name: attrs[name] for name in ("title", "class") if name in attrs}
        made |= {"loading": "lazy", "decoding": "async"}
        return f"<img{_written(made)}>"

    def _enlarging(self, tag: str, url: str) -> str:
        return f'<a class="enlarge" href="{self.path(url, LARGEST)}">{tag}</a>'

    def player(self, kind: str, attrs: Attributes, sources: list[Attributes]) -> str:
        played = [source for source in ({"src": attrs.get("src", "")}, *sources) if _is_web(source.get("src", ""))]
        inside = "".join(self._source(source) for source in played[:4])
        if not inside:
            return ""
        made = {"preload": "none", "data-file": file_key(unescape(played[0]["src"]))}
        if poster := self.path(unescape(attrs.get("poster", "")), USUAL_WIDTH):
            made["poster"] = poster
        made |= {name: attrs[name] for name in ("width", "height") if name in attrs}
        return f"<{kind} controls{_written(made)}>{inside}</{kind}>{player_link(kind, played[0]['src'])}"

    def _source(self, attrs: Attributes) -> str:
        made = {"src": self.path(unescape(attrs["src"]))}
        return f"<source{_written(made | ({'type': attrs['type']} if 'type' in attrs else {}))}>" if made["src"] else ""


def _written(attrs: Mapping[str, str]) -> str:
    return "".join([f' {name}="{value}"' for name, value in attrs.items()])


def picture_sources(attrs: Attributes) -> list[str]:
    """The publisher's addresses of one picture, the best first."""
    urls = [_best(unescape(attrs.get("srcset", ""))), unescape(attrs.get("src", ""))]
    return [url for url in dict.fromkeys(urls) if _is_web(url)]


def _best(srcset: str) -> str:
    """The smallest candidate that is large enough, else the largest; "" for densities, where `src` is one of them."""
    best, most = "", 0.0
    for address, width in sorted(candidates(srcset), key=lambda pair: pair[1]):
        if most < ENOUGH:
            best, most = address, width
    return best


def candidates(srcset: str) -> Iterator[tuple[str, float]]:
    """Address and width in pixels; of a density, as if the picture were as wide as the column."""
    for candidate in srcset.split(", ") if srcset else ():
        address, _, descriptor = candidate.partition(" ")
        try:
            number = float(descriptor[:-1] or 1)
        except ValueError:
            continue
        yield address, number if descriptor.endswith("w") else number * COLUMN


def _size(attrs: Attributes, known: KnownImage) -> Attributes:
    """Width and height as the page reserves room for them: the publisher's width or height, the picture's own
    proportions."""
    if not (known.width and known.height):
        return {name: attrs[name] for name in ("width", "height") if name in attrs}
    width = shown_width(attrs, known.width, known.height)
    return {"width": str(width), "height": str(max(1, round(width * known.height / known.width)))}


def shown_width(attrs: Attributes, own_width: int, own_height: int) -> int:
    """The width in pixels at which the publisher shows a picture of that size."""
    width, height = (int(attrs.get(name, 0)) for name in ("width", "height"))
    return width or (max(1, round(height * own_width / own_height)) if height else own_width)


def is_smiley(attrs: Attributes) -> bool:
    """True where a picture stands in a line of text like a letter."""
    return attrs.get("class") == "smiley"


def _widths(own: int) -> list[tuple[int, int]]:
    """The widths that are offered of a picture that is `own` pixels wide, and how wide each comes: nothing is
    enlarged, and what says that it is wider than it is would be shown too large."""
    if not own:
        return []
    smaller = [(width, width) for width in WIDTHS if width < own]
    above = next((width for width in WIDTHS if width >= own), 0)
    return [*smaller, (above, own)] if above else smaller


def _placeholder(attrs: Attributes, is_linked: bool) -> str:
    """The HTML that is shown for a picture that does not come: its words, and the way to where it was."""
    if is_smiley(attrs):
        return attrs.get("alt", "")
    size = "".join(f' {name}="{attrs[name]}"' for name in ("width", "height") if name in attrs)
    alt = attrs.get("alt", "") or (escape(_("Picture")) if not is_linked else "")
    shown = f'<img class="placeholder" src="{static(PLACEHOLDER)}" alt=""{size} loading="lazy"> <span>{alt}</span>'
    if is_linked or not _is_web(source := attrs.get("src", "")):
        return shown
    return f'<a class="original" href="{source}" rel="noopener noreferrer">{shown}</a>'


def file_key(url: str) -> str:
    """The key of a reader's place in the sound or film at that address, by http and https alike: hex digits."""
    return sha256(url.partition("://")[2].encode("utf-8", "surrogatepass")).hexdigest()[:32]


def player_link(kind: str, address: str) -> str:
    """The HTML that leads to a sound or a film: a paragraph with a link. `address` as it stands in HTML."""
    name = unquote(urlsplit(unescape(address)).path.rpartition("/")[2]) or urlsplit(unescape(address)).netloc
    label = f"{_KINDS[kind]} · {name}"
    return f'<p class="media"><a href="{address}" rel="noopener noreferrer">{escape(label)}</a></p>'


def _is_web(address: str) -> bool:
    return address[:8].lower().startswith(("http://", "https://"))
