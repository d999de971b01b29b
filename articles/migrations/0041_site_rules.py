from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _without_those_of_the_site(apps: Any, schema_editor: Any) -> None:
    """Going back: what has no owner can't be there before this."""
    apps.get_model("articles", "Rule").objects.filter(user=None).delete()
    schema_editor.connection.check_constraints()  # now: Postgres alters no table that has checks to come


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0040_channels"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="rule",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, _without_those_of_the_site, elidable=True),
    ]
