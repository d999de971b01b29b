"""Is it alive, is what it needs there, and is it at work? For process managers, load balancers and `up`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone

from newsreader.waiting import redis_client

SECONDS = 2.5  # that an answer takes at most: newsreader.probe, and who asks as it does, wait for little longer
ROOM = 64 * 2**20  # bytes on the disk below which it counts as full
WRITTEN_EVERY = timedelta(seconds=1)  # at most, however often somebody asks
PIECE = 4096

NO_ANSWER, NOT_WRITTEN = "does not answer", "can't be written"


def database_problem() -> str:
    """The reason why the database can't be used, without secrets; empty where it can be read and written."""
    from feeds.models import Heartbeat

    now = timezone.now()
    try:
        checked_at = list(Heartbeat.objects.values_list("checked_at", flat=True)[:1])
    except Error:
        return NO_ANSWER
    if checked_at and checked_at[0] and abs(now - checked_at[0]) < WRITTEN_EVERY:
        return ""
    try:
        with transaction.atomic():
            Heartbeat.objects.update_or_create(pk=1, defaults={"checked_at": now})
    except Error:
        return NOT_WRITTEN
    return ""


def broker_problem() -> str:
    """The reason why the broker can't be used, without secrets; empty where it takes messages."""
    if not settings.REDIS_URL:
        return "its folder can't be written" if _is_unwritable(settings.BROKER_DIR / "messages") else ""
    import redis  # only where there is one

    try:
        with redis_client() as client:
            client.set("newsreader.readyz", b"x" * PIECE, ex=60)
    except redis.exceptions.OutOfMemoryError:
        return "is full"
    except redis.ResponseError:
        return NOT_WRITTEN
    except (redis.RedisError, OSError):
        return NO_ANSWER
    return ""


def scheduler_problem() -> str:
    """The reason why nothing is polled; empty where a tick was done lately."""
    from feeds.polls import heartbeat

    try:
        ticked_at = heartbeat.last()
    except Error:
        return "unknown"
    return (
        "" if heartbeat.is_alive(ticked_at, timezone.now()) else "has not ticked lately: does beat run, and a worker?"
    )


def disk_problem() -> str:
    """The reason why the data folder takes nothing more; empty where it does."""
    if _is_unwritable(settings.DATA_DIR):
        return NOT_WRITTEN
    free = shutil.disk_usage(settings.DATA_DIR).free
    return "" if free >= ROOM else f"has {free // 2**20} MiB left"


def _is_unwritable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * PIECE)
            file.flush()
    except OSError:
        return True
    return False


class Look:
    """Looks after one thing in a thread of its own, one at a time, so that what does not answer holds nobody up."""

    def __init__(self, problem: Callable[[], str]) -> None:
        self._problem = problem
        self._lock = Lock()
        self._running: tuple[Event, list[str]] | None = None

    def begin(self) -> tuple[Event, list[str]]:
        """The event that tells that somebody has looked, and the list that then has what was found: of a look that
        nobody has ended yet, or a new one."""
        with self._lock:
            if self._running is None or self._running[0].is_set():
                self._running = Event(), []
                Thread(target=self._look, args=self._running, daemon=True).start()
            return self._running

    def _look(self, done: Event, found: list[str]) -> None:
        try:
            found.append(self._problem())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is none that answers
            found.append(type(error).__name__)
        finally:
            connection.close()
            done.set()


LOOKS = {
    "database": Look(database_problem),
    "broker": Look(broker_problem),
    "scheduler": Look(scheduler_problem),
    "disk": Look(disk_problem),
}


def healthz() -> HttpResponse:
    """200 while the process lives. Looks at nothing else: a database that is away is no reason to restart."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz() -> HttpResponse:
    """200 when database and broker take what is written, feeds are polled and there is room; else 503 and what is
    wrong. In SECONDS at most."""
    deadline = monotonic() + SECONDS
    begun = {name: look.begin() for name, look in LOOKS.items()}
    problems = {
        name: found[0] if done.wait(max(0.0, deadline - monotonic())) else NO_ANSWER
        for name, (done, found) in begun.items()
    }
    status = 503 if any(problems.values()) else 200
    return JsonResponse({name: problem or "ok" for name, problem in problems.items()}, status=status)


PAGES = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Stands first: who asks comes by address, over plain http, and is not signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = PAGES.get(request.path_info)
        if page is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = page()
        response["Cache-Control"] = "no-store"
        return response
