"""What a file is, by its bytes alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from articles.images.files.media_types import EXTENSIONS, media_type_of
from tests.articles.images import pictures

REAL: dict[str, Callable[[], bytes]] = {
    "image/jpeg": pictures.jpeg,
    "image/png": pictures.deep_png,
    "image/avif": pictures.avif,
    "image/gif": lambda: pictures.animated("gif"),
    "image/webp": lambda: pictures.animated("webp"),
    "image/svg+xml": lambda: pictures.SVG_WITH_SCRIPT,
    "image/tiff": lambda: pictures.painted(20, 20).tiffsave_buffer(),
    "video/mp4": lambda: pictures.MP4,
    "audio/mpeg": lambda: pictures.MP3,
    "audio/flac": lambda: b"fLaC\0\0\0\x22",
    "audio/wav": lambda: b"RIFF\0\0\0\0WAVEfmt ",
    "audio/ogg": lambda: b"OggS\0\x02" + bytes(22) + b"\x01\x13OpusHead",
    "video/webm": lambda: b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm",
    "image/x-icon": lambda: b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0",
    "image/bmp": lambda: b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
}


@pytest.mark.parametrize("media_type", REAL)
def test_a_real_file_is_known_by_its_bytes(media_type):
    assert media_type_of(REAL[media_type]()[:1024]) == media_type
    assert media_type in EXTENSIONS


@pytest.mark.parametrize(
    "head",
    [
        b"", b"\n", pictures.HTML, b"<html><svg>", b"<?xml version='1.0'?><html>", b"<?xml version='1.0'?><rss>",
        b"#!/bin/sh\n", b"%PDF-1.7", b"PK\3\4", b"MZ\x90\0", b"GIF", b"BM just a text", b"{}", b"alert(1)//GIF89a",
        b"\0\0\0\x18ftypheic\0\0\0\0", b"\xff\xd8",
    ],
)  # fmt: skip
def test_anything_else_is_none(head):
    assert media_type_of(head) == ""
