"""Signed addresses: `/images/<signature>/<form>/<publisher's address>`.

The signature is the first 128 bits of an HMAC-SHA256 over form and address, of which `https://` is left out: most have
it, and a list has a hundred of them. Whoever has such an address got it from a page or a feed of this site, so it is as
good as being signed in; nobody can make this site fetch anything else.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.conf import settings

from articles.sanitize.addresses import image_address

PREFIX = "/images/"
WIDTHS = (320, 640, 960, 1280, 1920)
LARGEST = 2560
THUMBNAILS = (120, 240)
ICON = 64
_ALL_WIDTHS = {*WIDTHS, LARGEST, *THUMBNAILS, ICON}
_PATH = re.compile(PREFIX + r"([\w-]{22})/(o|[1-9]\d{1,3})(p?)/([\w-]+)", re.ASCII)
_SIGNATURE = 16  # bytes
_LEFT_OUT = "https://"


class BadAddress(Exception):
    """Not signed by this site, or altered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The file that a signed address asks for. `width` 0: the file as it is. `is_kept` False: proxied only, never
    kept."""

    url: str
    width: int
    is_kept: bool

    @property
    def is_thumbnail(self) -> bool:
        return self.width in {ICON, *THUMBNAILS}


def signed_path(url: str, width: int = 0, *, is_kept: bool = True) -> str:
    """This site's path for what the publisher has at `url`; "" where that is no address that can be fetched."""
    return "".join(signed_paths(url, (width,), is_kept=is_kept))


def signed_paths(url: str, widths: Iterable[int], *, is_kept: bool = True) -> list[str]:
    """The same for several widths of one picture; none where it can't be fetched."""
    return list(_signed_paths(url, tuple(widths), is_kept, tuple(settings.IMAGE_KEYS)))


@lru_cache(maxsize=4096)
def _signed_paths(url: str, widths: tuple[int, ...], is_kept: bool, keys: tuple[str, ...]) -> tuple[str, ...]:
    """`keys`: those that sign. Kept, as the pictures of a list and the icons of feeds are on page after page."""
    url = image_address(url, "")
    if not url:
        return ()
    rest = url.removeprefix(_LEFT_OUT)
    short = url if _names_scheme(rest) else rest
    encoded = urlsafe_b64encode(short.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()
    key = _keys(keys)[0]
    forms = [("o" if not width else str(width)) + ("" if is_kept else "p") for width in widths]
    return tuple(f"{PREFIX}{_signature(key, f'{form}/{encoded}')}/{form}/{encoded}" for form in forms)


def read_path(path: str) -> Asked:
    """The file that `path` asks for. Raises BadAddress."""
    found = _PATH.fullmatch(path)
    if not found:
        raise BadAddress
    signature, width, proxied, encoded = found.groups()
    given = signature.encode()
    if not any(hmac.compare_digest(given, made.encode()) for made in _signatures(width + proxied, encoded)):
        raise BadAddress
    url = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8", "surrogatepass")
    if not _names_scheme(url):
        url = _LEFT_OUT + url
    number = 0 if width == "o" else int(width)
    if number and number not in _ALL_WIDTHS:
        raise BadAddress
    return Asked(url, number, not proxied)


def _names_scheme(url: str) -> bool:
    """True for an address with its scheme, as older pages and feeds have those of https, too."""
    return url[: len(_LEFT_OUT)].lower().startswith(("http://", _LEFT_OUT))


def _signatures(form: str, encoded: str) -> list[str]:
    """By every key, the one that signs first."""
    return [_signature(key, f"{form}/{encoded}") for key in _keys(tuple(settings.IMAGE_KEYS))]


def _signature(key: bytes, message: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, message.encode(), "sha256")[:_SIGNATURE]).rstrip(b"=").decode()


def signing_key() -> str:
    """A name for the key that signs: another when that is. Tells nothing of it."""
    return _signatures("", "")[0]


@lru_cache(maxsize=4)
def _keys(secrets: tuple[str, ...]) -> list[bytes]:
    """Keys for this use alone, whatever else the secrets are used for."""
    return [sha256(b"newsreader.images:" + secret.encode()).digest() for secret in secrets]
