"""The files that an earlier export wrote and the present one did not: removed where the database says why, kept
otherwise."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Collection
from pathlib import Path, PurePath

from articles.archive_files import reading
from articles.archive_files.format import article_file, names
from articles.models import Article, Tombstone
from feeds.models import Feed, feeds_at

INDEX = "README.md"
MARK = "<!-- Written by Newsreader. The next export writes it anew. -->\n"
PART = ".newsreader-part"


class Leftovers:
    """Removes them. `feed` is the feed whose folder it is; None: ask the files.

    An article's file goes where the database has the article, which then is in another file, or where an operator
    deleted it. A file of an article that the database never had is the archive's own: it stays, whoever exports.
    """

    def __init__(self, feed: Feed | None) -> None:
        self._feed = feed
        self.removed = 0
        self.unknown = 0

    def remove_from(self, folder: Path, keep: Collection[str]) -> bool:
        """Tidy `folder` but for the names in `keep`. Returns whether nothing of anyone's is left in it."""
        others = [path for path in _entries(folder) if not _is_kept(path, keep)]
        left = [path for path in others if not self._remove(path)]
        if keep or not all(map(_is_index, left)):
            return False
        for index in left:
            index.unlink()
        return True

    def _remove(self, path: Path) -> bool:
        """True where it is gone."""
        if path.name.startswith(PART):
            path.unlink()
            return True
        if path.is_symlink() or path.name.startswith("."):
            return False
        if path.is_dir():
            return self._remove_folder(path)
        return names.is_article_name(path.name) and self._remove_article(path)

    def _remove_folder(self, path: Path) -> bool:
        if not self.remove_from(path, ()):
            return False
        path.rmdir()
        return True

    def _remove_article(self, path: Path) -> bool:
        if not self._is_known(path):
            self.unknown += 1
            return False
        path.unlink()
        self.removed += 1
        return True

    def _is_known(self, path: Path) -> bool:
        try:
            file = article_file.read(reading.read_bytes(path), PurePath(path.name))
        except article_file.NotAnArticle:
            return False
        feed = self._feed or feeds_at(file.feed_url).first()
        if feed is None or not file.guid:
            return False
        same = {"feed": feed, "guid": file.guid}
        return Article.objects.filter(**same).exists() or Tombstone.objects.filter(**same).exists()


def _entries(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [folder / entry.name for entry in entries]


def _is_kept(path: Path, keep: Collection[str]) -> bool:
    """Also where a Mac gives the name back in another form of Unicode."""
    composed = unicodedata.normalize("NFC", path.name)
    return path.name in keep or (composed in keep and path.samefile(path.with_name(composed)))


def _is_index(path: Path) -> bool:
    """True of one that Newsreader wrote."""
    if path.name != INDEX:
        return False
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()
