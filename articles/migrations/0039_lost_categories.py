"""Rules and saved searches stay when their category goes, and know that they had one."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def _know_of_it(apps: Any, schema_editor: Any) -> None:
    for name in ("Rule", "SavedSearch"):
        apps.get_model("articles", name).objects.filter(category__isnull=False).update(of_category=True)


def _of_category(model: str) -> migrations.AddField:
    return migrations.AddField(
        model_name=model, name="of_category", field=models.BooleanField(db_default=False, default=False)
    )


def _category(model: str) -> migrations.AlterField:
    return migrations.AlterField(
        model_name=model,
        name="category",
        field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="feeds.category"),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0038_article_arrivals"),
        ("feeds", "0024_doubles"),
    ]

    operations = [
        _of_category("rule"),
        _of_category("savedsearch"),
        _category("rule"),
        _category("savedsearch"),
        migrations.RunPython(_know_of_it, migrations.RunPython.noop, elidable=True),
    ]
