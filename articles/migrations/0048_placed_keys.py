"""Keys by which articles find each other get their time in front: those that are here are made anew with the archive,
which the background compares again, as their version says."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def empty(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    is_postgres = editor.connection.vendor == "postgresql"
    editor.execute("TRUNCATE articles_storykey" if is_postgres else "DELETE FROM articles_storykey", params=None)


class Migration(migrations.Migration):
    dependencies = [("articles", "0047_exact_counts")]
    operations = [migrations.RunPython(empty, migrations.RunPython.noop, elidable=True)]
