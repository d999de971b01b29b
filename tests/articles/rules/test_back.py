"""Rules applied to articles that were there before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from articles.labels import own as labels
from articles.lists.pages import Selection
from articles.lists.unread_counts import unread_counts
from articles.models import ArticleLabel, ArticleState, Rule, RuleHit
from articles.rules import deeds, own, queue
from articles.search import find
from feeds.writes import soon
from tests.articles.rules.rain import came_in, fails_for_some, is_unread, rule_of
from tests.articles.searching import make_harbours

pytestmark = pytest.mark.django_db


def test_a_rule_goes_back_over_what_was_there_page_by_page(ann, monkeypatch):
    monkeypatch.setattr(queue, "HITS_AT_ONCE", 3)
    make_harbours(10)
    rule = rule_of(ann, "harbour is:unread", marks_read=True)
    queue.go_back(rule)
    queue.work_back(0)
    assert Rule.objects.get().is_going_back  # nothing was done in no time, and it is still to be done
    queue.work_back(30)
    assert not unread_counts(ann)
    assert rule.hits.count() == 10
    assert not Rule.objects.get().is_going_back


def test_an_action_that_a_rule_was_given_later_is_done_too(ann):
    [article] = make_harbours(1)
    rule = rule_of(ann, "harbour", stars=True)
    queue.go_back(rule)
    queue.work_back(30)
    own.save_rule(ann, own.Draft(selection=Selection(query="harbour"), stars=True, label="Sea"), rule)
    queue.go_back(rule)
    queue.work_back(30)
    assert labels.labelled_among([article.pk], ann, "sea") == {article.pk}
    assert deeds.undo_all(rule) == 1
    assert not ArticleLabel.objects.exists()
    assert not ArticleState.objects.exists()


def test_the_search_for_what_was_there_holds_up_no_writer_and_counts_for_the_rule_as_it_was(
    ann, monkeypatch, transactional_db
):
    make_harbours(3)
    rule = rule_of(ann, "harbour")
    queue.go_back(rule)
    found_page, changed = find.found_page, list[int]()

    def changed_meanwhile(*args, **options):
        page = found_page(*args, **options)
        if not changed:
            changed.append(elsewhere(lambda: Rule.objects.filter(pk=rule.pk).update(text="nothing")))
        return page

    monkeypatch.setattr(queue, "found_page", changed_meanwhile)
    queue.work_back(30)
    assert changed == [1]
    assert not RuleHit.objects.exists()
    assert not Rule.objects.get().is_going_back


def elsewhere(write: Callable[[], int]) -> int:
    """The answer to a write on a connection of its own, which waits for no other's transaction."""

    def written() -> int:
        try:
            with soon(0.2):
                return write()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(written).result()


def test_work_in_the_background_lets_others_write_between_its_transactions(ann, monkeypatch, transactional_db):
    monkeypatch.setattr(queue, "AT_ONCE", 2)
    monkeypatch.setattr(queue, "HITS_AT_ONCE", 2)
    monkeypatch.setattr(deeds, "AT_ONCE", 2)
    paused = []
    monkeypatch.setattr("feeds.writes.sleep", lambda seconds: paused.append(connection.in_atomic_block))
    rule = rule_of(ann)
    for _ in range(5):
        came_in("rain")
    is_one_writer = connection.vendor == "sqlite"

    def pauses(work: Callable[[], object]) -> int:
        paused.clear()
        work()
        assert not any(paused)
        return len(paused) if is_one_writer else 2

    assert pauses(lambda: queue.work(30)) == 2
    assert pauses(lambda: deeds.undo_all(rule)) == 2
    queue.go_back(rule)
    assert pauses(lambda: queue.work_back(30)) == 2
    assert rule.hits.filter(is_undone=False).count() == 5


def test_one_rule_that_fails_on_what_was_there_leaves_the_next_to_act(ann, monkeypatch):
    [article] = make_harbours(1)
    for fields in ({"stars": True}, {"marks_read": True}):
        queue.go_back(rule_of(ann, "harbour", **fields))
    monkeypatch.setattr("articles.rules.deeds._star", fails_for_some)
    queue.work_back(30)
    assert not is_unread(ann, article)
    assert [rule.is_going_back for rule in Rule.objects.order_by("pk")] == [True, False]


def test_a_rule_that_was_given_another_label_takes_the_former_along(ann):
    [article, other] = make_harbours(2)
    rule, second = rule_of(ann, "harbour", label="Sea"), rule_of(ann, "harbour", label="Sea")
    for each in (rule, second):
        queue.go_back(each)
    queue.work_back(30)
    deeds.undo_on(ann, other.pk)
    assert not labels.labels_on([other.pk], ann)
    own.save_rule(ann, own.Draft(selection=Selection(query="harbour"), label="Coast"), rule)
    queue.go_back(rule)
    queue.work_back(30)
    assert {label.name for label in labels.labels_on([article.pk], ann)[article.pk]} == {"Coast", "Sea"}
    assert [label.name for label in labels.labels_on([other.pk], ann)[other.pk]] == ["Coast"]
    own.save_rule(ann, own.Draft(selection=Selection(query="harbour"), label="Shore"), second)
    queue.go_back(second)
    queue.work_back(30)
    assert {label.name for label in labels.labels_on([article.pk], ann)[article.pk]} == {"Coast", "Shore"}
    deeds.undo_all(rule)
    deeds.undo_all(second)
    assert not ArticleLabel.objects.exists()


def test_what_was_taken_back_is_done_as_the_rule_is_now(ann):
    [article] = make_harbours(1)
    rule = rule_of(ann, "harbour", stars=True)
    queue.go_back(rule)
    queue.work_back(30)
    deeds.undo_all(rule)
    own.save_rule(ann, own.Draft(selection=Selection(query="harbour"), marks_read=True), rule)
    queue.go_back(rule)
    queue.work_back(30)
    [deed] = deeds.deeds_on(ann, article)
    assert (deed.read, deed.starred) == (True, False)
