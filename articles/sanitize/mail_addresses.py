"""E-mail addresses that a page keeps from harvesters, and shows by a script: Cloudflare's and Joomla's."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress

VEILING = frozenset(("data-cfemail", "is-email"))  # attributes of the elements that hold one
PROTECTION = "/cdn-cgi/l/email-protection"  # where Cloudflare's links lead
_HEX = re.compile(r"(?:[0-9a-f]{2}){4,200}", re.I)


def unveiled(attrs: Mapping[str, str]) -> str:
    """The address that an element with `attrs` stands for; "" for any other."""
    veiled = attrs.get("data-cfemail") or attrs.get("href", "").partition(f"{PROTECTION}#")[2]
    if _HEX.fullmatch(veiled):
        key, *letters = bytes.fromhex(veiled)
        return _mail(bytes(letter ^ key for letter in letters))
    if "is-email" in attrs and len(attrs.get("text", "")) < 500:
        with suppress(ValueError):
            return _mail(b64decode(attrs.get("text", "")))
    return ""


def _mail(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return text if "@" in text and text.isprintable() else ""
