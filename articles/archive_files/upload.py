"""An archive that came as one .zip or .tar file: unpacked into a folder of its own, with limits, then imported."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from time import time
from typing import BinaryIO

from django.conf import settings

from articles.archive_files.importing import Finding, ImportReport, import_folder
from articles.archive_files.unpacking import Reason, UploadLimits, UploadRefused, safe_path, unpack
from feeds import sandbox
from feeds.polls.failure_messages import translated

__all__ = ["UploadLimits", "UploadRefused", "import_upload", "safe_path"]

PREFIX = "archive-upload-"
STALE_SECONDS = 24 * 3600
# Of processor time: so much for any archive, and a second for each so many bytes that were sent.
SECONDS, BYTES_A_SECOND = 10, 2**20


def import_upload(file: BinaryIO, name: str, *, limits: UploadLimits | None = None) -> ImportReport:
    """Import the article files in `file`, a .zip or a .tar, packed by gzip, bzip2, xz or zstd or not. `name` is what
    the file is called. Files that can't be unpacked are among the refused ones. Raises UploadRefused."""
    _remove_stale_folders()
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=settings.DATA_DIR) as temporary:
        folder = Path(temporary) / "files"
        folder.mkdir()
        packed = _path_of(file) or _copied(file, Path(temporary) / "packed")
        seconds = SECONDS + packed.stat().st_size / BYTES_A_SECOND
        try:
            refusals = sandbox.within(seconds, unpack, str(packed), name, str(folder), limits or UploadLimits())
        except sandbox.OverBudget as error:
            raise UploadRefused(Reason(translated(str(error)))) from error
        report = import_folder(folder)
    report.refused += len(refusals)
    report.refusals[:0] = [Finding(refused, str(reason)) for refused, reason in refusals]
    return report


def _path_of(file: BinaryIO) -> Path | None:
    """The path of the file, for another process to open it; None for one in memory."""
    name = getattr(file, "name", None)
    return Path(name) if isinstance(name, str) and Path(name).is_file() else None


def _copied(file: BinaryIO, path: Path) -> Path:
    file.seek(0)
    with path.open("xb") as copy:
        shutil.copyfileobj(file, copy)
    return path


def _remove_stale_folders() -> None:
    """Remove the folders that a killed process left."""
    for folder in settings.DATA_DIR.glob(f"{PREFIX}*"):
        if folder.stat().st_mtime < time() - STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
