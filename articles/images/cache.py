"""The cache: resized pictures, what is shown but not kept, and where the original of an address lies. Plain files with
a limit on their size; all of it can be deleted at any time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from articles.images.files.media_types import EXTENSIONS
from articles.images.models import key_of
from articles.images.store import ABANDONED, HALF, is_abandoned, write_whole

VERSION = "1"  # of the way that pictures are resized; another one makes all of them anew
FULL_TO = 0.9  # after trimming
UNUSABLE = b"unusable"  # instead of a picture that can't be made: a file that a power cut left empty is none
DIGEST = 64  # hexadecimal digits


def variant_path(url: str, width: int, form: str) -> Path:
    """The path at which a resized picture is cached."""
    return _path(sha256(f"{VERSION} {width} {form} {url}".encode("utf-8", "surrogatepass")).hexdigest(), form)


def proxied_path(url: str) -> Path:
    """The path at which the file at an address is cached that is shown but not kept."""
    return _path(key_of(url), "original")


def _reference_path(url: str) -> Path:
    return _path(key_of(url), "kept")


def _path(name: str, kind: str) -> Path:
    return Path(settings.IMAGE_CACHE_DIR) / name[:2] / f"{name[2:]}.{kind}"


def write(path: Path, pieces: Iterable[bytes]) -> None:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    write_whole(path, pieces, mode=0o644, durably=False)


def remember(url: str, digest: str, media_type: str) -> None:
    """That the original of `url` is in the store: the next request asks no database."""
    write(_reference_path(url), [f"{digest} {media_type}".encode()])


def remembered(url: str) -> tuple[str, str] | None:
    """Digest and type of the kept original of `url`, if they are remembered."""
    try:
        digest, _, media_type = _reference_path(url).read_text(encoding="ascii").partition(" ")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return (digest, media_type) if len(digest) == DIGEST and media_type in EXTENSIONS else None


def trim(limit: int) -> int:
    """Delete what was not used for longest until the cache has at most `limit` bytes. Returns how many are freed."""
    files = sorted(_files())
    total = sum(size for _, size, _ in files)
    freed = 0
    goal = limit * FULL_TO if total > limit else total
    for _used, size, path in files:
        if total - freed <= goal:
            break
        with suppress(FileNotFoundError):
            path.unlink()
        freed += size
    return freed


def _files() -> Iterator[tuple[float, int, Path]]:
    """Last use, size and path of each file; on the way, what a killed process left half written is deleted."""
    for folder, _folders, names in os.walk(settings.IMAGE_CACHE_DIR):
        for name in names:
            path = Path(folder, name)
            with suppress(FileNotFoundError):
                info = path.stat()
                if name.startswith(HALF) and is_abandoned(path, ABANDONED):
                    path.unlink()
                    continue
                yield max(info.st_atime, info.st_mtime), info.st_size, path
