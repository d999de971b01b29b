"""A site that was installed long ago and upgraded: `python -m tests.newsreader.former_site` makes its database where the
settings say, by the migrations that a new site does without."""

from __future__ import annotations

import copy
import gc
from datetime import UTC, datetime

import django
from django.db.models import Field

FORMER = [("feeds", "0007_former_addresses"), ("articles", "0015_search_memory")]


def make_models_quickly() -> None:
    """Most of the time goes to models that are made anew, some thousands of them, of copies of their fields. Only what
    refers to a model has to be copied by what it was made from."""
    gc.disable()
    as_django_does = Field.clone

    def clone(self: Field) -> Field:  # type: ignore[type-arg]
        is_plain = self.remote_field is None and not hasattr(self, "model")
        return copy.copy(self) if is_plain else as_django_does(self)

    Field.clone = clone  # type: ignore[method-assign, assignment]


def main() -> None:
    django.setup()
    make_models_quickly()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.loader import MigrationLoader

    class OneByOne(MigrationLoader):
        """Knows of no migration that replaces others, as code from before."""

        def load_disk(self) -> None:
            super().load_disk()
            disk = self.disk_migrations
            self.disk_migrations = {key: each for key, each in disk.items() if not each.replaces}

    executor = MigrationExecutor(connection)
    executor.loader = OneByOne(connection)
    executor.migrate(FORMER)
    apps = executor.loader.project_state(FORMER).apps
    feed = apps.get_model("feeds", "Feed").objects.create(url="https://old.example/feed", title="Old")
    article = apps.get_model("articles", "Article").objects.create(
        feed=feed,
        guid="1",
        url="https://old.example/1",
        title="Harbour",
        content_html="<p>Long ago</p>",
        content_text="Long ago",
        published_at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    reader = apps.get_model("auth", "User").objects.create(username="ann")
    state = apps.get_model("articles", "ArticleState")
    state.objects.create(article=article, user=reader, is_read=True, starred_at=datetime(2020, 1, 2, tzinfo=UTC))
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
