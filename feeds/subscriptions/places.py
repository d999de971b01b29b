"""The places of feeds and categories: moved into another category, and before another one there. A reader moves what is
their own; staff the site's, for everybody who follows all of its feeds."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from feeds.categories import MAX_DEPTH, Tree, tree_of
from feeds.models import Category, Feed, Subscription
from feeds.parse.text import line
from feeds.subscriptions import own
from feeds.subscriptions.visibility import forget_sight

LONGEST_NAME = 200


class NoPlace(ValueError):
    """It can't stand there. The message tells the reader why."""


def may_move(reader: User, feed: Feed) -> bool:
    """True where the place of a feed that the reader follows is theirs to choose: in a choice of their own, of a feed
    that is theirs alone, and, for staff, of the site's."""
    return reader.is_staff or not (feed.is_shared and own.follows_all(reader))


def may_change(reader: User, category: Category) -> bool:
    """True where name and place of the category are the reader's to choose."""
    return category.owner_id == reader.pk or (category.owner_id is None and reader.is_staff)


def put_feed(reader: User, feed: Feed, into: Category | None, *, before: int = 0) -> None:
    """Have a feed that the reader follows in the category `into`, before the feed `before` there, or else behind all.
    Where staff move one of the site's, it stands by its name. Raises NoPlace."""
    if not may_move(reader, feed):
        raise NoPlace(_("You follow all of the site's feeds, in its categories. Choose which feeds you follow first."))
    if feed.is_shared and own.follows_all(reader):
        if into is not None and into.owner_id is not None:
            raise NoPlace(_("One of the site's feeds stands in a category of the site's."))
        Feed.objects.filter(pk=feed.pk).update(category=into)
        return
    with transaction.atomic():
        mine = Subscription.objects.select_for_update(of=("self",)).filter(user=reader).select_related("feed")
        moved = mine.get(feed=feed)
        beside = [row for row in sorted(mine.filter(category=into), key=own.place_of) if row.pk != moved.pk]
        at = next((number for number, row in enumerate(beside) if row.feed_id == before), len(beside))
        beside.insert(at, moved)
        moved.category = into
        for position, row in enumerate(beside, 1):
            row.position = position
        Subscription.objects.bulk_update(beside, ["category", "position"], batch_size=own.BATCH)
        own.drop_empty_categories(reader)
    forget_sight(reader)


def put_category(reader: User, category: Category, into: Category | None, *, before: int = 0) -> None:
    """Have a category inside `into`, or at the top, before the category `before` there, or else behind all. Raises
    NoPlace: for what is not theirs to move, for a ring, where it would be too deep, or where one of its name is."""
    if not may_change(reader, category) or (into is not None and into.owner_id != category.owner_id):
        raise NoPlace(_("This category is not yours to move."))
    owner, parent = category.owner_id, into.pk if into else None
    with transaction.atomic():
        # All of them, so that no two moves at once can close a ring.
        rows = {row.pk: row for row in Category.objects.select_for_update().filter(owner=owner).order_by("pk")}
        if category.pk not in rows or (parent is not None and parent not in rows):
            raise NoPlace(_("This category is not there any more."))
        _check_place(tree_of(rows.values()), category, parent)
        beside = [row for row in rows.values() if row.parent_id == parent and row.pk != category.pk]
        if any(row.name == category.name for row in beside):
            raise NoPlace(_("There is a category of that name already."))
        beside.sort(key=_place)
        at = next((number for number, row in enumerate(beside) if row.pk == before), len(beside))
        moved = rows[category.pk]
        beside.insert(at, moved)
        moved.parent_id = parent
        for position, row in enumerate(beside, 1):
            row.position = position
        Category.objects.bulk_update(beside, ["parent", "position"], batch_size=own.BATCH)
        if owner is not None:
            own.drop_empty_categories(reader)
    forget_sight(reader)


def _check_place(tree: Tree, category: Category, parent: int | None) -> None:
    above = tree.ancestry(parent) if parent is not None else []
    if category.pk in above:
        raise NoPlace(_("A category can't be inside itself."))
    if parent == category.parent_id:  # its place among the same alone: a list of feeds may have brought it deeper
        return
    depths = [len(tree.ancestry(pk)) for pk in tree.inside([category.pk])]
    if len(above) + max(depths) - len(tree.ancestry(category.pk)) + 1 > MAX_DEPTH:
        raise NoPlace(_("Categories nest %(limit)d deep at most.") % {"limit": MAX_DEPTH})


def rename(reader: User, category: Category, name: str) -> bool:
    """Call a category `name`; its address stays. False where it is not the reader's to change, or another one beside it
    has that name."""
    name = line(name, LONGEST_NAME)
    if not name or not may_change(reader, category):
        return False
    try:
        with transaction.atomic():
            Category.objects.filter(pk=category.pk).update(name=name)
    except IntegrityError:
        return False
    return True


def step(reader: User, category: Category, *, down: bool) -> None:
    """Put a category a place further up or down among those beside it. Nothing happens at the end, or where it is not
    the reader's to move."""
    if not may_change(reader, category):
        return
    with transaction.atomic():
        rows = Category.objects.select_for_update().filter(owner=category.owner_id, parent=category.parent_id)
        beside = sorted(rows, key=_place)
        at = next((number for number, row in enumerate(beside) if row.pk == category.pk), None)
        to = None if at is None else at + (1 if down else -1)
        if at is None or to is None or not 0 <= to < len(beside):
            return
        beside[at], beside[to] = beside[to], beside[at]
        for position, row in enumerate(beside, 1):
            row.position = position
        Category.objects.bulk_update(beside, ["position"])


def _place(row: Category) -> tuple[int, str, int]:
    return row.position, row.name.casefold(), row.pk
