"""Upgrades beside code from before, and back, on the database of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from articles.models import Rule, RuleHit, SavedSearch
from articles.notes.models import Note
from articles.notes.own import noted_among
from articles.stories.models import FoldingProgress, WaitingArticle
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def as_it_was(transactional_db: None) -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def migrate(name: str) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("articles", name)])


def write_as_former_code_does() -> None:
    article = make_article(make_feed())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_waitingarticle")
        cursor.execute("INSERT INTO articles_waitingarticle (article_id) VALUES (%s)", [article.pk])
        cursor.execute("INSERT INTO articles_foldingprogress (version, reached, until) VALUES (1, 0, 0)")
    assert abs(WaitingArticle.objects.get().noted_at - timezone.now()) < timedelta(hours=1)
    assert FoldingProgress.objects.get(version=1, until=0).turn == 0


def test_code_from_before_goes_on_writing_while_an_upgrade_migrates() -> None:
    write_as_former_code_does()


def test_what_was_installed_without_defaults_has_them_after_the_next_upgrade() -> None:
    migrate("0044_kept_hits")
    bare = (
        (WaitingArticle, "noted_at", models.DateTimeField()),
        (FoldingProgress, "turn", models.BigIntegerField()),
    )
    with connection.schema_editor() as editor:
        for model, name, field in bare:
            field.set_attributes_from_name(name)
            field.model = model
            editor.alter_field(model, model._meta.get_field(name), field)
    migrate("0045_former_code")
    write_as_former_code_does()


def test_rules_and_searches_that_code_from_before_made_know_of_their_category() -> None:
    reader, category = make_reader("ann"), make_category("Harbour")
    migrate("0044_kept_hits")
    Rule.objects.create(user=reader, name="of one", category=category)
    Rule.objects.create(user=reader, name="of all")
    SavedSearch.objects.create(user=reader, name="of one", category=category)
    migrate("0045_former_code")
    assert dict(Rule.objects.values_list("name", "of_category")) == {"of one": True, "of all": False}
    assert SavedSearch.objects.get().of_category


def test_going_back_to_before_there_were_rules_of_the_site_takes_them_away_alone() -> None:
    article = make_article(make_feed())
    for owner in (make_reader("ann"), None):
        RuleHit.objects.create(rule=Rule.objects.create(user=owner, name="ads"), article=article)
    migrate("0040_channels")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(user_id) FROM articles_rule")
        assert cursor.fetchone() == (1, 1)
        cursor.execute("SELECT count(*) FROM articles_rulehit")
        assert cursor.fetchone() == (1,)


def test_notes_from_before_are_found_as_they_are_searched_now() -> None:
    ann, article = make_reader("ann"), make_article(make_feed())
    migrate("0049_rules_mark")
    Note.objects.create(user=ann, article=article, text="Don’t\nforget", folded="\ndon’t\nforget")
    migrate("0050_notes_folded")
    assert noted_among([article.pk], ann, "don't forget") == {article.pk}
