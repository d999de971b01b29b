"""The page that an address leads to, whatever leads there: trackers, mobile and AMP hosts, the scheme."""

from __future__ import annotations

import re

from feeds.parse.spellings import key, untracked

_HOST = re.compile(r"\A(?:www|m|mobile|amp|wap)\.(?=[^/.]+\.)")
_PORT = re.compile(r":(?:80|443)\Z")
_LED_BY = frozenset({"ref", "from", "source", "amp", "outputtype", "rss", "feed"})  # parameters


def page_of(url: str) -> str:
    """The part that all addresses of one page have in common. Empty for what names no page of its own, as the top of a
    site, and for what is no address of the web."""
    start, _hash, fragment = key(untracked(url)).partition("#")
    if not start.startswith("//"):
        return ""
    start, _mark, query = start.partition("?")
    host, _slash, path = start[2:].partition("/")
    host = _HOST.sub("", _PORT.sub("", host))
    path = path.rstrip("/").removesuffix("/amp").removesuffix("/index.html")
    query = "&".join(pair for pair in query.split("&") if pair and pair.partition("=")[0].lower() not in _LED_BY)
    place = f"#{fragment}" if fragment[:1] in {"!", "/"} else ""  # a page within a page of script
    if not path and not query and not place:
        return ""
    return f"{host}/{path}?{query}{place}" if query else f"{host}/{path}{place}"
