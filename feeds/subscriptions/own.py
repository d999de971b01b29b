"""A reader's own subscriptions: the only writer of `Subscription` and of what a reader follows.

Who follows all of the site's feeds has rows for feeds that are theirs alone, and no others. As soon as they leave one
of the site's, the rest becomes their own choice, in categories of their own that are as the site's were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from feeds.categories import free_slug
from feeds.models import Category, Departure, Feed, ReaderSettings, Subscription
from feeds.statements import Given, Statement
from feeds.subscriptions.visibility import Reader, forget_sight, reader_id, sight_of

BATCH = 1000
_ZONE = Statement(lambda: ReaderSettings.objects.filter(user=Given("reader")).values_list("time_zone"))


def call_by_own_titles(feeds: Iterable[Feed], reader: Reader) -> None:
    """Let each of `feeds`, which are shown to `reader` and not saved, be called as the reader calls it."""
    if reader_id(reader) is None or not sight_of(reader).has_titles:
        return
    shown = list(feeds)
    titles = own_titles(reader, {feed.pk for feed in shown})
    for feed in shown:
        feed.own_title = titles.get(feed.pk, "")


def place_as_own(feed: Feed, reader: Reader) -> None:
    """Let `feed`, which is shown to `reader` and not saved, be called as the reader calls it and be in the category
    that they have it in."""
    if reader_id(reader) is None:
        return
    sight = sight_of(reader)
    if sight.follows_all and feed.is_shared and not sight.has_titles:
        return
    mine = Subscription.objects.select_related("category").filter(user=sight.reader_id, feed=feed).first()
    feed.own_title = mine.title if mine else ""
    if mine and mine.category:
        feed.category = mine.category
    elif not sight.follows_all:
        feed.category = None


def own_titles(reader: Reader, feed_ids: Iterable[int] | None = None) -> dict[int, str]:
    """The reader's own titles of these feeds, or of all."""
    if not sight_of(reader).has_titles:
        return {}
    mine = Subscription.objects.filter(user=reader.pk).exclude(title="")
    if feed_ids is not None:
        mine = mine.filter(feed__in=list(feed_ids))
    return dict(mine.values_list("feed", "title"))


def own_importances(reader: Reader) -> dict[int, str]:
    """The importance that the reader has given to feeds themselves."""
    if not sight_of(reader).has_importances or reader_id(reader) is None:
        return {}
    return dict(Subscription.objects.filter(user=reader.pk).exclude(importance="").values_list("feed", "importance"))


def subscriptions_of(reader: Reader) -> dict[int, Subscription]:
    """The rows of a reader by the id of the feed."""
    pk = reader_id(reader)
    return {} if pk is None else {row.feed_id: row for row in Subscription.objects.filter(user=pk)}


def follows_all(reader: Reader) -> bool:
    """True where the reader follows all of the site's feeds."""
    return sight_of(reader).follows_all


def choose_doubles(reader: User, doubles: str) -> None:
    """Keep what the reader's lists shall have of an article that several feeds bring: of ReaderSettings.Doubles."""
    ReaderSettings.objects.update_or_create(user=reader, defaults={"doubles": doubles})
    forget_sight(reader)


def keep_zone(reader: User, name: str) -> None:
    """Keep the name of the reader's time zone. One query where it is kept already."""
    if ReaderSettings.objects.filter(user=reader).values_list("time_zone", flat=True).first() != name:
        ReaderSettings.objects.update_or_create(user=reader, defaults={"time_zone": name})


def zone_of(reader: Reader) -> tzinfo:
    """The time zone in which the reader's days begin: the one that is kept of them, else the current one."""
    kept = next(iter(_ZONE.column(reader=reader_id(reader))), "")
    try:
        return ZoneInfo(kept) if kept else timezone.get_current_timezone()
    except (ZoneInfoNotFoundError, ValueError, OSError):  # of another machine's backup
        return timezone.get_current_timezone()


def follow(reader: User, feed: Feed, *, category: Category | None = None, title: str = "") -> Subscription | None:
    """The reader's subscription to `feed`, made where there is none; None where they follow it with all of the site's
    feeds. Whoever calls has made sure that the reader may have it."""
    return follow_many(reader, {feed: category}, titles={feed.pk: title}).get(feed.pk)


def follow_many(
    reader: User,
    feeds: Mapping[Feed, Category | None],
    *,
    titles: Mapping[int, str] | None = None,
    importances: Mapping[int, str] | None = None,
) -> dict[int, Subscription]:
    """The same of many feeds, each with its category, in a few queries. What is followed already stays as it is."""
    everything = follows_all(reader)
    wanted = {feed.pk: category for feed, category in feeds.items() if not (everything and feed.is_shared)}
    rows = [
        Subscription(
            user=reader,
            feed_id=pk,
            category=category,
            title=(titles or {}).get(pk, "")[:500],
            importance=(importances or {}).get(pk, ""),
        )
        for pk, category in wanted.items()
    ]
    _wake(wanted)
    Subscription.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    forget_sight(reader)
    found = Subscription.objects.filter(user=reader).select_related("feed")
    return {row.feed_id: row for row in found if row.feed_id in wanted}


