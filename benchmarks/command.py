"""The beginning of every benchmark: its options, and a site of its own."""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def options(about: str | None, small: str, *, takes_database: bool = True) -> ArgumentParser:
    """The options that all have, or nearly all. `small` is what `--small` measures."""
    parser = ArgumentParser(description=about, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help=f"{small}: shows that it works")
    if takes_database:
        parser.add_argument("--database", default="", help="postgres://…, of its own; default a temporary SQLite")
    parser.add_argument("--output", type=Path, help="file for the report; without it the report is printed")
    return parser


def environment(folder: Path, database: str = "") -> dict[str, str]:
    """The settings of a site with its data in `folder`."""
    return {
        "DJANGO_SETTINGS_MODULE": "newsreader.settings",
        "NEWSREADER_DATA": str(folder),
        "DATABASE_URL": database or f"sqlite:///{folder}/benchmark.sqlite3",
    }


@contextmanager
def own_site(database: str = "") -> Iterator[Path]:
    """Django set up in this process, with a data folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= environment(Path(folder), database)
        import django

        django.setup()
        yield Path(folder)
