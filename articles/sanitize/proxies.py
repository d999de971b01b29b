"""Addresses of other people's image proxies: what they fetch is the publisher's own address. Pure.

Only what stands in the address is unwrapped: many proxies (imgix, Google's lh3, imgproxy) keep it to themselves.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

# Proxy → the parameter that holds the publisher's address.
_PARAMETERS = {
    "images.weserv.nl": "url",
    "wsrv.nl": "url",
    "external-content.duckduckgo.com": "u",
    "proxy.duckduckgo.com": "u",
    "images2-focus-opensocial.googleusercontent.com": "url",
    "images1-focus-opensocial.googleusercontent.com": "url",
    "images-focus-opensocial.googleusercontent.com": "url",
    "www.gmodules.com": "url",
    "gimg2.baidu.com": "src",
    "imageproxy.pimg.tw": "url",
    "slack-imgs.com": "url",
    "i.embed.ly": "url",
}
# Resizers that sites have on their own host: path → parameter; what it holds may lie on the same host.
_ON_ANY_HOST = {"/_next/image": "url", "/_vercel/image": "url", "/.netlify/images": "url"}
# Hosts and paths after which the address stands without its scheme. `s`: it is https.
_WITHOUT_SCHEME = re.compile(
    r"https?://(?:i[0-3]\.wp\.com/|cdn\.statically\.io/img/(?=[\w-]+\.)"
    r"|(?:[\w-]+\.)?cdn\.ampproject\.org/ii?/(?:w\d+/)?(?P<s>s/)?)(?P<rest>.+)",
    re.I | re.S,
)
# Hosts and paths after which, and perhaps after options, the whole address stands, escaped or not.
_WHOLE_ADDRESS = re.compile(
    r"https?://(?:res\.cloudinary\.com/[^/]+/image/fetch/|(?:substackcdn\.com|cdn\.substack\.com)/image/fetch/"
    r"|pocket-image-cache\.com/|steemitimages\.com/|images\.hive\.blog/|pic1\.xuehuaimg\.com/proxy/"
    r"|ci\d\.googleusercontent\.com/[^#]*\#|[^/?#]+/cdn-cgi/image/).*?(?P<rest>https?(?::|%3a)(?:/|%2f).+)",
    re.I | re.S,
)
_DISCORD = re.compile(r"https?://images-ext-\d\.discordapp\.net/external/[^/]+/(?:[^/]+/)?(https?)/(.+)", re.I | re.S)
_CAMO = re.compile(r"https?://camo\.githubusercontent\.com/[0-9a-f]+/((?:[0-9a-f]{2})+)", re.I)
_MAY_BE = re.compile(
    r"https?://(?:(?:" + "|".join(map(re.escape, _PARAMETERS)) + r"|i[0-3]\.wp\.com|cdn\.statically\.io"
    r"|(?:[\w-]+\.)?cdn\.ampproject\.org|res\.cloudinary\.com|substackcdn\.com|cdn\.substack\.com"
    r"|pocket-image-cache\.com|steemitimages\.com|images\.hive\.blog|pic1\.xuehuaimg\.com|ci\d\.googleusercontent\.com"
    r"|images-ext-\d\.discordapp\.net|camo\.githubusercontent\.com)[:/?]"
    r"|[^/?#]+/(?:cdn-cgi/image/|(?:_next/image|_vercel/image|\.netlify/images)/?\?))",
    re.I,
)
# A host may be written with a name before it and a dot behind it, and is the same.
_HOST_AS_WRITTEN = re.compile(r"(?i)\A(https?://)(?:[^/?#]*@)?([^/?#:]+?)\.?(?=[:/?#]|$)")
_ESCAPED = re.compile("%(?:2f|3a)", re.I)
_NOT_PRINTABLE = re.compile(r"[^!-~]+")


def behind_proxy(address: str) -> str:
    """The address that a proxy at the absolute `address` fetches, perhaps without its scheme (`//…`) or its host
    (`/…`); "" where no proxy that we know is there."""
    address = _HOST_AS_WRITTEN.sub(r"\1\2", address)
    if _MAY_BE.match(address) is None:
        return ""
    if found := _WITHOUT_SCHEME.match(address):
        path, _, query = found["rest"].partition("?")
        return ("https://" if found["s"] or "ssl=1" in query else "//") + path.lstrip("/")
    if found := _WHOLE_ADDRESS.match(address):
        whole = found["rest"]
        return whole if "://" in whole[:8] and not _asks_escaped(whole) else _unescaped(whole)
    if found := _DISCORD.match(address):
        return f"{found[1]}://{found[2]}"
    if found := _CAMO.match(address):
        return _web(bytes.fromhex(found[1]).decode("utf-8", "replace"))
    return _in_parameter(address)


def _in_parameter(address: str) -> str:
    parts = urlsplit(address)
    own = _ON_ANY_HOST.get(parts.path.rstrip("/").lower(), "")
    name = own or _PARAMETERS.get(parts.hostname or "")
    found = re.search(rf"(?:^|&){name}=([^&]+)", parts.query, re.I) if name else None
    if not found:
        return ""
    value = re.sub("^ssl:", "https://", _unescaped(found[1]))
    return _web(value) or ("//" + value.lstrip("/") if not own else value if value[0] == "/" else "")


def _web(address: str) -> str:
    return address if re.match("https?://", address, re.I) else ""


def _asks_escaped(value: str) -> bool:
    """True where the query's mark is escaped, and it alone may be, lest it begin the proxy's own query."""
    return "?" not in value and "%3f" in value.lower()


def _unescaped(value: str) -> str:
    """The value without the proxy's escapes. Where no : or / is escaped it was put there as it is, and what is escaped
    in it is its own."""
    if not (_ESCAPED.search(value) or _asks_escaped(value)):
        return value
    return _NOT_PRINTABLE.sub(lambda found: quote(found[0]), unquote(value))
