"""An index of arrivals, for lists that run by them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0037_folding_turns")]

    operations = [
        migrations.AddIndex(model_name="article", index=models.Index(fields=["-id", "feed"], name="article_arrivals")),
    ]
