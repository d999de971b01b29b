"""`manage.py export_opml FILE`"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feeds.management.place import place_of
from feeds.subscribe.outlines import export_opml


class Command(BaseCommand):
    help = (
        "Write all feeds and categories as OPML 2.0. A file that is there is replaced when the new one is whole. "
        "Exit code 0: written; 2: the file can't be written, or wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="where to write; - writes to standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        document = export_opml()
        if options["file"] == "-":
            sys.stdout.buffer.write(document)
            sys.stdout.flush()
            return
        try:
            _replace(Path(options["file"]), document)
        except OSError as error:
            raise CommandError(f"{options['file']!r} can't be written: {error.strerror}", returncode=2) from error


def _replace(path: Path, document: bytes) -> None:
    """Write beside the file and then put it in its place, so that no failure leaves half of one."""
    if path.exists() and not path.is_file():  # a pipe or device has no place to be put in
        path.write_bytes(document)
        return
    path = place_of(path)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_bytes(document)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
