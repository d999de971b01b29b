"""The content codings that need libraries of their own: brotli and zstd."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import brotli

from feeds.http.content_encoding import PIECE, Members, UndecodableError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# A frame may ask for a window of gigabytes; HTTP allows 8 MB (RFC 9659 §3).
_ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 23}


class Brotli:
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


class Zstd:
    def __init__(self) -> None:
        self._frames = Members()
        self._begin()

    def _begin(self) -> None:
        self._frames.begin()
        self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data or not (self._stream.needs_input or self._stream.eof):
            if self._stream.eof:  # one frame may follow another (RFC 8878 §3.1)
                self._begin()
            try:
                yield self._stream.decompress(data, PIECE)
            except zstd.ZstdError as error:
                raise UndecodableError from error
            data = self._stream.unused_data if self._stream.eof else b""

    def finish(self) -> None:
        if not self._stream.eof:
            raise UndecodableError
