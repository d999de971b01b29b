"""Defaults in the database, for code from before that goes on writing while an upgrade migrates; and what such code wrote.

0037 has the defaults by now. Where it ran without them they are set here: taken away and given again, for the state of
0037 says that they are there.
"""

from __future__ import annotations

from typing import Any

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


def _know_of_it(apps: Any, schema_editor: Any) -> None:
    """Of the category that rules and searches had when such code made them after 0039."""
    for name in ("Rule", "SavedSearch"):
        of_one = apps.get_model("articles", name).objects.filter(category__isnull=False, of_category=False)
        of_one.update(of_category=True)


def _turn(**default: Any) -> migrations.AlterField:
    return migrations.AlterField(
        model_name="foldingprogress", name="turn", field=models.BigIntegerField(default=0, **default)
    )


def _noted_at(**default: Any) -> migrations.AlterField:
    field = models.DateTimeField(
        default=django.utils.timezone.now, help_text="When it came in, or changed last.", **default
    )
    return migrations.AlterField(model_name="waitingarticle", name="noted_at", field=field)


class Migration(migrations.Migration):
    dependencies = [("articles", "0044_kept_hits")]

    operations = [
        _turn(),
        _turn(db_default=0),
        _noted_at(),
        _noted_at(db_default=django.db.models.functions.datetime.Now()),
        migrations.RunPython(_know_of_it, migrations.RunPython.noop, elidable=True),
    ]
