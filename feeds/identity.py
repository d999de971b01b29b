"""Which entries of a document are the same, and under what name each is kept."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from feeds.parsed import ParsedEntry

MAX_GUID = 500  # the column holds 600: room for what marks a shared one


def guid_of(guid: str, url: str, title: str, content: str) -> str:
    """The publisher's guid, else the link, else a hash of title and content; a hash of it where it is very long."""
    identity = guid or url
    if not identity:
        return f"sha256:{_digest(title, content)}"
    return identity if len(identity) <= MAX_GUID else f"sha256:{_digest(identity)}"


def distinct(entries: Sequence[ParsedEntry], site_url: str = "") -> tuple[ParsedEntry, ...]:
    """The entries with unique guids and their aliases, in their order. A repeated entry is left out, two different ones
    that share a guid are told apart; see ParsedEntry."""
    groups: defaultdict[str, dict[tuple[str, str, str], int]] = defaultdict(dict)
    for place, entry in enumerate(entries):
        groups[entry.guid].setdefault((entry.url, entry.title, entry.content_html), place)
    kept = sorted(place for group in groups.values() for place in group.values())
    links = Counter(entries[place].url for place in kept)
    # A link that several entries have, or that is the site's front page, is nobody's identity.
    anybodys = {link for link, count in links.items() if count > 1} | {"", site_url, f"{site_url}/"}
    named, taken = [], set(groups)
    for place in kept:
        entry = entries[place]
        is_shared = len(groups[entry.guid]) > 1
        compound = f"{entry.guid}#{_mark(entry, is_own_link=links[entry.url] == 1)}"
        guid, other = (compound, entry.guid) if is_shared else (entry.guid, compound if entry.url else "")
        if is_shared and guid in taken:  # another entry's guid looks just like that
            guid = f"{guid[:MAX_GUID]}#{_digest(entry.url, entry.title, entry.content_html)}"
        taken.add(guid)
        link = "" if entry.url in anybodys else guid_of("", entry.url, "", "")
        named.append(replace(entry, guid=guid, aliases=_aliases(guid, other, link)))
    return tuple(named)


def _aliases(guid: str, *others: str) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(others) if name and name != guid)


def _mark(entry: ParsedEntry, *, is_own_link: bool) -> str:
    if entry.url and is_own_link:
        return _digest(entry.url)[:16]
    return _digest(entry.title, entry.content_html)[:16]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
