"""The speed at which article files come in: `python -m benchmarks.importing --articles 5000 [--database postgres://…]`.

Writes made-up Markdown article files and runs `manage.py import_archive` on them, twice: articles per processor second,
peak memory, and what it costs to find that nothing is new. The baseline is to read the files and do nothing with them.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks import report
from benchmarks.command import environment, options
from benchmarks.vocabulary import CHINESE, ENGLISH

SOURCES = 20


def main() -> None:
    parser = options(__doc__, "a few hundred articles")
    parser.add_argument("--articles", type=int, default=5_000)
    arguments = parser.parse_args()
    articles = 300 if arguments.small else arguments.articles
    with tempfile.TemporaryDirectory() as folder:
        results = _run(Path(folder), articles, arguments.database)
    report.write("importing", results, arguments.output)


def _run(folder: Path, articles: int, database: str) -> dict[str, Any]:
    archive = folder / "archive"
    characters = _write(archive, articles)
    settings = os.environ | environment(folder, database)
    _command(settings, "migrate", "-v0")
    first, again = (_command(settings, "import_archive", str(archive)) for _ in range(2))
    reading = _reading(archive)
    return {
        "articles": articles,
        "characters_per_article": round(characters / articles),
        "database": "postgres" if database else "sqlite",
        "first": first | {"articles_per_cpu_s": round(articles / first["cpu_s"])},
        "again": again | {"articles_per_cpu_s": round(articles / again["cpu_s"])},
        "reading_alone_cpu_s": round(reading, 2),
        "first_to_reading": round(first["cpu_s"] / max(reading, 0.01), 1),
    }


def _write(archive: Path, articles: int) -> int:
    """Write the files; returns the number of characters of HTML in them."""
    chance = random.Random(1)
    characters = 0
    for number in range(articles):
        source = f"source-{number % SOURCES}"
        moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=number)
        vocabulary, glue = (CHINESE, "") if number % 2 else (ENGLISH, " ")
        words = vocabulary.split()
        paragraphs = (glue.join(chance.choices(words, k=60)) for _ in range(8))
        html = "".join(f'<p style="margin:0">{text}</p>' for text in paragraphs)
        characters += len(html)
        link = f"https://{source}.example/{number}"
        text = (
            f'---\nlayout: post\ntitle: "Story {number}"\ndate: {moment.isoformat()}\nauthor: someone\n'
            f"from: {link}\ntags: [ {source} ]\ncategories: [ {source} ]\n---\n"
            f"<!--{int(moment.timestamp() * 1000)}-->\n[Story {number}]({link})\n------\n\n<div>{html}</div>\n"
        )
        path = archive / f"{moment:%Y-%m-%d}" / f"{moment:%Y-%m-%d}-story {number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return characters


def _command(settings: dict[str, str], *arguments: str) -> dict[str, Any]:
    """Run a command of manage.py; processor seconds and its largest memory."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=report.ROOT, env=settings, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "peak_memory_mb": round(after.ru_maxrss / 1024, 1),
        "last_line": (done.stdout.splitlines() or [""])[-1],
    }


def _reading(archive: Path) -> float:
    started = process_time()
    for path in archive.rglob("*.md"):
        path.read_bytes().decode()
    return process_time() - started


if __name__ == "__main__":
    main()
