#!/usr/bin/env python
"""Newsreader's command line: `python manage.py help` lists the commands."""

import os
import sys
from pathlib import Path

# What a person may run before the first `up`.
FIRST_COMMANDS = frozenset({
    "add_feed", "archive_images", "backup", "check_index", "export_archive", "export_opml", "import_archive",
    "import_opml", "poll", "reindex", "repair_counts", "resanitize", "restore", "search",
})  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreader.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        if sys.argv[1:2] and sys.argv[1] in FIRST_COMMANDS:
            make_tables_of_a_new_folder()
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        reason = (str(error).splitlines() or ["no reason given"])[0]
        sys.exit(f"The database can't be used: {reason} (where it is new or older: manage.py prepare)")
    except ImproperlyConfigured as error:
        sys.exit(f"Newsreader can't start: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def make_tables_of_a_new_folder() -> None:
    """Make the tables of the embedded database where there is none yet."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"] and not Path(database["NAME"]).exists():
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
