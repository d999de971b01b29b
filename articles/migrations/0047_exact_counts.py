from typing import Any

from django.db import migrations

# What was stored while articles were deleted could be left out of a feed's number, by which unread articles are counted.
COUNT = """
UPDATE feeds_feed SET article_count = (SELECT count(*) FROM articles_article WHERE feed_id = feeds_feed.id)
WHERE article_count <> (SELECT count(*) FROM articles_article WHERE feed_id = feeds_feed.id)
"""


def count_anew(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":  # workers of the version before may store meanwhile
        schema_editor.execute("LOCK TABLE feeds_feed IN SHARE ROW EXCLUSIVE MODE")
    schema_editor.execute(COUNT)


class Migration(migrations.Migration):
    """The numbers of articles that feeds have kept, counted anew."""

    dependencies = [
        ("articles", "0046_app_look"),
    ]

    operations = [
        migrations.RunPython(count_anew, migrations.RunPython.noop, elidable=True),
    ]
