"""Marks and stars on one article of a story, which hold for those that come to stand in it, or before it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from django.contrib.auth.models import User
from django.db import connection

from articles.models import ArticleState, StoryMember
from feeds.models import ReaderSettings
from feeds.statements import Given, Statement, parts

# Pairs of which one is new in its story: what was there has been looked at. Read has the later one whoever read it
# singly, or by a mark and has not put it back since; what rules did is theirs, who see each article. A mark goes on to
# the earlier one where the reader marks that one's feed, too, and that mark ends before it: in an archive nearly
# everything is marked, and needs no row. What is carried has the time of its source, the first of several: it was not
# read a moment ago, and undo finds it by the time of its batch.
CARRY = """
WITH pair AS MATERIALIZED (
    SELECT earlier.article_id, earlier.feed_id, later.article_id AS later_id, later.feed_id AS later_feed
    FROM articles_storymember AS earlier
    JOIN articles_storymember AS later ON later.story = earlier.story AND later.number > earlier.number
    WHERE earlier.story IN ({stories}) AND (earlier.article_id IN ({new}) OR later.article_id IN ({new}))
), reader AS (
    SELECT state.user_id, pair.article_id, pair.feed_id, state.changed_at AS done_at FROM pair
    JOIN articles_articlestate AS state ON state.article_id = pair.later_id AND state.is_read AND NOT state.read_by_rule
    UNION ALL
    SELECT mark.user_id, pair.article_id, pair.feed_id, mark.created_at FROM pair
    JOIN articles_readmark AS mark ON (mark.feed_id IS NULL OR mark.feed_id = pair.later_feed)
        AND mark.up_to >= pair.later_id
    WHERE EXISTS (
        SELECT 1 FROM articles_readmark AS own
        WHERE own.user_id = mark.user_id AND (own.feed_id IS NULL OR own.feed_id = pair.feed_id))
    AND NOT EXISTS (
        SELECT 1 FROM articles_articlestate AS state
        WHERE state.user_id = mark.user_id AND state.article_id = pair.later_id
            AND NOT state.is_read AND state.changed_at > mark.created_at)
)
INSERT INTO articles_articlestate (user_id, article_id, is_read, changed_at, read_by_rule, starred_by_rule)
SELECT user_id, article_id, TRUE, min(done_at), FALSE, FALSE FROM reader
WHERE NOT EXISTS (
    SELECT 1 FROM articles_readmark AS mark WHERE mark.user_id = reader.user_id
        AND (mark.feed_id IS NULL OR mark.feed_id = reader.feed_id) AND mark.up_to >= reader.article_id)
AND NOT EXISTS (
    SELECT 1 FROM feeds_readersettings AS settings WHERE settings.user_id = reader.user_id AND settings.doubles <> %s)
GROUP BY user_id, article_id
ORDER BY user_id, article_id
ON CONFLICT (user_id, article_id) DO UPDATE SET is_read = TRUE, changed_at = excluded.changed_at
    WHERE articles_articlestate.is_read IS NULL
"""
_STORIES = Statement(
    lambda: StoryMember.objects.filter(story__in=[Given("stories")]).order_by().values_list("pk", "story")
)
_STARS = Statement(
    lambda: (
        ArticleState.objects.filter(article__pk__in=[Given("ids")], starred_at__isnull=False, starred_by_rule=False)
        .order_by()
        .values_list("user", "article", "starred_at")
    )
)


def carry(stories: Collection[int], new: Collection[int]) -> None:
    """Mark articles of these stories read for whoever has read one behind them, and star them for whoever has starred
    one, where one row stands for all; `new`: the articles that were in no story before."""
    if not new:
        return
    sql = CARRY.format(stories=_places(stories), new=_places(new))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*stories, *new, *new, ReaderSettings.Doubles.TOGETHER])
    _carry_stars(stories)


def _carry_stars(stories: Collection[int]) -> None:
    """A star shows an article whatever becomes of its feed: who may not see the feed gets none."""
    from articles.lists.reader_state import star_ids

    story_of = {pk: story for some in parts(stories) for pk, story in _STORIES.rows(stories=some)}
    starred: dict[int, dict[int, tuple[datetime, int]]] = {}
    rows = [row for some in parts(story_of) for row in _STARS.rows(ids=some)]
    for user, pk, at in sorted(rows, key=itemgetter(2), reverse=True):
        starred.setdefault(user, {})[story_of[pk]] = (at, pk)  # of a story the first star
    for reader in User.objects.filter(pk__in=starred).order_by("pk") if starred else ():
        by_time = sorted(starred[reader.pk].values())
        for at, some in groupby(by_time, key=itemgetter(0)):
            star_ids(reader, [pk for _, pk in some], on=True, at=at)


def _places(values: Collection[int]) -> str:
    return ", ".join(["%s"] * len(values))
