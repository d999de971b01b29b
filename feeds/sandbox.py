"""Work on what came from outside, in processes that can be killed: whatever a document, a page, a list or a picture
does, it ends after a few seconds.

A thread can't be stopped, and a loop in C holds every other thread of its process. So what reads foreign bytes runs in
children that do nothing else, a few for each process that has such work. They start when they are needed and end after
some minutes without work; the kernel ends one that uses up its processor time or memory, its parent one that only
waits. They are started by exec, which is safe where threads run, and know no settings and no secrets.

To start one takes as long as twenty documents. So a job waits a moment for a child that is busy before there is another
one, and children live on from one round of polls to the next.
"""

from __future__ import annotations

import atexit
import math
import os
import pickle
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

if TYPE_CHECKING:
    import subprocess

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 5  # of processor time, for one document
WAIT_SECONDS = 30  # of the clock beyond those: a machine may be busy, but nothing here has a reason to wait
MEMORY = 2**30  # bytes of address space
IDLE_SECONDS = 300
START_SECONDS = 0.3  # for which a job waits for a busy child rather than start another
HEAVY = 250 * 2**20  # bytes: a child that once needed more gives it back by ending
PROCESSES = min(4, max(2, os.cpu_count() or 1))  # of each parent
LENGTH = 8  # bytes of the number before a message
SHORT = 2**15  # bytes of a message
# What a child may see of our environment: nothing that is a setting or a secret of Newsreader's.
KEPT = ("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")

DONE, RAISED, TOO_LARGE = range(3)
# What a process does to itself, or the kernel for what it did. GLib ends so where there is no memory.
CRASHES = frozenset(
    {signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGSYS, signal.SIGTRAP}
)


class OverBudget(ValueError):
    """The work was ended because it took too much. `str()` is a sentence for people: see feeds.polls."""


class Interrupted(OverBudget):
    """The work was ended from outside, which says nothing of the document."""


