"""The feeds that a reader may see, and those in the list of all that they follow: the one place that says so.

Mostly every reader follows all of the site's feeds, and all feeds are shared with the site. One small query tells that
this is so, and then nothing that is asked of the database is narrowed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet

from feeds.categories import read_tree
from feeds.models import MAIL_SCHEME, Category, Feed, Importance, ReaderSettings, Subscription
from feeds.statements import Given, Row, Statement, all_columns, standing_cursor

Reader = User | AnonymousUser
_KEPT = "_kept_sight"
_READER = Given("reader")


class Operator(AnonymousUser):
    """The one who works at the command line: nobody who reads, and all feeds are there for them."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A reader's view: what they follow, and whether no feed is hidden from them, nor left out of the list of all by
    them. `reader_id` None: nobody who has signed in. `doubles`: what their lists have of an article that several feeds
    bring."""

    reader_id: int | None = None
    follows_all: bool = True
    is_whole: bool = True
    has_titles: bool = False  # the reader calls some feed otherwise than the site does
    has_importances: bool = False  # some feed is more or less important than others
    doubles: str = ReaderSettings.Doubles.TOGETHER

    @property
    def is_all(self) -> bool:
        """True where the list of all articles has every feed there is."""
        return self.follows_all and self.is_whole

    @property
    def shape(self) -> Sight:
        """The view of any reader who sees alike, for a statement that is asked with `reader`."""
        return replace(
            self,
            has_titles=False,
            has_importances=False,
            reader_id=None if self.reader_id is None else cast(int, _READER),
        )


_HIDDEN = "SELECT 1 FROM feeds_feed WHERE NOT is_shared"
_IMPORTANT = "SELECT 1 FROM feeds_feed WHERE NOT (importance = 'normal')"  # as its index says it
_SIGHT_OF_ANYBODY = f"SELECT NULL, EXISTS ({_HIDDEN}), FALSE, NULL, EXISTS ({_IMPORTANT})"
_SIGHT_OF_READER = f"""
SELECT (SELECT follows FROM feeds_readersettings WHERE user_id = %s), EXISTS ({_HIDDEN} AND NOT EXISTS
    (SELECT 1 FROM feeds_subscription WHERE feed_id = feeds_feed.id AND user_id = %s AND in_all)),
    EXISTS (SELECT 1 FROM feeds_subscription WHERE user_id = %s AND title <> ''),
    (SELECT doubles FROM feeds_readersettings WHERE user_id = %s), EXISTS ({_IMPORTANT})
    OR EXISTS (SELECT 1 FROM feeds_subscription WHERE user_id = %s AND importance <> '')
"""  # noqa: S608


def sight_of(reader: Reader) -> Sight:
    """The view of `reader` now, by one query that reads an empty index and a row; within a request by one in all."""
    if isinstance(reader, Operator):
        return Sight(doubles=ReaderSettings.Doubles.APART)
    kept: list[Sight] | None = getattr(reader, _KEPT, None)
    if kept:
        return kept[0]
    pk = reader_id(reader)
    with standing_cursor() as cursor:
        cursor.execute(*((_SIGHT_OF_ANYBODY,) if pk is None else (_SIGHT_OF_READER, [pk] * 5)))
        follows, hides, has_titles, doubles, has_importances = cursor.fetchone()
    sight = Sight(
        pk,
        follows != ReaderSettings.Follows.OWN,
        not hides,
        bool(has_titles),
        bool(has_importances),
        doubles or ReaderSettings.Doubles.TOGETHER,
    )
    if kept is not None:
        kept.append(sight)
    return sight


def keeping_sight(reader: Reader) -> Reader:
    """The same object, for which from now on the first answer of `sight_of` holds as long as it lives, which has to be
    short: a request's reader."""
    setattr(reader, _KEPT, [])
    return reader


def forget_sight(reader: Reader) -> None:
    """Ask the database again: the reader has just changed what they follow."""
    if hasattr(reader, _KEPT):
        keeping_sight(reader)


def reader_id(reader: Reader) -> int | None:
    """The id of the account; None for who has not signed in."""
    return reader.pk if reader.is_authenticated else None


def visible_feeds(reader: Reader) -> QuerySet[Feed]:
    """The feeds that `reader` may see: those that are shared with the site, and those that they subscribe to. Staff see
    no more than others when they read."""
    return Feed.objects.all() if isinstance(reader, Operator) else Feed.objects.filter(visible_to(reader))


def visible_to(reader: Reader, prefix: str = "") -> Q:
    """The same as a condition on rows that lead to a feed by `prefix`, as "feed__"."""
    return Q() if isinstance(reader, Operator) else _visible_to(reader_id(reader), prefix)


def _visible_to(pk: int | Given | None, prefix: str = "") -> Q:
    shared = Q(**{f"{prefix}is_shared": True})
    if pk is None:
        return shared
    return shared | Q(Exists(Subscription.objects.filter(user=cast(int, pk), feed=OuterRef(f"{prefix}pk"))))


