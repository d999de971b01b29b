"""The search index is vacuumed when a few thousand articles have come in, not when it has grown by a fifth.

What GIN gathers and sorts in leaves empty pages behind, some 25 KB an article, which are used again after a VACUUM.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def often(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "ALTER TABLE articles_search SET (autovacuum_vacuum_insert_threshold = 2000,"
            " autovacuum_vacuum_insert_scale_factor = 0.002)"
        )


def as_often_as_usual(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "ALTER TABLE articles_search RESET (autovacuum_vacuum_insert_threshold,"
            " autovacuum_vacuum_insert_scale_factor)"
        )


class Migration(migrations.Migration):
    dependencies = [("articles", "0010_image_sizes")]
    operations = [migrations.RunPython(often, as_often_as_usual)]
