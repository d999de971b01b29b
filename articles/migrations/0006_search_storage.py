"""How the search index is kept: unpacked faster on Postgres; on SQLite, with what is left behind written down."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Rows of FTS5 that no article answers to any more: they can't be taken out, and their places are not given again.
LEFT_BEHIND = (
    "CREATE TABLE articles_search_left (place integer PRIMARY KEY)",
    "CREATE TRIGGER articles_search_leaves AFTER DELETE ON articles_search"
    " BEGIN INSERT OR IGNORE INTO articles_search_left VALUES (old.place); END",
)
# Lexemes are gathered in memory up to 16 MB before they go to disk: the default, 1 MB, is a hundred articles.
GATHER = "INSERT INTO articles_search_lexemes (articles_search_lexemes, rank) VALUES ('hashsize', 16777216)"


def change(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
            if cursor.fetchone()[0]:
                editor.execute("ALTER TABLE articles_search ALTER lexemes SET COMPRESSION lz4", params=None)
        return
    for statement in LEFT_BEHIND:
        editor.execute(statement, params=None)
    editor.execute(GATHER, params=None)


def undo(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER articles_search_leaves")
        editor.execute("DROP TABLE articles_search_left")


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_outputs")]
    operations = [migrations.RunPython(change, undo)]
