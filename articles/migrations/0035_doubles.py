"""Stories of articles that are one, and the keys by which these find each other: a table that no model describes, as
SQLite keeps it in its key alone."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

COLUMNS = """
CREATE TABLE articles_storykey (
    key bigint NOT NULL, hour integer NOT NULL, article_id bigint NOT NULL, PRIMARY KEY (key, hour, article_id)
)"""


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    without = " WITHOUT ROWID" if editor.connection.vendor == "sqlite" else ""
    editor.execute(COLUMNS + without, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("DROP TABLE articles_storykey")


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0034_hidden"),
    ]

    operations = [
        migrations.RunPython(create, drop),
        migrations.CreateModel(
            name="FoldingProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField()),
                ("reached", models.BigIntegerField(default=0)),
                ("until", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="WaitingArticle",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StoryMember",
            fields=[
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="articles.article",
                    ),
                ),
                ("story", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("feed_id", models.BigIntegerField(help_text="Of the article.")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["story", "number", "feed_id"], name="members_of_story"),
                    models.Index(fields=["feed_id", "article", "number"], name="members_of_feed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_same", models.BooleanField()),
                (
                    "article",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="articles.article"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("article", "other"), name="likeness_once")],
            },
        ),
    ]