def follow_instead(reader: User, feed: Feed, other: Feed) -> None:
    """Follow `other` as the reader has `feed`: under its title and in its place, right before it."""
    mine = Subscription.objects.select_related("category").get(user=reader, feed=feed)
    row = follow(reader, other, category=mine.category, title=mine.title)
    if row is not None:
        Subscription.objects.filter(pk=row.pk).update(
            position=mine.position, in_all=mine.in_all, importance=mine.importance
        )


def _wake(feed_ids: Iterable[int]) -> None:
    """Let feeds be polled again that stand still since their last subscriber left."""
    Departure.objects.filter(feed__in=list(feed_ids)).delete()
    left = Feed.objects.filter(pk__in=list(feed_ids), is_shared=False, state=Feed.State.PAUSED, subscriptions=None)
    Feed.objects.filter(pk__in=left.values("pk")).update(state=Feed.State.ACTIVE, next_check_at=timezone.now())


def change(
    reader: User,
    feed: Feed,
    *,
    title: str,
    category: Category | None = None,
    in_all: bool = True,
    importance: str | None = None,
) -> None:
    """Call a feed that the reader follows `title` from now on and put it there; `importance`: of Importance, empty for
    as the site has it, None for as it was. Where they follow it with all of the site's feeds only title and importance
    are theirs, and no row is kept without either."""
    mine = Subscription.objects.filter(user=reader, feed=feed)
    with_all = feed.is_shared and follows_all(reader)
    if importance is None:
        importance = next(iter(mine.values_list("importance", flat=True)), "")
    if with_all and not title and not importance:
        mine.delete()
    else:
        row, _new = Subscription.objects.get_or_create(user=reader, feed=feed)
        if not with_all:
            row.position = row.position if row.category == category else 0
            row.category, row.in_all = category, in_all
        row.title, row.importance = title, importance
        row.save()
        drop_empty_categories(reader)
    forget_sight(reader)


def choose_importance(reader: User, feed: Feed, importance: str) -> None:
    """Have a feed that the reader follows be of this importance to them: of Importance, empty for as the site has
    it."""
    mine = Subscription.objects.select_related("category").filter(user=reader, feed=feed).first()
    kept = {"title": mine.title, "category": mine.category, "in_all": mine.in_all} if mine else {"title": ""}
    change(reader, feed, **kept, importance=importance)


def position_of(mine: int, site: int, *, follows_all: bool) -> int:
    """The position of a feed in its category, of that which the reader's row gives it (0 without one) and the site's:
    their own, else, for who follows all of the site's feeds, the site's."""
    return mine or (site if follows_all else 0)


def unfollow(reader: User, feed: Feed) -> None:
    """End the subscription. Who follows all of the site's feeds has the rest as their own choice from now on. No
    article goes: see articles.ingest.feed_deletion for a feed that nobody is left to see."""
    with transaction.atomic():
        if feed.is_shared:
            choose_own(reader)
        Subscription.objects.filter(user=reader, feed=feed).delete()
        drop_empty_categories(reader)
    forget_sight(reader)


def choose_own(reader: User) -> None:
    """Turn "all of the site's feeds" into the reader's own choice of the same feeds, in a tree of their own that is as
    the site's. Nothing happens where the reader has a choice of their own."""
    with transaction.atomic():
        chosen, _new = ReaderSettings.objects.select_for_update().get_or_create(user=reader)
        if chosen.follows == ReaderSettings.Follows.OWN:
            return
        copies = _copied_tree(reader)
        shared = Feed.objects.filter(is_shared=True).values_list("pk", "category_id", "position")
        Subscription.objects.bulk_create(
            [
                Subscription(user=reader, feed_id=pk, category=copies.get(place), position=position)
                for pk, place, position in shared
            ],
            batch_size=BATCH,
            ignore_conflicts=True,
        )
        mine = Subscription.objects.filter(user=reader)
        site_position = Feed.objects.filter(pk=OuterRef("feed")).values("position")
        mine.filter(category=None, feed__is_shared=True, position=0).update(position=Subquery(site_position))
        # A row that was there before stood in a category of the site's, or had a title and no place.
        there = Q(category__in=list(copies)) | Q(category=None, feed__is_shared=True)
        rows = mine.filter(there).annotate(place=Coalesce("category", "feed__category")).exclude(place=None)
        moved = [row for row in rows if row.place in copies]
        for row in moved:
            row.category = copies[row.place]
        mine.bulk_update(moved, ["category"], batch_size=BATCH)
        ReaderSettings.objects.filter(user=reader).update(follows=ReaderSettings.Follows.OWN)
    forget_sight(reader)


def begin(reader: User) -> None:
    """Store what a new account follows: see NEWSREADER_NEW_ACCOUNTS. Staff follow all of the site's feeds, which they
    are there to look after."""
    if settings.NEW_ACCOUNTS == "all" or reader.is_staff:
        return
    choose_own(reader)
    others = Subscription.objects.filter(user=reader)
    if settings.NEW_ACCOUNTS == "starter":
        others = others.exclude(feed__is_starter=True)
    others.delete()
    drop_empty_categories(reader)
    forget_sight(reader)


