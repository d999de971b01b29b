"""Pictures for a book: what this site has already, made to fit a page. Nothing is asked of a publisher."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic

from articles.images import cache
from articles.images.files.media_types import EXTENSIONS, HEAD, RESIZABLE, media_type_of
from articles.images.fitting import fitted, measured
from articles.images.obtain import Original, at_hand
from articles.images.resize import Unusable
from articles.images.store_errors import StoreFailed
from feeds import sandbox

WIDTH = 960  # pixels: what articles.images.urls offers pages, too
FORM = "plain"  # JPEG, PNG and GIF are what every e-reader shows
CORE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of the book. Width and height in pixels."""

    name: str
    media_type: str
    width: int
    height: int


@dataclass(slots=True)
class Maker:
    """Makes pictures until `deadline`, by the monotonic clock; then only what is in the cache goes into the book."""

    deadline: float = float("inf")
    late: int = 0

    def picture(self, url: str) -> tuple[Picture, bytes] | None:
        """The picture at a publisher's address; None where it is not here, or is no picture for a book."""
        data = self._cached(url) or self._made(url)
        picture = _picture(data) if data else None
        return (picture, data) if picture else None

    def _cached(self, url: str) -> bytes:
        with suppress(FileNotFoundError):
            return cache.variant_path(url, WIDTH, FORM).read_bytes()
        return b""

    def _made(self, url: str) -> bytes:
        """The picture made to fit, and cached; nothing where the original is not here, or nobody can read it."""
        original = None
        with suppress(StoreFailed):
            original = at_hand(url)
        if original is None or original.media_type not in RESIZABLE:
            return b""
        if monotonic() > self.deadline:
            self.late += 1
            return b""
        try:
            data = fitted(_source(original), WIDTH, FORM)
        except (Unusable, sandbox.Interrupted, FileNotFoundError):
            return b""
        cache.write(cache.variant_path(url, WIDTH, FORM), [data])
        return data


def _source(original: Original) -> str | bytes:
    if path := original.local_path():
        return str(path)
    with original.open() as file:
        return file.read()


def _picture(data: bytes) -> Picture | None:
    media_type = media_type_of(data[:HEAD])
    try:
        width, height = measured(data) if media_type in CORE_TYPES else (0, 0)
    except Unusable:
        return None
    name = f"{sha256(data).hexdigest()[:32]}.{EXTENSIONS.get(media_type, '')}"
    return Picture(name, media_type, width, height) if width and height else None
