"""Undoes a Content-Encoding piece by piece, so that a decompression bomb never unfolds in memory.

Many decoders take a truncated gzip or brotli body for a whole one; a feed cut short must not pass for one that dropped
its articles.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Protocol

ACCEPT_ENCODING = "gzip, br, zstd, deflate"
PIECE = 2**16


class UndecodableError(Exception):
    """The body is not what its Content-Encoding says."""


class Decoder(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The bytes that `data` unfolds to, in pieces of about PIECE bytes. Raises UndecodableError."""

    def finish(self) -> None:
        """Raises UndecodableError where the body ended too early."""


def decoder(coding: str) -> Decoder:
    """The decoder of one content coding (RFC 9110 §8.4.1). Raises UndecodableError for one that was not asked for."""
    if coding in {"gzip", "x-gzip", "deflate"}:
        return _Deflate()
    # A poll in which nothing came packed so begins 8 million instructions sooner without their libraries.
    from feeds.http.rare_encodings import Brotli, Zstd

    match coding:
        case "br":
            return Brotli()
        case "zstd":
            return Zstd()
    raise UndecodableError


class _Deflate:
    """gzip, of one or more members, and what servers send as deflate: with zlib's header, as they should, or bare."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._is_over = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        piece = b""
        while data or len(piece) == PIECE:
            stream = self._member(data)
            if stream is None:
                return
            try:
                piece = stream.decompress(data, PIECE)
            except zlib.error as error:
                raise UndecodableError from error
            data = stream.unused_data if stream.eof else stream.unconsumed_tail
            yield piece

    def _member(self, data: bytes) -> zlib._Decompress | None:
        """The one that `data` goes on with; None after the last: what follows that is padding, which every client
        ignores."""
        if self._stream is None or self._stream.eof:
            self._is_over = self._is_over or bool(self._stream and data[:1] != b"\x1f")
            if self._is_over or not data:
                return None
            self._stream = _inflater(data)
        return self._stream

    def finish(self) -> None:
        if self._stream and not self._stream.eof:
            raise UndecodableError


def _inflater(start: bytes) -> zlib._Decompress:
    has_header = start[0] == 0x1F or start[0] & 0x0F == 8
    return zlib.decompressobj(zlib.MAX_WBITS | 32 if has_header else -zlib.MAX_WBITS)
