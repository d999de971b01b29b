"""Encoded bodies, whole and broken, and bombs."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from dataclasses import replace

import brotli
import pytest

from feeds.http import Client, Problem
from tests.feeds.hostility import (
    LOOPBACK,
    MEBI,
    client,
    problem_of,
    raw,
)
from tests.publisher import Publisher

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["client"]


def zip_deflate(data: bytes) -> bytes:
    bare = zlib.compressobj(wbits=-15)
    return bare.compress(data) + bare.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "deflate": zlib.compress,
    "Deflate": zip_deflate,
}


# What `Content-Encoding` names, and how often the body is packed.
LISTS = {
    "gzip, gzip": [gzip.compress] * 2,
    "gzip,br": [gzip.compress, brotli.compress],
    "zstd, deflate , X-GZIP": [zstd.compress, zlib.compress, gzip.compress],
    "gzip, identity": [gzip.compress],
    "aws-chunked,gzip": [gzip.compress],
    ", gzip,": [gzip.compress],
    "gzip, gzip, gzip, gzip, gzip": [gzip.compress] * 5,
}


class TestEncodings:
    @pytest.mark.parametrize("coding", CODINGS)
    @pytest.mark.parametrize("size", [0, 1, 2**16, 3 * 10**5])
    def test_an_encoded_body_is_decoded(self, client: Client, publisher: Publisher, coding: str, size: int):
        body = (b"<item>" + bytes(range(256)) * (size // 256 + 1))[:size]
        packed = CODINGS[coding](body)
        response = client.get(publisher.serve("/", packed, headers={"Content-Encoding": coding}))
        assert response.body == body
        assert response.received_bytes == len(packed)

    @pytest.mark.parametrize("coding", CODINGS)
    def test_an_encoded_body_in_chunks_is_decoded(self, client: Client, publisher: Publisher, coding: str):
        body = b"<item/>" * 1000
        packed = CODINGS[coding](body)
        chunks = b"".join(b"1;note=x\r\n%c\r\n" % byte for byte in packed) + b"0\r\nTrailer: x\r\n\r\n"
        head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {coding}\r\n\r\n"
        assert client.get(publisher.respond("/", raw(head.encode(), chunks))).body == body

    @pytest.mark.parametrize("coding", ["gzip", "zstd"])
    def test_members_that_follow_each_other_are_all_decoded(self, client: Client, publisher: Publisher, coding: str):
        pack = CODINGS[coding]
        packed = pack(b"one " * 50000) + pack(b"two " * 50000)
        response = client.get(publisher.serve("/", packed, headers={"Content-Encoding": coding}))
        assert response.body == b"one " * 50000 + b"two " * 50000

    @pytest.mark.parametrize("named", LISTS)
    def test_several_encodings_are_undone_one_after_the_other(self, client: Client, publisher: Publisher, named: str):
        body = packed = b"<item/>" * 50000
        for pack in LISTS[named]:
            packed = pack(packed)
        url = publisher.serve("/", packed, headers={"Content-Encoding": named})
        assert client.get(url).body == body

    @pytest.mark.parametrize("named", [name for name in LISTS if len(LISTS[name]) > 1])
    def test_of_several_encodings_the_one_inside_may_not_be_cut_short_either(
        self, client: Client, publisher: Publisher, named: str
    ):
        first, *others = LISTS[named]
        packed = first(b"".join(b"<item>%d</item>" % n for n in range(5000)))[:-1]
        for pack in others:
            packed = pack(packed)
        url = publisher.serve("/", packed, headers={"Content-Encoding": named})
        assert "cut short" in str(problem_of(client, url))

    def test_more_encodings_than_anybody_means_are_an_error(self, client: Client, publisher: Publisher):
        packed = b"<rss/>"
        for _ in range(6):
            packed = gzip.compress(packed)
        url = publisher.serve("/", packed, headers={"Content-Encoding": ", ".join(["gzip"] * 6)})
        assert problem_of(client, url).problem is Problem.BODY

    def test_padding_after_gzip_is_ignored(self, client: Client, publisher: Publisher):
        packed = gzip.compress(b"<rss/>") + bytes(100)
        assert client.get(publisher.serve("/", packed, headers={"Content-Encoding": "gzip"})).body == b"<rss/>"

    @pytest.mark.parametrize("coding", ["", "identity", "utf-8", "none"])
    def test_an_encoding_that_is_none_leaves_the_body_alone(self, client: Client, publisher: Publisher, coding: str):
        assert client.get(publisher.serve("/", "<rss/>", headers={"Content-Encoding": coding})).body == b"<rss/>"

    def test_an_empty_body_needs_no_decoding(self, client: Client, publisher: Publisher):
        for coding in ("gzip", "br", "zstd"):
            assert client.get(publisher.serve("/", b"", headers={"Content-Encoding": coding})).body == b""

    @pytest.mark.parametrize("coding", CODINGS)
    def test_a_body_cut_short_is_no_body(self, client: Client, publisher: Publisher, coding: str):
        packed = CODINGS[coding](b"".join(b"<item>%d</item>" % n for n in range(5000)))
        for cut in (packed[: len(packed) // 2], packed[:-1]):
            url = publisher.serve("/", cut, headers={"Content-Encoding": coding})
            error = problem_of(client, url)
            assert error.problem is Problem.BODY
            assert "cut short" in str(error)

    @pytest.mark.parametrize("coding", [*CODINGS, "gzip, br"])
    def test_a_body_that_is_not_encoded_as_it_says_is_an_error(self, client: Client, publisher: Publisher, coding: str):
        url = publisher.serve("/", b"\xff<rss> this is plain </rss>" * 20, headers={"Content-Encoding": coding})
        assert problem_of(client, url).problem is Problem.BODY

    def test_zstd_with_a_window_of_gigabytes_is_an_error(self, client: Client, publisher: Publisher):
        wide = zstd.compress(b"<rss/>" * 10**6, options={zstd.CompressionParameter.window_log: 27})
        frame = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
        streamed = frame.compress(b"<rss/>" * 10**6) + frame.flush()
        assert len(wide) < MEBI
        for packed in (streamed, zstd.compress(b"<rss/>") + streamed):
            url = publisher.serve("/", packed, headers={"Content-Encoding": "zstd"})
            assert problem_of(client, url).problem is Problem.BODY


def bomb(coding: str, size: int) -> bytes:
    """`size` bytes of nothing, packed without ever being whole in memory."""
    block = bytes(MEBI)
    if coding == "gzip":
        packer = zlib.compressobj(wbits=31)
        return b"".join([*(packer.compress(block) for _ in range(size // MEBI)), packer.flush()])
    if coding == "br":
        brotler = brotli.Compressor(quality=1)
        return b"".join([*(brotler.process(block) for _ in range(size // MEBI)), brotler.finish()])
    frame = zstd.ZstdCompressor()
    return b"".join([*(frame.compress(block) for _ in range(size // MEBI)), frame.flush()])


class TestBombs:
    @pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
    def test_a_decompression_bomb_ends_early_and_small(self, publisher: Publisher, coding: str):
        packed = bomb(coding, 100 * MEBI)
        assert len(packed) < MEBI
        url = publisher.serve("/", packed, headers={"Content-Encoding": coding})
        with Client(replace(LOOPBACK, max_bytes=MEBI)) as client:
            client.get(publisher.serve("/warm", gzip.compress(b"x"), headers={"Content-Encoding": "gzip"}))
            tracemalloc.start()
            error = problem_of(client, url)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert error.problem is Problem.TOO_LARGE
        assert str(error) == "127.0.0.1 sent more than 1 MiB, the limit"
        assert peak < 4 * MEBI

    @pytest.mark.parametrize(
        ("coding", "member", "count"),
        [
            ("gzip", gzip.compress(b""), 10_001),
            ("zstd", zstd.compress(b""), 10_001),
            ("zstd", b"\x50\x2a\x4d\x18" + bytes(4), 10_001),  # a frame that is skipped (RFC 8878 §3.1.2)
        ],
    )
    def test_a_body_of_empty_members_ends_after_ten_thousand(
        self, client: Client, publisher: Publisher, coding: str, member: bytes, count: int
    ):
        url = publisher.serve("/", member * count, headers={"Content-Encoding": coding})
        assert problem_of(client, url).problem is Problem.BODY
        url = publisher.serve(
            "/", member * (count - 2) + CODINGS[coding](b"<rss/>"), headers={"Content-Encoding": coding}
        )
        assert client.get(url).body == b"<rss/>"

    @pytest.mark.parametrize("named", ["gzip, gzip", "br, gzip", "gzip, gzip, br", "zstd, gzip, zstd"])
    def test_what_is_packed_twice_ends_early_also_where_nothing_comes_out(
        self, client: Client, publisher: Publisher, named: str
    ):
        """The first unfolds to 64 MiB of what the one inside reads for nothing: the end of its data, and padding."""
        packed = CODINGS["gzip"](CODINGS["gzip"](b"") + bytes(64 * MEBI))
        if named.startswith("br"):
            packed = CODINGS["gzip"](CODINGS["br"](b"") + bytes(64 * MEBI))
        if named.startswith("zstd"):
            packed = CODINGS["gzip"]((b"\x50\x2a\x4d\x18" + (2**20).to_bytes(4, "little") + bytes(MEBI)) * 64)
        for coding in named.split(", ")[2:]:
            packed = CODINGS[coding](packed)
        url = publisher.serve("/", packed, headers={"Content-Encoding": named})
        assert problem_of(client, url).problem is Problem.BODY