def run(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """The value that `function` returns within SECONDS of processor time; what it raises is raised. `function` belongs
    to a module, and what goes in and comes out can be pickled. Raises OverBudget."""
    return within(SECONDS, function, *arguments, **named)


def within(seconds: float, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """The same, within `seconds` of processor time."""
    if _is_child:
        return function(*arguments, **named)
    job = pickle.dumps((seconds, IDLE_SECONDS, function, arguments, named), pickle.HIGHEST_PROTOCOL)
    kind, value = _pool.ask(job, seconds)
    if kind == RAISED:
        raise value
    if kind == TOO_LARGE:
        raise OverBudget("This takes more memory to read than is allowed.")
    result: T = value
    return result


# --- the parent's side ------------------------------------------------------------------------------------------------


class _Ended(Exception):
    """The child has ended without an answer, with this exit code."""

    def __init__(self, code: int) -> None:
        self.code = code


class _Child:
    """A process that does one job after the other."""

    def __init__(self) -> None:
        import subprocess  # not where nothing is to be read, nor in the child

        self.ours, theirs = socket.socketpair()
        # -S: the environment has all of our path. By itself Python looks for garbage after every 700 new objects, and a
        # start makes many that stay.
        with theirs:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-S",
                    "-c",
                    "import gc; gc.set_threshold(50_000, 10, 10); import feeds.sandbox; feeds.sandbox.main()",
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=_environment(),
            )

    def ask(self, job: bytes, seconds: float) -> tuple[int, Any]:
        """The answer to `job`. Raises _Ended, and OverBudget where the time of the clock has passed."""
        deadline = time.monotonic() + seconds + WAIT_SECONDS
        try:
            self.ours.settimeout(seconds + WAIT_SECONDS)
            _send(self.ours, job)
            answer: tuple[int, Any] = pickle.loads(_received(self.ours, deadline))  # noqa: S301 - from our own child
            return answer
        except TimeoutError:
            raise _too_long(seconds) from None
        except (EOFError, ConnectionError):
            self.ours.close()
            raise _Ended(self.process.wait()) from None

    def end(self) -> None:
        self.ours.close()
        self.process.kill()
        self.process.wait()

    def forget(self) -> None:
        """In a process that was forked from the parent: this is not its child."""
        self.ours.close()
        self.process.returncode = 0


class _Pool:
    """The children of this process."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(PROCESSES)
        self._change = threading.Condition()  # a child has become idle, or has ended
        self._idle: list[_Child] = []  # the last one used comes first, so that the others may end
        self._all: set[_Child] = set()

    def ask(self, job: bytes, seconds: float) -> tuple[int, Any]:
        with self._turns:
            child = self._free()
            try:
                return self._answer(child, job, seconds)
            except _Ended as ended:
                if ended.code == -signal.SIGXCPU:
                    raise _too_long(seconds) from None
            # Its time without work was over just now, or somebody ended it: perhaps before it had the job.
            try:
                return self._answer(self._new(), job, seconds)
            except _Ended as ended:
                if ended.code == -signal.SIGXCPU:
                    raise _too_long(seconds) from None
                if -ended.code in CRASHES:  # in a new process, too
                    raise OverBudget("What reads this crashes on it.") from None
                raise Interrupted("What read this was ended from outside.") from None

    def _free(self) -> _Child:
        """An idle child; a new one where there is none, or all stay busy."""
        with self._change:
            self._change.wait_for(lambda: self._idle or not self._all, START_SECONDS)
            while self._idle:
                child = self._idle.pop()
                if child.process.poll() is None:
                    return child
                self._all.discard(child)
                child.end()
            return self._new()

    def _new(self) -> _Child:
        child = _Child()
        self._all.add(child)
        return child

    def _answer(self, child: _Child, job: bytes, seconds: float) -> tuple[int, Any]:
        try:
            answer = child.ask(job, seconds)
        except BaseException:
            child.end()
            with self._change:
                self._all.discard(child)
                self._change.notify()
            raise
        with self._change:
            self._idle.append(child)
            self._change.notify()
        return answer

    def end(self) -> None:
        while self._all:
            self._all.pop().end()

    def forget(self) -> None:
        for child in self._all:
            child.forget()


def _too_long(seconds: float) -> OverBudget:
    return OverBudget(f"This takes too long to read: given up after {seconds:.0f} seconds.")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("LC_")}
    return kept | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}


def _start_anew() -> None:
    global _pool
    _pool.forget()
    _pool = _Pool()


_pool = _Pool()
_is_child = False
os.register_at_fork(after_in_child=_start_anew)
atexit.register(lambda: _pool.end())


# --- the line between them --------------------------------------------------------------------------------------------


def _send(line: socket.socket, message: bytes) -> None:
    """Send a message after its length: a short one together with it, as each call wakes the other end, and a long one
    apart, so that it is here when the other end comes to look for it."""
    length = len(message).to_bytes(LENGTH)
    if len(message) <= SHORT:
        line.sendall(length + message)
    else:
        line.sendall(length)
        line.sendall(message)


def _received(line: socket.socket, deadline: float) -> bytes:
    """The next message, until that moment of the monotonic clock. Raises TimeoutError, and EOFError where the other end
    has closed the line."""
    return _exactly(line, int.from_bytes(_exactly(line, LENGTH, deadline)), deadline)


def _exactly(line: socket.socket, size: int, deadline: float) -> bytes:
    pieces: list[bytes] = []
    while size:
        line.settimeout(max(0.001, deadline - time.monotonic()))
        if not (piece := line.recv(min(size, 2**20))):
            raise EOFError
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)  # most messages are one piece, which is not copied


# --- the child's side -------------------------------------------------------------------------------------------------


def serve(parent: socket.socket) -> None:
    """Do what `parent` asks until it asks no more."""
    global _is_child
    _is_child = True
    idle = float(IDLE_SECONDS)
    # Nothing where no job comes for so long, or the parent has ended.
    with suppress(TimeoutError, ConnectionError, EOFError):
        while True:
            answer, idle = _done(_received(parent, time.monotonic() + idle))
            parent.settimeout(None)
            _send(parent, answer)
            if _peak() > HEAVY:
                return


def _peak() -> int:
    """Bytes of memory that this process has used at most, where Linux tells. What getrusage(2) says, which is asked
    sooner, counts what the parent used before this program began: it is never less."""
    if (most := resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024) <= HEAVY:
        return most
    with suppress(OSError), open("/proc/self/status", "rb") as status:  # noqa: PTH123
        for line in status:
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _done(job: bytes) -> tuple[bytes, float]:
    """The answer to a job, and for how many seconds to wait for another."""
    seconds, idle, *work = pickle.loads(job)  # noqa: S301 - from our own parent
    _limit(seconds)
    return _answer(*work), idle


def _answer(function: Callable[..., object], arguments: tuple[Any, ...], named: dict[str, Any]) -> bytes:
    try:
        return pickle.dumps((DONE, function(*arguments, **named)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps((TOO_LARGE, None))
    except Exception as error:  # noqa: BLE001 - it is raised again at the other end
        try:
            pickle.loads(raised := pickle.dumps((RAISED, error)))  # noqa: S301 - some can't be read again
            return raised
        except Exception:  # noqa: BLE001
            return pickle.dumps((RAISED, RuntimeError(f"{type(error).__name__}: {error}"[:1000])))


def _limit(seconds: float) -> None:
    """Have the kernel end this process when it has used `seconds` more of processor time."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))


def _end_with_parent() -> None:
    """End when the parent does, also in the middle of a job. Not by prctl(2): that looks at the thread which started
    this process, and threads come and go."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main() -> NoReturn:
    """A child, whose standard input is its line to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the line
    for kind, limit in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, MEMORY)):
        with suppress(ValueError, OSError):  # where the system has no such limit, or a lower one
            resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with socket.socket(fileno=os.dup(0)) as line:
        serve(line)
    os._exit(0)
