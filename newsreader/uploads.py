"""The handling of uploads while a request is read: to the disk, from who may send any, and no further than a limit."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from feeds.forms import MAX_OPML_BYTES
from feeds.subscribe.own_feeds import may_add


def _limit(user: User | AnonymousUser | None) -> int:
    """Bytes that `user` may send: staff an archive, readers a list of feeds where they may add any."""
    if user is None or not may_add(user):
        return 0
    most = int(settings.MAX_UPLOAD_BYTES)
    return most if user.is_staff else min(most, MAX_OPML_BYTES)


class LimitedUpload(TemporaryFileUploadHandler):
    """Django reads a body before any view can refuse it (the CSRF check looks for its token there). So what is too
    much is counted and dropped here: the file's `size` tells the form, which says so, but the disk never sees it.
    Raises BadRequest where the disk is full."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        with self._told_if_full():
            super().new_file(*args, **kwargs)
        self.limit = _limit(getattr(self.request, "user", None))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < self.limit:
            with self._told_if_full():
                super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        with self._told_if_full():
            return super().file_complete(file_size)

    @contextmanager
    def _told_if_full(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if hasattr(self, "file"):
                self.file.close()  # which removes it
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise BadRequest(_("The disk is full.")) from error
            raise
