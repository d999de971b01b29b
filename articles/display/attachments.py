"""The attachments that an entry carries beside its text: pictures and players belong into the article, other files are
listed below it, and what stands in the text already is neither.

One rule for pages, books, lists of files, and for what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Generic, Protocol, TypeVar

from articles.display.media import Attributes, candidates, map_media, picture_sources
from articles.sanitize.addresses import image_address, is_pixel
from articles.sanitize.frames import is_player, page_of
from articles.sanitize.inline import REL
from feeds.parse.media_types import Kind, same_picture


class Attached(Protocol):
    """A file that came along: a row, or what a feed or an archive says."""

    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def alt(self) -> str: ...
    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...
    @property
    def poster_url(self) -> str: ...
    @property
    def is_player(self) -> bool: ...
    @property
    def kind(self) -> Kind: ...


AttachedFile = TypeVar("AttachedFile", bound=Attached)


@dataclass(frozen=True, slots=True)
class Whole(Generic[AttachedFile]):
    """An article with all that came along. `html`: as stored HTML is, the text with pictures and players; `files`: what
    is listed below it."""

    html: str
    files: Sequence[AttachedFile]


def whole(
    content_html: str, files: Sequence[AttachedFile], *, title: str = "", image_url: str = ""
) -> Whole[AttachedFile]:
    """The article with this stored HTML and these files. Pictures and players stand above its text; below it where the
    article has no title, so that it begins with its words. `image_url` is its lead picture, which a player without one
    of its own is shown with."""
    if not files:
        return Whole(content_html, files)
    text = _Shown.in_text(content_html)
    sorted_files = _Sorted.by_what_shows_them(files, title, text)
    pictures = sorted_files.pictures
    # A picture that a player is shown with is not shown beside it, nor the other way round.
    stills = text.pictures | {_picture_key(file.poster_url) for file in files}
    lead = "" if _picture_key(image_url) in stills | pictures.keys() else image_url
    cards = _cards(sorted_files.pages, lead)
    figures = [_figure(file, title) for key, file in pictures.items() if key not in stills and not is_pixel(file.url)]
    beside = "".join([*cards, *figures])
    return Whole(beside + content_html if title else content_html + beside, sorted_files.listed)


def _cards(pages: Iterable[tuple[_Page, str]], lead: str) -> list[str]:
    """The first player is shown with the lead picture where it has no poster of its own."""
    cards = []
    for page, poster in pages:
        cards.append(_card(page, image_address(poster or lead, "")))
        lead = ""
    return cards


@dataclass(frozen=True, slots=True)
class _Sorted(Generic[AttachedFile]):
    """The files by what shows them: pages of players with their posters, pictures by their keys, and those that are
    listed."""

    pages: Sequence[tuple[_Page, str]]
    pictures: Mapping[str, AttachedFile]
    listed: Sequence[AttachedFile]

    @classmethod
    def by_what_shows_them(cls, files: Sequence[AttachedFile], title: str, text: _Shown) -> _Sorted[AttachedFile]:
        """Without pages and sounds that stand in the text."""
        pages: dict[str, tuple[_Page, str]] = {}
        pictures: dict[str, AttachedFile] = {}
        listed: list[AttachedFile] = []
        for file in files:
            if page := _page(file, title):
                pages.setdefault(page.address, (page, file.poster_url))
            elif file.kind == "picture" and image_address(file.url, ""):
                key = _picture_key(file.url)
                pictures[key] = _larger(pictures.get(key), file)
            elif file.url.partition("://")[2] not in text.played:
                listed.append(file)
        return cls([page for address, page in pages.items() if address not in text.pages], pictures, listed)


# --- what stands in the text ------------------------------------------------------------------------------------

_CARD = re.compile(r'<p class="embed"><a href="([^"]*)"')
_LINKED_PICTURE = re.compile(r'<a href="([^"]*)"(?: [a-z-]+="[^"]*")*>(?=<(?:img|picture)[ >])')
# Folders and ends of names by which hosts call for a size: of Medium, Blogger, Tumblr, Ghost, Drupal, Cloudinary and
# Weibo; of WordPress (whose largest is "-scaled", "-e…" when edited), Shopify, Drupal's other formats and Flickr; at
# the end of an address Wix's and Google's.
_EXTENSION = r"(?=\.[a-z]{3,4}(?:[?.]|$))"
_RESIZED = re.compile(
    r"/(?:max/[0-9]{2,5}|s[0-9]{2,4}(?:-[a-z]{1,2})*|w[0-9]{2,4}-h[0-9]{2,4}(?:-[a-z]{1,2})*"
    r"|s[0-9]{2,4}x[0-9]{2,4}(?:_c1)?|size/[wh][0-9]{2,4}(?:h[0-9]{2,4})?|styles/[\w-]+/public)(?=/)"
    r"|(?<=/image/upload)(?:/[a-z]{1,3}_[^/]+)+(?=/)|(?<=\.sinaimg\.cn)/\w+(?=/\w+\.[a-z]+$)"
    rf"|(?:(?:-scaled|-rotated)?-e1[0-9]{{12}}|-scaled|-rotated|[-_][0-9]{{2,4}}x[0-9]{{2,4}}|_[0-9]{{2,4}}x){_EXTENSION}"
    r"|(?<=\.(?:jpg|png|gif))\.(?:webp|avif)(?=\?|$)|(?<=_[0-9a-f]{10})_[a-z](?=\.jpg$)"
    r"|/v1/(?:fit|fill|crop)/w_[0-9]{1,5},h_[0-9]{1,5}[^/]*/[^/]+$"
    r"|(?<=[\w-]{20})=[swh][0-9]{1,4}(?:-[a-z0-9]{1,4})*$|\?itok=[\w-]+$",
    re.I,
)
_THUMBNAIL = re.compile(r"[0-9]{2,4}px-")  # how MediaWiki's begin


@dataclass(slots=True)
class _Shown:
    """Keys of pictures, addresses of sounds and films without their scheme, and pages of players."""

    pictures: set[str] = field(default_factory=set)
    played: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)

    @classmethod
    def in_text(cls, content_html: str) -> _Shown:
        shown = cls(pages=set(map(unescape, _CARD.findall(content_html))))
        shown._add(map(unescape, _LINKED_PICTURE.findall(content_html)))

        def image(attrs: Attributes, is_linked: bool) -> str:
            shown._add(picture_sources(attrs))
            shown._add(address for address, _ in candidates(unescape(attrs.get("srcset", ""))))
            return ""

        def player(kind: str, attrs: Attributes, sources: list[Attributes]) -> str:
            shown._add([unescape(attrs.get("poster", ""))])
            addresses = (unescape(played.get("src", "")) for played in (attrs, *sources))
            shown.played.update(address.partition("://")[2] for address in addresses)
            return ""

        map_media(content_html, image=image, player=player)
        return shown

    def _add(self, urls: Iterable[str]) -> None:
        self.pictures.update(map(_picture_key, filter(None, urls)))


def _picture_key(url: str) -> str:
    """The part that the addresses of one picture have in common, whatever size and way they ask for; "" where there is
    none."""
    return _RESIZED.sub("", same_picture(_original(image_address(url, "") or url))) if url else ""


def _original(url: str) -> str:
    """The address of the picture that a thumbnail of MediaWiki's is made of; `url` itself for any other."""
    folder, _, name = url.rpartition("/")
    site, is_thumbnail, path = folder.partition("/thumb/")
    return f"{site}/{path}" if is_thumbnail and _THUMBNAIL.match(name) else url


