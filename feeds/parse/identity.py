"""The identity of entries: which of a document's are the same, and under what name each is kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from feeds.parse.spellings import key, others, untracked
from feeds.parse.values import ParsedEntry

MAX_GUID = 500  # the column holds 600: room for what marks a shared one


def guid_of(guid: str, url: str, title: str, content: str) -> str:
    """The publisher's guid, else the link, else a hash of title and content; a hash of it where it is very long. What
    only tells who sent the reader is no part of a link's identity."""
    identity = guid or untracked(url)
    if not identity:
        return f"sha256:{_digest(title, content)}"
    return _identity(identity)


def _identity(name: str) -> str:
    return name if len(name) <= MAX_GUID else f"sha256:{_digest(name)}"


def distinct(entries: Sequence[ParsedEntry], site_url: str = "") -> tuple[ParsedEntry, ...]:
    """The entries with unique guids and their aliases, in their order. A repeated entry is left out, two different ones
    that share a guid are told apart; see ParsedEntry."""
    kept = _unrepeated(entries)
    sharers = Counter(entry.guid for entry in kept)
    links = Counter(entry.url for entry in kept)
    anybodys = {"", site_url, f"{site_url}/"}
    named, taken = [], set(sharers)
    for entry in kept:
        is_shared = sharers[entry.guid] > 1
        is_own_link = links[entry.url] == 1
        compound = f"{entry.guid}#{_mark(entry, is_own_link=is_own_link)}"
        guid, other = (compound, entry.guid) if is_shared else (entry.guid, compound if entry.url else "")
        if is_shared and guid in taken:  # another entry's guid looks just like that
            guid = f"{guid[:MAX_GUID]}#{_digest(entry.url, entry.title, entry.content_html)}"
        taken.add(guid)
        # A link that several entries have, or that is the site's front page, is nobody's identity.
        link = guid_of("", entry.url, "", "") if is_own_link and entry.url not in anybodys else ""
        named.append(replace(entry, guid=guid, aliases=_aliases(guid, other, link)))
    return tuple(named)


def _unrepeated(entries: Sequence[ParsedEntry]) -> list[ParsedEntry]:
    """The first of those that are the same, or the same but for how their addresses are spelled."""
    first: dict[tuple[str, ...], ParsedEntry] = {}
    for entry in entries:
        first.setdefault((key(entry.guid), key(untracked(entry.url)), entry.title, entry.content_html), entry)
    return list(first.values())


def other_names(entry: ParsedEntry) -> tuple[str, ...]:
    """The other spellings of the entry's guid: see `spellings`. Those of its link, too, where its guid is made of
    that."""
    names = [*others(entry.guid), *_by_other_links(entry.guid, entry.url)]
    return tuple(name for name in dict.fromkeys(names) if name != entry.guid)


def other_aliases(entry: ParsedEntry, alias: str) -> tuple[str, ...]:
    """The other spellings of one of the entry's aliases."""
    return tuple(dict.fromkeys((*others(alias), *_by_other_links(alias, entry.url))))


def _by_other_links(name: str, url: str) -> list[str]:
    """The identities that `name` would be if the entry's link were spelled otherwise; none where that is no part."""
    if not url:
        return []
    links = [link for spelled in dict.fromkeys((untracked(url), url)) for link in (spelled, *others(spelled))]
    if name == guid_of("", url, "", ""):
        return [_identity(link) for link in links]
    plain, mark, digest = name.rpartition("#")
    if mark and digest == _digest(url)[:16]:
        return [f"{each}#{_digest(link)[:16]}" for link in links for each in (plain, *others(plain))]
    return []


def _aliases(guid: str, *others: str) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(others) if name and name != guid)


def _mark(entry: ParsedEntry, *, is_own_link: bool) -> str:
    if entry.url and is_own_link:
        return _digest(entry.url)[:16]
    return _digest(entry.title, entry.content_html)[:16]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
