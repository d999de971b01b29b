"""One Newsreader mirrors another: `python -m benchmarks.mirror [--articles 10000] [--databases URL URL] [--small]`.

Starts two instances with `manage.py up` on loopback, each with a data folder of its own. The first is public and has a
made-up archive; the second subscribes to its feed. While the history is being fetched, both are killed with SIGKILL
and started again. In the end every article is compared: id, dates, title, author, HTML, and the source it names.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import urlopen

import psycopg

from benchmarks import report
from benchmarks.command import options

PATIENCE = 3600  # seconds for a mirror to become complete
START_SECONDS = 90
PICTURES = 10  # of so many articles one has a picture, a table, a relative link, an author and tags


def main() -> None:
    parser = options(__doc__, "a few articles", takes_database=False)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--databases", nargs=2, metavar="URL", help="two empty ones, postgres://…; else SQLite")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        n_articles = 600 if arguments.small else arguments.articles
        results = mirror(Path(folder), n_articles, databases=arguments.databases or ("", ""))
    report.write("mirror", results, arguments.output)


class Instance:
    """A Newsreader of its own on loopback, with the embedded broker. `database`: the address of a Postgres database;
    empty for SQLite."""

    def __init__(self, folder: Path, database: str = "", **settings: str) -> None:
        self.folder = folder
        self.database = database
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("NEWSREADER_") and name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.environment = kept | settings | {
            "NEWSREADER_DATA": str(folder),
            "NEWSREADER_ALLOWED_NETWORKS": "127.0.0.0/8",
            "DJANGO_SETTINGS_MODULE": "newsreader.settings",
            "DATABASE_URL": database or f"sqlite:///{folder}/newsreader.sqlite3",
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> str:
        return self._run("manage.py", *arguments)

    def this(self, *arguments: str) -> str:
        """Run a part of this module on the instance's data."""
        return self._run("-m", "benchmarks.mirror_parts", *arguments)

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=report.ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def start(self) -> None:
        command = [sys.executable, "manage.py", "up", "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=report.ROOT, env=self.environment, stdout=log, stderr=log)
        until = monotonic() + START_SECONDS
        while not self._answers():
            if monotonic() > until or self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text()[-3000:])
            sleep(0.2)

    def _answers(self) -> bool:
        with suppress(OSError), urlopen(f"{self.address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def kill(self) -> None:
        """End everything at once, without a word to any of it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)  # its children die with it: newsreader.processes.end_with_parent
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def ask(self, sql: str) -> Any:
        """One row of the database, as it is now; None of a statement that has none."""
        if self.database:
            with psycopg.connect(self.database) as database:
                found = database.execute(sql)
                return found.fetchone() if found.description else None
        with closing(sqlite3.connect(self.folder / "newsreader.sqlite3", timeout=30)) as database:
            row = database.execute(sql).fetchone()
            database.commit()
            return row


@contextmanager
def instances(folder: Path, databases: Sequence[str], prepared: Path | None) -> Iterator[tuple[Instance, Instance]]:
    for name in ("first", "second"):
        if prepared:
            shutil.copytree(prepared, folder / name)
        else:
            (folder / name).mkdir()
    few = {"NEWSREADER_WEB_PROCESSES": "1"} if prepared else {}  # to start one takes longer than few articles
    first = Instance(folder / "first", databases[0], NEWSREADER_PUBLIC="true", **few)
    second = Instance(folder / "second", databases[1], **few)
    try:
        if not prepared:
            with ThreadPoolExecutor() as both:
                list(both.map(lambda one: one.manage("prepare"), (first, second)))
        yield first, second
    finally:
        with ThreadPoolExecutor() as both:
            list(both.map(Instance.stop, (first, second)))


def mirror(
    folder: Path,
    articles: int,
    *,
    databases: Sequence[str] = ("", ""),
    kill_at: float = 0.4,
    is_waiting: bool = True,
    prepared: Path | None = None,
) -> dict[str, Any]:
    """Mirror so many articles and compare them. Everything is killed once the part `kill_at` is here; without
    `is_waiting` the leases of the killed count as over. `prepared`: a data folder to begin with."""
    with instances(folder, databases, prepared) as (first, second):
        first.this("fill", str(articles))
        first.start()
        second.manage("add_feed", f"{first.address}/atom.xml")
        second.start()
        started = monotonic()
        _wait_for(second, f"SELECT count(*) >= {round(articles * kill_at)} FROM articles_article")
        second.kill()
        first.kill()
        at_kill = second.ask("SELECT documents, articles, state, next_url FROM feeds_backfill")
        killed_after = monotonic() - started
        if not is_waiting:
            second.ask("UPDATE feeds_backfill SET lease = NULL, leased_until = NULL")
            second.ask("UPDATE feeds_feed SET lease = NULL, leased_until = NULL")
        first.start()
        second.start()
        _wait_for(second, "SELECT count(*) FROM feeds_backfill WHERE state != 'running'")
        seconds = monotonic() - started
        documents, found, state, remark = second.ask(
            "SELECT documents, articles, state, last_error FROM feeds_backfill"
        )
        with ThreadPoolExecutor() as both:
            printed = both.submit(first.this, "sent", first.address), both.submit(second.this, "kept")
        sent, kept = ([json.loads(line) for line in one.result().splitlines()] for one in printed)
    return {
        "database": "Postgres" if any(databases) else "SQLite",
        "articles": articles,
        "killed_after_s": round(killed_after, 1),
        "at_kill": {"documents": at_kill[0], "articles": at_kill[1], "state": at_kill[2]},
        "finished_after_s": round(seconds, 1),
        "documents": documents,
        "articles_by_back_fill": found,
        "state": state,
        "remark": remark,
        **compared(sent, kept),
    }


def compared(sent: list[dict[str, Any]], kept: list[dict[str, Any]]) -> dict[str, Any]:
    """The numbers of articles that are the same in each respect, of those that have one id."""
    by_id = {row["id"]: row for row in kept}
    pairs = [(row, by_id[row["id"]]) for row in sent if row["id"] in by_id]
    return {
        "sent": len(sent),
        "kept": len(kept),
        "same_id": len(pairs),
        **{f"same_{name}": sum(one[name] == other[name] for one, other in pairs) for name in sent[0] if name != "id"},
    }


def _wait_for(instance: Instance, sql: str) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until:
        with suppress(sqlite3.OperationalError, psycopg.OperationalError):  # while it starts
            if instance.ask(sql)[0]:
                return
        sleep(0.1)
    raise RuntimeError((instance.folder / "log").read_text()[-3000:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
