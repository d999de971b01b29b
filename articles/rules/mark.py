"""The triggers that change the mark of rules (`articles/migrations/0049_rules_mark.py`), where SQLite has lost them: it
makes a new table of one whose columns a migration changes, without its triggers, and workers would keep old rules."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import connections


def make_lost_triggers(using: str, **_: Any) -> None:
    """For the end of migrations."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    made = import_module("articles.migrations.0049_rules_mark")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' OR name = 'articles_rulesmark'")
        there = {name for (name,) in cursor.fetchall()}
        for name, statement in made.triggers("sqlite").items():
            if "articles_rulesmark" in there and name not in there:
                cursor.execute(statement)
