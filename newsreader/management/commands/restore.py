"""`manage.py restore FILE`"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from articles.search.index import reindex
from newsreader.backup.pictures import described
from newsreader.backup.restoring import Refused, restore_backup
from newsreader.management.progress import ProgressLines


class Command(BaseCommand):
    help = (
        "Put a backup into a new database (after migrate), on SQLite or Postgres, and make the search index. Exit code "
        "0: restored; 1: refused, with nothing changed; 2: wrong use; 3: restored, but for pictures that are damaged "
        "or missing, which are named and fetched again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")
        parser.add_argument("--replace", action="store_true", help="delete what the database holds: it will be lost")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = ProgressLines(self, options["verbosity"])
        try:
            done = restore_backup(options["file"], replace=options["replace"], progress=lines)
        except Refused as error:
            raise CommandError(str(error), returncode=1) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename or str(options['file'])!r}: {error.strerror or error}", returncode=1
            ) from error
        except Error as error:
            raise CommandError(f"the database can't take it (has migrate run?): {error}", returncode=1) from error
        indexed = 0
        for count in reindex():
            indexed += count
            lines("search index", indexed)
        for line in described(done.left_out):
            self.stderr.write(line)
        self.stdout.write(f"restored {done.rows}")
        if done.left_out:
            raise CommandError(f"{len(done.left_out)} pictures are left out", returncode=3)
