"""The cost of polling: `python -m benchmarks.polling [--feeds 500] [--database postgres://…]`.

Runs `manage.py poll --all` against a publisher on loopback (benchmarks.feed_server) in five phases: the first poll of
all articles; all feeds answer 304; the same bodies without validators; another lastBuildDate; one new entry per feed.
Processor time is that of the command with all it starts, and of the Postgres server, of which it must be the only user.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.request import Request, urlopen

from benchmarks import postgres_server, report
from benchmarks.command import options

PHASES = ("validators", "unchanged", "touched", "publish")
NAMES = {"validators": "all 304", "unchanged": "unchanged body", "touched": "only the date", "publish": "one new entry"}


def main() -> None:
    parser = options(__doc__, "a few feeds")
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--entries", type=int, default=20)
    arguments = parser.parse_args()
    feeds = 20 if arguments.small else arguments.feeds
    with tempfile.TemporaryDirectory() as folder, _publisher(feeds, arguments.entries) as address:
        results = _run(Path(folder), address, feeds, arguments.entries, arguments.database)
    report.write("polling", results, arguments.output)


@contextmanager
def _publisher(feeds: int, entries: int) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.feed_server", str(feeds), str(entries)]
    with subprocess.Popen(command, cwd=report.ROOT, stdout=subprocess.PIPE, text=True, env=_settings("")) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def _settings(folder: str) -> dict[str, str]:
    # Where it is installed, modules are compiled once and not at every start.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, "DJANGO_SETTINGS_MODULE": "benchmarks.polling_settings", "NEWSREADER_DATA": folder}


def _run(folder: Path, address: str, feeds: int, entries: int, database: str) -> dict[str, Any]:
    environment = _settings(str(folder)) | {
        "DATABASE_URL": database or f"sqlite:///{folder}/benchmark.sqlite3",
        "NEWSREADER_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    outlines = "".join(f'<outline type="rss" text="f" xmlUrl="{address}/feeds/{n}.xml"/>' for n in range(feeds))
    opml = folder / "feeds.opml"
    opml.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', encoding="utf-8")
    _command(environment, "migrate", "-v0")
    _command(environment, "import_opml", str(opml))
    phases = {"first poll": _poll(environment, database)}
    for phase in PHASES:
        urlopen(Request(f"{address}/phase/{phase}", method="POST")).read()
        phases[NAMES[phase]] = _poll(environment, database)
    first = phases["first poll"]
    return {
        "feeds": feeds,
        "entries": entries,
        "database": "postgres" if database else "sqlite",
        "phases": {
            name: {**row, "cpu_ms_per_feed": round(row["cpu_s"] * 1000 / feeds, 2)} for name, row in phases.items()
        },
        "first_poll_articles_per_cpu_s": round(feeds * entries / first["cpu_s"]),
        "unchanged_to_304": round(phases["unchanged body"]["cpu_s"] / phases["all 304"]["cpu_s"], 2),
    }


def _command(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=report.ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def _poll(environment: dict[str, str], database: str) -> dict[str, Any]:
    """Poll every feed once; seconds, megabytes, and what the polls said they did."""
    server_before = _server_cpu(database)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    lines = _command(environment, "poll", "--all").splitlines()
    seconds, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    server = _server_cpu(database) - server_before
    words = [line.split() for line in lines]
    return {
        "polls": len(lines),
        "new_articles": sum(int(line[line.index("new,") - 1]) for line in words),
        "cpu_s": round(own + server, 2),
        "cpu_of_database_server_s": round(server, 2),
        "wall_s": round(seconds, 2),
        "peak_memory_mb": round(after.ru_maxrss / 1024, 1),
    }


def _server_cpu(database: str) -> float:
    """Processor seconds of the Postgres server; 0 for SQLite."""
    if not database:
        return 0.0
    import psycopg

    with psycopg.connect(database) as connection:
        return postgres_server.cpu_seconds(connection.info.backend_pid)


if __name__ == "__main__":
    main()
