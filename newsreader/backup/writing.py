"""Writing a backup: a picture of one moment, row by row."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, cast

from django.db import DatabaseError, connection, transaction

from articles.images.damage import want_again
from articles.images.store import DAMAGED, MISSING
from newsreader import __version__
from newsreader.backup import parts, pictures, sequences

FORMAT = 1
MANIFEST = "manifest.json"
# Most of it is compressed already; more than the least effort takes long and gains little.
LEVEL = 1

Progress = Callable[[str, int], None]
"""Is told of a table's name and how many of its rows are done."""


@dataclass(frozen=True, slots=True)
class Done:
    """The number of rows and pictures that went in or out, and by its name what is wrong with each picture that did
    not."""

    rows: int
    left_out: dict[str, str]


def write_backup(path: Path, *, progress: Progress = lambda name, rows: None) -> Done:
    """Write everything to `path`, which only the owner may read: it has the hashes of passwords. A file that is there
    is replaced when the new one is whole. Pictures that are damaged or missing are left out, and fetched again. Raises
    OSError."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _opened(new) as file:
            done = _write(file, progress)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    with suppress(DatabaseError):  # one that takes no writes can be backed up
        for name, fault in done.left_out.items():
            if fault in {DAMAGED, MISSING}:
                want_again(pictures.digest_of(name))
    return done


def _opened(path: Path) -> IO[bytes]:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _write(file: IO[bytes], progress: Progress) -> Done:
    with snapshot(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        described = [_write_table(archive, model, progress) for model in parts.tables()]
        of_pictures, left_out = _write_pictures(archive)
        described.append(of_pictures)
        manifest = {
            "format": FORMAT,
            "newsreader": __version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "parts": described,
            "left_out": left_out,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return Done(sum(part["rows"] for part in described), left_out)


def _write_table(archive: zipfile.ZipFile, model: parts.Model, progress: Progress) -> dict[str, Any]:
    name, rows = parts.label(model), 0
    with archive.open(f"{name}.jsonl", "w", force_zip64=True) as member:
        output = Digesting(member)
        for line in parts.lines(model):
            output.write(line)
            rows += 1
            progress(name, rows)
    described = {"name": f"{name}.jsonl", "rows": rows, "sha256": output.hexdigest()}
    return described | {"table": name, "columns": parts.columns(model), "last_key": sequences.last_key(model)}


def _write_pictures(archive: zipfile.ZipFile) -> tuple[dict[str, Any], dict[str, str]]:
    info = zipfile.ZipInfo(pictures.PART, datetime.now(UTC).timetuple()[:6])  # not compressed: pictures are
    with archive.open(info, "w", force_zip64=True) as member:
        output = Digesting(member)
        taken = pictures.write(cast("IO[bytes]", output))
    return {"name": pictures.PART, "rows": len(taken.names), "sha256": output.hexdigest()}, taken.left_out


class Digesting(io.RawIOBase):
    """Passes on what is written, and knows its SHA-256."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._digest = sha256()

    def write(self, data: Any) -> int:
        self._digest.update(data)
        return self._output.write(data)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def snapshot() -> Iterator[None]:
    """A context in which all that is read is of one moment, while others go on writing."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Django would begin a transaction that keeps all others from writing (transaction_mode in the settings).
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
