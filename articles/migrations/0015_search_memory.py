"""FTS5 sorts and writes what it gathered after 2 MB, not 16: it sorts by pointers all over that memory, and 16 MB are more
than the processor keeps close. SQLite alone."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GATHER = "INSERT INTO articles_search_lexemes (articles_search_lexemes, rank) VALUES ('hashsize', {})"


def less(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(GATHER.format(2 * 2**20))


def as_before(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(GATHER.format(16 * 2**20))


class Migration(migrations.Migration):
    dependencies = [("articles", "0014_search_tokenizer")]
    operations = [migrations.RunPython(less, as_before)]
