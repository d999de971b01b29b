"""Rules for the footers of aggregators that are known; an operator edits them in the admin panel."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

RULES = [
    ("FeedX footer", "starts", "获取更多RSS"),
    ("FeedX footer, traditional", "starts", "獲取更多RSS"),
    ("Feedburner flare", "selector", "div.feedflare"),
    ("Full-Text RSS notice", "contains", "Let's block ads!"),
    ("FiveFilters notice", "contains", "This entry passed through the Full-Text RSS service"),
]


def add(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rules = apps.get_model("articles", "BoilerplateRule").objects.using(schema_editor.connection.alias)
    for name, match, value in RULES:
        rules.get_or_create(match=match, value=value, feed=None, defaults={"name": name})


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_search")]

    # What an operator made of the rules since stays when the migration is undone.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
