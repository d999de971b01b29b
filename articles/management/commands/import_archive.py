"""Import a folder of Markdown article files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.archive_files.importing import Finding, ImportReport, Listener, import_folder
from articles.archive_files.reading import walk

PROGRESS_SECONDS = 3


class Command(BaseCommand):
    help = (
        "Import the Markdown article files of a folder, one feed per source. Run it again to go on after an "
        "interruption, or to add what is new. Exit code: 0 all is in, 1 at least one file was refused, 2 wrong use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=_folder, metavar="DIR", help="the archive; its subs.json says what is polled"
        )
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"there is no folder {folder}", returncode=2)
        lines = Lines(self, total=sum(1 for _ in walk(folder)), verbosity=options["verbosity"])
        try:
            report = import_folder(folder, listener=lines, dry_run=options["dry_run"])
        except KeyboardInterrupt:
            raise CommandError("stopped; run the same command again to go on", returncode=130) from None
        if report.pictures:
            self.stdout.write(f"kept {report.pictures} pictures")
        self.stdout.write(str(report))
        if report.refused:
            self.stdout.flush()
            sys.exit(1)


def _folder(name: str) -> Path:
    """Not the current folder where a shell's variable was empty."""
    if not name:
        raise ArgumentTypeError("no folder is named")
    return Path(name)


class Lines(Listener):
    """A line per duplicate, refused file and note, and one every few seconds about how far it is."""

    def __init__(self, command: BaseCommand, *, total: int, verbosity: int) -> None:
        self._command = command
        self._total = total
        self._verbosity = verbosity
        self._last = monotonic()

    def duplicate(self, finding: Finding) -> None:
        self._write(f"duplicate {finding.name}: {finding.reason}")

    def refused(self, finding: Finding) -> None:
        self._write(f"refused {finding.name}: {finding.reason}")

    def note(self, text: str) -> None:
        self._write(f"note: {text}")

    def progress(self, report: ImportReport) -> None:
        if monotonic() - self._last >= PROGRESS_SECONDS:
            self._write(f"{report.files:,} of {self._total:,} files: {report}")
            self._last = monotonic()

    def _write(self, line: str) -> None:
        if self._verbosity:
            output = self._command.stdout
            # Whatever a file is called or says, it is one line here, also on a terminal that has not all characters.
            encoding = getattr(output, "encoding", None) or "utf-8"
            output.write(" ".join(line.split()).encode(encoding, "backslashreplace").decode(encoding))
            output.flush()
