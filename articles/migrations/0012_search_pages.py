"""FTS5 writes its index in pages of 16 KB instead of 4: merging them takes a fraction of the time. SQLite alone."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

OPTION = "INSERT INTO articles_search_lexemes (articles_search_lexemes, rank) VALUES ('{}', {})"


def large(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(OPTION.format("pgsz", 16384))
        editor.execute(OPTION.format("automerge", 4))  # a reindex that was stopped may have left another


def as_usual(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(OPTION.format("pgsz", 4050))


class Migration(migrations.Migration):
    dependencies = [("articles", "0011_search_vacuum")]
    operations = [migrations.RunPython(large, as_usual)]
