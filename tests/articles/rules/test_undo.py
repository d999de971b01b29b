"""Deeds of rules taken back: what is left is what would be without the rule."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.labels import own as labels
from articles.lists.pages import Selection, load
from articles.lists.reader_state import mark_all_read, mark_read, star
from articles.models import Article, RuleHit
from articles.rules import deeds, own, queue
from tests.articles.rules.rain import came_in, is_unread, rule_of, stored
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db


TOUCHES = st.lists(st.sampled_from(["read", "unread", "star", "unstar", "label", "unlabel", "mark"]), max_size=4)


def _touch(reader: User, article: Article, touches: list[str]) -> None:
    label = labels.make_label(reader, "Weather")
    for touch in touches:
        if touch in {"read", "unread"}:
            mark_read(reader, [article], read=touch == "read")
        elif touch in {"star", "unstar"}:
            star(reader, article, on=touch == "star")
        elif touch == "mark":
            mark_all_read(reader, Selection(), up_to=article.pk)
        else:
            wanted = {"add": [label.pk], "remove": []} if touch == "label" else {"add": [], "remove": [label.pk]}
            labels.change_labels(reader, [article.pk], **wanted)


def _state(reader: User, article: Article) -> tuple[bool, bool, bool]:
    [loaded] = load([article.pk], reader)
    return loaded.is_unread, loaded.is_starred, bool(labels.labels_on([article.pk], reader))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(TOUCHES, TOUCHES, st.booleans(), st.booleans())
def test_taking_back_leaves_what_would_be_without_the_rule(before, after, one_by_one, is_twice):
    """A twin who has no rule did the same before and after."""
    with transaction.atomic():
        ann, twin = make_reader(), make_reader()
        article = came_in("rain")
        rules = [rule_of(ann, marks_read=True, stars=True, label="Weather") for _ in range(2 if is_twice else 1)]
        for reader in (ann, twin):
            _touch(reader, article, before)
        queue.work(10)
        by_hand = [touch for touch in before if touch in {"read", "unread"}][-1:] == ["unread"]
        assert by_hand or not is_unread(ann, article)
        for reader in (ann, twin):
            _touch(reader, article, after)
        if one_by_one:
            for rule in rules:
                deeds.undo_all(rule)
        else:
            assert deeds.undo_on(ann, article.pk) == len(rules)
        assert _state(ann, article) == _state(twin, article)
        assert not RuleHit.objects.filter(rule__in=rules, is_undone=False).exists()
        transaction.set_rollback(True)


def test_taking_all_back_ends_when_its_time_is_over(ann, monkeypatch):
    monkeypatch.setattr(deeds, "AT_ONCE", 2)
    rule = rule_of(ann)
    for _ in range(3):
        came_in("rain")
    queue.work(10)
    assert deeds.undo_all(rule, seconds=0) == 2
    assert deeds.undo_all(rule, seconds=0) == 1


def test_what_another_rule_holds_to_stays(ann):
    article = came_in("rain and storm")
    first, second = rule_of(ann, "rain"), rule_of(ann, "storm")
    queue.work(10)
    deeds.undo_all(first)
    assert not is_unread(ann, article)
    deeds.undo_all(second)
    assert is_unread(ann, article)


def test_what_was_taken_back_stays_so_when_the_article_changes(ann):
    rule_of(ann)
    feed = make_feed()
    [article] = stored(feed, "rain")
    queue.work(10)
    deeds.undo_on(ann, article.pk)
    stored(feed, "rain again")
    queue.work(10)
    assert is_unread(ann, article)
    assert own.rules_of(ann)[0].hits == 0
