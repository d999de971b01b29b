"""Kinds of files that come along with an entry, by what is said of them and by their addresses. Pure."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

Kind = Literal["picture", "sound", "film", "player", "other"]

KINDS: dict[str, Kind] = {"image": "picture", "audio": "sound", "video": "film"}
# By the end of the path. A table of our own: the system's differs from machine to machine.
EXTENSIONS = {
    **dict.fromkeys(["jpg", "jpeg", "jpe", "jfif"], "image/jpeg"),
    **{name: f"image/{name}" for name in ("png", "gif", "webp", "avif", "bmp", "heic")},
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    **dict.fromkeys(["m4a", "m4b"], "audio/mp4"),
    **dict.fromkeys(["ogg", "oga", "opus"], "audio/ogg"),
    **{name: f"audio/{name}" for name in ("aac", "flac", "wav")},
    **dict.fromkeys(["mp4", "m4v"], "video/mp4"),
    **{name: f"video/{name}" for name in ("webm",)},
    **dict.fromkeys(["mov", "qt"], "video/quicktime"),
    "ogv": "video/ogg",
    "mkv": "video/x-matroska",
    "pdf": "application/pdf",
    "torrent": "application/x-bittorrent",
}
EXTENSION = re.compile(r"\.([A-Za-z0-9]{2,7})$")
# What says nothing of a file: its address may know more.
VAGUE = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/force-download", "text/plain"})

# Parameters that ask for a size of a picture, not for another picture; the last ones only beside the first.
SIZES = frozenset(
    {"w", "h", "width", "height", "size", "sz", "resize", "fit", "crop", "dpr", "quality", "maxwidth", "rect"}
)
# The same in the words of Squarespace, Aliyun and Qiniu.
SIZE = re.compile(r"format=[0-9]{2,4}w|x-oss-process=image/|image(?:view|mogr)2/", re.IGNORECASE)
MANNERS = frozenset({"s", "q", "auto", "format", "fm", "sig", "signature", "strip", "ssl", "name", "precrop", "sharp"})


def type_of_address(url: str) -> str:
    """The media type that the end of the address's path tells of; empty where it tells of none."""
    try:
        found = EXTENSION.search(urlsplit(url).path)
    except ValueError:
        return ""
    return EXTENSIONS.get(found[1].lower(), "") if found else ""


def kind_of(media_type: str, url: str = "", *, is_player: bool = False) -> Kind:
    """The kind of a file with this type at this address. `is_player`: it is a page that plays something."""
    if is_player:
        return "player"
    if media_type.lower().partition(";")[0].strip() in VAGUE:
        media_type = type_of_address(url)
    return KINDS.get(media_type.partition("/")[0].strip().lower(), "other")


def same_picture(url: str) -> str:
    """The part that the addresses of one picture in several sizes have in common: neither scheme nor the parameters of
    a size. To compare by, not to fetch."""
    address, mark, query = url.partition("#")[0].partition("://")[2].partition("?")
    pairs = [pair for pair in query.replace("&amp;", "&").split("&") if pair]
    left_out = SIZES | MANNERS if any(map(_is_size, pairs)) else frozenset()
    kept = "&".join(pair for pair in pairs if not _is_size(pair) and _name(pair) not in left_out)
    host, slash, path = address.partition("/")
    return f"{host.lower()}{slash}{path}{mark if kept else ''}{kept}"


def _is_size(pair: str) -> bool:
    return _name(pair) in SIZES or SIZE.match(pair) is not None


def _name(pair: str) -> str:
    return pair.partition("=")[0].lower()
