"""Addresses: made absolute, their scheme checked, freed of trackers and of other people's image proxies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from articles.sanitize.proxies import behind_proxy

MAX_LENGTH = 4000  # as the columns that keep an address
_CANDIDATES = 20  # of one srcset

# What needs no second look: absolute, http or https, a plain host, nothing that needs escaping. gate.py relies on it.
PLAIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:[/?#][!#-;=?-Z_a-z~\[\]]*)?", re.I)
# A path from the top of a site, in plain characters and without dots to resolve, and where that stands: to put the two
# together as RFC 3986 has it takes a twelfth of what urljoin does.
_ROOTED = re.compile(
    r"(?:/[\w~%+,@&=:!$*-][\w~%+,@&=:!$*.-]*+)++/?(?:\?[\w~%+,@&=:!$*./-]++)?(?:#[\w~%+,@&=:!$*./?-]++)?", re.ASCII
)
_TOP = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?=[/?#]|\Z)")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_LEFT_OUT = re.compile(r"[\x00-\x1f\x7f]")  # as the URL standard has it for tab and newline; the others have no use
_ESCAPED = re.compile(r"[\s\"'<>`\\{}|^\x80-\x9f]")
_WEB = re.compile(r"(https?):[/\\]*([^/\\?#]*)([^?#]*)(.*)", re.I | re.S)


def absolute(address: str, base: str, *, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """`address` as an absolute one with one of `schemes`, or "" where it can't be. `base` is absolute or empty.

    Follows the URL standard (url.spec.whatwg.org) where browsers and RFC 3986 differ: leading and trailing spaces and
    control characters don't count, \\ is /, and any number of slashes may follow `https:`."""
    address = address.strip()
    if PLAIN.fullmatch(address) and len(address) <= MAX_LENGTH:
        return address
    address = _LEFT_OUT.sub("", address).strip()
    if not address or len(address) > MAX_LENGTH:
        return ""
    try:
        return _resolved(address, base, schemes)
    except ValueError:  # such as a host that is half an IPv6 address
        return ""


def _resolved(address: str, base: str, schemes: tuple[str, ...]) -> str:
    scheme = _SCHEME.match(address)
    if scheme is None:
        address = _joined(address, base)
    elif scheme[1].lower() not in schemes:
        return ""
    elif scheme[1].lower() not in {"http", "https"}:
        return scheme[1].lower() + ":" + _escaped(address[scheme.end() :])
    return address if PLAIN.fullmatch(address) and len(address) <= MAX_LENGTH else _web_address(address)


def _joined(address: str, base: str) -> str:
    """The address without a scheme as one of the web; empty where there is no page that it belongs to."""
    if address[:2].replace("\\", "/") == "//":
        return (base.partition(":")[0] if base else "https") + "://" + address.lstrip("/\\")
    if _ROOTED.fullmatch(address) and (top := _TOP.match(base)):
        return top[0] + address
    return urljoin(base, address.replace("\\", "/")) if base else ""


def _web_address(address: str) -> str:
    parts = _WEB.fullmatch(address)
    if parts is None or not parts[2] or not urlsplit(f"http://{parts[2]}").hostname:
        return ""
    scheme, host, path, rest = parts.groups()
    address = f"{scheme.lower()}://{_escaped(host)}{_escaped(path.replace(chr(92), '/'))}{_escaped(rest)}"
    return address if len(address) <= MAX_LENGTH else ""


def _escaped(part: str) -> str:
    return _ESCAPED.sub(lambda found: quote(found[0]), part)


# --- images -----------------------------------------------------------------------------------------------------


def image_address(address: str, base: str) -> str:
    """The absolute address of an image at its publisher, or "" where there is none."""
    address = absolute(address, base)
    for _ in range(4):  # proxies behind proxies
        # Where a proxy names no host it is its own; where it names no scheme, it is the page's.
        inner = behind_proxy(address) if address else ""
        inner = absolute(inner, (base or "https:") if inner[:2] == "//" else address) if inner else ""
        if not inner:
            break
        address = inner
    return address


