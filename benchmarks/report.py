"""The output of every benchmark: JSON with the machine, the commit, and what was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def write(name: str, results: dict[str, Any], path: Path | None = None) -> None:
    """Write the report to `path`, or print it."""
    report = {"benchmark": name, "at": datetime.now(UTC).isoformat(timespec="seconds"), **about(), "results": results}
    text = json.dumps(report, indent=2, ensure_ascii=False)
    if path is None:
        print(text)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
        print(f"{name}: written to {path}", file=sys.stderr)


def about() -> dict[str, Any]:
    """The commit and the machine."""
    return {"commit": _commit(), "machine": machine()}


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30, 1),
        "python": platform.python_version(),
    }


def timed(work: Callable[[], Any], times: int) -> dict[str, Any]:
    """`work` called `times` times, in milliseconds: the first call, the best, the median, the 95th percentile, the
    worst; and the mean of the processor time of this process, which a busy machine does not stretch."""
    seconds, cpu = [], process_time()
    for _ in range(times):
        started = perf_counter()
        work()
        seconds.append(perf_counter() - started)
    cpu_ms = milliseconds((process_time() - cpu) / times)
    return {"first_ms": milliseconds(seconds[0]), **percentiles(seconds), "cpu_ms": cpu_ms}


def least_cpu(work: Callable[[], Any], times: int) -> float:
    """Processor milliseconds of this process for one call of `work`: the least of `times`, since what else the machine
    does only adds to it."""
    least = float("inf")
    for _ in range(times):
        started = process_time()
        work()
        least = min(least, process_time() - started)
    return milliseconds(least)


def percentiles(seconds: Sequence[float]) -> dict[str, Any]:
    """Of at least one measurement, in milliseconds."""
    ordered = sorted(seconds)
    p50, p95 = (ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.95))
    worst = milliseconds(ordered[-1])
    best = milliseconds(ordered[0])
    return {
        "best_ms": best,
        "p50_ms": milliseconds(p50),
        "p95_ms": milliseconds(p95),
        "worst_ms": worst,
        "runs": len(ordered),
    }


def milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _commit() -> str:
    """The commit that runs, with a + where files differ from it; empty outside a clone."""
    try:
        return _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
