"""The article files of a folder, in an order that says who wins among two of the same article."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from articles.archive_files.format.article_file import MAX_BYTES
from articles.archive_files.format.front_matter import source_name

SUBSCRIPTIONS = "subs.json"
MAX_SUBSCRIPTIONS_BYTES = 5 * 1024 * 1024
LAST_FOLDER = "articles"
MAX_DEPTH = 32  # of names in a path; a folder's own name below `root` is the first


@dataclass(frozen=True, slots=True)
class FoundFile:
    """An article file. `name` is its path below the folder that is imported, fit for printing. `problem` says why
    it can't be read. `subscriptions` gives the feed address of a source, as the nearest subs.json has it."""

    path: Path
    name: str
    problem: str = ""
    subscriptions: Mapping[str, str] = field(default_factory=dict)


def is_article_name(name: str) -> bool:
    """Article files are `*.md`, but for README.md and hidden files (which a Mac puts beside each file in archives)."""
    folded = name.lower()
    return folded.endswith(".md") and folded != "readme.md" and not name.startswith(".")


def walk(root: Path, *, note: Callable[[str], None] = lambda text: None) -> Iterator[FoundFile]:
    """The article files below `root`, one folder's names in memory at a time; hidden folders are left out.

    Files come sorted by path, except that a folder called `articles` comes after its neighbours: it holds the older
    form, without front matter, which loses against the newer form of the same article. Links are not followed, apart
    from a link to a file inside `root`. `note` is told what the operator should know.
    """
    yield from _walk(root, root, {}, note)


def _walk(
    root: Path, folder: Path, subscriptions: Mapping[str, str], note: Callable[[str], None]
) -> Iterator[FoundFile]:
    if len(folder.parts) - len(root.parts) >= MAX_DEPTH:
        yield FoundFile(folder, shown(folder, root), _("more than %d folders deep") % MAX_DEPTH)
        return
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: (entry.name == LAST_FOLDER, entry.name))
    except OSError as error:
        yield FoundFile(folder, shown(folder, root), _("the folder can't be read: %s") % error.strerror)
        return
    if any(map(_is_list, found)):
        subscriptions = read_subscriptions(folder / SUBSCRIPTIONS, note)
    for entry in found:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _walk(root, path, subscriptions, note)
        elif entry.is_symlink() and path.is_dir():
            note(_("%s is a link to a folder and was not followed.") % shown(path, root))
        elif is_article_name(entry.name):
            yield FoundFile(path, shown(path, root), _problem(entry, root), subscriptions)


def _is_list(entry: os.DirEntry[str]) -> bool:
    return entry.name == SUBSCRIPTIONS and entry.is_file(follow_symlinks=False)


def _problem(entry: os.DirEntry[str], root: Path) -> str:
    """The reason why a file is not opened at all; empty where it is. A pipe would never end."""
    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root.resolve()):
        return _("a link to a file outside of the folder")
    return "" if entry.is_file() else _("not a regular file")


def read_bytes(path: Path) -> bytes:
    """The file's bytes, one more than the format allows at most. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def shown(path: Path, root: Path) -> str:
    """`path` below `root` for people: names may hold bytes that are no text."""
    return os.fsencode(path.relative_to(root)).decode("utf-8", "replace")


def read_subscriptions(path: Path, note: Callable[[str], None]) -> dict[str, str]:
    """Feed addresses by site, from a JSON list of `{"site": …, "url": …}`. A site that is listed twice keeps its first
    address. What is wrong with the file is noted, and the rest of it counts."""
    try:
        with path.open("rb") as file:
            listed = json.loads(file.read(MAX_SUBSCRIPTIONS_BYTES))
    except RecursionError:
        note(_("subs.json can't be read: %s") % _("it is nested too deeply"))
        return {}
    except (OSError, ValueError) as error:
        note(_("subs.json can't be read: %s") % error)
        return {}
    addresses: dict[str, str] = {}
    for item in listed if isinstance(listed, list) else []:
        site, url = _subscription(item)
        if not site:
            note(_("subs.json: %s is no site with a web address.") % repr(item)[:200])
        elif addresses.setdefault(site, url) != url:
            note(_("subs.json lists %(site)s twice; %(url)s counts.") % {"site": site, "url": addresses[site]})
    return addresses


def _subscription(item: Any) -> tuple[str, str]:
    """Site and address; empty where either is missing."""
    site, url = (item.get("site"), item.get("url")) if isinstance(item, dict) else (None, None)
    if not (isinstance(site, str) and isinstance(url, str)):
        return "", ""
    site, url = source_name(site), url.strip()
    return (site, url) if url.lower().startswith(("http://", "https://")) and len(url) <= 2000 else ("", "")