def feeds_of_readers(staff: Reader) -> QuerySet[Feed]:
    """The feeds that are not shared, of which `staff` may know name, address, followers and health, and which they may
    share; none for others. Their articles are for who sees the feed, and newsletters, which are letters, left out."""
    return (
        Feed.objects.filter(is_shared=False).exclude(url__startswith=MAIL_SCHEME)
        if staff.is_staff
        else Feed.objects.none()
    )


_VISIBLE = Statement(
    lambda is_nobody, sees_all, *columns: (
        Feed.objects.filter(Q() if sees_all else _visible_to(None if is_nobody else _READER), pk__in=[Given("feeds")])
        .order_by()
        .values_list(*columns)
    )
)


def visible_rows(reader: Reader, feed_ids: Collection[int], *columns: str) -> list[Row]:
    """These columns of those of some feeds that `reader`, who is not the operator, may see. One query, a plain one
    where the reader's view is known by now, and has all feeds."""
    pk, sees_all = reader_id(reader), bool(getattr(reader, _KEPT, None)) and sight_of(reader).is_whole
    return _VISIBLE.rows(pk is None, sees_all, *columns, reader=pk, feeds=list(feed_ids))


def sees(reader: Reader, feed: Feed) -> bool:
    """True where `reader` may see `feed`. No query where it is shared."""
    if feed.is_shared or isinstance(reader, Operator):
        return True
    pk = reader_id(reader)
    return pk is not None and Subscription.objects.filter(user=pk, feed=feed).exists()


def followed_feeds(reader: Reader, *, quiet: bool = False) -> QuerySet[Feed]:
    """The feeds whose articles are in the list of all that `reader` follows; with `quiet` also those that they have
    left out of it. Who follows all of the site's feeds leaves out only what is theirs alone."""
    return feeds_in(sight_of(reader), quiet=quiet)


def feeds_in(sight: Sight, *, quiet: bool = False) -> QuerySet[Feed]:
    """The same, of a view."""
    mine = Subscription.objects.filter(user=sight.reader_id)
    if not sight.follows_all:
        return Feed.objects.filter(pk__in=(mine if quiet else mine.filter(in_all=True)).values("feed"))
    if sight.is_whole:
        return Feed.objects.all()
    if sight.reader_id is None:
        return Feed.objects.filter(is_shared=True)
    return Feed.objects.filter(
        Q(is_shared=True) | Q(pk__in=(mine if quiet else mine.filter(in_all=True)).values("feed"))
    )


def followers_of(feed_id: int, *, is_shared: bool) -> QuerySet[User]:
    """The accounts that may sign in and whose `followed_feeds`, with those that they left out of the list of all, have
    the feed: the same from the other side."""
    follows = Q(Exists(Subscription.objects.filter(user=OuterRef("pk"), feed=feed_id)))
    if is_shared:
        own = ReaderSettings.objects.filter(user=OuterRef("pk"), follows=ReaderSettings.Follows.OWN)
        follows |= ~Q(Exists(own))
    return User.objects.filter(follows, is_active=True)


def feeds_within(category: Category, reader: Reader) -> QuerySet[Feed]:
    """The feeds of a category and of those inside it that `reader` may see. Of a category of the site's these are the
    feeds that the site has there, of a reader's own what that reader's subscriptions have there."""
    return visible_feeds(reader).filter(_placed_in(category.owner_id, _inside(category)))


def _inside(category: Category) -> list[int]:
    return [category.pk, *read_tree(category.owner_id).inside([category.pk])]


def _placed_in(owner: int | Given | None, inside: list[Any]) -> Q:
    if owner is None:
        return Q(category__pk__in=inside)
    return Q(pk__in=Subscription.objects.filter(user=cast(int, owner), category__pk__in=inside).values("feed"))


@dataclass(frozen=True, slots=True)
class FeedSet:
    """Some feeds: as a query, made where another one needs it, and their ids, which a statement finds."""

    feeds: Callable[[], QuerySet[Feed]]
    ids: Callable[[], Collection[int]]


def feed_set_within(category: Category, reader: Reader) -> FeedSet:
    """The feeds that `feeds_within` has. The categories are read once."""
    inside = cache(lambda: _inside(category))
    return FeedSet(
        lambda: visible_feeds(reader).filter(_placed_in(category.owner_id, inside())),
        lambda: _within(category, reader, inside()),
    )


def followed_feed_set(sight: Sight, *, quiet: bool = False) -> FeedSet:
    """The feeds that `feeds_in` has."""
    return FeedSet(
        lambda: feeds_in(sight, quiet=quiet), lambda: FOLLOWED.column(sight.shape, quiet, reader=sight.reader_id)
    )


FOLLOWED = Statement(lambda sight, quiet: feeds_in(sight, quiet=quiet).order_by().values_list("pk"))
_WITHIN = Statement(
    lambda sees_all, is_nobody, is_of_site, is_among: (
        Feed.objects.filter(
            Q() if sees_all else _visible_to(None if is_nobody else _READER),
            _placed_in(None if is_of_site else Given("owner"), [Given("inside")]),
            Q(pk__in=[Given("feeds")]) if is_among else Q(),
        )
        .order_by()
        .values_list("pk")
    )
)


