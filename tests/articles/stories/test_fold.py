"""Articles that are one make a story, whichever comes in first, whatever happens to them later."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.folding.groups import grouped
from articles.ingest.store import delete_articles
from articles.lists.pages import Selection, unread_among
from articles.lists.reader_state import mark_all_read, mark_read, mark_these_read, undo
from articles.models import (
    Article,
    ArticleState,
    HistoryRange,
    Likeness,
    ReadBatch,
    ReadMark,
    StoryMember,
    WaitingArticle,
)
from articles.stories import carried_marks, fold
from feeds.models import Feed, ReaderSettings
from tests.articles.stories.telling import after, expected_stories, fold_all, stories, tell, text_of
from tests.effort import within
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db


class Stopped(Exception):
    """The worker was killed."""


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "new", "change", "delete", "fold", "killed"]),
        st.integers(0, 2),  # feed
        st.integers(0, 2),  # event
        st.integers(0, 5),  # edition
        st.sampled_from([0.0, 1.0, 30.0, 60.0, 100.0]),  # hours
    ),
    min_size=2,
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_stories_are_what_comparing_each_with_each_finds(steps: list[tuple[str, int, int, int, float]]) -> None:
    with suppress(Stopped), transaction.atomic():
        feeds = [make_feed() for _ in range(3)]
        for what, feed, event, edition, hours in steps:
            _step(what, feeds[feed], event, edition, after(hours=hours))
        fold_all()
        assert stories() == expected_stories()
        raise Stopped


def _step(what: str, feed: Feed, event: int, edition: int, at: datetime) -> None:
    some = Article.objects.order_by("pk")[event : event + 1]
    if what == "new":
        tell(feed, event, edition=edition, at=at)
    elif what == "change":
        for article in some:
            article.title, article.content_text = text_of(event, edition=edition)
            article.save()
            fold.want([article])
    elif what == "delete":
        delete_articles([article.pk for article in some])
    elif what == "fold":
        fold.fold_waiting()
    else:
        with suppress(Stopped), transaction.atomic():
            fold_all()
            raise Stopped


def test_the_first_published_stands_for_all_whichever_came_in_first() -> None:
    one, other = make_feed(), make_feed()
    late = tell(one, 1, at=after(hours=3))
    fold.fold_waiting()
    early = tell(other, 1, at=after(hours=1))
    fold.fold_waiting()
    assert stories() == [[early.guid, late.guid]]


def test_what_came_in_as_history_stands_behind_the_news() -> None:
    one, other = make_feed(), make_feed()
    news = tell(one, 1, at=after(hours=3))
    old = tell(other, 1, at=after(hours=1))
    HistoryRange.objects.create(feed=other, first=old.pk, last=old.pk)
    fold_all()
    assert stories() == [[news.guid, old.guid]]


def test_of_many_that_share_a_form_the_texts_are_read_of_those_that_titles_do_not_tell_apart() -> None:
    title, _ = text_of(1)
    here = [tell(make_feed(), 1, title=f"{title}, part {part}", at=after(hours=part)) for part in range(1, 10)]
    fold_all()
    with CaptureQueriesContext(connection) as asked:
        new = tell(make_feed(), 1, title=f"{title}, part 4", at=after(hours=5))
        fold.fold_waiting()
    assert stories() == [[here[3].guid, new.guid]]
    if connection.vendor == "sqlite":  # on Postgres the statements are not told
        # That of the new one, and of the one that it may be.
        assert len([query for query in asked if "SUBSTR" in query["sql"]]) == 2


def test_an_archive_from_before_is_compared_in_the_background() -> None:
    one, other = make_feed(), make_feed()
    first, second = tell(one, 1), tell(other, 1, at=after(hours=1))
    WaitingArticle.objects.all().delete()
    assert (fold.progress().done, fold.progress().total) == (0, 2)
    fold_all()
    assert stories() == [[first.guid, second.guid]]
    assert fold.progress().is_complete
    fold.forget_progress()
    assert not fold.progress().is_complete
    fold_all()
    assert stories() == [[first.guid, second.guid]]
    assert Likeness.objects.count() == 2


def test_three_days_apart_only_one_page_or_a_long_equal_text_is_the_same() -> None:
    one, other = make_feed(), make_feed()
    for number, (hours, edition, url) in enumerate([(80.0, 0, ""), (80.0, 1, ""), (80.0, 1, "page")]):
        tell(one, number, url=f"https://www.one.example/{number}?utm_source=a")
        page = f"http://one.example/{number}/" if url else f"https://other.example/{number}"
        tell(other, number, edition=edition, at=after(hours=hours), url=page)
    fold_all()
    found = StoryMember.objects.order_by("pk").values_list("article__title", flat=True)
    assert set(found) == {text_of(0)[0], text_of(2)[0]}


def test_a_page_that_a_blog_comments_on_is_not_the_blog_s() -> None:
    one, other = make_feed(), make_feed()
    page = "https://one.example/story"
    tell(one, 1, url=page)
    tell(other, 2, url=page)
    fold_all()
    assert stories() == []


def test_a_chain_of_small_differences_makes_no_story_of_what_differs() -> None:
    chain = {1: {2}, 2: {1, 3}, 3: {2, 4}, 4: {3}}
    assert grouped([1, 2, 3, 4], chain) == [[1, 2], [3, 4]]


def test_those_that_are_alike_only_are_noted_from_both_sides() -> None:
    one, other = tell(make_feed(), 1), tell(make_feed(), 1)
    shorter = other.content_text[: len(other.content_text) * 7 // 10]
    Article.objects.filter(pk=other.pk).update(title="A headline of their own", content_text=shorter)
    fold_all()
    rows = set(Likeness.objects.values_list("article", "other", "is_same"))
    assert rows == {(one.pk, other.pk, False), (other.pk, one.pk, False)}
    assert stories() == []


def test_what_was_read_stays_read_when_another_comes_to_stand_before_it() -> None:
    singly, by_mark, apart, _ = (make_reader() for _ in range(4))
    ReaderSettings.objects.create(user=apart, doubles=ReaderSettings.Doubles.APART)
    article = tell(make_feed(), 1, at=after(hours=2))
    fold.fold_waiting()
    for reader in (singly, apart):
        ArticleState.objects.create(user=reader, article=article, is_read=True)
    ReadMark.objects.create(user=by_mark, up_to=article.pk)
    earlier = tell(make_feed(), 1, at=after(hours=1))
    later = tell(make_feed(), 1, at=after(hours=3))
    fold.fold_waiting()
    assert set(ArticleState.objects.filter(article=earlier, is_read=True).values_list("user", flat=True)) == {
        singly.pk,
        by_mark.pk,
    }
    assert not ArticleState.objects.filter(article=later).exists()


def test_what_was_read_is_read_whichever_of_three_are_compared_first() -> None:
    reader = make_reader()
    first, second, third = (tell(make_feed(), 1, at=after(hours=hours)) for hours in range(3))
    WaitingArticle.objects.filter(pk=third.pk).delete()
    fold.fold_waiting()
    ArticleState.objects.create(user=reader, article=third, is_read=True)
    ArticleState.objects.create(user=reader, article=second, starred_at=third.published_at)
    fold_all()
    assert stories() == [[first.guid, second.guid, third.guid]]
    assert ArticleState.objects.filter(user=reader, is_read=True).count() == 3


@pytest.mark.parametrize("how", ["mark", "rows", "put back"])
def test_what_was_carried_has_the_time_of_its_source_and_is_undone_with_it(how: str) -> None:
    reader = make_reader()
    later, alone = tell(make_feed(), 1, at=after(hours=2)), tell(make_feed(), 2)
    if how == "put back":
        mark_read(reader, [later], read=False)
    if how == "mark":
        batch = mark_all_read(reader, Selection(), up_to=alone.pk)
    else:
        made = mark_these_read(reader, [later.pk])
        assert made
        batch = made.batch
    marked_at = ReadBatch.objects.get(user=reader).marked_at
    earlier = tell(make_feed(), 1, at=after(hours=1))
    fold_all()
    assert unread_among([earlier.pk, later.pk], reader) == set()
    carried = ArticleState.objects.get(user=reader, article=earlier)
    assert timedelta(0) <= carried.changed_at - marked_at < timedelta(milliseconds=1)
    assert undo(reader, batch)
    assert unread_among([earlier.pk, later.pk], reader) == {earlier.pk, later.pk}


def test_what_was_read_before_a_batch_stays_read_when_that_is_undone() -> None:
    reader = make_reader()
    later = tell(make_feed(), 1, at=after(hours=2))
    mark_read(reader, [later])
    batch = mark_all_read(reader, Selection(), up_to=later.pk)
    earlier = tell(make_feed(), 1, at=after(hours=1))
    fold_all()
    undo(reader, batch)
    assert unread_among([earlier.pk, later.pk], reader) == set()


def test_one_that_comes_to_a_large_story_is_paired_with_each_of_it_alone() -> None:
    story = [StoryMember(article_id=pk, story=1, number=pk, feed_id=pk % 7) for pk in range(3_000)]
    with within(0.2):
        found = [(one.pk, other.pk) for one, other in carried_marks._pairs(story, {1_700})]
    assert found == [*((pk, 1_700) for pk in range(1_700)), *((1_700, pk) for pk in range(1_701, 3_000))]


@given(st.sets(st.integers(0, 7)))
def test_each_two_of_a_story_of_which_one_is_new_are_a_pair(new: set[int]) -> None:
    story = [StoryMember(article_id=pk, story=1, number=pk, feed_id=1) for pk in range(8)]
    found = [(one.pk, other.pk) for one, other in carried_marks._pairs(story, new)]
    assert sorted(found) == [pair for pair in combinations(range(8), 2) if new.intersection(pair)]


def test_a_star_that_was_carried_has_the_time_of_its_source() -> None:
    reader = make_reader()
    for number in (1, 2):
        second = tell(make_feed(), number, at=after(hours=2))
        ArticleState.objects.create(user=reader, article=second, starred_at=after(days=number))
        tell(make_feed(), number)
    fold_all()
    starred = ArticleState.objects.filter(user=reader).order_by("starred_at").values_list("starred_at", flat=True)
    assert list(starred) == [after(days=1), after(days=1), after(days=2), after(days=2)]


def test_what_a_mark_covers_gets_no_row() -> None:
    reader = make_reader()
    articles = [tell(make_feed(), 1, at=after(hours=hours)) for hours in range(3)]
    ReadMark.objects.create(user=reader, up_to=articles[-1].pk)
    ArticleState.objects.create(user=reader, article=articles[1], is_read=True)
    fold_all()
    assert ArticleState.objects.count() == 1


def test_a_star_goes_on_to_what_its_reader_may_see() -> None:
    reader, apart = make_reader(), make_reader()
    ReaderSettings.objects.create(user=apart, doubles=ReaderSettings.Doubles.APART)
    second = tell(make_feed(), 1, at=after(hours=2))
    for each in (reader, apart):
        ArticleState.objects.create(user=each, article=second, starred_at=second.published_at)
    fold.fold_waiting()
    first = tell(make_feed(), 1)
    tell(make_feed(is_shared=False), 1, at=after(hours=1))
    fold.fold_waiting()
    assert StoryMember.objects.count() == 3
    starred = ArticleState.objects.filter(starred_at__isnull=False).order_by("user", "article")
    assert list(starred.values_list("user", "article")) == [
        (reader.pk, second.pk),
        (reader.pk, first.pk),
        (apart.pk, second.pk),
    ]


def test_keys_of_what_is_gone_lead_to_nothing() -> None:
    gone = tell(make_feed(), 1)
    fold.fold_waiting()
    delete_articles([gone.pk])
    tell(make_feed(), 1)
    fold.fold_waiting()
    assert stories() == []
