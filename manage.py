#!/usr/bin/env python
"""Newsreader's command line: `python manage.py help` lists the commands."""

from __future__ import annotations

import functools
import gc
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.management import BaseCommand

# What a person may run before the first `up`.
FIRST_COMMANDS = frozenset({
    "add_feed", "archive_images", "backfill", "backup", "check_images", "check_index", "export_archive", "export_book",
    "export_opml", "fold", "import_archive", "import_opml", "poll", "reindex", "repair_counts", "resanitize", "restore",
    "search",
})  # fmt: skip

WAYS_OUT = "where it is new or older: manage.py prepare; where it is damaged: manage.py restore"


def main() -> None:
    gc.disable()  # until all is loaded, which stays: looking through it for garbage is an eighth of the start
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreader.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import ManagementUtility
    from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError

    try:
        if sys.argv[1:2] and sys.argv[1] in FIRST_COMMANDS:
            from newsreader.tables import make_tables_of_a_new_folder

            make_tables_of_a_new_folder()
        utility = ManagementUtility(sys.argv)
        utility.fetch_command = functools.partial(command_named, utility.fetch_command)  # type: ignore[method-assign]
        utility.execute()
    except (DatabaseError, InterfaceError) as error:
        from feeds.writes import is_of_machine

        is_said = is_of_machine(error) or isinstance(error, (OperationalError, ProgrammingError))
        if "--traceback" in sys.argv or not is_said:
            raise
        reason = (str(error).splitlines() or ["no reason given"])[0]
        sys.exit(f"The database can't be used: {reason} ({WAYS_OUT})")
    except ImproperlyConfigured as error:
        sys.exit(f"Newsreader can't start: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def command_named(find: Callable[[str], BaseCommand], name: str) -> BaseCommand:
    """The command called `name`. Ends with 2, not with Django's 1, where there is none: that is wrong use."""
    try:
        return find(name)
    except SystemExit:
        sys.exit(2)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 10, 10)  # by itself Python looks after every 700 objects
        gc.enable()


if __name__ == "__main__":
    main()
