from urllib.parse import urlsplit

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def fill_hosts(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for row in apps.get_model("feeds", "HubSubscription").objects.only("hub_url").iterator():
        try:
            row.host = (urlsplit(row.hub_url).hostname or "")[:255]
        except ValueError:
            continue
        row.save(update_fields=["host"])


class Migration(migrations.Migration):
    dependencies = [
        ("feeds", "0012_leases"),
    ]

    operations = [
        migrations.AddField(
            model_name="hubsubscription",
            name="host",
            field=models.CharField(default="", editable=False, max_length=255),
        ),
        migrations.AddField(
            model_name="hubsubscription",
            name="lease",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="hubsubscription",
            name="leased_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(fill_hosts, migrations.RunPython.noop, elidable=True),
    ]
