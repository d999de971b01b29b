"""Where uploads go while a request is read: to the disk, from staff only, and no further than a limit."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _


class StaffUpload(TemporaryFileUploadHandler):
    """Django reads a body before any view can refuse it (the CSRF check looks for its token there). So what is too
    much is counted and dropped here: the file's `size` tells the form, which says so, but the disk never sees it.
    Raises BadRequest where the disk is full."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        with self._told_if_full():
            super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        self.limit = settings.MAX_UPLOAD_BYTES if user and user.is_staff else 0

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
