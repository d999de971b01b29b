"""Pictures of every kind, painted for the test that asks."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import Any

import pyvips

SVG_WITH_SCRIPT = (
    b'<?xml version="1.0"?><!-- a trap --><svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" '
    b'onload="document.title=1"><script>fetch("https://elsewhere.example/")</script><rect width="64" height="64"/>'
    b'<image href="https://elsewhere.example/a.png" width="1" height="1"/></svg>'
)
HTML = b"<!DOCTYPE html><html><body><svg></svg><script>alert(1)</script></body></html>"
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 40
MP3 = b"ID3\x04\0\0\0\0\0\0" + bytes(range(256)) * 8


def painted(width: int = 1000, height: int = 600) -> Any:
    """A smooth picture with an edge in it: red at the left, blue at the right."""
    x = pyvips.Image.xyz(width, height)[0]
    red = (x < width / 2).ifthenelse(230, 20)
    blue = (x < width / 2).ifthenelse(20, 230)
    green = pyvips.Image.xyz(width, height)[1] * 200 / height
    return red.bandjoin([green, blue]).cast("uchar").copy(interpretation="srgb")


@cache
def jpeg(width: int = 1000, height: int = 600, orientation: int = 1) -> bytes:
    image = painted(width, height).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    image.set_type(pyvips.GValue.gstr_type, "exif-ifd0-Artist", "A. Secret (A. Secret, ASCII, 10 components, 10 bytes)")
    return bytes(image.jpegsave_buffer())


def cmyk() -> bytes:
    return bytes(painted().icc_transform("cmyk", input_profile="srgb").jpegsave_buffer())


def wide_gamut() -> bytes:
    return bytes(painted().icc_transform("p3", input_profile="srgb").jpegsave_buffer(profile="p3"))


def deep_png() -> bytes:
    return bytes(painted().colourspace("rgb16").pngsave_buffer())


def transparent_png(width: int = 400) -> bytes:
    return bytes(painted(width, 300).bandjoin(128).pngsave_buffer())


def avif() -> bytes:
    return bytes(painted(640, 400).heifsave_buffer(compression="av1", effort=0))


def animated(kind: str, frames: int = 4) -> bytes:
    pages = [painted(400, 200).linear(1, -20 * number).cast("uchar") for number in range(frames)]
    strip = pyvips.Image.arrayjoin(pages, across=1).copy()
    strip.set_type(pyvips.GValue.gint_type, "page-height", 200)
    strip.set_type(pyvips.GValue.array_int_type, "delay", [80] * frames)
    return bytes(strip.gifsave_buffer() if kind == "gif" else strip.webpsave_buffer())


def long_animation(frames: int, width: int = 2000, height: int = 2000) -> bytes:
    """A GIF of so many large frames in a few bytes each: nothing of them has to be decoded to count them."""
    size = struct.pack("<HH", width, height)
    frame = b"\x21\xf9\x04\0\x0a\0\0\0" + b"\x2c\0\0\0\0" + size + b"\0" + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + size + b"\x80\0\0" + bytes(6) + frame * frames + b";"


def bomb(width: int = 12_000, height: int = 9_000) -> bytes:
    """A PNG of a hundred megapixels in a few hundred bytes... of a header; it never has to be decoded to be refused."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def opened(data: bytes, **options: Any) -> Any:
    return pyvips.Image.new_from_buffer(data, "", **options)