def within_among(category: Category, reader: Reader, feed_ids: Collection[int]) -> frozenset[int]:
    """The ids of those of some feeds that `feeds_within` has for `reader`. Two queries."""
    return frozenset(_within(category, reader, _inside(category), feed_ids))


def _within(
    category: Category, reader: Reader, inside: list[int], feed_ids: Collection[int] | None = None
) -> list[int]:
    pk, owner = reader_id(reader), category.owner_id
    values = {"reader": pk, "owner": owner, "inside": inside, "feeds": list(feed_ids or ())}
    return _WITHIN.column(isinstance(reader, Operator), pk is None, owner is None, feed_ids is not None, **values)


def categories_for(reader: Reader) -> QuerySet[Category]:
    """The categories that `reader` has: their own; who follows all of the site's feeds has the site's, too."""
    return categories_in(sight_of(reader)) if reader.is_authenticated else Category.objects.filter(owner=None)


def categories_in(sight: Sight) -> QuerySet[Category]:
    """The same, of a view."""
    if sight.reader_id is None:
        return Category.objects.filter(owner=None)
    own = Q(owner=sight.reader_id)
    return Category.objects.filter(own | Q(owner=None) if sight.follows_all else own)


_OF_CATEGORY = all_columns(Category)
_CATEGORIES = Statement(lambda sight: categories_in(sight).values_list(*_OF_CATEGORY))


def categories_of(reader: Reader) -> list[Category]:
    """The same, read. One query beside that for the view."""
    if not reader.is_authenticated:
        return list(categories_for(reader))
    sight = sight_of(reader)
    return _CATEGORIES.objects(Category, _OF_CATEGORY, sight.shape, reader=sight.reader_id)


def feeds_of_importance(reader: Reader, importance: str) -> QuerySet[Feed]:
    """The feeds that are of this importance to `reader`, whether they follow them or not: as they have chosen, else as
    the site has it."""
    pk = reader_id(reader)
    if pk is None:
        return Feed.objects.filter(importance=importance)
    mine = Subscription.objects.filter(user=pk, feed=OuterRef("pk"))
    by_site = Q(importance=importance) & ~Exists(mine.exclude(importance=""))
    return Feed.objects.filter(by_site | Q(Exists(mine.filter(importance=importance))))


def importance_of(reader: Reader, feed: Feed) -> str:
    """The importance of `feed` to `reader`. One query."""
    mine = Subscription.objects.filter(user=reader_id(reader), feed=feed).values_list("importance", flat=True).first()
    return mine or feed.importance


def importances_of(reader: Reader, feed_ids: Collection[int]) -> dict[int, str]:
    """The importance of each of some feeds to `reader`. No query, beside that for the view, where all are alike."""
    sight = sight_of(reader)
    if not sight.has_importances:
        return dict.fromkeys(feed_ids, Importance.NORMAL)
    found = dict.fromkeys(feed_ids, str(Importance.NORMAL))  # also of one that is gone meanwhile
    found |= Feed.objects.filter(pk__in=feed_ids).order_by().values_list("pk", "importance")
    mine = Subscription.objects.filter(user=sight.reader_id, feed__in=feed_ids).exclude(importance="")
    return found | dict(mine.values_list("feed", "importance"))


def feed_ids_of_importance(reader: Reader, importance: str) -> frozenset[int]:
    """Their ids. No query where all feeds are alike; one that is more or less than normal is rare."""
    if not sight_of(reader).has_importances:
        return frozenset()
    return frozenset(feeds_of_importance(reader, importance).order_by().values_list("pk", flat=True))


def places_of(reader: Reader, feed_ids: Iterable[int] | None = None) -> dict[int, int]:
    """The category of each of these feeds, or of all, that has one: as `reader` has them in their categories."""
    sight, places = sight_of(reader), dict[int, int]()
    some = None if feed_ids is None else list(feed_ids)
    if sight.follows_all:
        placed = Feed.objects.filter(category__isnull=False).order_by()
        places = dict((placed if some is None else placed.filter(pk__in=some)).values_list("pk", "category"))
    if sight.reader_id is not None:
        mine = Subscription.objects.filter(user=sight.reader_id, category__isnull=False)
        places |= dict((mine if some is None else mine.filter(feed__in=some)).values_list("feed", "category"))
    return places


def _called(is_nobody: bool) -> QuerySet[Category, Any]:
    owners = Q(owner=None) if is_nobody else Q(owner=None) | Q(owner=_READER)
    return Category.objects.filter(owners, slug=Given("slug")).values_list(*_OF_CATEGORY)


_CALLED = Statement(_called)


def category_called(slug: str, reader: Reader) -> Category | None:
    """The category that an address names: the reader's own before the site's, which an old address may mean."""
    named = _CALLED.objects(Category, _OF_CATEGORY, reader_id(reader) is None, reader=reader_id(reader), slug=slug)
    return max(named, key=lambda category: category.owner_id is not None, default=None)
