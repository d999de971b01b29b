"""The decision which entries of a document are new, changed or known. Pure: looks at values, writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from feeds.parse import ParsedEntry
from feeds.parse.identity import other_aliases, other_names
from feeds.parse.spellings import is_same_page, key, untracked

# The hash's first bytes name the way it was made.
HASH_VERSION, FORMER_VERSION = "2", "1"


@dataclass(frozen=True, slots=True)
class Known:
    """The stored columns of an article, as far as deciding needs them."""

    id: int
    guid: str
    url: str
    entry_hash: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Entries to store, in the document's order. An entry in neither list is stored already, as it is, or
    was deleted."""

    new: tuple[ParsedEntry, ...] = ()
    changed: tuple[tuple[Known, ParsedEntry], ...] = ()


def entry_hash(entry: ParsedEntry) -> str:
    """A digest of what a reader would see of the entry. Dates and tags are left out: publishers touch them daily. So is
    how an address is spelled, and an author that is the whole feed's. Empty fields don't count, so a field that is
    added later changes no digest."""
    return _digest(HASH_VERSION, _seen(entry, "" if entry.is_author_of_feed else entry.author))


def is_as_stored(entry: ParsedEntry, stored_hash: str) -> bool:
    """True where `stored_hash` is of an entry of which a reader would see the same. It may have been made in the former
    way, or each stored entry would look changed once, and by an archive's file, which says the author in any case."""
    if stored_hash == entry_hash(entry):
        return True
    former = {
        "url": entry.url,
        "title": entry.title,
        "author": "" if entry.is_author_of_feed else entry.author,
        "content": entry.content_html,
        **{f"enclosure {number}": file.url for number, file in enumerate(entry.enclosures)},
    }
    return stored_hash in {_digest(FORMER_VERSION, former), _digest(HASH_VERSION, _seen(entry, entry.author))}


def _seen(entry: ParsedEntry, author: str) -> dict[str, str]:
    return {
        "url": key(untracked(entry.url)),
        "title": entry.title,
        "author": author,
        "content": entry.content_html,
        **{f"enclosure {number}": key(file.url) for number, file in enumerate(entry.enclosures)},
        **{f"alt {number}": file.alt for number, file in enumerate(entry.enclosures)},
    }


def _digest(version: str, fields: Mapping[str, str]) -> str:
    digest = blake2b(version.encode(), digest_size=16)
    for name, value in fields.items():
        if value:
            digest.update(f"\0{name}\0{value}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def identities(entries: Iterable[ParsedEntry]) -> set[str]:
    """Every guid under which one of the entries may be stored."""
    return {name for entry in entries for name in _names(entry)}


def _names(entry: ParsedEntry) -> Iterator[str]:
    yield entry.guid
    yield from other_names(entry)
    for alias in entry.aliases:
        yield alias
        yield from other_aliases(entry, alias)


def decide(entries: Sequence[ParsedEntry], known: Iterable[Known], deleted: Collection[str] = ()) -> Decision:
    """Sort the entries of one document. Each stored article answers to one entry at most; an entry that is not stored
    and has its guid in `deleted`, however it is spelled there, stays away.

    Rows that have an entry's guid to the letter are its own; then those that have it spelled otherwise; then those
    under another name. So two entries that differ in nothing but that stay two where both are stored."""
    matches = _matched(entries, {row.guid: row for row in known})
    own = {entry.guid for entry in entries}
    new, changed = [], []
    for entry in entries:
        row = matches.get(entry.guid)
        if row is None:
            if not _is_deleted(entry, deleted, own):
                new.append(entry)
        elif not is_as_stored(entry, row.entry_hash):
            changed.append((row, entry))
    return Decision(tuple(new), tuple(changed))


def _is_deleted(entry: ParsedEntry, deleted: Collection[str], own: Collection[str]) -> bool:
    """True also where another spelling of its guid is, which is none of another entry's own."""
    if not deleted:  # nearly always
        return False
    return entry.guid in deleted or any(name in deleted and name not in own for name in other_names(entry))


def _matched(entries: Sequence[ParsedEntry], unclaimed: dict[str, Known]) -> dict[str, Known]:
    """The rows that answer to entries, by the entries' guids; they are taken out of `unclaimed`."""
    matches: dict[str, Known] = {}
    for entry in entries:
        row = unclaimed.get(entry.guid)
        if row and not _is_anothers(row, entry, unclaimed):
            matches[entry.guid] = unclaimed.pop(entry.guid)
    for find in (_spelled_otherwise, _under_another_name):
        for entry in entries:
            if unclaimed and entry.guid not in matches and (row := find(entry, unclaimed)):
                matches[entry.guid] = unclaimed.pop(row.guid)
    return matches


def _is_anothers(row: Known, entry: ParsedEntry, unclaimed: Mapping[str, Known]) -> bool:
    """True where the row is that of an entry which shared its guid with this one and has left the document since: then
    this entry has a row of its own, under the guid's other form and with its link."""
    if is_same_page(row.url, entry.url):
        return False
    forms = (alias for alias in entry.aliases if alias.startswith(f"{entry.guid}#"))
    own = (unclaimed.get(name) for alias in forms for name in (alias, *other_aliases(entry, alias)))
    return any(each is not None and is_same_page(each.url, entry.url) for each in own)


def _spelled_otherwise(entry: ParsedEntry, unclaimed: Mapping[str, Known]) -> Known | None:
    rows = (unclaimed.get(name) for name in other_names(entry))
    return next((row for row in rows if row and not _is_anothers(row, entry, unclaimed)), None)


def _under_another_name(entry: ParsedEntry, unclaimed: Mapping[str, Known]) -> Known | None:
    """The article that an earlier poll, or an import, stored for this entry under another identity. The link must
    agree, as broken publishers give one guid to many entries."""
    for alias in entry.aliases:
        for name in (alias, *other_aliases(entry, alias)):
            row = unclaimed.get(name)
            if row is not None and (is_same_page(row.url, entry.url) or is_same_page(name, entry.url)):
                return row
    return None
