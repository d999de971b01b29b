"""A bucket of an S3-compatible store as Django's storage: files are read in parts, what goes wrong is an OSError."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, ParamSpec, TypeVar

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

P = ParamSpec("P")
R = TypeVar("R")

PIECE = 2**16  # bytes read ahead

# Seconds and tries: a reader waits. Checksums only where the store demands them: not all stores know those of Amazon.
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"total_max_attempts": 2},
    max_pool_connections=32,
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_ADVICE = {
    403: "the store refuses these credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
    404: "there is no such bucket: NEWSREADER_IMAGE_BUCKET",
}


def _told_plainly(method: Callable[P, R]) -> Callable[P, R]:
    @wraps(method)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except (ClientError, BotoCoreError, Boto3Error) as error:
            raise OSError(_described(error)) from error

    return told


def _described(error: Exception) -> str:
    said = str(error)
    for status, codes in ((403, ("AccessDenied", "InvalidAccessKey", "SignatureDoes")), (404, ("NoSuchBucket",))):
        if status_of(error) == status or any(code in said for code in codes):
            return f"{_ADVICE[status]} ({said})"
    return said


def status_of(error: Exception) -> int:
    """The HTTP status that a store answered with; 0 where it did not answer."""
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"]) if isinstance(error, ClientError) else 0


class Bucket(S3Storage):  # type: ignore[misc]  # no types
    """Raises FileNotFoundError for a file, and OSError with a sentence for a bucket or a store, that is not there."""

    def __init__(self, **options: Any) -> None:
        super().__init__(client_config=_CONFIG, **options)

    @cached_property
    def client(self) -> Any:
        """One for all threads, which boto3 allows; those of S3Storage, one for each thread, take 15 MiB each."""
        return self._create_session().client(
            "s3",
            region_name=self.region_name,
            use_ssl=self.use_ssl,
            endpoint_url=self.endpoint_url,
            config=self.client_config,
            verify=self.verify,
        )

    @_told_plainly
    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        place, size = self._place(name), self._size(name)
        if size is None:
            self.client.head_bucket(Bucket=self.bucket_name)  # says so if it is the bucket that is missing
            raise FileNotFoundError(name)
        remote = _Remote(lambda first: self.client.get_object(**place, Range=f"bytes={first}-")["Body"], size)
        return File(io.BufferedReader(remote, PIECE), name)

    @_told_plainly
    def _save(self, name: str, content: File[bytes]) -> str:
        """In one piece, up to the 5 GB that the protocol allows: nothing is left of one that broke off."""
        content.seek(0)
        self.client.put_object(**self._place(name), Body=content.file, **self._get_write_parameters(name, content))
        return name

    @_told_plainly
    def exists(self, name: str) -> bool:
        return self._size(name) is not None

    @_told_plainly
    def size(self, name: str) -> int:
        if (size := self._size(name)) is None:
            raise FileNotFoundError(name)
        return size

    @_told_plainly
    def mark(self, name: str) -> tuple[int | str, ...]:
        try:
            head = self.client.head_object(**self._place(name))
        except ClientError as error:
            if status_of(error) == 404:
                raise FileNotFoundError(name) from error
            raise
        return int(head["ContentLength"]), str(head["ETag"]), str(head["LastModified"])

    @_told_plainly
    def delete(self, name: str) -> None:
        self.client.delete_object(**self._place(name))

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": name}

    def _size(self, name: str) -> int | None:
        """Bytes; None where there is no such file."""
        try:
            return int(self.client.head_object(**self._place(name))["ContentLength"])
        except ClientError as error:
            if status_of(error) == 404:
                return None
            raise


class _Remote(io.RawIOBase):
    """A file in the store, fetched from where it is read: a part of a film does not bring the whole of it here."""

    def __init__(self, fetch: Callable[[int], Any], size: int) -> None:
        self._fetch, self._size = fetch, size
        self._at = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset != self._at:
            self._let_go()
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    @_told_plainly
    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        if self._body is None:
            self._body = self._fetch(self._at)
        read = self._body.read(wanted)
        if not read:
            raise OSError("the store broke off")
        buffer[: len(read)] = read
        self._at += len(read)
        return len(read)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
