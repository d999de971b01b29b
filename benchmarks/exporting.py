"""The speed at which the archive goes out as files: `python -m benchmarks.exporting --articles 100000`.

Into a temporary folder: all of it, then again when nothing has changed, then when one article in a thousand has a new
title. Memory is the most that the process had up to then.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks import report
from benchmarks.command import options, own_site


def main() -> None:
    parser = options(__doc__, "300 articles")
    parser.add_argument("--articles", type=int, default=100_000)
    arguments = parser.parse_args()
    with own_site(arguments.database) as folder:
        results = _run(300 if arguments.small else arguments.articles, folder / "archive")
    report.write("exporting", results, arguments.output)


def _run(n: int, root: Path) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db.models import Value
    from django.db.models.functions import Concat

    from articles.archive_files.exporting import export_folder
    from articles.models import Article
    from benchmarks import generated

    call_command("migrate", verbosity=0, skip_checks=True)
    generated.fill(n)
    results: dict[str, Any] = {"articles": n, "memory_before_mb": _memory_mb()}
    results["everything"] = _measured(lambda: export_folder(root), n)
    results["nothing new"] = _measured(lambda: export_folder(root), n)
    some = list(Article.objects.order_by("pk").values_list("pk", flat=True))[::1_000]
    Article.objects.filter(pk__in=some).update(title=Concat("title", Value(" (updated)")))
    return results | {"one in a thousand": _measured(lambda: export_folder(root), n)}


def _measured(work: Callable[[], object], n: int) -> dict[str, Any]:
    started, cpu = perf_counter(), process_time()
    outcome = str(work())
    used = process_time() - cpu
    return {
        "outcome": outcome,
        "seconds": round(perf_counter() - started, 1),
        "cpu_seconds": round(used, 1),
        "articles_per_cpu_second": round(n / used),
        "memory_mb": _memory_mb(),
    }


def _memory_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
