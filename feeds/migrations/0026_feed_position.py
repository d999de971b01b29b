"""The order of the site's feeds in their categories."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feeds", "0025_time_zone")]

    operations = [
        migrations.AddField(
            model_name="feed",
            name="position",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
