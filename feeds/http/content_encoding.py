"""Undoes a Content-Encoding piece by piece, so that a decompression bomb never unfolds in memory.

Many decoders take a truncated gzip or brotli body for a whole one; a feed cut short must not pass for one that dropped
its articles.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Protocol

ACCEPT_ENCODING = "gzip, br, zstd, deflate"
CODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd"})
MOST_CODINGS = 5  # one after the other, as in curl
MOST_PACKED = 2**24  # bytes that are still packed by another of them: some kilobytes can unfold to gigabytes of nothing
MOST_MEMBERS = 10_000  # of gzip, or frames of zstd: each costs as much as kilobytes do, and may be empty
PIECE = 2**16


class UndecodableError(Exception):
    """The body is not what its Content-Encoding says."""


class Decoder(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The bytes that `data` unfolds to, in pieces of about PIECE bytes. Raises UndecodableError."""

    def finish(self) -> None:
        """Raises UndecodableError where the body ended too early."""


def codings_of(header: str) -> list[str]:
    """The codings that a Content-Encoding names, in the order in which they were applied (RFC 9110 §8.4). A name that
    nobody knows is taken for none, as browsers do: it stands for no packing in what publishers send."""
    return [name for each in header.lower().split(",") if (name := each.strip()) in CODINGS]


def decoder(codings: Sequence[str]) -> Decoder:
    """The decoder of a body that `codings` were applied to, one after the other. Raises UndecodableError where they
    are too many to be meant."""
    if len(codings) > MOST_CODINGS:
        raise UndecodableError
    *inner, last = map(_of_one, codings)
    for each in reversed(inner):
        last = _Stacked(last, each)
    return last


def _of_one(coding: str) -> Decoder:
    if coding in {"gzip", "x-gzip", "deflate"}:
        return _Deflate()
    # A poll in which nothing came packed so begins 8 million instructions sooner without their libraries.
    from feeds.http.rare_encodings import Brotli, Zstd

    return Brotli() if coding == "br" else Zstd()


class _Stacked:
    """Two decoders in a row: the bytes that `outer` unfolds are packed by `inner` again."""

    def __init__(self, outer: Decoder, inner: Decoder) -> None:
        self._outer = outer
        self._inner = inner
        self._left = MOST_PACKED

    def pieces(self, data: bytes) -> Iterator[bytes]:
        for piece in self._outer.pieces(data):
            self._left -= len(piece)
            if self._left < 0:
                raise UndecodableError
            yield from self._inner.pieces(piece)

    def finish(self) -> None:
        self._outer.finish()
        self._inner.finish()


class Members:
    """Counts those of one body. `begin` raises UndecodableError for more than anybody means."""

    def __init__(self) -> None:
        self._count = 0

    def begin(self) -> None:
        self._count += 1
        if self._count > MOST_MEMBERS:
            raise UndecodableError


class _Deflate:
    """gzip, of one or more members, and what servers send as deflate: with zlib's header, as they should, or bare."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._members = Members()
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
            self._members.begin()
            self._stream = _inflater(data)
        return self._stream

    def finish(self) -> None:
        if self._stream and not self._stream.eof:
            raise UndecodableError


def _inflater(start: bytes) -> zlib._Decompress:
    has_header = start[0] == 0x1F or start[0] & 0x0F == 8
    return zlib.decompressobj(zlib.MAX_WBITS | 32 if has_header else -zlib.MAX_WBITS)
