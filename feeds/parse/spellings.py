"""Addresses that are written otherwise and mean the same: http and https, a host's two alphabets, trackers. Pure.

A site that gets a certificate changes the scheme of every address and guid that its feed has, and a hub may go on with
the old one: a comparison to the letter would take each entry for a new one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feeds.parse.redirects import leads_to

REMEMBERED = 1_000  # letters of an address
WEB = re.compile(r"(https?)://([^/?#\s]*)", re.IGNORECASE)  # a guid may have words before it: "17 at http://…"
TRACKER = re.compile(
    r"utm_\w+|utm-\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id|igshid|igsh"
    r"|mc_[ce]id|mkt_tok|_hsenc|_hsmi|hsctatracking|vero_id|vero_conv|oly_anon_id|oly_enc_id|__s|ml_subscriber\w*"
    r"|_openstat|wt_?mc|wt\.mc_id|s_cid|ncid|cmpid|xtor|at_(?:medium|campaign|custom\d|link\w*|format|ptr_name|bbc_team)"
    r"|ref_src|ref_url|spm|spm_id_from|vd_source|share_(?:source|medium|plat|session_id|tag|from)|_ga|_gl|__twitter_impression"
    r"|phpsessid|jsessionid|aspsessionid\w*",
    re.I,
)
SESSION = re.compile(r";jsessionid=[^/?#;]*", re.I)  # of a path
MAY_TRACK = re.compile(r"[?&#;](?:" + TRACKER.pattern + r")=", re.I)


def untracked(address: str) -> str:
    """`address` without the parameters that tell a site who sent its reader and who the reader is, and without the
    stops on the way that count readers."""
    address = leads_to(address)
    if "=" not in address or MAY_TRACK.search(address) is None:
        return address
    start, hash_, fragment = address.partition("#")
    start, mark, query = start.partition("?")
    start = SESSION.sub("", start)
    query, fragment = _without_trackers(query), _without_trackers(fragment)
    return start + (mark + query if query else "") + (hash_ + fragment if fragment else "")


def _without_trackers(query: str) -> str:
    if "=" not in query:
        return query
    return "&".join(
        pair for pair in re.split(r"&(?:amp;)?", query) if not TRACKER.fullmatch(pair.partition("=")[0].strip("?"))
    )


def key(text: str) -> str:
    """The part that all spellings of an address have in common, to compare by; another text as it is."""
    found = WEB.search(text)
    return f"{text[: found.start()]}//{ascii_host(found[2])}{text[found.end() :]}" if found else text


def is_same_page(one: str, other: str) -> bool:
    """True where two links lead to one page, so that only their scheme, their host's alphabet or trackers differ."""
    return one == other or key(untracked(one)) == key(untracked(other))


def others(text: str) -> tuple[str, ...]:
    """The other spellings of an address: with the other scheme, and with a host outside of ASCII in both alphabets.
    None of another text."""
    # A guid, a link and an alias of an entry are mostly one text, and are asked for in turn. Long ones take memory.
    return _remembered(text) if len(text) <= REMEMBERED else _others(text)


def _others(text: str) -> tuple[str, ...]:
    found = WEB.search(text)
    if not found:
        return ()
    before, rest = text[: found.start()], text[found.end() :]
    hosts = dict.fromkeys((found[2], *_alphabets(found[2])))
    spellings = dict.fromkeys(f"{before}{scheme}://{host}{rest}" for host in hosts for scheme in ("https", "http"))
    return tuple(each for each in spellings if each != text)


_remembered = lru_cache(maxsize=256)(_others)


def ascii_host(host: str) -> str:
    """A host as the network knows it: in lower case and in ASCII (RFC 3490)."""
    host = host.lower()
    if host.isascii():
        return host
    try:
        return _encoded(host)
    except UnicodeError:  # no name that could be one
        return host


def _alphabets(host: str) -> tuple[str, ...]:
    if host.isascii() and "xn--" not in host.lower():
        return ()
    in_ascii = ascii_host(host)
    try:
        return (in_ascii, _decoded(in_ascii))
    except UnicodeError:
        return (in_ascii,)


@lru_cache(maxsize=512)
def _encoded(host: str) -> str:
    return host.encode("idna").decode()


@lru_cache(maxsize=512)
def _decoded(host: str) -> str:
    return host.encode().decode("idna")
