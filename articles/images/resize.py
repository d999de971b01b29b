"""Makes a picture fit: smaller, upright, in sRGB, without metadata. By libvips, with limits on pixels and time.

Files come from anywhere, so the loaders that libvips itself calls untrusted are off, and no size is believed before
it has been read from the header.
"""

from __future__ import annotations

import logging
import time
from functools import cache
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyvips

MAX_PIXELS = 80_000_000  # of all frames together
MAX_FRAMES = 300
MAX_SECONDS = 15
MAX_HEIGHT = 65_000  # of a JPEG; WebP ends at 16,383
WEBP_HEIGHT = 16_383
ORIENTATIONS_ON_THE_SIDE = range(5, 9)  # Exif 2.32, table 6

# More at once only need more memory: libvips has work for a whole core.
_turns = BoundedSemaphore(2)


class Unusable(Exception):
    """Too large, too slow, or not what it says it is."""


class TooMuchMotion(Unusable):
    """An animation that is too long to be made anew; as it is it can be shown."""


@cache
def _vips() -> Any:
    logging.getLogger("pyvips").setLevel(logging.ERROR)  # it tells of every step, and warns of others' faults
    import pyvips

    pyvips.block_untrusted_set(True)
    pyvips.cache_set_max(0)  # no picture is asked for twice
    pyvips.concurrency_set(1)  # several pictures at once, each on one thread
    return pyvips


def size_of(file: IO[bytes]) -> tuple[int, int]:
    """Width and height in pixels as shown, from the header alone. Raises Unusable."""
    vips = _vips()
    try:
        return _upright(vips.Image.new_from_buffer(file.read(), ""))
    except vips.Error as error:
        raise Unusable(_reason(error)) from error


def _upright(image: pyvips.Image) -> tuple[int, int]:
    on_side = "orientation" in image.get_fields() and image.get("orientation") in ORIENTATIONS_ON_THE_SIDE
    return (image.height, image.width) if on_side else (image.width, image.height)


def resize(source: str | bytes, width: int, form: str) -> bytes:
    """The picture in a file, or in memory, at most `width` pixels wide and never enlarged. `form`: "webp", "avif", or
    "plain" for what every browser shows: JPEG, PNG where it is transparent, GIF where it moves. Raises Unusable."""
    vips = _vips()
    with _turns:
        try:
            return _save(_thumbnail(source, width), form)
        except vips.Error as error:
            raise Unusable(_reason(error)) from error


def _thumbnail(source: str | bytes, width: int) -> pyvips.Image:
    image = _vips().Image
    header = image.new_from_file(source) if isinstance(source, str) else image.new_from_buffer(source, "")
    frames = "n=-1" if _check(header) > 1 else ""
    options: dict[str, Any] = {"height": MAX_HEIGHT, "size": "down", **_profile(header)}
    if isinstance(source, str):
        made = image.thumbnail(f"{source}[{frames}]" if frames else source, width, **options)
    else:
        made = image.thumbnail_buffer(source, width, option_string=frames, **options)
    return _limited(_eight_bit(made))


def _profile(header: pyvips.Image) -> dict[str, str]:
    """The options that bring colours to sRGB. Without a profile they are sRGB, and libvips would take as long as for
    all the rest to find that nothing changes."""
    is_other = "icc-profile-data" in header.get_fields() or header.interpretation == "cmyk"
    return {"output_profile": "srgb"} if is_other else {}


def _check(header: pyvips.Image) -> int:
    """The number of frames. Raises Unusable for more pixels than we decode."""
    fields = header.get_fields()
    frames = (
        header.get("n-pages") if "n-pages" in fields and header.get("vips-loader").startswith(("gif", "webp")) else 1
    )
    pixels = header.width * header.height
    if pixels > MAX_PIXELS:
        raise Unusable(f"{header.width} × {header.height} pixels are more than is decoded")
    if frames > MAX_FRAMES or pixels * frames > MAX_PIXELS:
        raise TooMuchMotion(f"{frames} frames are more than is decoded")
    return int(frames)


def _eight_bit(image: pyvips.Image) -> pyvips.Image:
    if image.interpretation in {"rgb16", "grey16"}:
        return image.colourspace("b-w" if image.interpretation == "grey16" else "srgb")
    return image if image.format == "uchar" else image.colourspace("srgb").cast("uchar")


def _limited(image: pyvips.Image) -> pyvips.Image:
    """`image`, whose making is ended when it takes too long."""
    deadline = time.monotonic() + MAX_SECONDS

    def look(running: pyvips.Image, progress: Any) -> None:
        if time.monotonic() > deadline:
            running.set_kill(True)

    image.set_progress(True)
    image.signal_connect("eval", look)
    return image


def _save(image: pyvips.Image, form: str) -> bytes:
    height = image.get("page-height") if "page-height" in image.get_fields() else image.height
    is_moving = image.height > height
    saved: bytes
    if form == "webp" and height <= WEBP_HEIGHT:
        saved = image.webpsave_buffer(Q=80, alpha_q=90, effort=2, keep="none")
    elif form == "avif" and not is_moving and height <= WEBP_HEIGHT:
        saved = image.heifsave_buffer(compression="av1", Q=55, effort=2, keep="none")
    elif is_moving:
        saved = image.gifsave_buffer(keep="none")
    elif image.hasalpha():
        saved = image.pngsave_buffer(compression=6, keep="none")
    else:
        saved = image.jpegsave_buffer(Q=82, optimize_coding=True, keep="none")
    return saved


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[-1] if lines else "unreadable")[:200]


def form_for(accept: str) -> str:
    """The form that a browser's Accept header asks for. WebP before AVIF: making AVIF takes three times as long, and a
    reader waits for it."""
    if "image/webp" in accept:
        return "webp"
    return "avif" if "image/avif" in accept else "plain"
