"""The pages of this checkout beside those of another revision, asked for in turns in one run."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import report

ROUNDS = 4


def beside(revision: str, size: int, rounds: int = ROUNDS) -> dict[str, Any]:
    """By page, calls, the least processor ms and KB of this checkout (`now`) and of `revision` (`before`)."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", revision], cwd=report.ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        with _asked(report.ROOT, size) as (now, names), _asked(Path(folder), size) as (before, _names):
            return {"before": revision, "pages": {name: _page(name, now, before, rounds) for name in names}}


def _page(name: str, now: Any, before: Any, rounds: int) -> dict[str, Any]:
    told: dict[str, list[dict[str, Any]]] = {"now": [], "before": []}
    for _ in range(rounds):
        for which, process in (("now", now), ("before", before)):
            print(name, file=process.stdin, flush=True)
            told[which].append(json.loads(process.stdout.readline()))
    return {which: {**costs[-1], "cpu_ms": min(cost["cpu_ms"] for cost in costs)} for which, costs in told.items()}


@contextmanager
def _asked(folder: Path, size: int) -> Iterator[tuple[Any, list[str]]]:
    script = report.ROOT / "benchmarks" / "page_costs.py"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, str(script), str(size)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
