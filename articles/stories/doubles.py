"""The other articles of a story, and those that tell of the same, as a reader may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import F

from articles.lists.bare_articles import bare_articles
from articles.models import Article, Likeness, StoryMember
from articles.stories.rows import STORIES
from feeds.statements import Given, Statement
from feeds.subscriptions import own
from feeds.subscriptions.visibility import Operator, Reader, sight_of, visible_rows, visible_to

MOST = 20  # shown of one story
_MEMBERS = Statement(
    lambda: (
        StoryMember.objects.filter(story__in=[Given("stories")])
        .order_by("story", "number")
        .values_list("story", "article_id", "feed_id")
    )
)
_NEAR = Statement(
    lambda: Likeness.objects.filter(article__pk__in=[Given("articles")], is_same=False).values_list("pk")[:1]
)


def doubles_of(article_ids: Collection[int], reader: Reader) -> dict[int, list[Article]]:
    """Of each of these articles that has some, the others of its story in feeds that the reader may see, in the story's
    order: with their feeds, without bodies. One query where there are none."""
    stories: dict[int, int] = dict(STORIES.rows(articles=list(article_ids)))
    if not stories:
        return {}
    members = _members(set(stories.values()), reader)
    others = {pk: [other for other in members.get(story, ()) if other != pk][:MOST] for pk, story in stories.items()}
    loaded = _loaded(set[int]().union(*others.values()), reader)
    return {pk: [loaded[other] for other in some if other in loaded] for pk, some in others.items() if some}


def _members(stories: Collection[int], reader: Reader) -> dict[int, list[int]]:
    """The articles of each story, in its order, that are in feeds which the reader may see."""
    rows = _MEMBERS.rows(stories=list(stories))
    seen = _seen({feed for _, _, feed in rows}, reader)
    members: dict[int, list[int]] = {}
    for story, pk, feed in rows:
        if feed in seen:
            members.setdefault(story, []).append(pk)
    return members


def _seen(feeds: set[int], reader: Reader) -> set[int]:
    """Those of these feeds that the reader may see. No query, beside that for the view, where no feed is hidden."""
    if isinstance(reader, Operator) or sight_of(reader).is_whole:
        return feeds
    return {pk for (pk,) in visible_rows(reader, feeds, "pk")}


def also_told(article: Article, doubles: Sequence[Article], reader: Reader) -> list[Article]:
    """The articles of other stories that tell of the same as `article` or its `doubles`, in feeds that the reader may
    see, one of each story, the earliest first. One query where there are none."""
    ours = {article.pk, *(double.pk for double in doubles)}
    if not _NEAR.rows(articles=list(ours)):
        return []
    near = Likeness.objects.filter(visible_to(reader, "other__feed__"), article__in=ours, is_same=False)
    ids = set(near.values_list("other", flat=True))
    if not ids:
        return []
    story = StoryMember.objects.filter(pk=article.pk).values("story")
    ids -= {*ours, *StoryMember.objects.filter(story__in=story, pk__in=ids).values_list("pk", flat=True)}
    found = sorted(_loaded(ids, reader).values(), key=lambda other: (other.published_at, other.pk))
    return _one_of_each_story(found)[:MOST]


def _one_of_each_story(articles: Sequence[Article]) -> list[Article]:
    stories = dict(
        StoryMember.objects.filter(pk__in=[article.pk for article in articles]).values_list("pk", F("story"))
    )
    return list({stories.get(article.pk, article.pk): article for article in reversed(articles)}.values())[::-1]


def _loaded(ids: Iterable[int], reader: Reader) -> dict[int, Article]:
    loaded = {article.pk: article for article in bare_articles([*ids])}
    own.call_by_own_titles((article.feed for article in loaded.values()), reader)
    return loaded