_SRCSET_LENGTH = 20_000
_CANDIDATE = re.compile(r"[\s,]*+(\S*[^\s,])(?:\s+([0-9.]{1,8}[wx])(?:\s+[0-9]+h)?)?\s*(?:,|$)")


def srcset(value: str, base: str) -> str:
    """A `srcset` with absolute addresses of the publisher's own; "" where it names nothing that can be fetched."""
    candidates = []
    for found in _scan(value[:_SRCSET_LENGTH]):
        address = image_address(found[1], base)
        if address and not address.endswith(","):
            candidates.append(f"{address} {found[2]}" if found[2] else address)
    return ", ".join(candidates)


def _scan(value: str) -> Iterator[re.Match[str]]:
    position = 0
    for _ in range(_CANDIDATES):
        found = _CANDIDATE.match(value, position)
        if found is None:
            return
        yield found
        position = found.end()


# --- what isn't worth keeping -----------------------------------------------------------------------------------

_COUNTER_HOST = re.compile(
    r"(?:.*\.)?(?:feedsportal\.com|pixel\.wp\.com|stats\.wordpress\.com|feeds\.wordpress\.com|doubleclick\.net"
    r"|google-analytics\.com|googleadservices\.com|googlesyndication\.com|scorecardresearch\.com|quantserve\.com"
    r"|pheedo\.com|imrworldwide\.com|chartbeat\.(?:com|net)|cnzz\.com|hm\.baidu\.com|hits\.sinajs\.cn"
    r"|adsafeprotected\.com|amazon-adsystem\.com|counter\.theconversation\.com|assoc-amazon\.\w+|parsely\.com"
    # of newsletters, each picture for one reader
    r"|awstrack\.me|eotrx\.substackcdn\.com|hubspotemail\.net|open\.convertkit-mail\d?\.com|trk\.klaviyomail\.com"
    r"|mjt\.lu|rs6\.net)"
    r"|(?:pixel|beacon|tracking|tracker)\..+",
    re.I,
)
_COUNTER = re.compile(
    r"https?://(?:[\w-]+\.){0,3}(?:feedburner\.com/~|facebook\.com/tr\b|(?:mailchimp|list-manage)\.com/track"
    r"|medium\.com/_/stat|blogspot\.com/tracker)"
    r"|https?://[^/?#]++/(?:wf/open|ss/o|e2t/o|tr/op)[/?]",  # of newsletters, at hosts of their senders' own
    re.I,
)
_COUNTER_NAMES = frozenset(
    f"{name}.{kind}"
    for name in ("1x1", "pixel", "spacer", "blank", "transparent", "clear", "tracking", "beacon", "count", "trans")
    for kind in ("gif", "png")
)
_ORNAMENT = re.compile(
    r"(?:^|[/_.=-])(?:icons?|favicon|avatars?|gravatar|emojis?|smil(?:ey|ies|e)|stickers?|logos?|badges?|sprite|button"
    r"|btn|share|rating|divider|loading|placeholder|default_avatar|qr-?code|qrcode)(?:[/_.=-]|\d|$)|\.svg(?:[?#]|$)"
    r"|(?:^|/)(?:equation\?tex=|latex\.php\?|(?:gif|png|svg)\.(?:latex|image|download)\?)",  # formulas
    re.I,
)


def is_pixel(address: str) -> bool:
    """True where an image at `address` only counts readers."""
    parts = address.split("/", 3)
    if _is_counter_host(parts[2]) or _COUNTER.match(address):
        return True
    return parts[-1].partition("?")[0].rpartition("/")[2].lower() in _COUNTER_NAMES


@lru_cache(maxsize=1024)
def _is_counter_host(host: str) -> bool:
    return _COUNTER_HOST.fullmatch(host) is not None


def is_ornament(address: str) -> bool:
    """True where an image at `address` is too plain to stand for the article: an icon, a face, a logo, a formula."""
    parts = address.split("/", 3)
    return parts[2].startswith("gravatar.") or _ORNAMENT.search(parts[-1] if len(parts) > 3 else "") is not None
