from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_search_pages"),
    ]

    operations = [
        migrations.AddField(
            model_name="exportidentity",
            name="edition",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
