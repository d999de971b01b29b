"""A reader's own categories: their names and their order."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from feeds.models import Category
from feeds.parse.text import line

LONGEST_NAME = 200


def rename(reader: User, category: Category, name: str) -> bool:
    """Call one of the reader's own categories `name`; its address stays. False where another one beside it has that
    name."""
    name = line(name, LONGEST_NAME)
    if not name or category.owner_id != reader.pk:
        return False
    try:
        with transaction.atomic():
            Category.objects.filter(pk=category.pk).update(name=name)
    except IntegrityError:
        return False
    return True


def move(reader: User, category: Category, *, down: bool) -> None:
    """Put one of the reader's own categories a place further up or down among those beside it. Nothing happens at the
    end."""
    with transaction.atomic():
        rows = Category.objects.select_for_update().filter(owner=reader, parent=category.parent_id)
        beside = sorted(rows, key=lambda row: (row.position, row.name.casefold(), row.pk))
        at = next((number for number, row in enumerate(beside) if row.pk == category.pk), None)
        to = None if at is None else at + (1 if down else -1)
        if at is None or to is None or not 0 <= to < len(beside):
            return
        beside[at], beside[to] = beside[to], beside[at]
        for position, row in enumerate(beside, 1):
            row.position = position
        Category.objects.bulk_update(beside, ["position"])
