"""The search index: tables that no model describes, as each database has its own way (articles.search)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CREATE = {
    "postgresql": """
CREATE TABLE articles_search (
    article_id bigint PRIMARY KEY REFERENCES articles_article (id) ON DELETE CASCADE,
    feed_id bigint NOT NULL,
    published_at timestamptz NOT NULL,
    version varchar(40) NOT NULL,
    lexemes tsvector NOT NULL
);
ALTER TABLE articles_search ALTER lexemes SET STATISTICS 1000;
CREATE INDEX articles_search_lexemes ON articles_search USING gin (lexemes);
CREATE INDEX articles_search_newest ON articles_search (published_at DESC, article_id DESC);
CREATE INDEX articles_search_feed ON articles_search (feed_id, published_at DESC, article_id DESC);
CREATE TABLE articles_search_stems (language varchar(10) PRIMARY KEY);
""",
    "sqlite": """
CREATE TABLE articles_search (
    place integer PRIMARY KEY,
    article_id bigint NOT NULL UNIQUE REFERENCES articles_article (id) ON DELETE CASCADE,
    feed_id bigint NOT NULL,
    version varchar(40) NOT NULL,
    digest blob NOT NULL
);
CREATE VIRTUAL TABLE articles_search_lexemes USING fts5 (
    lexemes, content = '', columnsize = 0, detail = 'none',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* S* P* C*'"
);
CREATE TABLE articles_search_stems (language varchar(10) PRIMARY KEY);
""",
}
TABLES = {
    "postgresql": ("articles_search", "articles_search_stems"),
    "sqlite": ("articles_search_lexemes", "articles_search", "articles_search_stems"),
}


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in CREATE[editor.connection.vendor].split(";"):
        if statement.strip():
            editor.execute(statement, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for table in TABLES[editor.connection.vendor]:
        editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="IndexState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("complete_version", models.CharField(max_length=40)),
            ],
        ),
        migrations.RunPython(create, drop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SearchEntry",
                    fields=[
                        (
                            "article",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="articles.article",
                            ),
                        ),
                        ("feed_id", models.BigIntegerField()),
                        ("version", models.CharField(max_length=40)),
                    ],
                    options={"db_table": "articles_search"},
                ),
            ],
        ),
    ]
