"""Reading a backup: verified whole before anything is changed, then put in by one transaction."""

from __future__ import annotations

import errno
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import cast

from django.contrib.sessions.models import Session
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction

from articles.images.damage import want_again
from articles.images.files.media_types import file_name
from articles.images.store import fault_of
from articles.ingest.store import repair_counts
from articles.kept_counts.rows import have_all_counted_at_once
from articles.models import (
    FoldingProgress,
    IndexState,
    Likeness,
    SearchEntry,
    StoredImage,
    StoryMember,
    WaitingArticle,
)
from articles.notes.folded import fold_anew
from articles.notes.models import Note
from articles.stories import keys
from newsreader.backup import parts, pictures, sequences
from newsreader.backup.writing import FORMAT, MANIFEST, Done, Progress
from newsreader.models import SignIn

PIECE = 1024 * 1024
MAX_MANIFEST = 10 * 1024 * 1024
BATCH_ROWS, BATCH_BYTES = 200, 4_000_000

MAX_LINE = 256 * 2**20  # bytes of a row

# What a file comes to that was altered by accident or by design. RuntimeError is zipfile's for a password, and for an
# unknown method of compression; ArithmeticError and ValidationError are of numbers and ids that are none.
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, KeyError, ValueError, TypeError),
    *(RuntimeError, ArithmeticError, ValidationError, SuspiciousOperation),
)


class Refused(ValueError):
    """Nothing was changed. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A member of the file as its manifest describes it."""

    name: str
    rows: int
    sha256: str
    table: str = ""
    columns: Sequence[str] = field(default_factory=list)
    last_key: int = 0

    def __post_init__(self) -> None:
        """Raises TypeError, ValueError: the values come from outside."""
        for name, kind in (("name", str), ("sha256", str), ("table", str), ("rows", int), ("last_key", int)):
            if type(getattr(self, name)) is not kind:
                raise TypeError(f"{name} is no {kind.__name__}")
        if type(self.columns) is not list or not all(type(column) is str for column in self.columns):
            raise TypeError("columns is no list of names")
        if self.rows < 0 or not 0 <= self.last_key < 2**63:
            raise ValueError("a number is out of its range")


