"""The places of feeds and categories: moved into another category, and before another one there. A reader moves what is
their own; staff the site's, for everybody who follows all of its feeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
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
    Raises NoPlace."""
    if not may_move(reader, feed):
        raise NoPlace(_("You follow all of the site's feeds, in its categories. Choose which feeds you follow first."))
    if _is_of_site(reader, feed):
        if into is not None and into.owner_id is not None:
            raise NoPlace(_("One of the site's feeds stands in a category of the site's."))
        with transaction.atomic():
            _put_in_row(_of_site(Q(category=into) | Q(pk=feed.pk)), feed.pk, into, before)
        return
    with transaction.atomic():
        mine = _own_rows(reader)
        _put_in_row([row for row in mine if row.category == into or row.feed_id == feed.pk], feed.pk, into, before)
        own.drop_empty_categories(reader)
    forget_sight(reader)


def step_feed(reader: User, feed: Feed, *, down: bool) -> None:
    """Put a feed a place further up or down among those of its category. Nothing happens at the end, or where it is not
    the reader's to move."""
    if not may_move(reader, feed):
        return
    with transaction.atomic():
        if _is_of_site(reader, feed):
            rows: list[Any] = _of_site(Q(category=feed.category_id))
        else:
            rows = _own_rows(reader)
            places = {row.category_id for row in rows if row.feed_id == feed.pk}
            rows = [row for row in rows if row.category_id in places]
        _step(sorted(rows, key=_place_of_feed), feed.pk, down=down)


def _is_of_site(reader: User, feed: Feed) -> bool:
    """True where the feed's place is the site's."""
    return feed.is_shared and own.follows_all(reader)


def _of_site(condition: Q) -> list[Feed]:
    """Those of the site's feeds, locked in one order, as workers write them too."""
    columns = ("id", "url", "title", "custom_title", "host", "category", "position")
    return list(Feed.objects.select_for_update().filter(condition, is_shared=True).only(*columns).order_by("pk"))


def _own_rows(reader: User) -> list[Subscription]:
    mine = Subscription.objects.select_for_update(of=("self",)).filter(user=reader)
    return list(mine.select_related("feed", "category").order_by("pk"))


def _put_in_row(rows: Sequence[Feed | Subscription], feed_id: int, into: Category | None, before: int) -> None:
    """Put one of the rows before another, or behind all, into the category that the others are in."""
    ordered = sorted(rows, key=_place_of_feed)
    moved = next(row for row in ordered if _id(row) == feed_id)
    beside = [row for row in ordered if row is not moved]
    _insert(beside, moved, before)
    moved.category = into
    _number(beside, ["category", "position"])


def _insert(beside: list[Any], moved: Feed | Subscription | Category, before: int) -> None:
    """Put a row among others in order, before the one of the feed or category `before`, or else behind all."""
    beside.insert(next((at for at, row in enumerate(beside) if _id(row) == before), len(beside)), moved)


def _step(beside: list[Any], pk: int, *, down: bool) -> None:
    """Put the row of the feed or category `pk` a place further up or down, where it is there and not at the end."""
    at = next((number for number, row in enumerate(beside) if _id(row) == pk), None)
    to = None if at is None else at + (1 if down else -1)
    if at is None or to is None or not 0 <= to < len(beside):
        return
    beside[at], beside[to] = beside[to], beside[at]
    _number(beside, ["position"])


def _number(rows: Sequence[Any], columns: list[str]) -> None:
    for position, row in enumerate(rows, 1):
        row.position = position
    type(rows[0])._default_manager.bulk_update(rows, columns, batch_size=own.BATCH)


def _id(row: Feed | Subscription | Category) -> int:
    """The id of the feed or category that the row is the place of."""
    return row.feed_id if isinstance(row, Subscription) else row.pk


def _place_of_feed(row: Feed | Subscription) -> tuple[int, str, int]:
    """The place of a row in its category, as feeds.views.feed_list and articles.lists.feed_tree have it."""
    name = row.name if isinstance(row, Feed) else row.title or row.feed.name
    return row.position, name.lower(), _id(row)


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
        moved = rows[category.pk]
        beside = _others_inside(parent, rows.values(), moved)
        _insert(beside, moved, before)
        moved.parent_id = parent
        _number(beside, ["parent", "position"])
        if owner is not None:
            own.drop_empty_categories(reader)
    forget_sight(reader)


def _others_inside(parent: int | None, rows: Iterable[Category], moved: Category) -> list[Category]:
    """The categories in a place, in order, but for the one that moves there. Raises NoPlace where one has its name."""
    beside = [row for row in rows if row.parent_id == parent and row is not moved]
    if any(row.name == moved.name for row in beside):
        raise NoPlace(_("There is a category of that name already."))
    return sorted(beside, key=_place)


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
        _step(sorted(rows, key=_place), category.pk, down=down)


def _place(row: Category) -> tuple[int, str, int]:
    return row.position, row.name.casefold(), row.pk
