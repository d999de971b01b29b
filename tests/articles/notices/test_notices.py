"""Notices: what a rule with "tell me" tells, and what it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from articles.ingest.older_documents import ready_history, store_history
from articles.lists import reader_state
from articles.lists.pages import Selection
from articles.models import Article, Notice, Rule, StoryMember, UnjudgedArticle
from articles.notices import own
from articles.rules import own as rules
from articles.rules import queue
from feeds.parse.document import ParsedEntry
from feeds.subscriptions import own as subscriptions
from tests.articles.searching import make_found
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db


def rule_of(reader: User, query: str = "rain", **does) -> Rule:
    draft = rules.Draft(selection=Selection(query=query), **({"tells": True} | does))
    return rules.save_rule(reader, draft)


def came_in(text: str = "rain", feed=None, **fields) -> Article:
    fields = {"published_at": timezone.now()} | fields
    article: Article = make_found(feed, title=text, text=text, **fields)
    UnjudgedArticle.objects.create(article=article)
    return article


def told(reader: User) -> list[str]:
    return [notice.article.title for notice in own.latest(reader, 50)]


def test_what_a_rule_hits_is_told_once_whatever_other_rules_say(ann):
    came_in("rain"), came_in("sun")
    first, _second = rule_of(ann), rule_of(ann, "ra*")
    queue.work(10)
    UnjudgedArticle.objects.bulk_create(UnjudgedArticle(article=each) for each in Article.objects.all())
    queue.work(10)
    rule_of(ann, "rain")
    UnjudgedArticle.objects.bulk_create(UnjudgedArticle(article=each) for each in Article.objects.all())
    queue.work(10)
    assert told(ann) == ["rain"]
    first.delete()
    assert told(ann) == ["rain"]


def test_what_is_read_or_hidden_is_not_told_but_what_a_rule_read_is(ann):
    by_hand, hidden, by_rule = came_in("rain one"), came_in("rain two"), came_in("rain three")
    reader_state.mark_read(ann, [by_hand])
    rule_of(ann, "two", tells=False, hides=True)
    rule_of(ann, "three", tells=False, marks_read=True)
    rule_of(ann)
    queue.work(10)
    assert told(ann) == [by_rule.title]
    assert not Notice.objects.filter(article=hidden).exists()


def test_what_was_there_before_is_never_told(ann):
    came_in("rain")
    UnjudgedArticle.objects.all().delete()
    rule = rule_of(ann, "rain")
    queue.go_back(rule)
    queue.work_back(10)
    assert rule.hits.count() == 1
    assert told(ann) == []


def test_old_articles_and_history_are_no_news(ann):
    rule = rule_of(ann)
    came_in("rain", published_at=timezone.now() - timedelta(days=8))
    entry = ParsedEntry(guid="1", url="https://x.example/1", title="rain", content_html="<p>rain</p>")
    feed = make_feed()
    store_history(feed, ready_history(feed, [entry]))
    queue.work(10)
    assert rule.hits.exists()
    assert told(ann) == []


def test_a_story_is_told_once(ann):
    rule_of(ann)
    first, second = came_in("rain"), came_in("rain again")
    third = came_in("rain once more")
    UnjudgedArticle.objects.filter(article=third).delete()
    for number, article in enumerate((first, second, third)):
        StoryMember.objects.create(article=article, story=first.pk, number=number, feed_id=article.feed_id)
    queue.work(10)
    assert told(ann) == ["rain"]
    UnjudgedArticle.objects.create(article=third)
    queue.work(10)
    assert told(ann) == ["rain"]


def test_readers_are_told_of_what_they_may_read_alone(ann):
    bob, private = make_reader("bob"), make_feed(is_shared=False)
    subscriptions.follow(bob, private)
    came_in("rain", private)
    rule_of(ann)
    rule_of(bob)
    queue.work(10)
    assert (told(ann), told(bob)) == ([], ["rain"])
    subscriptions.unfollow(bob, private)
    assert told(bob) == []


def test_old_notices_go_and_new_ones_stay(ann):
    rule_of(ann)
    old, _new = came_in("rain"), came_in("rain two")
    queue.work(10)
    Notice.objects.filter(article=old).update(at=timezone.now() - own.KEPT - timedelta(hours=1))
    assert own.prune(timezone.now()) == 1
    assert told(ann) == ["rain two"]


def test_the_page_shows_them_to_their_reader_alone(client, ann):
    rule_of(ann)
    came_in("rain over the harbour")
    queue.work(10)
    assert client.get("/account/notices/").status_code == 302
    client.force_login(ann)
    assert "rain over the harbour" in client.get("/account/notices/").text
    client.force_login(make_reader("bob"))
    assert "rain over the harbour" not in client.get("/account/notices/").text


def test_an_article_says_that_it_was_told(client, ann):
    rule_of(ann)
    article = came_in("rain")
    queue.work(10)
    client.force_login(ann)
    assert "You were told by the rule" in client.get(article.get_absolute_url()).text


def test_a_rule_that_only_tells_can_be_made_on_its_page(client, ann):
    client.force_login(ann)
    client.post("/account/rules/new/", {"q": "rain", "tells": "on", "is_on": "on", "save": "1"})
    assert Rule.objects.get().tells
    assert "Tell me" in client.get("/account/rules/").text
