"""The speed at which everything goes into one file and back: `python -m benchmarks.backup --articles 100000`.

Fills a temporary SQLite database, backs it up, restores it into another SQLite and, with `--database postgres://…` (an
empty one), into Postgres and from there into SQLite again, and compares what the backups hold. Each step is a process
of its own, whose processor time and memory are measured.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from argparse import SUPPRESS
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import report
from benchmarks.command import options


def main() -> None:
    parser = options(__doc__, "300 articles")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--step", nargs="+", default=[], help=SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        _step(arguments.step, arguments.articles)
        return
    n = 300 if arguments.small else arguments.articles
    with tempfile.TemporaryDirectory() as folder:
        results = _run(Path(folder), n, arguments.database)
    report.write("backup", results, arguments.output)


def _run(folder: Path, n: int, postgres: str) -> dict[str, Any]:
    first, second = folder / "first.backup", folder / "second.backup"
    steps = {
        "fill": _process(folder / "one", "", n, "fill"),
        "backup, SQLite": _process(folder / "one", "", n, "backup", str(first)),
        "restore, SQLite": _process(folder / "two", "", n, "restore", str(first)),
    }
    last = folder / "two"
    if postgres:
        steps["restore, Postgres"] = _process(folder / "pg", postgres, n, "restore", str(first))
        steps["backup, Postgres"] = _process(folder / "pg", postgres, n, "backup", str(second))
        last = folder / "three"
        steps["restore, SQLite again"] = _process(last, "", n, "restore", str(second))
    third = folder / "third.backup"
    steps["backup, at the end"] = _process(last, "", n, "backup", str(third))
    return {
        "articles": n,
        "steps": steps,
        "backup_mb": round(first.stat().st_size / 1e6, 1),
        "is_equal": _digests(first) == _digests(third),
    }


def _process(folder: Path, database: str, n: int, *step: str) -> dict[str, Any]:
    """A step's seconds, processor seconds, articles per processor second and highest memory."""
    environment = os.environ | {"NEWSREADER_DATA": str(folder), "DATABASE_URL": database or "sqlite:///n.sqlite3"}
    environment["DJANGO_SETTINGS_MODULE"] = "newsreader.settings"
    command = [sys.executable, "-m", "benchmarks.backup", "--articles", str(n), "--step", *step]
    printed = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    measured: dict[str, Any] = json.loads(printed)
    return measured


def _step(step: list[str], n: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import generated
    from newsreader.backup.restoring import restore_backup
    from newsreader.backup.writing import write_backup

    call_command("migrate", verbosity=0, skip_checks=True)
    started, cpu, memory = perf_counter(), _cpu(), _memory_mb()
    if step[0] == "fill":
        generated.fill(n)
        _add_sources()
    elif step[0] == "backup":
        write_backup(Path(step[1]))
    else:
        restore_backup(Path(step[1]), replace=True)
    used = _cpu() - cpu
    measured = {
        "seconds": round(perf_counter() - started, 1),
        "cpu_seconds": round(used, 1),
        "articles_per_cpu_second": round(n / used),
        "memory_mb": _memory_mb(),
        "memory_before_mb": memory,
    }
    print(json.dumps(measured))


def _add_sources() -> None:
    """The publisher's HTML, which the generated archive has not."""
    from articles.compression import compressed
    from articles.models import Article, ArticleSource

    rows = Article.objects.order_by("pk").values_list("pk", "content_html")
    ids = list(rows.values_list("pk", flat=True))
    for start in range(0, len(ids), 1_000):
        some = rows.filter(pk__in=ids[start : start + 1_000])
        ArticleSource.objects.bulk_create(ArticleSource(article_id=pk, html_zlib=compressed(html)) for pk, html in some)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _memory_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _digests(path: Path) -> dict[str, str]:
    """Of every part, as the manifest has them."""
    with zipfile.ZipFile(path) as archive:
        parts = json.loads(archive.read("manifest.json"))["parts"]
    return {part["name"]: part["sha256"] for part in parts}


if __name__ == "__main__":
    main()