def restore_backup(path: Path, *, replace: bool = False, progress: Progress = lambda name, rows: None) -> Done:
    """Put everything that `path` holds into the database; with `replace` what is there is deleted first. Pictures that
    are damaged or missing are left out, and fetched again later. The search index is empty afterwards: see
    articles.search.index.reindex. Raises Refused, OSError."""
    with opened(path) as archive:
        described = verified(archive)
        if not replace and (name := _what_is_there()):
            raise Refused(f"the database is not empty: there are rows in {name}")
        with transaction.atomic():
            _empty()
            rows = sum(_restore_table(archive, part, progress) for part in described if part.table)
            # What this version has and the backup's had not: permissions, content types.
            emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
            connection.check_constraints()
            repair_counts()  # as an older version may have left them, and as it folded
            fold_anew(Note)
            have_all_counted_at_once()
            taken = _restore_pictures(archive, progress)
    return Done(rows + len(taken.names), taken.left_out)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file. Raises Refused where it is none of ours, or not whole."""
    if path.exists() and not path.is_file() and not path.is_dir():  # a pipe or device may have no end
        raise Refused(f"{path} is no plain file")
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except DAMAGED as error:
            raise Refused(f"{path} is no backup, or only a part of one: {error}") from error
        with archive:
            yield archive


def verified(archive: zipfile.ZipFile) -> list[Part]:
    """The parts, those of rows each read to its end and found whole; pictures are checked one by one as they are taken
    in. Raises Refused."""
    with _reported_as_damage():
        described = _manifest(archive)
        members = sorted(info.filename for info in archive.infolist())
        if members != sorted([MANIFEST, *(part.name for part in described)]):
            raise Refused("the backup has not the members that its manifest lists")
        for part in described:
            if part.table:
                _verify(archive, part)
    _check_tables(described)
    return described


def _manifest(archive: zipfile.ZipFile) -> list[Part]:
    with archive.open(MANIFEST) as member:
        manifest = json.loads(member.read(MAX_MANIFEST))
    if manifest["format"] != FORMAT:
        raise Refused(
            f"the backup was made by Newsreader {manifest.get('newsreader')}, in a form that is not known here"
        )
    described = [Part(**part) for part in manifest["parts"]]
    if len({part.table or part.name for part in described}) != len(described):
        raise Refused("the backup is damaged: its manifest names something twice")
    return described


def _verify(archive: zipfile.ZipFile, part: Part) -> None:
    digest, rows = sha256(), 0
    with archive.open(part.name) as member, io.BufferedReader(cast("io.RawIOBase", member), PIECE) as lines:
        while line := lines.readline(MAX_LINE):
            digest.update(line)
            rows += 1
            if not line.endswith(b"\n"):
                raise Refused(f"the backup is damaged: {part.name} has a line that is too long or no line")
    if digest.hexdigest() != part.sha256 or rows != part.rows:
        raise Refused(f"the backup is damaged: {part.name} is not what its manifest says")


def _check_tables(described: Sequence[Part]) -> None:
    """Check that all of it has a place here. A column or table that the backup does not have gets its defaults. Raises
    Refused."""
    known = {parts.label(model): parts.columns(model) for model in parts.tables()}
    for part in described:
        if part.table and not set(part.columns) <= set(known.get(part.table, ())):
            raise Refused(f"the backup has {part.table} as this version of Newsreader does not know it: update first")


@contextmanager
def _reported_as_damage() -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    except DAMAGED as error:
        raise Refused(f"the backup is damaged: {error}") from error
    except OSError as error:
        if error.errno not in {errno.EINVAL, None}:  # None: that of bz2
            raise
        # A member whose place, as the file states it, is before the file's beginning.
        raise Refused("the backup is damaged: a part of it is not where its directory says") from error


# --- into the database ------------------------------------------------------------------------------------------


def _what_is_there() -> str:
    """The name of a table that has rows, which a new database has not."""
    for model in parts.tables():
        if parts.label(model) not in parts.FILLED_BY_MIGRATIONS and model._base_manager.exists():
            return parts.label(model)
    return ""


def _empty() -> None:
    """Delete all rows, by one statement per table: keys to other tables are looked at when the transaction ends."""
    made_anew: list[parts.Model] = [SearchEntry, IndexState, StoryMember, Likeness, WaitingArticle, FoldingProgress]
    keys.forget()
    # Who was signed in may not be there afterwards, or be somebody else.
    doomed: list[parts.Model] = [*made_anew, Session, SignIn, *parts.tables()]
    for model in doomed:
        model._base_manager.all()._raw_delete(connection.alias)


def _restore_table(archive: zipfile.ZipFile, part: Part, progress: Progress) -> int:
    model = _model(part.table)
    make, done = parts.row_maker(model, part.columns), 0
    with _reported_as_damage(), archive.open(part.name) as member:
        for batch in _batches(io.BufferedReader(cast("io.RawIOBase", member), PIECE)):
            model._base_manager.bulk_create([make(json.loads(line)) for line in batch])
            done += len(batch)
            progress(part.table, done)
        sequences.go_on_after(model, part.last_key)
    return done


def _restore_pictures(archive: zipfile.ZipFile, progress: Progress) -> pictures.Taken:
    """Take in what is whole. What the rows name and the store then has not is left out, and wanted again."""
    taken = pictures.Taken()
    if pictures.PART in archive.namelist():
        try:
            with _reported_as_damage(), archive.open(pictures.PART) as member:
                # Each picture has its own digest; the sum of all would keep back what is whole at the end.
                member._expected_crc = None  # type: ignore[attr-defined]
                for name, fault in pictures.restore(member):
                    taken.note(name, fault)
                    progress(pictures.PART, len(taken.names))
        except Refused as broken:
            taken.left_out[pictures.PART] = str(broken)
    with _reported_as_damage():
        _look_for_missing(taken)
    return taken


def _look_for_missing(taken: pictures.Taken) -> None:
    for digest, media_type in StoredImage.objects.order_by("pk").values_list("digest", "media_type"):
        name = file_name(digest, media_type)
        if name in taken.names:
            continue
        if fault := fault_of(digest, media_type):
            taken.left_out.setdefault(name, fault)
            want_again(digest)
        else:
            taken.left_out.pop(name, None)  # it was here before


def _model(name: str) -> parts.Model:
    return next(model for model in parts.tables() if parts.label(model) == name)


def _batches(member: io.BufferedReader) -> Iterator[list[bytes]]:
    """Lines, few enough for memory."""
    while batch := member.readlines(BATCH_BYTES // 4):  # whose lengths are known: see _verify
        lines = iter(batch)
        while some := list(islice(lines, BATCH_ROWS)):
            yield some
