"""`manage.py backup FILE`"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feeds.management.place import place_of
from newsreader.backup.pictures import described
from newsreader.backup.writing import write_backup
from newsreader.management.progress import ProgressLines


class Command(BaseCommand):
    help = (
        "Write everything into one file: feeds, articles, readers with their passwords' hashes, what they read, and "
        "pictures. Newsreader may go on running. Exit code 0: written; 1: the file can't be written, 2: wrong use; 3: "
        "written, but for pictures that are damaged or missing, which are named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="replaced when the new one is whole; keep it secret"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"]
        try:
            done = write_backup(place_of(file), progress=ProgressLines(self, options["verbosity"]))
        except OSError as error:
            raise CommandError(f"{str(file)!r} can't be written: {error.strerror or error}", returncode=1) from error
        for line in described(done.left_out):
            self.stderr.write(line)
        self.stdout.write(f"backed up {done.rows}")
        if done.left_out:
            raise CommandError(f"{len(done.left_out)} pictures are not in it: run check_images", returncode=3)
