"""Workers keep what they made of the rules until one of them changes, whoever changes it and whichever way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

from articles.lists.pages import Selection
from articles.models import Rule
from articles.rules import own
from articles.rules.at_work import rules_at_work
from articles.rules.judge import Arrivals
from feeds.models import Category, Feed
from tests.articles.searching import make_found
from tests.effort import statements_asked
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db

CHANGES: dict[str, Callable[[Rule], object]] = {
    "a rule edited": lambda rule: own.save_rule(rule.user, _draft(query="snow"), rule),
    "a rule for another feed": lambda rule: own.save_rule(rule.user, _draft(query="rain", feed=make_feed()), rule),
    "a rule added": lambda rule: own.save_rule(rule.user, _draft(query="snow")),
    "a rule of the site added": lambda rule: own.save_rule(
        None, own.Draft(selection=Selection(query="snow"), hides=True)
    ),
    "rules added at once": lambda rule: Rule.objects.bulk_create([Rule(user=rule.user, text="snow", hides=True)]),
    "a rule deleted": lambda rule: rule.delete(),
    "rules deleted at once": lambda _: Rule.objects.all().delete(),
    "a rule switched off": lambda _: Rule.objects.update(is_on=False),
    "its account closed": lambda rule: rule.user and User.objects.filter(pk=rule.user.pk).update(is_active=False),
    "its account deleted": lambda rule: rule.user and rule.user.delete(),
    "its feed deleted": lambda _: Feed.objects.filter(title="Press").delete(),
    "its category deleted": lambda _: Category.objects.all().delete(),
    "another's SQL": lambda _: _run("UPDATE articles_rule SET text = 'snow'"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_noticed(change: Callable[[Rule], object]) -> None:
    reader, article = make_reader(), make_found(text="rain")
    press, world = make_feed(title="Press"), make_category(owner=reader)
    own.save_rule(reader, _draft(query="rain", feed=press))
    own.save_rule(reader, _draft(query="rain", category=world))
    rule = own.save_rule(reader, _draft(query="rain"))
    before = _rows(article.pk)
    assert len(before) == 3

    change(rule)

    after = _rows(article.pk)
    assert after != before
    assert after == rules_at_work().rows


def test_an_account_that_is_opened_again_is_noticed() -> None:
    reader, article = make_reader(), make_found(text="rain")
    own.save_rule(reader, _draft(query="rain"))
    User.objects.update(is_active=False)
    assert _rows(article.pk) == []
    User.objects.update(is_active=True)
    assert len(_rows(article.pk)) == 1


def test_rules_are_not_read_again_while_nothing_changes() -> None:
    reader, article = make_reader(), make_found(text="rain")
    rule = own.save_rule(reader, _draft(query="rain"))
    _rows(article.pk)
    User.objects.update(first_name="Ann")
    Rule.objects.filter(pk=rule.pk).update(is_going_back=True, back_cursor="x")  # it goes through the archive
    with statements_asked() as asked:
        assert len(_rows(article.pk)) == 1
    assert len(asked) == 1


def _rows(article: int) -> list[tuple[object, ...]]:
    return rules_at_work(Arrivals([article]).mark).rows


def _draft(**selection: object) -> own.Draft:
    return own.Draft(selection=Selection(**selection), stars=True)


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone makes new tables for migrations")
def test_triggers_that_a_migration_has_lost_are_made_anew_at_its_end() -> None:
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'articles_rule_%'"
    with connection.cursor() as cursor:
        made = sorted(cursor.execute(names).fetchall())
        for (name,) in made:
            cursor.execute(f"DROP TRIGGER {name}")
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
        assert sorted(cursor.execute(names).fetchall()) == made
    assert made
