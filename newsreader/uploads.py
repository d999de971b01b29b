"""Where uploads go while a request is read: to the disk, from staff only, and no further than a limit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class StaffUpload(TemporaryFileUploadHandler):
    """Django reads a body before any view can refuse it (the CSRF check looks for its token there). So what is too
    much is counted and dropped here: the file's `size` tells the form, which says so, but the disk never sees it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        self.limit = settings.MAX_UPLOAD_BYTES if user and user.is_staff else 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start < self.limit:
            super().receive_data_chunk(raw_data, start)
