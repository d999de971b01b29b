"""Failures that keep pictures from being stored, in words for the operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.files.storage import storages
from django.utils.translation import gettext_noop

from feeds.polls import failure_messages

# What is stored of failures, in English as in the log; a page shows it in the language of whoever looks.
FORMS = (
    gettext_noop("The store of pictures fails: %(reason)s. They are kept in %(store)s, and cached in %(cache)s."),
    gettext_noop("the bucket %(name)s"),
    gettext_noop("the store refuses these credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (%(why)s)"),
    gettext_noop("there is no such bucket: NEWSREADER_IMAGE_BUCKET (%(why)s)"),
    gettext_noop("the store broke off"),
    gettext_noop("No space left on device"),
    gettext_noop("Disk quota exceeded"),
    gettext_noop("Read-only file system"),
    gettext_noop("Permission denied"),
    gettext_noop("No such file or directory"),
    gettext_noop("%(host)s sent something called '%(type)s' that is no picture"),
    gettext_noop("%(host)s sent something that is no picture"),
    gettext_noop("%(host)s does not have the picture itself"),
    *failure_messages.FORMS,
)


class StoreFailed(Exception):
    """A full disk, a bucket that is away: nothing that a publisher did. `str()` is told to the operator."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"The store of pictures fails: {str(error.strerror or error).rstrip('.')}. {_places()}")


def _places() -> str:
    store = f"the bucket {settings.IMAGE_BUCKET}" if settings.IMAGE_BUCKET else storages["images"].path("")
    return f"They are kept in {store}, and cached in {settings.IMAGE_CACHE_DIR}."


def translated(reason: str) -> str:
    """The words in which an operator is told of a failure, in the language of now."""
    return failure_messages.translated(reason, FORMS)


@contextmanager
def storing() -> Iterator[None]:
    """Raises StoreFailed for what the disk refuses: to whoever speaks with a publisher meanwhile it would look like a
    connection that broke off."""
    try:
        yield
    except OSError as error:
        raise StoreFailed(error) from error
