"""Marks and stars on one article of a story, which hold for those that come to stand in it, or before it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter

from django.contrib.auth.models import User
from django.db import connection

from articles.models import ArticleState, StoryMember
from feeds.models import ReaderSettings
from feeds.statements import Given, Statement, array, parts, standing_cursor

# Pairs of which one is new in its story: what was there has been looked at. Read has the later one whoever read it
# singly, or by a mark and has not put it back since; what rules did is theirs, who see each article. A mark goes on to
# the earlier one where the reader marks that one's feed, too, and that mark ends before it: in an archive nearly
# everything is marked, and needs no row. What is carried has the time of its source, the first of several: it was not
# read a moment ago, and undo finds it by the time of its batch.
CARRY = """
WITH pair (article_id, feed_id, later_id, later_feed) AS MATERIALIZED ({pairs}), reader AS (
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
_OF_GIVEN = [f"json_extract(value, '$[{number}]')" for number in range(4)]
PAIRS = {
    "postgresql": "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])",
    "sqlite": f"SELECT {', '.join(_OF_GIVEN)} FROM json_each(%s)",  # noqa: S608
}
_STARS = Statement(
    lambda: (
        ArticleState.objects.filter(article__pk__in=[Given("ids")], starred_at__isnull=False, starred_by_rule=False)
        .order_by()
        .values_list("user", "article", "starred_at")
    )
)


def carry(members: Iterable[StoryMember], new: Collection[int], starred: Collection[int]) -> None:
    """Mark articles read for whoever has read one behind them in their story, and star them for whoever has starred
    one, where one row stands for all; `members`: all of stories that got some, `new`: the articles that were in no
    story before, `starred`: those that somebody has starred."""
    stories = _by_story(members)
    pairs = [
        (earlier.pk, earlier.feed_id, later.pk, later.feed_id)
        for story in stories.values()
        for earlier, later in _pairs(story, new)
    ]
    if not pairs:
        return
    _carry_reading(pairs)
    of_starred = {row.story for story in stories.values() for row in story if row.pk in starred}
    if of_starred:
        _carry_stars({row.pk: story for story in of_starred for row in stories[story]})


def _by_story(members: Iterable[StoryMember]) -> dict[int, list[StoryMember]]:
    """The members of each story, in their order."""
    stories: dict[int, list[StoryMember]] = {}
    for row in sorted(members, key=attrgetter("number")):
        stories.setdefault(row.story, []).append(row)
    return stories


def _pairs(story: Sequence[StoryMember], new: Collection[int]) -> Iterator[tuple[StoryMember, StoryMember]]:
    """Each two of a story of which one is new, in their order."""
    for at, row in enumerate(story):
        if row.pk in new:
            yield from ((earlier, row) for earlier in story[:at])
            yield from ((row, later) for later in story[at + 1 :] if later.pk not in new)


def _carry_reading(pairs: Sequence[tuple[int, int, int, int]]) -> None:
    is_postgres = connection.vendor == "postgresql"
    given = [array(column) for column in zip(*pairs, strict=True)] if is_postgres else [json.dumps(pairs)]
    with standing_cursor() as cursor:
        cursor.execute(CARRY.format(pairs=PAIRS[connection.vendor]), [*given, ReaderSettings.Doubles.TOGETHER])


def _carry_stars(story_of: Mapping[int, int]) -> None:
    """A star shows an article whatever becomes of its feed: who may not see the feed gets none."""
    from articles.lists.reader_state import star_ids

    starred: dict[int, dict[int, tuple[datetime, int]]] = {}
    rows = [row for some in parts(story_of) for row in _STARS.rows(ids=some)]
    for user, pk, at in sorted(rows, key=itemgetter(2), reverse=True):
        starred.setdefault(user, {})[story_of[pk]] = (at, pk)  # of a story the first star
    for reader in User.objects.filter(pk__in=starred).order_by("pk") if starred else ():
        by_time = sorted(starred[reader.pk].values())
        for at, some in groupby(by_time, key=itemgetter(0)):
            star_ids(reader, [pk for _, pk in some], on=True, at=at)
