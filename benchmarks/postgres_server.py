"""The processor time that a Postgres server on this machine takes while a benchmark is its only user."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import process_time


def cpu_seconds(backend: int) -> float:
    """Processor seconds, since its start, of the server with all its processes: those that it has and those that have
    ended. `backend` is the process of one of its connections. Reads /proc."""
    postmaster = _process(backend)[0]
    others = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    ticks = sum(own for parent, own, _ in map(_process, others) if parent == postmaster) + sum(_process(postmaster)[1:])
    return ticks / os.sysconf("SC_CLK_TCK")


def cpu_seconds_here() -> float:
    """The same of the server that Django is connected to; 0 for SQLite, which has none."""
    backend = _backend()
    return cpu_seconds(backend) if backend else 0.0


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Processor seconds of this process, and of the server's one process that serves Django's connection, 0 for SQLite.
    To the nanosecond: those of the whole server are told by hundredths of a second."""
    backend = _backend()
    server, here = _process_seconds(backend), process_time()
    work()
    here = process_time() - here
    return here, _process_seconds(backend) - server


def _backend() -> int:
    """The id of the process that serves Django's connection; 0 for SQLite."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _process_seconds(pid: int) -> float:
    if not pid:
        return 0.0
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="utf-8").split()[0]) / 1e9


def _process(pid: int) -> tuple[int, int, int]:
    """Parent, own ticks, ticks of ended children; zeros for a process that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0, 0, 0
    return int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
