"""Export the articles as a folder of Markdown files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from articles.archive_files.exporting import ExportReport, NotAnArchive, export_folder
from articles.management.readers import reader_named
from articles.models import Article
from feeds.management.options import ID_OR_URL, feed_named
from feeds.models import Feed

PROGRESS_SECONDS = 3


class Command(BaseCommand):
    help = (
        "Write every article as a Markdown file into a folder that git can keep, with index pages. Run it again to "
        "write only what has changed. import_archive takes such a folder in. Exit code: 0 all is written, 1 a file "
        "can't be written, 2 wrong use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="empty, new, or what an earlier export wrote")
        parser.add_argument("--feed", action="append", metavar=ID_OR_URL, help="only this one; may be repeated")
        parser.add_argument("--user", metavar="NAME", help="with the labels and notes of this reader, for them alone")
        parser.add_argument("--images", action="store_true", help="pictures that are kept lie beside the articles")

    def handle(self, *args: Any, **options: Any) -> None:
        feeds = [feed_named(name) for name in options["feed"]] if options["feed"] else None
        articles = Article.objects.filter(feed__in=feeds) if feeds else Article.objects.all()
        lines = Lines(self, articles.count()) if options["verbosity"] else None
        report = self._export(options, feeds, {"progress": lines.progress} if lines else {})
        if report.removed:
            self.stdout.write(f"removed {report.removed} files of articles that are elsewhere now, or deleted")
        if report.unknown:
            self.stdout.write(f"left {report.unknown} files of articles that are not in this database")
        if report.pictures:
            self.stdout.write(f"wrote {report.pictures} pictures")
        self.stdout.write(str(report))

    def _export(self, options: dict[str, Any], feeds: list[Feed] | None, told: dict[str, Any]) -> ExportReport:
        """The report of an export. Raises CommandError."""
        reader = reader_named(options["user"])
        try:
            return export_folder(
                options["folder"],
                feeds=feeds,
                with_pictures=options["images"],
                reader=reader if isinstance(reader, User) else None,
                **told,
            )
        except NotAnArchive as error:
            raise CommandError(str(error), returncode=2) from error
        except (NotADirectoryError, FileExistsError) as error:
            raise CommandError(f"{error.filename!r} is a file: give a folder", returncode=2) from error
        except OSError as error:
            raise CommandError(f"can't be written: {error}", returncode=1) from error
        except KeyboardInterrupt:
            raise CommandError("stopped; run the same command again to go on", returncode=130) from None


class Lines:
    """A line every few seconds about how far it is."""

    def __init__(self, command: BaseCommand, total: int) -> None:
        self._command = command
        self._total = total
        self._last = monotonic()

    def progress(self, report: ExportReport) -> None:
        if monotonic() - self._last >= PROGRESS_SECONDS:
            self._last = monotonic()
            done = report.exported + report.unchanged
            self._command.stdout.write(f"{done:,} of {self._total:,} articles: {report}")
            self._command.stdout.flush()
