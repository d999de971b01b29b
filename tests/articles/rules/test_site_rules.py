"""Rules of the site: what they do for every reader, and what is left of it when that is taken back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.export.signatures import nearest
from articles.lists import reader_state, states_of_all
from articles.lists.pages import Selection, list_page, load
from articles.lists.reader_state import mark_all_read, mark_read, star
from articles.lists.scope import Span
from articles.lists.unread_counts import unread_counts
from articles.models import Article, ArticleState, FullText, HistoryRange, Rule, RuleHit, UnjudgedArticle
from articles.rules import deeds, own, queue
from articles.search.find import Search
from feeds.models import Subscription
from feeds.subscriptions import own as subscriptions
from feeds.subscriptions.visibility import Operator, Reader, followed_feeds
from tests.articles.searching import make_found, make_harbours
from tests.articles.stories.telling import one_story
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> User:
    return make_reader("bob")


def came_in(text: str = "rain", feed=None, **fields) -> Article:
    article: Article = make_found(feed, title=text, text=text, **fields)
    UnjudgedArticle.objects.create(article=article)
    return article


def rule_of(owner: User | None, query: str = "rain", **fields):
    return own.save_rule(owner, own.Draft(selection=Selection(query=query), **(fields or {"hides": True})))


def titles(reader: Reader) -> list[str]:
    return [article.title for article in list_page(Selection(), reader).articles]


def is_unread(reader: User, article: Article) -> bool:
    return load([article.pk], reader)[0].is_unread


@pytest.mark.parametrize("has_private", [False, True])
def test_another_feed_s_article_stands_in_for_what_it_hides(ann, has_private):
    if has_private:
        make_feed(is_shared=False)
    first, second = came_in("rain"), came_in("sun")
    one_story(first, second)
    assert titles(AnonymousUser()) == ["rain"]
    rule = rule_of(None)
    queue.work(10)
    assert titles(AnonymousUser()) == titles(ann) == ["sun"]
    deeds.undo_all(rule)
    assert titles(AnonymousUser()) == ["rain"]


def test_what_it_hides_is_in_nobody_s_lists_or_feeds(ann, bob):
    came_in("rain"), came_in("sun")
    rule = rule_of(None)
    assert queue.work(10) == 2
    for reader in (ann, bob, AnonymousUser()):
        assert titles(reader) == ["sun"]
        search = Search(selection=Selection(), reader=reader, now=timezone.localtime())
        assert len(nearest(search, Span(key=None, newer=False, limit=9))) == 1
    assert len(titles(Operator())) == 2
    assert sum(unread_counts(ann).values()) == 1
    deeds.undo_all(rule)
    for reader in (ann, bob, AnonymousUser()):
        assert titles(reader) == ["sun", "rain"]
    assert not ArticleState.objects.exists()


def test_it_marks_read_what_each_reader_follows_and_leaves_what_they_chose(ann, bob):
    feed, private = make_feed(), make_feed(is_shared=False)
    subscriptions.follow(bob, private)
    article, starred, put_back, theirs = (came_in("rain", each) for each in (feed, feed, feed, private))
    star(ann, starred, on=True)
    mark_read(ann, [put_back], read=False)
    rule_of(None, marks_read=True)
    rule_of(None, "rain -snow", hides=True)
    queue.work(10)
    assert not is_unread(ann, article)
    assert is_unread(ann, put_back)
    assert titles(ann) == ["rain", "rain"]
    assert not is_unread(bob, put_back)
    assert is_unread(bob, theirs)  # which the site does not see
    assert titles(bob) == ["rain"]
    assert not RuleHit.objects.filter(article=theirs).exists()


def test_who_follows_other_feeds_is_left_alone(ann, bob):
    feed = make_feed()
    make_feed()
    subscriptions.unfollow(bob, feed)
    came_in("rain", feed)
    rule_of(None)
    queue.work(10)
    assert list(ArticleState.objects.values_list("user", flat=True)) == [ann.pk]


def test_readers_rules_see_the_articles_as_they_were(ann):
    article = came_in("rain")
    rule_of(None)
    rule_of(ann, "rain is:unread", stars=True)
    queue.work(10)
    assert load([article.pk], ann)[0].is_starred
    assert titles(ann) == ["rain"]


def test_what_a_reader_s_own_rule_holds_to_stays_and_the_other_way_round(ann, bob):
    article = came_in("rain")
    of_site, of_ann = rule_of(None, marks_read=True), rule_of(ann, marks_read=True)
    queue.work(10)
    deeds.undo_on(ann, article.pk)
    assert not is_unread(ann, article)
    queue.go_back(of_ann)
    queue.work_back(10)
    deeds.undo_all(of_site)
    assert not is_unread(ann, article)
    assert is_unread(bob, article)
    deeds.undo_on(ann, article.pk)
    assert is_unread(ann, article)


def test_it_goes_back_over_what_was_there_and_fetches_whole_articles(ann):
    articles = make_harbours(3, published_at=timezone.now())
    rule = rule_of(None, "harbour", marks_read=True, fetches_whole=True)
    queue.go_back(rule)
    queue.work_back(10)
    assert not any(is_unread(ann, article) for article in articles)
    assert FullText.objects.filter(is_wanted=True).count() == 3
    assert own.rules_of(None)[0].hits == 3
    assert deeds.undo_for_all_on(articles[0].pk) == 1
    assert is_unread(ann, articles[0])
    assert not is_unread(ann, articles[1])


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        ({"selection": Selection(query="rain"), "stars": True}, own.IS_PERSONAL),
        ({"selection": Selection(query="rain"), "label": "Sea"}, own.IS_PERSONAL),
        ({"selection": Selection(query="rain"), "tells": True}, own.IS_PERSONAL),
        ({"selection": Selection(query="rain is:unread"), "hides": True}, own.ASKS_READER),
        ({"selection": Selection(query="rain -label:sea"), "hides": True}, own.ASKS_READER),
        ({"selection": Selection(query="dup:yes"), "hides": True}, own.ASKS_NOTHING),
    ],
)
def test_it_asks_and_does_nothing_that_is_a_reader_s_own(draft, reason):
    with pytest.raises(own.BadRule) as caught:
        own.save_rule(None, own.Draft(**draft))
    assert caught.value.reason == reason


def test_it_is_for_no_feed_or_category_of_a_reader_s_own(ann):
    for place in ({"feed": make_feed(is_shared=False)}, {"category": make_category(owner=ann)}):
        with pytest.raises(own.BadRule) as caught:
            own.save_rule(None, own.Draft(selection=Selection(query="rain", **place), hides=True))
        assert caught.value.reason == own.NOT_SHARED


def test_it_costs_readers_lists_no_query(ann):
    came_in("rain"), came_in("sun")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            list_page(Selection(), ann)
        return len(queries)

    rule_of(ann, "sun")
    queue.work(10)
    cost()
    before = cost()
    came_in("rain")
    rule_of(None)
    queue.work(10)
    assert cost() == before


def _states() -> set[tuple[object, ...]]:
    columns = ("user", "article", "is_read", "read_by_rule", "is_hidden", "starred_at")
    return set(ArticleState.objects.values_list(*columns))


@pytest.fixture
def many(ann, bob) -> list[Article]:
    """Articles of four feeds that seven readers have done all kinds of things with."""
    feeds = [make_feed(), make_feed(), make_feed(is_shared=False), make_feed()]
    others = [make_reader(f"reader{number}") for number in range(4)]
    User.objects.filter(pk=make_reader("gone").pk).update(is_active=False)
    articles = [came_in("rain", feed) for feed in feeds for _ in range(3)]
    subscriptions.unfollow(bob, feeds[0])
    subscriptions.follow(others[0], feeds[2])
    Subscription.objects.filter(user=others[0]).update(in_all=False)
    star(ann, articles[0], on=True)
    mark_read(ann, [articles[1]])
    star(ann, articles[1], on=True)
    mark_read(others[1], articles[:2], read=False)
    mark_read(others[1], [articles[2]])
    star(others[1], articles[3], on=True)
    mark_all_read(others[2], Selection(feed=feeds[1]), up_to=articles[4].pk)
    mark_all_read(others[3], Selection(), up_to=articles[-2].pk)
    mark_read(others[3], [articles[3]], read=False)
    HistoryRange.objects.create(feed=feeds[3], first=articles[9].pk, last=articles[10].pk)
    return articles


@pytest.mark.parametrize("hides", [True, False])
def test_it_does_for_all_at_once_what_it_would_do_for_one_after_the_other(many, hides):
    ids, at = {article.pk for article in many}, timezone.now()
    with transaction.atomic():
        for reader in User.objects.filter(is_active=True):
            feeds = followed_feeds(reader, quiet=True)
            theirs = set(Article.objects.filter(pk__in=ids, feed__in=feeds).values_list("pk", flat=True))
            (reader_state.hide_by_rule if hides else reader_state.mark_read_by_rule)(reader, theirs, at=at)
        one_by_one = _states()
        transaction.set_rollback(True)
    before = _states()
    (states_of_all.hide_for_all if hides else states_of_all.mark_read_for_all)(ids, at=at)
    assert _states() == one_by_one != before
    states_of_all.take_back_for_all(read=ids, hidden=ids if hides else ())
    assert {row for row in _states() if row[2:] != (None, False, False, None)} == before


def test_what_it_asks_of_the_database_does_not_grow_with_the_readers(ann):
    def cost(work) -> int:
        with CaptureQueriesContext(connection) as queries:
            work()
        return len(queries)

    def costs() -> list[int]:
        rules = [rule_of(None, hides=True), rule_of(None, "snow", marks_read=True)]
        came_in("rain"), came_in("snow")
        done = cost(lambda: queue.work(10))
        assert ArticleState.objects.filter(read_by_rule=True).count() == 2 * User.objects.count()
        taken_back = cost(lambda: [deeds.undo_all(rule) for rule in rules])
        assert not ArticleState.objects.exists()
        Rule.objects.all().delete()
        return [done, taken_back]

    costs()  # what is compiled once
    of_one = costs()
    User.objects.bulk_create([User(username=f"reader{number}") for number in range(299)])
    assert costs() == of_one
