"""The kept pictures as one .tar, and back into the store. Each is checked by its name, which is its digest: what is
damaged is left out and told of, and takes nothing else with it."""

from __future__ import annotations

import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings

from articles.images.files.media_types import EXTENSIONS, file_name
from articles.images.models import ImageAddress, StoredImage
from articles.images.store import DAMAGED, MISSING, content_store, fault_of, put

PART = "images.tar"
PIECE = 256 * 1024
IN_MEMORY = 8 * 2**20  # bytes of a file that is read but once; a larger one is read twice
FAILURES_IN_A_ROW = 10  # after which it is not a file that can't be read, but the store
_NAME = re.compile(
    r"[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})\.([a-z0-9]{2,5})"
)  # articles.images.files.media_types.file_name
_TYPES = {extension: media_type for media_type, extension in EXTENSIONS.items()}
# What reading a damaged or hostile .tar, and the member of a .zip that it is, comes to.
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, ArithmeticError, RuntimeError)


def digest_of(name: str) -> str:
    """The digest that a file's name is made of; "" where it is none of ours."""
    return found[1] if (found := _NAME.fullmatch(name)) else ""


def described(left_out: Mapping[str, str]) -> Iterator[str]:
    """A line for the operator about each, with an address that it came from."""
    for name, fault in left_out.items():
        url = ImageAddress.objects.filter(image=digest_of(name)).order_by("key").values_list("url", flat=True).first()
        yield f"left out: {name!r}" + (f" from {url}" if url else "") + f": {fault}"


@dataclass(slots=True)
class Taken:
    """The outcome for the pictures. `left_out`: by its name, what is wrong with each that is missing."""

    names: set[str] = field(default_factory=set)
    left_out: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, fault: str) -> None:
        if fault:
            self.left_out[name] = fault
        else:
            self.names.add(name)


def write(output: IO[bytes]) -> Taken:
    """Write all that are whole to `output`. Raises OSError where the store fails."""
    taken, failures = Taken(), 0
    with tarfile.open(fileobj=output, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for digest, media_type in StoredImage.objects.order_by("pk").values_list("digest", "media_type").iterator():
            name = file_name(digest, media_type)
            try:
                fault, content = _read(digest, media_type)
                failures = 0
            except OSError as error:
                fault, content = str(error.strerror or error), b""
                failures += 1
                if failures == FAILURES_IN_A_ROW:
                    raise
            if not fault:
                _add(archive, name, content)
            taken.note(name, fault)
    return taken


def _read(digest: str, media_type: str) -> tuple[str, bytes]:
    """The fault of a picture, empty for none, and all of the picture where it is small. Raises OSError."""
    try:
        with content_store().open(file_name(digest, media_type)) as file:
            content = file.read(IN_MEMORY)
    except FileNotFoundError:
        return MISSING, b""
    if len(content) == IN_MEMORY:
        return fault_of(digest, media_type), b""
    return ("" if sha256(content).hexdigest() == digest else DAMAGED), content


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Write a picture that is whole; a large one is read again."""
    member = tarfile.TarInfo(name)
    member.size = len(content) or content_store().size(name)
    with BytesIO(content) if content else content_store().open(name) as file:
        archive.addfile(member, file)
    archive.members = []  # type: ignore[attr-defined]  # it would keep them all


def restore(part: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Put them into the store; those that are there whole already stay. Yields each name, and what is wrong with it:
    then it is left out. Ends where the .tar does, or can't be read on. Raises OSError where the store fails."""
    try:
        # Blocks that are no header, for whatever reason, are passed over until one is.
        with tarfile.open(fileobj=part, mode="r|", ignore_zeros=True) as archive:
            while member := archive.next():
                archive.members = []  # type: ignore[attr-defined]
                yield member.name, _taken_in(archive, member)
    except _BROKEN:
        return


def _taken_in(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    found = _NAME.fullmatch(member.name)
    media_type = _TYPES.get(found[2], "") if found else ""
    if not found or not media_type or member.name != file_name(found[1], media_type):
        return "no name of a picture"
    if not member.isreg() or member.issparse() or member.size > settings.MEDIA_MAX_BYTES:
        return "no file, or too large"
    content = archive.extractfile(member)
    assert content is not None  # of a regular file
    with TemporaryFile() as copy:
        if _copied(content, copy) != found[1]:
            return DAMAGED
        put(found[1], media_type, copy)
    return ""


def _copied(content: IO[bytes], copy: IO[bytes]) -> str:
    """The SHA-256 of what was written to `copy`, in hex."""
    digest = sha256()
    while piece := content.read(PIECE):
        digest.update(piece)
        copy.write(piece)
    return digest.hexdigest()
