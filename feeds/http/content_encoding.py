"""Undoes a Content-Encoding piece by piece, so that a decompression bomb never unfolds in memory.

Many decoders take a truncated gzip or brotli body for a whole one; a feed cut short must not pass for one that dropped
its articles.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, br, zstd, deflate"
PIECE = 2**16
# A frame may ask for a window of gigabytes; HTTP allows 8 MB (RFC 9659 §3).
_ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}


class UndecodableError(Exception):
    """The body is not what its Content-Encoding says."""


class Decoder(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The bytes that `data` unfolds to, in pieces of about PIECE bytes. Raises UndecodableError."""

    def finish(self) -> None:
        """Raises UndecodableError where the body ended too early."""


def decoder(coding: str) -> Decoder:
    """The decoder of one content coding (RFC 9110 §8.4.1). Raises UndecodableError for one that was not asked for."""
    match coding:
        case "gzip" | "x-gzip" | "deflate":
            return _Deflate()
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
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


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while piece := self._stream.process(data, output_buffer_limit=PIECE):
                yield piece
                data = b""  # can_accept_more_data() may say yes while there is more to come
        except brotli.error as error:
            raise UndecodableError from error

    def finish(self) -> None:
        if not self._stream.is_finished():
            raise UndecodableError


class _Zstd:
    def __init__(self) -> None:
        self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data or not (self._stream.needs_input or self._stream.eof):
            if self._stream.eof:  # one frame may follow another (RFC 8878 §3.1)
                self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
            try:
                yield self._stream.decompress(data, PIECE)
            except zstd.ZstdError as error:
                raise UndecodableError from error
            data = self._stream.unused_data if self._stream.eof else b""

    def finish(self) -> None:
        if not self._stream.eof:
            raise UndecodableError
