"""Notes are found with any apostrophe, and across line ends."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from articles.notes.folded import fold_anew


def fold_notes(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    fold_anew(apps.get_model("articles", "Note"))


class Migration(migrations.Migration):
    dependencies = [("articles", "0049_rules_mark")]

    operations = [migrations.RunPython(fold_notes, migrations.RunPython.noop, elidable=True)]
