"""Statistics of the search index are gathered when it has doubled, not when it has grown by a tenth.

They take a function's result for each of many rows: seconds of processor time, while what they say of words hardly changes.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def rarely(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE articles_search SET (autovacuum_analyze_scale_factor = 1)")


def as_often_as_usual(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE articles_search RESET (autovacuum_analyze_scale_factor)")


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_search_rows")]
    operations = [migrations.RunPython(rarely, as_often_as_usual)]
