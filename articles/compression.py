"""Texts as they are stored: HTML as it came, which is large and rarely read."""

from __future__ import annotations

import zlib


def compressed(html: str) -> bytes:
    """`html` as it is stored. JSON can hold half a character, which UTF-8 alone cannot."""
    return zlib.compress(html.encode("utf-8", "surrogatepass"))


def decompressed(stored: bytes | memoryview) -> str:
    """The text that `compressed` was given; "" where nothing was stored."""
    return zlib.decompress(stored).decode("utf-8", "surrogatepass") if stored else ""
