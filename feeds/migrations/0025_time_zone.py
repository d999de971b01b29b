from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feeds", "0024_doubles")]

    operations = [
        migrations.AddField(
            model_name="readersettings",
            name="time_zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
