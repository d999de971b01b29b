"""A story has one row, and all that counts or lists articles says the same, whoever follows what."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.api.fever import items
from articles.lists import article_keys
from articles.lists import unread_counts as counting
from articles.lists.lately import Deed, lately_page
from articles.lists.pages import Selection, Show, list_page, load, scope_of
from articles.lists.reader_state import mark_all_read, mark_beside_read, mark_read, mark_these_read, star, undo
from articles.lists.scope import Span
from articles.lists.selection import ORDERS
from articles.lists.stream_keys import Stream, stream_keys
from articles.lists.unread_counts import unread_counts, unread_ids
from articles.models import Article, ArticleState, HistoryRange, StoryMember
from articles.stories.rows import with_doubles
from benchmarks import generated
from feeds.models import Category, Feed, ReaderSettings, Subscription
from feeds.subscriptions.visibility import Reader, followed_feeds, visible_feeds
from tests.articles.stories.telling import after, fold_all, one_story, tell
from tests.effort import statements_asked, steps_of_sqlite
from tests.factories import (
    FIRST_DAY,
    build_article,
    count_articles,
    make_articles,
    make_category,
    make_feed,
    make_reader,
)

pytestmark = pytest.mark.django_db

DOUBLES = ReaderSettings.Doubles
# Feed, hours, story (0: none).
ARTICLES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 2)), min_size=1, max_size=12)
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["read", "unread", "star", "unstar", "all", "feed", "above", "these", "undo", "history"]),
        st.integers(0, 11),
    ),
    max_size=7,
)
# Of each feed: followed, followed and left out of the list of all, or not followed. None: all of the site's feeds.
FOLLOWED = st.one_of(st.none(), st.lists(st.sampled_from(["yes", "quiet", "no"]), min_size=4, max_size=4))


class Over(Exception):
    """Takes back what an example has stored."""


@pytest.mark.timeout(600)  # some 10 s of one core
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=ARTICLES,
    actions=ACTIONS,
    followed=FOLLOWED,
    doubles=st.sampled_from(list(DOUBLES)),
    private=st.booleans(),
    walk=st.sampled_from([1, 2, 4000]),
)
def test_lists_and_counts_are_what_looking_at_each_article_finds(
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[tuple[int, int, int]],
    actions: list[tuple[str, int]],
    followed: list[str] | None,
    doubles: str,
    private: bool,
    walk: int,
) -> None:
    monkeypatch.setattr(article_keys, "WALK", walk)
    with suppress(Over), transaction.atomic():
        category = make_category()
        feeds = [make_feed(category=category if number < 2 else None) for number in range(4)]
        if private:
            feeds[3].is_shared = False
            feeds[3].save()
        reader = make_reader()
        _choose(reader, feeds, followed, doubles)
        articles = _stored(drawn, feeds)
        _act(reader, articles, actions)
        _check(reader, feeds, category)
        raise Over


def _choose(reader: User, feeds: list[Feed], followed: list[str] | None, doubles: str) -> None:
    follows = ReaderSettings.Follows.ALL if followed is None else ReaderSettings.Follows.OWN
    ReaderSettings.objects.create(user=reader, doubles=doubles, follows=follows)
    for feed, how in zip(feeds, followed or [], strict=False):
        if how != "no":
            Subscription.objects.create(user=reader, feed=feed, in_all=how == "yes")


def _stored(drawn: list[tuple[int, int, int]], feeds: list[Feed]) -> list[Article]:
    articles = Article.objects.bulk_create(
        build_article(feeds[feed], published_at=FIRST_DAY + timedelta(hours=hours)) for feed, hours, _ in drawn
    )
    count_articles(*feeds)
    stories: dict[int, list[Article]] = {}
    for article, (_, _, story) in zip(articles, drawn, strict=True):
        if story:
            stories.setdefault(story, []).append(article)
    for some in stories.values():
        ordered = sorted(some, key=lambda article: (article.published_at, article.feed_id, article.guid))
        if len(ordered) > 1:
            one_story(*ordered)
    return articles


def _act(reader: User, articles: list[Article], actions: list[tuple[str, int]]) -> None:
    newest, batch = articles[-1].pk, None
    for what, number in actions:
        article = articles[number % len(articles)]
        match what:
            case "read" | "unread":
                mark_read(reader, [article], read=what == "read")
            case "star" | "unstar":
                star(reader, article, on=what == "star")
            case "all" | "feed":
                selection = Selection(feed=article.feed if what == "feed" else None)
                batch = mark_all_read(reader, selection, up_to=article.pk)
            case "above":
                key = (article.published_at, article.pk)
                made = mark_beside_read(reader, Selection(), key, newer=True, up_to=newest)
                batch = made.batch if made else batch
            case "these":
                made = mark_these_read(reader, [article.pk])
                batch = made.batch if made else batch
            case "undo" if batch:
                undo(reader, batch)
            case "history":
                HistoryRange.objects.create(feed=article.feed, first=article.pk, last=article.pk)


def _check(reader: Reader, feeds: list[Feed], category: Category) -> None:
    everything = load(list(Article.objects.order_by("-published_at", "-id").values_list("pk", flat=True)), reader)
    seen, followed = _ids(visible_feeds(reader)), _ids(followed_feeds(reader))
    within = {feed.pk for feed in feeds[:2]} & seen
    places: list[tuple[dict[str, Any], set[int]]] = [
        ({}, followed),
        ({"category": category}, within),
        ({"feed": feeds[1]}, {feeds[1].pk}),
        ({"feed": feeds[3]}, {feeds[3].pk} & seen),
    ]
    hidden = {starred: _hidden(reader, everything, starred=starred) for starred in (False, True)}
    for number, ((place, inside), show) in enumerate(product(places, Show)):
        wanted = [article.pk for article in everything if _is_listed(article, reader, inside, place, show, hidden)]
        selection = Selection(**place, show=show, order=ORDERS[number % len(ORDERS)])
        if selection.is_by_arrival:
            wanted.sort(reverse=True)
        got = _listed(selection, reader)
        assert got == (wanted[::-1] if selection.is_oldest_first else wanted), selection
    if isinstance(reader, User):
        _check_counts(reader, [article for article in everything if article.pk not in hidden[False]])
        _check_streams(reader, everything, hidden)


def _listed(selection: Selection, reader: Reader) -> list[int]:
    """All ids of a list, some at a time."""
    found: list[int] = []
    cursor = ""
    while True:
        page = list_page(selection, reader, cursor=cursor, size=7)
        found += [article.pk for article in page.articles]
        if not page.next_cursor:
            return found
        cursor = page.next_cursor


def _is_listed(
    article: Article,
    reader: Reader,
    inside: set[int],
    place: dict[str, Any],
    show: Show,
    hidden: dict[bool, set[int]],
) -> bool:
    if show is Show.STARRED and isinstance(reader, User):
        is_inside = (
            article.feed_id in inside if "category" in place else not place or article.feed_id == place["feed"].pk
        )
        return article.is_starred and is_inside and article.pk not in hidden[True]
    if article.feed_id not in inside or article.pk in hidden[False]:
        return False
    return article.is_unread or show is not Show.UNREAD or not isinstance(reader, User)


def _hidden(reader: Reader, everything: list[Article], *, starred: bool) -> set[int]:
    """The doubles of what the reader has in the list of all, or of what they have starred."""
    chosen = ReaderSettings.objects.filter(user=reader.pk).first()
    if chosen and chosen.doubles == DOUBLES.APART:
        return set()
    followed = _ids(followed_feeds(reader))
    firsts = {article.pk for article in everything if (article.is_starred if starred else article.feed_id in followed)}
    rows = list(StoryMember.objects.all())
    return {
        row.pk
        for row in rows
        if any(each.pk in firsts for each in rows if each.story == row.story and each.number < row.number)
    }


def _check_counts(reader: User, rows: list[Article]) -> None:
    feeds = followed_feeds(reader, quiet=True)
    inside = _ids(feeds)
    unread = [article for article in rows if article.is_unread and article.feed_id in inside]
    counts: dict[int, int] = {}
    for article in unread:
        counts[article.feed_id] = counts.get(article.feed_id, 0) + 1
    assert unread_counts(reader, feeds) == counts
    assert unread_counts(reader, feeds, most=1) == dict.fromkeys(counts, 1)
    assert unread_ids(reader, feeds) == items.unread(reader) == sorted(article.pk for article in unread)


def _check_streams(reader: User, everything: list[Article], hidden: dict[bool, set[int]]) -> None:
    span = Span(key=None, newer=False, limit=100)
    inside = _ids(followed_feeds(reader, quiet=True))
    rows = [article for article in everything if article.feed_id in inside and article.pk not in hidden[False]]
    starred = [article.pk for article in everything if article.is_starred and article.pk not in hidden[True]]
    scope = scope_of(Selection(), reader, quiet=True)
    for is_read, since in product((None, True, False), (None, FIRST_DAY)):
        stream = Stream(scope=scope, is_read=is_read, since=since)
        got = [pk for _, pk in stream_keys(stream, reader, span)]
        assert got == [a.pk for a in rows if is_read is None or a.is_unread is not is_read]
    of_starred = Stream(scope=scope_of(Selection(show=Show.STARRED), reader, quiet=True), is_starred=True)
    assert [pk for _, pk in stream_keys(of_starred, reader, span)] == starred


def _ids(feeds: Any) -> set[int]:
    return set(feeds.values_list("pk", flat=True))


def test_what_is_done_to_one_is_done_to_all_that_the_reader_may_see() -> None:
    feed, other, hidden = make_feed(), make_feed(), make_feed(is_shared=False)
    one, two, three = tell(feed, 1), tell(other, 1, at=after(hours=1)), tell(hidden, 1, at=after(hours=2))
    fold_all()
    reader, strict = make_reader(), make_reader()
    ReaderSettings.objects.create(user=strict, doubles=DOUBLES.FOLDED)
    mark_read(reader, [two])
    star(reader, two, on=True)
    mark_read(strict, [two])
    states = ArticleState.objects.filter(user=reader, is_read=True, starred_at__isnull=False)
    assert set(states.values_list("article", flat=True)) == {one.pk, two.pk}
    assert set(ArticleState.objects.filter(user=strict).values_list("article", flat=True)) == {two.pk}
    assert with_doubles(reader, [three.pk]) == {one.pk, two.pk, three.pk}


def test_a_deleted_first_leaves_its_row_to_the_next(client: Client) -> None:
    from articles.ingest.store import delete_articles

    one, two = tell(make_feed(), 1), tell(make_feed(), 1, at=after(hours=1))
    fold_all()
    assert _listed(Selection(), AnonymousUser()) == [one.pk]
    delete_articles([one.pk])
    assert _listed(Selection(), AnonymousUser()) == [two.pk]
    assert not StoryMember.objects.exists()


def test_what_a_rule_read_hides_nothing_of_what_was_read_by_hand() -> None:
    reader = make_reader()
    first, second = tell(make_feed(), 1), tell(make_feed(), 1, at=after(hours=1))
    one_story(first, second)
    ArticleState.objects.create(user=reader, article=first, is_read=True, read_by_rule=True)
    ArticleState.objects.create(user=reader, article=second, is_read=True)
    assert [article.pk for article in lately_page(Deed.READ, reader).articles] == [second.pk]


def test_who_is_not_signed_in_has_one_row_of_what_everybody_may_see() -> None:
    hidden, feed, other = make_feed(is_shared=False), make_feed(), make_feed()
    first, second, third = (tell(each, 1, at=after(hours=n)) for n, each in enumerate((hidden, feed, other)))
    one_story(first, second, third)
    assert _listed(Selection(), AnonymousUser()) == [second.pk]
    assert _listed(Selection(feed=other), AnonymousUser()) == []


def test_a_feed_of_doubles_looks_for_no_firsts_where_nothing_is_hidden() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("counts the steps of SQLite")
    reader, feed, other = make_reader(), make_feed(), make_feed()
    for _ in range(60):
        first, second = build_article(other), build_article(feed)
        Article.objects.bulk_create([first, second])
        one_story(first, second)
    lone = tell(feed, 1)
    selection = Selection(feed=feed)
    few = steps_of_sqlite(lambda: list_page(selection, reader, size=5))
    ArticleState.objects.create(user=reader, article=lone, is_read=True, is_hidden=True)
    assert few < 0.7 * steps_of_sqlite(lambda: list_page(selection, reader, size=5))


def test_counting_looks_at_no_doubles_that_marks_cover() -> None:
    """SQLite would look through all of them, to make a filter of the feeds that have some."""
    if connection.vendor != "sqlite":
        pytest.skip("counts the steps of SQLite")
    reader, feed, other = make_reader(), make_feed(), make_feed()

    def steps(pairs: int) -> int:
        articles = [build_article((feed, other)[n % 2]) for n in range(2 * pairs)]
        Article.objects.bulk_create(articles)
        for first, second in zip(articles[::2], articles[1::2], strict=True):
            one_story(first, second)
        count_articles(feed, other)
        mark_all_read(reader, Selection(), up_to=articles[-1].pk)
        generated.settle()
        return steps_of_sqlite(lambda: unread_counts(reader))

    few = steps(20)
    assert steps(400) < 1.2 * few


def test_a_feed_of_doubles_is_counted_further_than_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SPARE", 0)
    reader, feed, other = make_reader(), make_feed(), make_feed()
    for _ in range(6):
        first, second = build_article(other), build_article(feed)
        Article.objects.bulk_create([first, second])
        one_story(first, second)
    count_articles(feed, other)
    with statements_asked() as asked:
        assert unread_counts(reader, most=2) == {other.pk: 2}
    cut = [(each, each.sql.rpartition("LIMIT %s")[0].count("%s")) for each in asked if "LIMIT %s" in each.sql]
    assert sorted(each.params[place] for each, place in cut) == [2, 8]


def test_counts_behind_any_mark_are_asked_word_for_word_alike() -> None:
    """So that they are planned once, and not for each reader and each mark."""
    reader, feed = make_reader(), make_feed()
    told = set()
    for article in make_articles(3, feed):
        mark_all_read(reader, Selection(), up_to=article.pk)
        with statements_asked() as asked:
            unread_counts(reader)
        told.add(tuple(each.sql for each in asked if "articles_storymember" in each.sql))
    assert len(told) == 1
    assert told.pop()


@pytest.mark.parametrize("doubles", DOUBLES)
def test_doubles_that_were_read_are_not_taken_off_twice(doubles: str) -> None:
    reader, feed, other = make_reader(), make_feed(), make_feed()
    ReaderSettings.objects.create(user=reader, doubles=doubles)
    pairs = [(tell(feed, n), tell(other, n, at=after(hours=1))) for n in range(4)]
    for pair in pairs:
        one_story(*pair)
    alone = [tell(other, 10 + n) for n in range(3)]
    mark_read(reader, [pairs[0][1], pairs[1][1], alone[0]])
    feeds = followed_feeds(reader)
    if doubles == DOUBLES.TOGETHER:
        assert unread_counts(reader, feeds) == {feed.pk: 2, other.pk: 2}
    elif doubles == DOUBLES.FOLDED:
        assert unread_counts(reader, feeds) == {feed.pk: 4, other.pk: 2}
    else:
        assert unread_counts(reader, feeds) == {feed.pk: 4, other.pk: 4}
