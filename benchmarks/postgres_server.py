"""What a Postgres server on this machine takes while a benchmark is its only user."""

from __future__ import annotations

import os
from pathlib import Path


def cpu_seconds(backend: int) -> float:
    """Processor seconds, since its start, of the server with all its processes: those that it has and those that have
    ended. `backend` is the process of one of its connections. Reads /proc."""
    postmaster = _process(backend)[0]
    others = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    ticks = sum(own for parent, own, _ in map(_process, others) if parent == postmaster) + sum(_process(postmaster)[1:])
    return ticks / os.sysconf("SC_CLK_TCK")


def _process(pid: int) -> tuple[int, int, int]:
    """Parent, own ticks, ticks of ended children; zeros for a process that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0, 0, 0
    return int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
