"""The content of an uploaded .zip or .tar file, unpacked into a folder within limits. Knows no settings and no
language, so that a process which can be killed may do it (feeds.sandbox)."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import itertools
import logging
import lzma
import os
import re
import shutil
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext

from articles.archive_files.format.article_file import MAX_BYTES
from articles.archive_files.reading import MAX_DEPTH, SUBSCRIPTIONS, is_article_name

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

logger = logging.getLogger(__name__)

PIECE = 256 * 1024
# What a tar file may have between two members: long names, attributes.
HEADER_BYTES = 1024 * 1024
FIRST_BYTES = 512
DIRECTORY_BYTES = 64 * 1024**2  # of a zip file: what zipfile reads at once
ENTRY = b"PK\1\2"  # what each entry of that directory begins with
# zipfile unfolds the others without a limit: 1,650 bytes of bzip2 to 2 GB at one go.
ZIP_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 1  # flag bit 0
FULL = {errno.ENOSPC, errno.EDQUOT}
RESERVE = 64 * 1024**2  # stays free: the database may lie on the same disk

DAMAGED = (
    *(OSError, EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError, tarfile.TarError, zipfile.BadZipFile),
    *(RuntimeError, ValueError, OverflowError),  # zipfile: a password or an unknown method, nonsense
)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Bytes are those of the unpacked files. `ratio`: unpacked to packed, once `bytes_before_ratio` have come out.
    `entries` are all that the archive has, wanted or not."""

    total_bytes: int = 4 * 1024**3
    file_bytes: int = MAX_BYTES
    entries: int = 400_000
    files: int = 300_000
    folders: int = 150_000
    ratio: int = 200
    bytes_before_ratio: int = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence that `str()` translates where it is shown: where an archive is unpacked no language is known."""

    text: str
    values: tuple[object, ...] = ()

    def __str__(self) -> str:
        text = gettext(self.text)
        return text % self.values if self.values else text


def _(text: str, *values: object) -> Reason:
    return Reason(text, values)


class UploadRefused(ValueError):
    """Nothing of the upload came in. `str()` says why, for the person who sent it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class _Member:
    """A file in the archive, or a `problem` under a file's name."""

    name: str
    content: IO[bytes] | None
    problem: Reason | None = None


def unpack(path: str, name: str, folder: str, limits: UploadLimits) -> list[tuple[str, Reason]]:
    """Unpack the article files of the archive at `path` into `folder`. `name` is what the file is called. Returns those
    that can't be unpacked, and why. Raises UploadRefused."""
    with open(path, "rb") as file:  # noqa: PTH123 - see the tests of a full disk
        unpacking = _Unpacking(Path(folder), os.fstat(file.fileno()).st_size, limits)
        return unpacking.run(_members(file, name, unpacking))


# --- what is in the archive -------------------------------------------------------------------------------------


def _members(file: BinaryIO, name: str, unpacking: _Unpacking) -> Iterator[_Member]:
    """The wanted files of the archive, each to be read before the next is asked for."""
    first = file.read(FIRST_BYTES)
    file.seek(0)
    if first.startswith(b"PK"):
        return _zip_members(file, unpacking)
    if first.startswith(b"\x1f\x8b"):
        return _tar_members(cast("BinaryIO", gzip.GzipFile(fileobj=file)), unpacking)
    if first.startswith(b"BZh"):
        return _tar_members(cast("BinaryIO", bz2.BZ2File(file)), unpacking)
    if first.startswith(b"\xfd7zXZ\0"):
        return _tar_members(cast("BinaryIO", lzma.LZMAFile(file)), unpacking)
    if first.startswith(b"\x28\xb5\x2f\xfd"):
        return _tar_members(cast("BinaryIO", zstd.ZstdFile(file)), unpacking)
    if first[257:262] == b"ustar":
        return _tar_members(file, unpacking)
    raise UploadRefused(_("%s is neither a .zip nor a .tar file.", name))


def _zip_members(file: BinaryIO, unpacking: _Unpacking) -> Iterator[_Member]:
    with zipfile.ZipFile(cast("IO[bytes]", _ZipSource(file, unpacking))) as archive:
        for info in archive.infolist():
            name = _zip_name(info)
            if info.is_dir() or not unpacking.wants(name):
                continue
            if info.external_attr >> 28 not in {0, 8}:  # the type bits of a Unix mode: none, or a regular file
                yield _Member(name, None, _("not a regular file"))
            elif info.flag_bits & ENCRYPTED:
                yield _Member(name, None, _("encrypted"))
            elif info.compress_type not in ZIP_METHODS:
                yield _Member(name, None, _("packed by another method than Deflate"))
            else:
                with archive.open(info) as content:
                    yield _Member(name, content)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name, of which zipfile makes nonsense where the archive does not say that it is UTF-8. Most archives that
    don't say so are UTF-8 all the same, and the others come from a Chinese Windows here."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return _text(info.filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.filename


