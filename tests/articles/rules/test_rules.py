"""Rules: what they do to articles that come in and change, and what is left when that is taken back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from articles.labels import own as labels
from articles.lists.lately import Deed, lately_page
from articles.lists.pages import Selection, Show, list_page, unread_among
from articles.lists.reader_state import mark_read
from articles.lists.unread_counts import unread_counts
from articles.models import ArticleLabel, ArticleState, FullText, Rule, RuleHit, UnjudgedArticle
from articles.rules import deeds, own, queue, waiting
from articles.rules.preview import preview
from articles.search import index
from feeds.subscriptions import own as subscriptions
from tests.articles.rules.rain import came_in, fails_for_some, is_unread, rule_of, stored
from tests.articles.searching import make_found, make_harbours
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


def test_a_rule_marks_stars_and_labels_what_it_finds_and_nothing_else(ann):
    rain, sun = came_in("rain"), came_in("sun")
    rule_of(ann, marks_read=True, stars=True, label="Weather")
    assert queue.work(10) == 2
    assert unread_among([rain.pk, sun.pk], ann) == {sun.pk}
    assert list(ArticleState.objects.filter(starred_at__isnull=False).values_list("article", flat=True)) == [rain.pk]
    assert labels.labelled_among([rain.pk, sun.pk], ann, "weather") == {rain.pk}
    assert not UnjudgedArticle.objects.exists()
    [counted] = own.rules_of(ann)
    assert (counted.hits, counted.last_at is not None) == (1, True)
    [deed] = deeds.deeds_on(ann, rain)
    assert (deed.read, deed.starred, deed.label) == (True, True, "Weather")
    assert deeds.deeds_on(ann, sun) == []


def test_counts_and_lists_agree_with_what_rules_marked(ann):
    feed = make_feed()
    for text in ("rain", "rain and sun", "sun"):
        came_in(text, feed)
    rule_of(ann)
    queue.work(10)
    unread = list_page(Selection(show=Show.UNREAD), ann).articles
    assert [article.title for article in unread] == ["sun"]
    assert unread_counts(ann) == {feed.pk: 1}
    assert not lately_page(Deed.READ, ann).articles  # which tells what the reader read


def test_two_readers_rules_are_their_own(ann):
    bob = make_reader("bob")
    private = make_feed(is_shared=False)
    subscriptions.follow(bob, private)
    article, theirs = came_in("rain"), came_in("rain", private)
    rule_of(ann)
    rule = rule_of(bob, stars=True)
    queue.work(10)
    assert not is_unread(ann, article)
    assert is_unread(bob, article)
    assert rule.hits.count() == 2
    assert [counted.rule for counted in own.rules_of(bob)] == [rule]
    assert not ArticleState.objects.filter(user=ann, article=theirs).exists()
    assert not RuleHit.objects.filter(rule__user=ann, article=theirs).exists()


def test_rules_see_what_is_stored_and_what_changes(ann):
    rule, feed = rule_of(ann), make_feed()
    rain, sun = stored(feed, "rain", "sun")
    queue.work(10)
    assert unread_among([rain.pk, sun.pk], ann) == {sun.pk}
    stored(feed, "rain", "sun and rain")
    queue.work(10)
    assert not unread_among([rain.pk, sun.pk], ann)
    assert rule.hits.count() == 2


def test_a_rule_acts_on_an_article_once(ann):
    rule_of(ann)
    feed = make_feed()
    [article] = stored(feed, "rain")
    queue.work(10)
    mark_read(ann, [article], read=False)
    stored(feed, "rain again")
    queue.work(10)
    assert is_unread(ann, article)


def test_without_rules_nothing_waits_and_a_rule_that_is_off_does_nothing(ann):
    stored(make_feed(), "rain")
    assert not UnjudgedArticle.objects.exists()
    rule_of(ann, marks_read=True, is_on=False)
    article = came_in("rain")
    queue.work(10)
    assert is_unread(ann, article)


def test_what_a_killed_worker_left_is_done_once_by_the_next(ann, monkeypatch):
    rule_of(ann, marks_read=True, label="Weather")
    article = came_in("rain")
    with monkeypatch.context() as patch:
        patch.setattr(labels, "add_label_by_rule", _killed)
        with pytest.raises(KeyboardInterrupt):
            queue.work(10)
    assert is_unread(ann, article)
    assert not RuleHit.objects.exists()
    assert queue.work(10) == 1
    assert queue.work(10) == 0
    assert not is_unread(ann, article)
    assert RuleHit.objects.count() == ArticleLabel.objects.count() == 1


def _killed(*args):
    raise KeyboardInterrupt


def test_rules_of_one_reader_that_fail_leave_those_of_others_to_act(ann, monkeypatch):
    bob = make_reader("bob")
    rule_of(ann, stars=True)
    rule_of(bob)
    article = came_in("rain")
    monkeypatch.setattr("articles.rules.deeds._star", fails_for_some)
    queue.work(10)
    assert is_unread(ann, article)
    assert not is_unread(bob, article)
    assert not UnjudgedArticle.objects.exists()


def test_whole_articles_are_fetched_of_what_is_recent(ann):
    now = timezone.now()
    recent = came_in("rain", published_at=now, url="https://x.example/1")
    came_in("rain", published_at=now.replace(year=now.year - 1), url="https://x.example/2")
    rule_of(ann, fetches_whole=True)
    queue.work(10)
    assert list(FullText.objects.values_list("article", "is_wanted")) == [(recent.pk, True)]


# --- before it is kept ------------------------------------------------------------------------------------------------


def test_a_preview_tells_of_the_newest_and_of_the_whole_archive(ann, monkeypatch):
    monkeypatch.setattr("articles.rules.preview.NEWEST", 20)
    make_harbours(15)
    for _ in range(20):
        make_found(title="rain", text="rain")
    make_harbours(2)
    seen = preview(ann, Selection(query="harbour"), timezone.localtime())
    assert (seen.hits, seen.hits_are_all, seen.tried) == (2, True, 20)
    assert (seen.total, seen.total_is_exact, seen.is_nearly_all) == (17, True, False)
    assert len(seen.articles) == 2
    assert preview(ann, Selection(query="-snow"), timezone.localtime()).is_nearly_all


def test_a_count_that_has_to_be_looked_through_is_exact_or_said_not_to_be(ann, monkeypatch):
    monkeypatch.setattr("articles.search.find.COUNTED_AT_ONCE", 4)
    make_harbours(10)
    seen = preview(ann, Selection(query='"harbour sleeps"'), timezone.localtime())
    assert (seen.total, seen.total_is_exact) == (10, True)
    monkeypatch.setattr("articles.rules.preview.PATIENCE", 0.0)
    seen = preview(ann, Selection(query='"harbour sleeps"'), timezone.localtime())
    assert seen.total is not None
    assert seen.total <= 10
    assert seen.total == 10 or not seen.total_is_exact


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (own.Draft(selection=Selection(query=" !!! "), stars=True), own.ASKS_NOTHING),
        (own.Draft(selection=Selection(), stars=True), own.ASKS_NOTHING),
        (own.Draft(selection=Selection(query="dup:yes"), stars=True), own.ASKS_NOTHING),
        (own.Draft(selection=Selection(query="-dup:yes OR !!!"), stars=True), own.ASKS_NOTHING),
        (own.Draft(selection=Selection(query="rain")), own.DOES_NOTHING),
        (own.Draft(selection=Selection(query="rain"), label='"'), own.BAD_LABEL),
    ],
)
def test_a_rule_that_asks_or_does_nothing_is_not_kept(ann, draft, reason):
    with pytest.raises(own.BadRule) as caught:
        own.save_rule(ann, draft)
    assert caught.value.reason == reason
    assert not Rule.objects.exists()


def test_there_are_no_more_than_are_held_against_an_article(ann, monkeypatch):
    monkeypatch.setattr(own, "MOST_RULES", 1)
    rule = rule_of(ann)
    with pytest.raises(own.BadRule):
        rule_of(ann, "snow", stars=True)
    own.save_rule(ann, own.Draft(selection=Selection(query="snow"), stars=True), rule)
    assert Rule.objects.get().text == "snow"


def test_all_of_a_feed_is_something_to_ask_for(ann):
    feed = make_feed()
    article, other = came_in("rain", feed), came_in("rain")
    rule = own.save_rule(ann, own.Draft(selection=Selection(feed=feed), marks_read=True))
    queue.work(10)
    assert (is_unread(ann, article), is_unread(ann, other), rule.name) == (False, True, feed.name)


def test_what_goes_with_a_label_a_feed_an_article_or_an_account(ann):
    feed = make_feed()
    article = came_in("rain", feed)
    rule_of(ann, label="Weather")
    own.save_rule(ann, own.Draft(selection=Selection(feed=feed), stars=True))
    queue.work(10)
    labels.labels_of(ann)[0].delete()
    assert [deed.label for deed in deeds.deeds_on(ann, article)] == [""]
    article.delete()
    assert not RuleHit.objects.exists()
    feed.delete()
    assert Rule.objects.count() == 1
    ann.delete()
    assert not Rule.objects.exists()


def test_a_rule_whose_category_goes_is_off_until_it_is_saved_anew(ann):
    category = make_category()
    came_in("rain")
    selection = Selection(category=category, query="rain")
    rule = own.save_rule(ann, own.Draft(selection=selection, stars=True))
    queue.go_back(rule)
    category.delete()
    queue.work(10)
    queue.work_back(10)
    assert not RuleHit.objects.exists()
    assert not waiting.is_due()
    rule.refresh_from_db()
    assert rule.is_lost
    assert not own.draft_of(rule).is_on
    stored(make_feed(), "rain")
    assert not UnjudgedArticle.objects.exists()
    own.save_rule(ann, own.Draft(selection=Selection(query="rain"), stars=True), rule)
    came_in("rain")
    queue.work(10)
    assert RuleHit.objects.count() == 1


def test_days_of_a_rule_begin_in_its_readers_own_time_zone(ann):
    subscriptions.keep_zone(ann, "Asia/Shanghai")
    bob = make_reader("bob")
    article = came_in("rain", published_at=datetime(2026, 1, 1, 20, tzinfo=UTC))
    rules = {reader: rule_of(reader, "date:2026-01-02", stars=True) for reader in (ann, bob)}
    queue.work(10)
    assert list(RuleHit.objects.values_list("rule", "article")) == [(rules[ann].pk, article.pk)]
    RuleHit.objects.all().delete()
    for rule in rules.values():
        queue.go_back(rule)
    queue.work_back(10)
    assert list(RuleHit.objects.values_list("rule", flat=True)) == [rules[ann].pk]


def test_stored_articles_are_in_the_index_that_rules_are_tried_on(ann):
    [article] = stored(make_feed(), "rain")
    assert index.wrong([article.pk]) == []
    assert preview(ann, Selection(query="rain"), timezone.localtime()).total == 1
