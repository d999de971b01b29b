"""The store of originals: named by their content, behind Django's storage API, never a half file."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from time import time
from typing import IO, Any, Protocol, cast

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from articles.images.fetch import Download
from articles.images.files.media_types import RESIZABLE, file_name
from articles.images.fitting import measured
from articles.images.models import StoredImage
from articles.images.resize import Unusable

DAMAGED, MISSING = "damaged", "missing"
HALF = ".half-"
ABANDONED = 3600.0  # seconds after which a half-written file belongs to nobody
PIECE = 2**18  # bytes that are read at once


class ContentStore(Protocol):
    """The methods that both stores have. Each raises FileNotFoundError for a file that is not there, and OSError."""

    def open(self, name: str, mode: str = "rb") -> File[bytes]: ...
    def save(self, name: str, content: File[bytes]) -> str: ...
    def exists(self, name: str) -> bool: ...
    def delete(self, name: str) -> None: ...
    def size(self, name: str) -> int: ...
    def path(self, name: str) -> str: ...

    def mark(self, name: str) -> tuple[int | str, ...]:
        """The file's size, and what changes with its content."""
        ...


class ContentFolder(FileSystemStorage):
    """Files that appear whole or not at all. A name says what is in the file."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content.chunks(), mode=self.file_permissions_mode or 0o644)
        return name

    def mark(self, name: str) -> tuple[int | str, ...]:
        info = Path(self.path(name)).stat()
        return info.st_size, info.st_ino, info.st_mtime_ns, info.st_ctime_ns


def write_whole(path: Path, pieces: Any, *, mode: int = 0o600, durably: bool = True) -> None:
    """Write `path` under another name and rename it: whoever reads it meets all of it. `durably`: a power cut, too,
    leaves the whole file or none."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=HALF, delete=False) as file:
        try:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if durably:
                os.fsync(file.fileno())
            Path(file.name).rename(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(file.name).unlink()
            raise


def is_abandoned(path: Path, seconds: float) -> bool:
    """True where nobody has written to `path` for so long. A date in the future is that of a clock that was ahead."""
    try:
        age = time() - path.stat().st_mtime
    except FileNotFoundError:
        return False
    return age > seconds or age < -seconds


def remove_halves() -> int:
    """Delete what killed processes left half written in the store. Returns how many. Walks through all folders; a
    bucket has none."""
    storage, found = image_storage(), 0
    if isinstance(storage, ContentFolder):
        for folder, _folders, names in os.walk(storage.location):
            for path in (Path(folder, name) for name in names if name.startswith(HALF)):
                if is_abandoned(path, ABANDONED):
                    path.unlink(missing_ok=True)
                    found += 1
    return found


def image_storage() -> Storage:
    return storages["images"]


def content_store() -> ContentStore:
    return cast("ContentStore", image_storage())


def fault_of(digest: str, media_type: str) -> str:
    """DAMAGED or MISSING; "" for a file that is what its name says. Reads all of it. Raises OSError where the store
    itself fails."""
    found = sha256()
    try:
        with content_store().open(file_name(digest, media_type)) as file:
            while piece := file.read(PIECE):
                found.update(piece)
    except FileNotFoundError:
        return MISSING
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return DAMAGED  # a bad sector
    return "" if found.hexdigest() == digest else DAMAGED


def put(digest: str, media_type: str, file: IO[bytes]) -> bool:
    """Write a file, whose digest the caller has checked, into the store, also over a damaged one. Whether it was not
    there before. Raises OSError."""
    if not fault_of(digest, media_type):
        return False
    name = file_name(digest, media_type)
    file.seek(0)
    content_store().save(name, File(file, name=name))
    return True


def keep(download: Download) -> StoredImage:
    """Store what came, unless the same bytes are there already. The file first: a row never names one that is not
    there."""
    put(download.digest, download.media_type, download.file)
    return note(download, size_in_pixels(download))[0]


def note(download: Download, pixels: tuple[int | None, int | None]) -> tuple[StoredImage, bool]:
    """The row of what is in the store, and whether it is new."""
    width, height = pixels
    return StoredImage.objects.get_or_create(
        digest=download.digest,
        defaults={"media_type": download.media_type, "size": download.size, "width": width, "height": height},
    )


def size_in_pixels(download: Download) -> tuple[int | None, int | None]:
    """Width and height as shown; none for what has no size, or can't be read."""
    if download.media_type not in RESIZABLE:
        return None, None
    download.file.seek(0)
    try:
        return measured(download.file.read())
    except Unusable:
        return None, None