def _text(raw: bytes) -> str:
    """The name in these bytes, one that pages and databases take."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


class _ZipSource(io.RawIOBase):
    """The zip file as zipfile reads it, which takes the whole directory into memory, however many entries there are
    and whatever the end record says of their number: refused here, where it has the bytes but no object for each."""

    def __init__(self, file: BinaryIO, unpacking: _Unpacking) -> None:
        self._file = file
        self._unpacking = unpacking

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        if size > DIRECTORY_BYTES:
            raise UploadRefused(_("Its directory is larger than %d MB.", DIRECTORY_BYTES // 1024**2))
        data = self._file.read(size)
        self._unpacking.check_entries(data.count(ENTRY))
        return data


def _tar_members(unpacked: BinaryIO, unpacking: _Unpacking) -> Iterator[_Member]:
    stream = _Metered(unpacked, unpacking)
    with tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:  # type: ignore[call-overload]
        stream.allow(HEADER_BYTES)
        for number in itertools.count(1):
            member = archive.next()
            if member is None:
                return
            unpacking.check_entries(number)
            archive.members = []  # it would keep them all
            # Not `member.size`: what a sparse file claims to hold does not lie in the archive.
            stream.allow(archive.offset - archive.fileobj.tell() + HEADER_BYTES)
            name = _text(member.name.encode("utf-8", "surrogateescape"))
            if member.isdir() or not unpacking.wants(name):
                continue
            if member.issparse():  # its holes are written, and come out of no stream that counts them
                yield _Member(name, None, _("a sparse file"))
            elif member.isreg():
                yield _Member(name, archive.extractfile(member))
            else:
                yield _Member(name, None, _("not a regular file"))


class _Metered:
    """A stream that ends in an error when more comes out of it than may be."""

    def __init__(self, stream: BinaryIO, unpacking: _Unpacking) -> None:
        self._stream = stream
        self._unpacking = unpacking
        self._left = HEADER_BYTES

    def allow(self, size: int) -> None:
        """Until the next call, `size` bytes are fine: a header that claims gigabytes would be read into memory."""
        self._left = size

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise UploadRefused(_("The archive is damaged: a header of more than 1 MB."))
        self._unpacking.count(len(data))
        return data


# --- on the disk ------------------------------------------------------------------------------------------------


class _Unpacking:
    """Writes members below `folder` and keeps to the limits."""

    def __init__(self, folder: Path, packed_bytes: int, limits: UploadLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._packed_bytes = packed_bytes
        self._bytes = 0
        self._files = 0
        self._folders = 0

    def run(self, members: Iterator[_Member]) -> list[tuple[str, Reason]]:
        """Write them all. Returns those that could not be. Raises UploadRefused."""
        try:
            findings = [(member.name, reason) for member in members if (reason := self._write(member))]
        except UploadRefused:
            raise
        except DAMAGED as error:
            _refuse_if_full(error)
            logger.info("an upload can't be read: %r", error)  # in words of Python, which are no sentence for people
            raise UploadRefused(_("The archive is damaged, or can't be read here.")) from error
        if not self._files:
            raise UploadRefused(_("There is no article file in it."))
        return findings

    def wants(self, name: str) -> bool:
        """Article files, and the list of subscriptions; nothing hidden, and not what a Mac adds."""
        *folders, last = name.replace("\\", "/").split("/")
        is_hidden = any(folder == "__MACOSX" or (folder.strip(".") and folder.startswith(".")) for folder in folders)
        return (is_article_name(last) or last == SUBSCRIPTIONS) and not is_hidden

    def check_entries(self, number: int) -> None:
        """Raises UploadRefused where an archive has not to have `number` entries."""
        if number > self._limits.entries:
            raise UploadRefused(_("It has more than %d entries.", self._limits.entries))

    def count(self, size: int) -> None:
        """`size` more bytes came out. Raises UploadRefused where that is too much."""
        self._bytes += size
        if self._bytes > self._limits.total_bytes:
            raise UploadRefused(_("Unpacked, it is larger than %d MB.", self._limits.total_bytes // 1024**2))
        is_many = self._bytes > self._limits.bytes_before_ratio
        if is_many and self._bytes > self._limits.ratio * self._packed_bytes:
            raise UploadRefused(_("Unpacked, it is more than %d times as large.", self._limits.ratio))

    def _write(self, member: _Member) -> Reason | None:
        """The reason why the member could not be written; None where it was. Raises UploadRefused."""
        self._files += not member.name.endswith(SUBSCRIPTIONS)
        if self._files > self._limits.files:
            raise UploadRefused(_("It has more than %d article files.", self._limits.files))
        path = safe_path(member.name)
        if path is None:
            return _("a name that leads out of the archive")
        if len(path.parts) > MAX_DEPTH:
            return _("more than %d folders deep", MAX_DEPTH)
        if member.content is None:
            return member.problem
        if shutil.disk_usage(self._folder).free < RESERVE:
            raise UploadRefused(_("The disk is full."))
        try:
            target = self._folder / path
            self._make(target.parent)
            output = target.open("xb")
        except FileExistsError:
            return _("the archive has two files of this name")
        except OSError as error:
            _refuse_if_full(error)
            return _("can't be written: %s", error.strerror)
        with output:
            fits = self._copy(member.content, output)
        if not fits:
            target.unlink()
            return _("larger than %d MB", self._limits.file_bytes // 1024**2)
        return None

    def _make(self, folder: Path) -> None:
        """Make `folder` and those it lies in. Raises UploadRefused where that is too many, and OSError."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        self._folders += len(missing)
        if self._folders > self._limits.folders:
            raise UploadRefused(_("It has more than %d folders.", self._limits.folders))
        for folder in reversed(missing):
            folder.mkdir()

    def _copy(self, content: IO[bytes], output: IO[bytes]) -> bool:
        """True where the file was small enough."""
        size = 0
        while piece := content.read(PIECE):
            size += len(piece)
            if size > self._limits.file_bytes:
                return False
            if not isinstance(content, tarfile.ExFileObject):  # the stream it comes from counts it
                self.count(len(piece))
            output.write(piece)
        return True


def _refuse_if_full(error: BaseException) -> None:
    """Raises UploadRefused where there is no room on the disk."""
    if isinstance(error, OSError) and error.errno in FULL:
        raise UploadRefused(_("The disk is full.")) from error


def safe_path(name: str) -> Path | None:
    """The relative path of a member; None where it would leave the folder, or is no name at all."""
    name = name.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if name.startswith("/") or ".." in parts or "\0" in name or re.match(r"[A-Za-z]:", name) or not parts:
        return None
    return Path(*parts)
