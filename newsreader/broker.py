"""The embedded broker: kombu's file-system transport, made safe for several processes.

A message is a file in one folder. The transport that kombu ships shows a file before it is written, takes it through
the system's temporary folder and orders by a clock that starts again with the machine; here a file appears complete,
is removed where it lies, under a lock, and carries the time of day.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

SCHEME = "files"
LONGEST_WAIT = 0.3  # seconds
log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Direct queues only: Newsreader asks for nothing else (see CELERY_… in the settings)."""

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        name = f"{time.time_ns():020}_{uuid.uuid4().hex}.{queue}.msg"
        _write_at_once(Path(self.data_folder_out) / name, dumps(message))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in waiting(Path(self.data_folder_in), queue):
            content = _removed(path, lambda content: True)
            if content is not None and (message := self._read(content)):
                return message
            if content is not None:
                log.warning("dropped the unreadable message %s", path.name)
        raise Empty

    def _read(self, content: bytes) -> Any:
        """The message; None for what would end the worker that takes it."""
        try:
            message = loads(content)
            headers = self.Message(message, channel=self).headers
            info = message["properties"]["delivery_info"]
            named = [info["exchange"], info["routing_key"]]
            named += [headers["task"], headers["id"]] if "task" in headers else []
            return message if all(isinstance(name, str) for name in named) else None
        except Exception:  # noqa: BLE001 - whatever kombu makes of it
            return None

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        self.control_folder.mkdir(exist_ok=True)
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with _locked(self.control_folder):
            table = self.get_table(exchange)
            if row not in table:
                _write_at_once(self._exchange_file(exchange), dumps([row, *table]))


class Transport(filesystem.Transport):
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> Any:
        # A worker that is asked to stop looks up only between two waits, which Celery makes two seconds long.
        return super().drain_events(connection, timeout if timeout is None else min(timeout, LONGEST_WAIT))


def register() -> None:
    """Make `files://` known to kombu, which knows transports by the scheme of an address."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


def waiting(folder: Path, queue: str) -> list[Path]:
    """The messages of a queue, the oldest first."""
    ending = f".{queue}.msg"
    return sorted(path for path in folder.iterdir() if path.name.endswith(ending) and not path.name.startswith("."))


def _write_at_once(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError:  # a full disk
        unfinished.unlink(missing_ok=True)
        raise


def drop(path: Path, is_unwanted: Callable[[bytes], bool]) -> bool:
    """Remove a message that is unwanted by its content. False where it is not, or another process has it."""
    return _removed(path, is_unwanted) is not None


def _removed(path: Path, is_unwanted: Callable[[bytes], bool]) -> bytes | None:
    """The content of `path`, which is gone afterwards; None where another process has it, or it stays. A process that
    dies in between leaves the file for the next."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(file.fileno()).st_nlink == 0:
                return None
            content = file.read()
            if not is_unwanted(content):
                return None
            path.unlink()
            return content
    except (FileNotFoundError, BlockingIOError):
        return None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
