"""Answers made of files: validators, ranges (RFC 9110 §13, §14), and headers that make any file inert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import IO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from articles.images.fetch import MISSING
from articles.images.files import ranges
from articles.images.obtain import Original

FOREVER = "public, max-age=31536000, immutable"  # what an address stands for never changes
AT_ONCE = 2**18  # bytes that are sent in one piece
PIECE = 2**16
# Opened by itself, even a drawing full of scripts is a picture and nothing else.
INERT = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",  # the feeds that this site gives out are read elsewhere
}
_TAG = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Content:
    """A file that is about to be sent. `accel`: what nginx calls it, if it can reach it; `varies`: Accept chose it."""

    file: IO[bytes]
    media_type: str
    tag: str
    accel: str = ""
    varies: bool = False


def of_variant(file: IO[bytes], path: Path, media_type: str) -> Content:
    tag = f'"{path.parent.name}{path.stem[:30]}-{path.suffix[1:]}"'
    is_on_disk = not isinstance(file, BytesIO)
    return Content(file, media_type, tag, f"cache/{path.parent.name}/{path.name}" if is_on_disk else "", True)


def of_original(original: Original) -> Content:
    """Raises FileNotFoundError."""
    path = original.path
    in_store = "" if settings.IMAGE_BUCKET else f"store/{original.name}"
    accel = f"cache/{path.parent.name}/{path.name}" if path else in_store
    return Content(original.open(), original.media_type, f'"{original.tag}"', accel)


def send(request: HttpRequest, content: Content) -> HttpResponseBase:
    """The answer to GET or HEAD, whole, in part, or 304. Closes the file."""
    if content.tag in _TAG.findall(request.headers.get("If-None-Match", "")):
        content.file.close()
        return _with_headers(HttpResponse(status=304), content)
    if settings.IMAGE_ACCEL and content.accel:
        content.file.close()
        return _with_headers(HttpResponse(headers={"X-Accel-Redirect": f"/_files/{content.accel}"}), content)
    size = content.file.seek(0, 2)
    wanted = range_of(request, content.tag)
    part = wanted.within(size) if wanted else ranges.Part(0, size - 1, size)
    if not part:
        content.file.close()
        return _with_headers(unsatisfiable(size), content)
    answer = _body(request, content.file, part, 206 if wanted else 200)
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Length"] = str(part.length)
    if wanted:
        answer["Content-Range"] = part.header
    return _with_headers(answer, content)


def unsatisfiable(size: int) -> HttpResponse:
    """For a range that has no byte of a file of `size` bytes (RFC 9110 §15.5.17)."""
    headers = {"Accept-Ranges": "bytes", "Content-Length": "0", "Content-Range": f"bytes */{size}"}
    return HttpResponse(status=416, headers=headers)


def range_of(request: HttpRequest, tag: str) -> ranges.AskedRange | None:
    """The range that is asked for; None where all is: GET alone knows ranges, and the part of another file than that
    of `tag` is of no use (RFC 9110 §13.1.5, §14.2)."""
    if request.method != "GET" or request.headers.get("If-Range", tag) != tag:
        return None
    return ranges.asked(request.headers.get("Range", ""))


def _body(
    request: HttpRequest, file: IO[bytes], part: ranges.Part, status: int
) -> HttpResponse | StreamingHttpResponse:
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status)
    file.seek(part.first)
    if part.length <= AT_ONCE:
        with file:
            return HttpResponse(file.read(part.length), status=status)
    return StreamingHttpResponse(_pieces(file, part.length), status=status)


def _pieces(file: IO[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def _with_headers(answer: HttpResponseBase, content: Content) -> HttpResponseBase:
    inert(answer, content.media_type, FOREVER)
    answer["ETag"] = content.tag
    if content.varies:
        answer["Vary"] = "Accept"
    return answer


def inert(answer: HttpResponseBase, media_type: str, cache_control: str) -> None:
    """Give `answer` the headers that all have."""
    answer["Content-Type"] = media_type or "application/octet-stream"
    answer["Cache-Control"] = cache_control
    for name, value in INERT.items():
        answer[name] = value


def refused(status: int, reason: str, **headers: str) -> HttpResponse:
    """For who asks for what this site has not signed, or wants more than to read it."""
    answer = HttpResponse(reason, status=status, headers=headers)
    inert(answer, "text/plain", "no-store")
    return answer


def busy(host: str, *, is_thumbnail: bool) -> HttpResponse:
    """For who comes while too many wait for publishers. static/js/pictures.js asks again; without it the drawing stays
    until the page is asked for again."""
    answer = HttpResponse(_drawing(host, is_thumbnail), status=503)
    inert(answer, "image/svg+xml", "no-store")
    answer["Retry-After"] = "2"
    answer._has_been_logged = True  # type: ignore[attr-defined]  # no fault: Django would log it as an error
    return answer


_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180" width="320" height="180">'
    '<rect width="320" height="180" fill="#8883"/><g fill="none" stroke="#888" stroke-width="3" '
    'stroke-linejoin="round"><rect x="118" y="48" width="84" height="64" rx="4"/>'
    '<path d="m118 100 26-26 20 20 14-14 24 24"/><circle cx="180" cy="68" r="6"/></g>'
    '<text x="160" y="145" text-anchor="middle" font-family="sans-serif" font-size="13" fill="#777">{}</text></svg>'
)
_NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


def _drawing(host: str, is_thumbnail: bool) -> str:
    return _NOTHING if is_thumbnail else _DRAWING.format(escape(host[:40]))


def missing(host: str, *, is_thumbnail: bool, seconds: int = 300) -> HttpResponse:
    """The answer where there is no picture: a drawing with the host's name; in a list nothing. Answered with 200, or
    browsers would show a broken one and complain."""
    answer = HttpResponse(_drawing(host, is_thumbnail))
    inert(answer, "image/svg+xml", f"public, max-age={seconds}")
    answer[MISSING] = "1"
    return answer
