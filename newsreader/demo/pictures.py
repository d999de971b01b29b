"""Pictures for the demo, painted by arithmetic: hills under a sky, the same for the same name."""

from __future__ import annotations

import math
import struct
import zlib
from functools import lru_cache
from random import Random

WIDTH, HEIGHT, LAYERS = 640, 400, 4
SKIES = (
    ((250, 214, 165), (236, 140, 116), (92, 71, 107)),
    ((214, 233, 245), (142, 180, 205), (44, 76, 98)),
    ((243, 236, 214), (182, 196, 150), (58, 84, 66)),
    ((226, 218, 240), (160, 148, 196), (52, 48, 88)),
)
Colour = tuple[int, ...]


@lru_cache(maxsize=64)
def png(name: str) -> bytes:
    """A PNG of 640 × 400 with a palette (W3C PNG, colour type 3)."""
    random = Random(name)  # noqa: S311 - paints hills
    top, middle, ground = random.choice(SKIES)
    palette = [_mix(top, middle, step / 15) for step in range(16)]
    palette += [_mix(middle, ground, (layer + 1) / LAYERS) for layer in range(LAYERS)]
    palette.append(_mix(top, (255, 255, 255), 0.6))
    waves = [
        [(random.uniform(1, 4), random.uniform(0, 7), random.uniform(8, 26)) for _ in range(3)] for _ in range(LAYERS)
    ]
    hills = [[_hill(layer, waves[layer], x / WIDTH) for x in range(WIDTH)] for layer in range(LAYERS)]
    sun = (random.randrange(120, 520), random.randrange(70, 170), random.randrange(24, 46))
    rows = b"".join(b"\0" + _row(y, hills, sun) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    colours = b"".join(bytes(colour) for colour in palette)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def _hill(layer: int, waves: list[tuple[float, float, float]], x: float) -> int:
    base = HEIGHT * (0.5 + 0.13 * layer)
    return int(base - sum(height * math.sin(2 * math.pi * (x * count) + shift) for count, shift, height in waves))


def _row(y: int, hills: list[list[int]], sun: tuple[int, int, int]) -> bytes:
    row = bytearray([min(15, y * 16 // 300)]) * WIDTH
    reach = sun[2] ** 2 - (y - sun[1]) ** 2
    if reach > 0:
        half = math.isqrt(reach)
        row[sun[0] - half : sun[0] + half] = bytes([16 + LAYERS]) * (2 * half)
    for layer, edge in enumerate(hills):
        colour = 16 + layer
        for x in range(WIDTH):
            if y >= edge[x]:
                row[x] = colour
    return bytes(row)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def svg(name: str) -> bytes:
    """A drawing: rings on water."""
    random = Random(name)  # noqa: S311
    rings = "".join(
        f'<circle cx="{random.randrange(60, 580)}" cy="{random.randrange(60, 340)}" r="{random.randrange(20, 110)}"/>'
        for _ in range(9)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" width="640" height="400"><rect width="640" '
        f'height="400" fill="#eef3f4"/><g fill="none" stroke="#4f7f8c" stroke-width="3">{rings}</g></svg>'
    ).encode()
