"""`manage.py import_opml FILE`"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from feeds.forms import MAX_OPML_BYTES
from feeds.subscribe.outlines import import_opml


class Command(BaseCommand):
    help = (
        "Add all feeds of an OPML file, with its categories. Prints a line for each outline that was refused and, "
        "last, “added N, known N, refused N”. "
        "Exit code 0: all feeds are there now; 1: something was refused; 2: the file can't be read, or wrong usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="an OPML file; - reads standard input")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            results = import_opml(_content(options["file"]))
        except OSError as error:
            raise CommandError(f"{options['file']!r} can't be read: {error.strerror}", returncode=2) from error
        except ValueError as error:
            raise CommandError(f"{options['file']!r} can't be imported: {error}") from error
        for result in results:
            if result.outcome == "refused":
                self.stderr.write(f"{result.title or '-'} {result.url}: {result.reason}")
        counts = Counter(result.outcome for result in results)
        self.stdout.write(f"added {counts['added']}, known {counts['known']}, refused {counts['refused']}")
        if counts["refused"]:
            raise CommandError(_("Some outlines were refused."))


def _content(name: str) -> bytes:
    """The file's bytes. Raises OSError, and ValueError where they are more than any list of feeds has: what never ends
    would take all memory."""
    with nullcontext(sys.stdin.buffer) if name == "-" else Path(name).open("rb") as file:
        content = file.read(MAX_OPML_BYTES + 1)
    if len(content) > MAX_OPML_BYTES:
        raise ValueError(f"it has more than {MAX_OPML_BYTES // 2**20} MiB")
    return content
