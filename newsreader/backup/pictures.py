"""The kept pictures as one .tar, and back into the store."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files import File

from articles.images.media_types import file_name
from articles.images.models import StoredImage
from articles.images.store import image_storage

PART = "images.tar"
PIECE = 256 * 1024
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})\.[a-z0-9]{2,5}")  # articles.images.media_types.file_name


def write(output: IO[bytes]) -> int:
    """Write all that are there to `output`. Returns how many."""
    storage, count = image_storage(), 0
    with tarfile.open(fileobj=output, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for digest, media_type in StoredImage.objects.order_by("pk").values_list("digest", "media_type").iterator():
            name = file_name(digest, media_type)
            if storage.exists(name):
                member = tarfile.TarInfo(name)
                member.size = storage.size(name)
                with storage.open(name) as file:
                    archive.addfile(member, file)
                archive.members = []  # type: ignore[attr-defined]  # it would keep them all
                count += 1
    return count


def names(part: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """Each picture's name and content, to be read before the next is asked for."""
    with tarfile.open(fileobj=part, mode="r|") as archive:
        while member := archive.next():
            archive.members = []  # type: ignore[attr-defined]
            if content := archive.extractfile(member):
                yield member.name, content


def restore(part: IO[bytes]) -> Iterator[str]:
    """Put them into the store; those that are there already stay. Yields each name. Raises ValueError for a file that
    is not what its name says."""
    storage: Any = image_storage()
    for name, content in names(part):
        with TemporaryFile() as copy:
            digest = sha256()
            while piece := content.read(PIECE):
                digest.update(piece)
                copy.write(piece)
            found = _NAME.fullmatch(name)
            if not found or found[1] != digest.hexdigest():
                raise ValueError(f"the picture {name} is damaged")
            copy.seek(0)
            if not storage.exists(name):
                storage.save(name, File(copy, name=name))
        yield name