def _larger(first: AttachedFile | None, second: AttachedFile) -> AttachedFile:
    return first if first and (first.width or 0) > (second.width or 0) else second


# --- and what does not ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Page:
    address: str
    site: str
    title: str


def _page(file: Attached, title: str) -> _Page | None:
    """The page that plays `file`; None for what is a file itself. Rows of older versions have the player's address,
    and don't say that it is one."""
    attrs = {"src": file.url, "title": file.title or title}
    if not (file.is_player or (file.kind == "other" and is_player(attrs, ""))):
        return None
    found = page_of(attrs, "")
    return _Page(found[1], found[0], found[2]) if found else None


def _card(page: _Page, poster: str) -> str:
    """As a frame in the text is shown (articles.sanitize.inline), with its picture."""
    link = f'<a href="{escape(page.address)}" rel="{REL}">'
    words = page.title if page.title != page.address else page.site
    picture = f'<figure>{link}<img src="{escape(poster)}" alt="{escape(words)}"></a></figure>' if poster else ""
    return f'{picture}<p class="embed">{link}{escape(page.site)} · {escape(page.title)}</a></p>'


def _figure(file: Attached, title: str) -> str:
    words = file.alt or (file.title if file.title != title else "")
    size = f' width="{file.width}" height="{file.height}"' if file.width and file.height else ""
    return f'<figure><img src="{escape(file.url)}" alt="{escape(words)}"{size}></figure>'
