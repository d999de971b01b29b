"""The type of a file, by its first bytes: what a server says of it counts for nothing. Pure."""

from __future__ import annotations

import re

HEAD = 1024  # bytes that are looked at

# Type → the ending of the files that are kept. Only what browsers show or play.
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/svg+xml": "svg",
    "image/tiff": "tiff",
    "image/bmp": "bmp",
    "image/x-icon": "ico",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "video/ogg": "ogv",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
}
SVG = "image/svg+xml"
# What libvips is given to resize; the others are shown as they are.
RESIZABLE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/tiff"})

_SIGNATURES = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF.{4}WEBP", re.S), "image/webp"),
    (re.compile(rb"RIFF.{4}WAVE", re.S), "audio/wav"),
    (re.compile(rb".{4}ftyp(?:avif|avis)", re.S), "image/avif"),
    (re.compile(rb".{4}ftyp(?:mif1|miaf).{0,40}avif", re.S), "image/avif"),
    (re.compile(rb".{4}ftyp(?:M4A|M4B|F4A)", re.S), "audio/mp4"),
    (re.compile(rb".{4}ftypqt  ", re.S), "video/quicktime"),
    (re.compile(rb".{4}ftyp(?:isom|iso[2-9]|mp4[12]|avc1|M4V|MSNV|dash|f4v|3gp[4-7]|mmp4)", re.S), "video/mp4"),
    (re.compile(rb"\x1aE\xdf\xa3.{0,60}(?:webm|matroska)", re.S), "video/webm"),
    (re.compile(rb"OggS.{24}.{1,10}(?:theora)", re.S), "video/ogg"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"ID3[\x02-\x04]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf1\xf9]"), "audio/aac"),
    (re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]"), "audio/mpeg"),
    (re.compile(rb"(?:II\*\0|MM\0\*)"), "image/tiff"),
    (re.compile(rb"\x00\x00\x01\x00[\x01-\x20]\x00"), "image/x-icon"),
    (re.compile(rb"BM.{4}\0\0\0\0.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.S), "image/bmp"),
)
# Possessive, and no comment reaches past its end: there is one way to read what stands before the element.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?:[^-]|-(?!->))*+-->\s*+)*+"
    rb"(?:<!DOCTYPE svg[^>]*+>\s*+)?+<svg[\s>]"
)


def media_type_of(head: bytes) -> str:
    """The type of a file that begins with `head`; "" for everything that is no picture, sound or film: HTML, scripts,
    documents, formats that browsers don't show."""
    for signature, media_type in _SIGNATURES:
        if signature.match(head):
            return media_type
    return SVG if _SVG.match(head[:HEAD]) else ""


def is_picture(media_type: str) -> bool:
    return media_type.startswith("image/")


def is_drawn_as_it_is(media_type: str) -> bool:
    """True where browsers are given such a picture as it came."""
    return is_picture(media_type) and media_type not in RESIZABLE


def file_name(digest: str, media_type: str) -> str:
    """The path of a kept file within the store."""
    return f"{digest[:2]}/{digest[2:4]}/{digest}.{EXTENSIONS[media_type]}"