def follow_all(reader: User) -> None:
    """Follow all of the site's feeds again. Subscriptions to feeds that are shared go, with their titles and places;
    those to others stay, and so do the categories that hold them."""
    with transaction.atomic():
        ReaderSettings.objects.update_or_create(user=reader, defaults={"follows": ReaderSettings.Follows.ALL})
        Subscription.objects.filter(user=reader, feed__is_shared=True).delete()
        drop_empty_categories(reader)
    forget_sight(reader)


def rename_category(reader: User, category: Category, name: str) -> None:
    """Call a category of the reader's own `name`. Where one beside it is called so already, its feeds go there. Raises
    PermissionError for one that is not theirs."""
    _check_owner(reader, category)
    with transaction.atomic():
        beside = Category.objects.filter(owner=reader, parent=category.parent_id, name=name).exclude(pk=category.pk)
        if twin := beside.first():
            Subscription.objects.filter(user=reader, category=category).update(category=twin)
            drop_empty_categories(reader)
        else:
            Category.objects.filter(pk=category.pk).update(name=name)
    forget_sight(reader)


def empty_category(reader: User, category: Category) -> None:
    """Let the feeds of a category of the reader's own be in none, with which it goes, unless others are in it. Raises
    PermissionError for one that is not theirs."""
    _check_owner(reader, category)
    with transaction.atomic():
        Subscription.objects.filter(user=reader, category=category).update(category=None)
        drop_empty_categories(reader)
    forget_sight(reader)


def _check_owner(reader: User, category: Category) -> None:
    if category.owner_id != reader.pk:
        raise PermissionError(f"category {category.pk} is not {reader.get_username()}'s")


def drop_empty_categories(reader: User) -> None:
    """Take away the reader's categories with nothing in them: they come with a feed, and go with the last one."""
    empty = Category.objects.filter(owner=reader, subscriptions=None, children=None)
    while pks := list(empty.values_list("pk", flat=True)):
        Category.objects.filter(pk__in=pks).delete()


def _copied_tree(reader: User) -> dict[int | None, Category]:
    """A copy of each of the site's categories for the reader, by the id of what it is a copy of; one of that name in
    the same place is taken for it."""
    copies: dict[int | None, Category] = {}
    theirs = {(row.parent_id, row.name): row for row in Category.objects.filter(owner=reader)}
    slugs = {row.slug for row in theirs.values()}
    for level in _levels(Category.objects.filter(owner=None).order_by("pk")):
        for row in level:
            parent = copies.get(row.parent_id)
            place = (parent.pk if parent else None, row.name)
            copies[row.pk] = theirs.get(place) or _copy(row, reader, parent, slugs)
        Category.objects.bulk_create([copy for row in level if not (copy := copies[row.pk]).pk], batch_size=BATCH)
    return copies


def _levels(rows: Iterable[Category]) -> Iterator[list[Category]]:
    """The categories at the top, those right inside of them, and so on."""
    left: list[Category] = list(rows)
    above: set[int | None] = {None}
    while level := [row for row in left if row.parent_id in above]:
        yield level
        above = {row.pk for row in level}


def _copy(row: Category, reader: User, parent: Category | None, slugs: set[str]) -> Category:
    """A copy that is not stored yet. The slug stays what it was, so that addresses that the reader has kept lead to
    it."""
    slug = row.slug if row.slug not in slugs else free_slug(row.name, slugs)
    slugs.add(slug)
    return Category(owner=reader, name=row.name, slug=slug, parent=parent, position=row.position)


def share(feeds: Iterable[Feed]) -> int:
    """Let these feeds be the site's from now on, for everybody. Returns how many were not. Subscriptions of readers who
    follow all of the site's feeds stay: they hold the title and the place that these gave it."""
    private = [feed for feed in feeds if not feed.is_shared]
    for feed in private:
        feed.is_shared = True
    return Feed.objects.filter(pk__in=[feed.pk for feed in private]).update(is_shared=True) if private else 0


def is_last(reader: User, feed: Feed) -> bool:
    """True where `reader` is the one subscriber of a feed that is not shared, so that nobody is left with it when they
    leave."""
    return not feed.is_shared and not Subscription.objects.filter(feed=feed).exclude(user=reader).exists()


def may_tend(reader: User, feed: Feed) -> bool:
    """True for staff, and for who is alone with a feed: they may have it checked and paused."""
    return bool(tended_by(reader, [feed]))


def tended_by(reader: User, feeds: Iterable[Feed]) -> set[int]:
    """The ids of those of `feeds` that `reader` may tend, by one query."""
    if reader.is_staff:
        return {feed.pk for feed in feeds}
    subscribers: dict[int, set[int]] = {}
    private = [feed.pk for feed in feeds if not feed.is_shared]
    if private:
        for feed_id, user_id in Subscription.objects.filter(feed__in=private).values_list("feed", "user"):
            subscribers.setdefault(feed_id, set()).add(user_id)
    return {pk for pk, users in subscribers.items() if users == {reader.pk}}
