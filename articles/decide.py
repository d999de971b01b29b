"""Which entries of a document are new, which have changed, which are known. Pure: looks at values, writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from feeds.parse import ParsedEntry

# The hash's first bytes name the way it was made: a new way makes every entry look changed once, and nothing worse.
HASH_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of an article, as far as deciding needs it."""

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
    """A digest of what a reader would see of the entry. Dates and tags are left out: publishers touch them daily.
    Empty fields don't count, so a field that is added later changes no digest."""
    fields = {
        "url": entry.url,
        "title": entry.title,
        "author": entry.author,
        "content": entry.content_html,
        **{f"enclosure {number}": enclosure.url for number, enclosure in enumerate(entry.enclosures)},
    }
    digest = blake2b(HASH_VERSION.encode(), digest_size=16)
    for name, value in fields.items():
        if value:
            digest.update(f"\0{name}\0{value}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def identities(entries: Iterable[ParsedEntry]) -> set[str]:
    """Every guid under which one of the entries may be stored."""
    return {guid for entry in entries for guid in (entry.guid, *entry.aliases)}


def decide(entries: Sequence[ParsedEntry], known: Iterable[Known], deleted: Collection[str] = ()) -> Decision:
    """Sort the entries of one document. Each stored article answers to one entry at most; an entry that is not stored
    and has its guid in `deleted` stays away."""
    by_guid = {row.guid: row for row in known}
    matches = {
        entry.guid: by_guid.pop(entry.guid)
        for entry in entries
        if entry.guid in by_guid and not _is_anothers(by_guid[entry.guid], entry, by_guid)
    }
    new, changed = [], []
    for entry in entries:
        row = matches.get(entry.guid) or _under_another_name(entry, by_guid)
        if row is None:
            if entry.guid not in deleted:
                new.append(entry)
        elif row.entry_hash != entry_hash(entry):
            changed.append((row, entry))
    return Decision(tuple(new), tuple(changed))


def _is_anothers(row: Known, entry: ParsedEntry, by_guid: dict[str, Known]) -> bool:
    """Whether the row is that of an entry which shared its guid with this one and has left the document since: then
    this entry has a row of its own, under the guid's other form and with its link."""
    own = (by_guid[alias] for alias in entry.aliases if alias in by_guid and alias.startswith(f"{entry.guid}#"))
    return row.url != entry.url and any(each.url == entry.url for each in own)


def _under_another_name(entry: ParsedEntry, unclaimed: dict[str, Known]) -> Known | None:
    """The article that an earlier poll, or an import, stored for this entry under another identity. The link must
    agree, as broken publishers give one guid to many entries."""
    for alias in entry.aliases:
        row = unclaimed.get(alias)
        if row is not None and (row.url == entry.url or alias == entry.url):
            return unclaimed.pop(alias)
    return None
