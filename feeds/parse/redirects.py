"""Stops that sites put between their pages and other people's, which name the page that a link is meant for. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

# With what may stand before the page's address in their own; href.li has nothing.
STOPS = re.compile(
    r"https?://(?:(?:www\.)?google\.[a-z.]{2,6}/url|lm?\.facebook\.com/l\.php|l\.instagram\.com/|link\.zhihu\.com/"
    r"|link\.juejin\.cn/?|link\.csdn\.net/?|www\.jianshu\.com/go-wild|links?\.jianshu\.com/go|gitee\.com/link"
    r"|sspai\.com/link|(?:www\.)?oschina\.net/action/GoToLink|www\.douban\.com/link2/|weibo\.cn/sinaurl"
    r"|t\.umblr\.com/redirect|vk\.com/away\.php|(?:www\.)?youtube\.com/redirect|steamcommunity\.com/linkfilter/"
    r"|out\.reddit\.com/\w*|slack-redir\.net/link|[\w.-]+\.safelinks\.protection\.outlook\.com/|href\.li/)\?",
    re.IGNORECASE,
)
NAMING = frozenset({"q", "url", "u", "target", "to", "z"})  # parameters
WEB = re.compile(r"https?://[^\s/?#\\]", re.IGNORECASE)
MOST = 3  # stops behind one another


def leads_to(address: str) -> str:
    """The page that `address` is meant to lead to: itself, but for a stop on the way."""
    for _ in range(MOST):
        if "http" not in address[8:] or not (stop := STOPS.match(address)):
            break
        query = address[stop.end() :]
        values = [query] if WEB.match(query) else [value for name, value in parse_qsl(query) if name.lower() in NAMING]
        page = next((value.strip() for value in values if WEB.match(value.strip())), "")
        if not page:
            break
        address = page
    return address
