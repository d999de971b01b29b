"""What keeps pictures from being stored, in words for the operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.files.storage import storages


class StoreFailed(Exception):
    """A full disk, a bucket that is away: nothing that a publisher did. `str()` is told to the operator."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"The store of pictures fails: {error.strerror or error}. {_places()}")


def _places() -> str:
    store = f"the bucket {settings.IMAGE_BUCKET}" if settings.IMAGE_BUCKET else storages["images"].path("")
    return f"They are kept in {store}, and cached in {settings.IMAGE_CACHE_DIR}."


@contextmanager
def storing() -> Iterator[None]:
    """Raises StoreFailed for what the disk refuses: to whoever speaks with a publisher meanwhile it would look like a
    connection that broke off."""
    try:
        yield
    except OSError as error:
        raise StoreFailed(error) from error
