"""Child processes of `up`: started together, restarted when one dies, and none left behind.

`up` prepares everything with Django's help and then becomes this module (see `become_supervisor`), which imports
nothing of Django's: a supervisor that runs for months should not hold 100 MB for a minute's work.
"""

from __future__ import annotations

import ctypes
import fcntl
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

PR_SET_PDEATHSIG = 1
START_SECONDS = 60
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

    def start(self, cwd: Path) -> None:
        # A session of its own: Ctrl-C in the terminal reaches `up` alone, which stops its children in order,
        # and a child's own children can be ended with it as one group.
        self.process = subprocess.Popen(  # noqa: S603 - the commands are our own
            self.command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            close_fds=False,
            preexec_fn=end_with_parent,
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
    """Keeps `children` running in the folder `cwd` until `stop` is set."""

    children: Sequence[Child]
    cwd: Path
    stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        for child in self.children:
            child.start(self.cwd)

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
            say(f"{child.name} ended with {code}; starting it again in {wait:.0f} s")
            child.process, child.start_at = None, time.monotonic() + wait
        elif child.process is None and time.monotonic() >= child.start_at:
            child.start(self.cwd)

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
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # else it runs under nohup
            signal.signal(number, handle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The processes to run. `children` are pairs of name and command; `greeting` is said once `host` and `port`
    answer."""

    cwd: str
    children: list[tuple[str, list[str]]]
    host: str
    port: int
    greeting: list[str]


def become_supervisor(plan: Plan, environment: dict[str, str]) -> NoReturn:
    """Replace this process, with its locks, by one that runs `plan`."""
    # Through a pipe, as everybody may read a command line and the greeting may tell a password.
    reading, writing = os.pipe()
    os.write(writing, json.dumps(asdict(plan)).encode())
    os.close(writing)
    os.set_inheritable(reading, True)
    os.execve(sys.executable, [sys.executable, "-m", __name__, str(reading)], environment)  # noqa: S606


def answers(supervisor: Supervisor, host: str, port: int) -> bool:
    """Wait for the first answer of the web server. False where it takes too long, or we are to stop."""
    where = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and not supervisor.stop.wait(0.1):
        client = http.client.HTTPConnection(where, port, timeout=5)
        try:
            client.request("GET", "/healthz")
            return client.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            for child in supervisor.children:
                supervisor.look_after(child)
        finally:
            client.close()
    return False


def run(plan: Plan) -> int:
    """Run `plan` until a signal ends it: 0; 1 where the web server never answered."""
    supervisor = Supervisor([Child(name, command) for name, command in plan.children], Path(plan.cwd))
    on_signals(supervisor.stop.set)
    try:
        supervisor.start()
        if not answers(supervisor, plan.host, plan.port) and not supervisor.stop.is_set():
            say("The web server did not start: see above")
            return 1
        say(*plan.greeting)
        supervisor.watch()
        say("Stopping")
    finally:
        supervisor.end()
    say("Stopped: everything is kept")
    return 0


def say(*lines: str) -> None:
    """Lines for the operator."""
    for line in lines:
        print(line, flush=True)


def main() -> int:
    with os.fdopen(int(sys.argv[1])) as file:
        told: dict[str, Any] = json.load(file)
    return run(Plan(**told))


if __name__ == "__main__":
    sys.exit(main())
