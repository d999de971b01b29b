"""Articles find each other by their keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from articles.folding import Keys, signature
from articles.models import StoryMember
from articles.search.analyze import languages, lexemes
from articles.search.analyze.fold import _folded
from articles.search.index import index
from articles.stories import fold, keys
from tests.articles.stories.telling import fold_all, tell
from tests.effort import statements_asked
from tests.factories import FIRST_DAY, make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_keys")]

BORDER = datetime.fromtimestamp(keys.PERIOD * 3600 * 1_400, tz=UTC)


@pytest.fixture
def no_keys(db: None) -> None:
    """Keys of what is gone stay where they are; so do those of tests that commit, as their table is no model's."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_storykey")


def test_articles_on_either_side_of_a_fortnight_find_each_other() -> None:
    near, lasting = Keys((1, 2), ()), Keys((), (3,))
    hours = [timedelta(hours=hours) for hours in (-72, 1)]
    keys.put(keys.placed({1: (near, BORDER + hours[0]), 2: (lasting, BORDER + hours[0])}), [])

    assert keys.look(keys.placed({3: (near, BORDER + hours[1])})).candidates == {3: [1]}
    assert keys.look(keys.placed({3: (near, BORDER + timedelta(hours=3))})).candidates == {}
    assert keys.look(keys.placed({3: (lasting, BORDER + timedelta(days=900))})).candidates == {3: [2]}
    assert keys.look(keys.placed({3: (Keys((3,), (1,)), BORDER)})).candidates == {}


def test_articles_that_come_in_together_find_each_other() -> None:
    near, lasting = Keys((1, 2), ()), Keys((2,), (3,))
    given = {1: (near, BORDER), 2: (near, BORDER + timedelta(hours=73)), 3: (lasting, BORDER + timedelta(hours=100))}
    assert keys.look(keys.placed(given)).candidates == {1: [2], 2: [1, 3], 3: [2]}
    far = {4: (lasting, BORDER), 5: (lasting, BORDER + timedelta(days=900))}
    assert keys.look(keys.placed(far)).candidates == {4: [5], 5: [4]}


def test_of_a_key_at_which_thousands_stand_the_earliest_are_compared() -> None:
    popular, hour = Keys((7,), ()), timedelta(hours=1)
    many = range(1, keys.MOST_FOUND + 10)
    keys.put(keys.placed({pk: (popular, BORDER + hour * (pk % 200)) for pk in many}), [])
    found = keys.look(keys.placed({9_000: (popular, BORDER + 100 * hour)})).candidates
    near = [pk for pk in many if abs(pk % 200 - 100) <= keys.NEAR_HOURS]
    earliest = sorted(near, key=lambda pk: (pk % 200, pk))[: keys.MOST_OF_KEY]
    assert found == {9_000: sorted(earliest)[: keys.MOST_COMPARED]}


@pytest.mark.parametrize("is_crowded", [False, True])
def test_an_article_that_changes_gets_the_keys_that_it_had_not(is_crowded: bool, monkeypatch) -> None:
    monkeypatch.setattr(keys, "MOST_FOUND", 2 if is_crowded else keys.MOST_FOUND)
    before, after = (keys.placed({1: (Keys(near, (7,)), BORDER)}) for near in ((1, 2), (2, 3)))
    keys.put(before, [])
    keys.put(after, keys.look(after).there)
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, hour, article_id FROM articles_storykey")
        stored = cursor.fetchall()
    assert sorted(stored) == sorted(before.rows | after.rows)


def test_keys_are_put_with_what_came_of_them() -> None:
    """A turn that is lost leaves nothing behind."""
    tell(make_feed(), 1)
    some = fold._next(is_all=False)
    assert some is not None
    fold.forget_progress()
    assert fold._done(some, is_all=False) is None
    assert _count() == 0
    fold.fold_waiting()
    assert _count() > 0


def test_what_a_poll_brings_is_compared_by_few_statements() -> None:
    feeds = [make_feed() for _ in range(2)]
    fold_all()
    tell(feeds[0], 1)
    with statements_asked() as asked:
        fold.fold_waiting()
    assert len(asked) <= 10
    tell(feeds[1], 1, edition=1, at=FIRST_DAY)
    with statements_asked() as asked:
        fold.fold_waiting()
    assert StoryMember.objects.count() == 2
    assert len(asked) <= 20


def test_a_text_is_folded_once_for_the_index_and_the_comparison() -> None:
    article = tell(make_feed(), 1, content_text="臺灣的新聞：第七座橋開放通行。" * 20)
    index([article])
    before = _memory(_folded)
    fold_all()
    after = _memory(_folded)
    assert after.hits > before.hits
    assert after.misses == before.misses


def test_a_text_of_two_feeds_is_taken_apart_once_for_the_index_and_the_comparison() -> None:
    functions = (lexemes.pieces, languages._predicted, signature._bins)
    text = "Another bridge was opened to the traffic of the harbour on Monday. " * 20
    counts = []
    for _ in range(2):
        article = tell(make_feed(), 1, content_text=text, language=languages.detect(text))
        index([article])
        fold_all()
        counts.append([_memory(each) for each in functions])
    assert [one.misses for one in counts[0]] == [other.misses for other in counts[1]]
    assert all(one.hits < other.hits for one, other in zip(*counts, strict=True))


def _memory(function: Any) -> Any:
    return function.remembered.cache_info()


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM articles_storykey")
        return int(cursor.fetchone()[0])
