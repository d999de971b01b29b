"""Secrets of feeds, encrypted under the site's key (Fernet: AES-128-CBC and HMAC-SHA256). Who has the database alone,
or a backup of it, can't read them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:  # loaded only where there are secrets
    from cryptography.fernet import MultiFernet

PURPOSE = b"newsreader: secrets of feeds"


class AnotherKey(Exception):
    """The secrets were encrypted under another key than this site has now. `str()` is a sentence for people."""

    def __init__(self) -> None:
        super().__init__("The secrets of this feed were encrypted under another key of the site: enter them again.")


def seal(values: Mapping[str, str]) -> str:
    """The values, encrypted; empty where there are none."""
    return _boxes().encrypt(json.dumps(dict(values)).encode()).decode() if values else ""


def opened(text: str) -> dict[str, str]:
    """The values that `seal` encrypted. Raises AnotherKey."""
    if not text:
        return {}
    from cryptography.fernet import InvalidToken

    try:
        values: dict[str, str] = json.loads(_boxes().decrypt(text.encode()))
    except (InvalidToken, ValueError) as error:
        raise AnotherKey from error
    return values


def renewed(text: str) -> str:
    """The same, encrypted under the key that the site has now. Raises AnotherKey."""
    return seal(opened(text))


def _boxes() -> MultiFernet:
    """The key of the site, and those that it had before (SECRET_KEY_FALLBACKS)."""
    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def box(key: str | bytes) -> Fernet:
        secret = key.encode() if isinstance(key, str) else key
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret)
        return Fernet(urlsafe_b64encode(derived))

    return MultiFernet([box(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])
