"""Child processes of `up`: started together, restarted when one dies, and none left behind."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 10  # after that a child is killed; what it was doing is done again, as leases end
STEADY_SECONDS = 60  # who lived that long failed by chance, and is restarted at once again
LONGEST_WAIT = 60


def end_with_parent() -> None:
    """Let Linux kill this process when its parent dies, even by SIGKILL, which nobody can catch. See prctl(2)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class AlreadyRunning(Exception):
    """Another process holds the lock."""


def lock(path: Path, patience: float = 2) -> IO[str]:
    """The locked file. Children inherit the lock, so it is free only when the last of them has ended.

    Waits `patience` seconds for those of an `up` that was killed. Raises AlreadyRunning.
    """
    file = path.open("w")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise AlreadyRunning from None
            time.sleep(0.1)
        else:
            os.set_inheritable(file.fileno(), True)
            return file


@dataclass(slots=True)
class Child:
    """One process that is to run for as long as `up` does."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_at: float = 0
    failures: int = 0

    def start(self, *, cwd: Path, environment: Mapping[str, str]) -> None:
        # A session of its own: Ctrl-C in the terminal reaches `up` alone, which stops its children in order,
        # and a child's own children can be ended with it as one group.
        self.process = subprocess.Popen(
            self.command,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            close_fds=False,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - `up` has one thread
        )
        self.started_at = time.monotonic()

    def ended(self) -> int | None:
        """The exit code, once the process has ended."""
        return self.process.poll() if self.process else None

    def signal_group(self, number: signal.Signals) -> None:
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def wait_before_restart(self) -> float:
        """Seconds: 1, 2, 4 … for one that dies again and again."""
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.failures = 0
        self.failures += 1
        return float(min(2 ** (self.failures - 1), LONGEST_WAIT))


@dataclass(slots=True)
class Supervisor:
    """Keeps `children` running until `stop` is set. `say` gets a line for whatever an operator should know."""

    children: Sequence[Child]
    cwd: Path
    environment: Mapping[str, str]
    say: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        for child in self.children:
            child.start(cwd=self.cwd, environment=self.environment)

    def watch(self) -> None:
        """Returns when `stop` is set."""
        while not self.stop.wait(0.3):
            for child in self.children:
                self.look_after(child)

    def look_after(self, child: Child) -> None:
        code = child.ended()
        if code is not None:
            child.signal_group(signal.SIGKILL)  # what it may have left
            wait = child.wait_before_restart()
            self.say(f"{child.name} ended with {code}; starting it again in {wait:.0f} s")
            child.process, child.start_at = None, time.monotonic() + wait
        elif child.process is None and time.monotonic() >= child.start_at:
            child.start(cwd=self.cwd, environment=self.environment)

    def end(self) -> None:
        """Ask every child to stop, wait, and kill what is left with all that it started."""
        for child in self.children:
            if child.process:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0, deadline - time.monotonic()))
                child.signal_group(signal.SIGKILL)
                child.process.wait()


def on_signals(call: Callable[[], None]) -> None:
    """Let the signals that end a program call `call` instead; the second one ends it at once."""

    def handle(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        call()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handle)
