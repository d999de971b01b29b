"""Rules: what they do to articles that come in and change, and what is left when that is taken back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.ingest import pipeline
from articles.labels import own as labels
from articles.lists.lately import Deed, lately_page
from articles.lists.pages import Selection, Show, list_page, load, unread_among
from articles.lists.reader_state import mark_all_read, mark_read, star
from articles.lists.unread_counts import unread_counts
from articles.models import Article, ArticleLabel, ArticleState, FullText, Rule, RuleHit, UnjudgedArticle
from articles.rules import deeds, own, queue, waiting
from articles.rules.preview import preview
from articles.search import find, index
from feeds.parse.document import ParsedEntry
from feeds.subscriptions import own as subscriptions
from feeds.writes import soon
from tests.articles.searching import make_found, make_harbours
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_reader("ann")


def came_in(text: str, feed=None, **fields) -> Article:
    """An article that is stored and indexed, and that rules have still to see."""
    article: Article = make_found(feed, title=text, text=text, **fields)
    UnjudgedArticle.objects.create(article=article)
    return article


def rule_of(reader: User, query: str = "rain", **fields) -> Rule:
    return own.save_rule(reader, own.Draft(selection=Selection(query=query), **(fields or {"marks_read": True})))


def is_unread(reader: User, article: Article) -> bool:
    return bool(unread_among([article.pk], reader))


def stored(feed, *texts: str) -> list[Article]:
    """The articles of a feed after its document has had entries with these texts, the first one's guid being 0."""
    entries = [
        ParsedEntry(guid=str(n), url=f"https://x.example/{n}", title=text, content_html=f"<p>{text}</p>")
        for n, text in enumerate(texts)
    ]
    pipeline.store_entries(feed, entries)
    return list(Article.objects.filter(feed=feed).order_by("guid"))


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
    monkeypatch.setattr("articles.rules.deeds._star", _fails_for_some)
    queue.work(10)
    assert is_unread(ann, article)
    assert not is_unread(bob, article)
    assert not UnjudgedArticle.objects.exists()


def _fails_for_some(reader, hits, at):
    if hits:
        raise DatabaseError("a defect")


def test_whole_articles_are_fetched_of_what_is_recent(ann):
    now = timezone.now()
    recent = came_in("rain", published_at=now, url="https://x.example/1")
    came_in("rain", published_at=now.replace(year=now.year - 1), url="https://x.example/2")
    rule_of(ann, fetches_whole=True)
    queue.work(10)
    assert list(FullText.objects.values_list("article", "is_wanted")) == [(recent.pk, True)]


# --- what was there before --------------------------------------------------------------------------------------------


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
    monkeypatch.setattr("articles.rules.deeds._star", _fails_for_some)
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


# --- taking back ------------------------------------------------------------------------------------------------------

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
