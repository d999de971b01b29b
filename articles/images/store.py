"""The store of originals: named by their content, behind Django's storage API, never a half file."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from articles.images.fetch import Download
from articles.images.media_types import RESIZABLE, file_name
from articles.images.models import StoredImage
from articles.images.resize import Unusable, size_of


class ContentFolder(FileSystemStorage):
    """Files that appear whole or not at all. A name says what is in the file, so one that is there is the same."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content.chunks(), mode=self.file_permissions_mode or 0o644)
        return name


def write_whole(path: Path, pieces: Any, *, mode: int = 0o600, durably: bool = True) -> None:
    """Write `path` under another name and rename it: whoever reads it meets all of it. `durably`: a power cut, too,
    leaves the whole file or none."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".half-", delete=False) as file:
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


def image_storage() -> Storage:
    return storages["images"]


def keep(download: Download) -> StoredImage:
    """Store what came, unless the same bytes are there already. The file first: a row never names one that is not
    there."""
    storage, name = image_storage(), file_name(download.digest, download.media_type)
    if not storage.exists(name):
        storage.save(name, File(download.file, name=name))
    width, height = size_in_pixels(download)
    stored, _is_new = StoredImage.objects.get_or_create(
        digest=download.digest,
        defaults={"media_type": download.media_type, "size": download.size, "width": width, "height": height},
    )
    return stored


def size_in_pixels(download: Download) -> tuple[int | None, int | None]:
    """Width and height as shown; none for what has no size, or can't be read."""
    if download.media_type not in RESIZABLE:
        return None, None
    download.file.seek(0)
    try:
        return size_of(download.file)
    except Unusable:
        return None, None
