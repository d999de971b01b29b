"""Reading a backup: verified whole before anything is changed, then put in by one transaction."""

from __future__ import annotations

import errno
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction

from articles.models import IndexState, SearchEntry
from newsreader.backup import parts, pictures, sequences
from newsreader.backup.writing import FORMAT, MANIFEST, Progress

PIECE = 1024 * 1024
MAX_MANIFEST = 10 * 1024 * 1024
BATCH_ROWS, BATCH_BYTES = 200, 4_000_000

# RuntimeError is zipfile's for a password, and for an unknown method of compression.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, RuntimeError)


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


def restore_backup(path: Path, *, replace: bool = False, progress: Progress = lambda name, rows: None) -> int:
    """Put everything that `path` holds into the database; with `replace` what is there is deleted first. Returns the
    number of rows. The search index is empty afterwards: see articles.search.index.reindex. Raises Refused, OSError."""
    with opened(path) as archive:
        described = verified(archive)
        if not replace and (name := _what_is_there()):
            raise Refused(f"the database is not empty: there are rows in {name}")
        rows = 0
        with _reported_as_damage(), archive.open(pictures.PART) as member:
            for rows, _name in enumerate(pictures.restore(member), start=1):
                progress(pictures.PART, rows)
        with transaction.atomic():
            _empty()
            rows += sum(_restore_table(archive, part, progress) for part in described if part.table)
            # What this version has and the backup's had not: permissions, content types.
            emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
            connection.check_constraints()
    ContentType.objects.clear_cache()
    return rows


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file. Raises Refused where it is none of ours, or not whole."""
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except DAMAGED as error:
            raise Refused(f"{path} is no backup, or only a part of one: {error}") from error
        with archive:
            yield archive


def verified(archive: zipfile.ZipFile) -> list[Part]:
    """The parts, each read to its end and found whole. Raises Refused."""
    with _reported_as_damage():
        described = _manifest(archive)
        members = sorted(info.filename for info in archive.infolist())
        if members != sorted([MANIFEST, *(part.name for part in described)]):
            raise Refused("the backup has not the members that its manifest lists")
        for part in described:
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
    return [Part(**part) for part in manifest["parts"]]


def _verify(archive: zipfile.ZipFile, part: Part) -> None:
    digest, rows = sha256(), 0
    with archive.open(part.name) as member:
        while piece := member.read(PIECE):
            digest.update(piece)
            rows += piece.count(b"\n")
    if digest.hexdigest() != part.sha256 or (part.table and rows != part.rows):
        raise Refused(f"the backup is damaged: {part.name} is not what its manifest says")


def _check_tables(described: Sequence[Part]) -> None:
    """Whether all of it has a place here. A column or table that the backup does not have gets its defaults."""
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
        if error.errno != errno.EINVAL:
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
    doomed: list[parts.Model] = [SearchEntry, IndexState, Session, *parts.tables()]
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


def _model(name: str) -> parts.Model:
    return next(model for model in parts.tables() if parts.label(model) == name)


def _batches(member: io.BufferedReader) -> Iterator[list[bytes]]:
    """Lines, few enough for memory."""
    while batch := member.readlines(BATCH_BYTES // 4):
        lines = iter(batch)
        while some := list(islice(lines, BATCH_ROWS)):
            yield some
