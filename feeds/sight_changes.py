"""Changes of what readers see: which feeds they follow, in which categories these are, what both and labels are called.

Told to whoever keeps something that follows from it. The rows tell it themselves: no writer has to think of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, TypeVar

from django.db import models, transaction
from django.dispatch import Signal

sight_changed = Signal()
"""Sent when the change is there for others, too. `reader_ids`: who sees it; None: anybody."""

Whose = Collection[int] | None


class SightQuerySet(models.QuerySet["_M"]):
    """Rows by which readers see what they see. Statements that are no ORM's call `tell` themselves."""

    def update(self, **values: Any) -> int:
        is_seen = is_of_sight(self.model, values)
        whose = self._whose() if is_seen else None
        changed = super().update(**values)
        if is_seen and changed:
            tell(whose)
        return changed

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        whose = self._whose()
        deleted = super().delete()
        if deleted[0]:
            tell(whose)
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[_M], *args: Any, **options: Any) -> list[_M]:
        rows = super().bulk_create(objs, *args, **options)
        if rows:
            tell(_those({row.seen_by for row in rows}))
        return rows

    def _whose(self) -> Whose:
        """Whose rows these are. No query where they are everybody's."""
        column = self.model.seen_by_column
        return _those(set(self.order_by().values_list(column, flat=True))) if column else None


class SightRow(models.Model):
    """A row by which readers see what they see."""

    seen_columns: ClassVar[frozenset[str]] = frozenset()
    """The columns that decide it."""
    seen_by_column: ClassVar[str] = ""
    """The column with the one reader who sees it; null there, or no such column: all do."""

    objects = SightQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        super().save(**options)
        columns = options.get("update_fields")
        if columns is None or is_of_sight(type(self), columns):
            tell(_those({self.seen_by}))

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        whose = _those({self.seen_by})
        deleted = super().delete(*args, **options)
        tell(whose)
        return deleted

    @property
    def seen_by(self) -> int | None:
        """The id of the one reader who sees it; None: all do."""
        return getattr(self, self.seen_by_column) if self.seen_by_column else None


_M = TypeVar("_M", bound=SightRow)


def is_of_sight(model: type[SightRow], columns: Iterable[str] | Mapping[str, Any]) -> bool:
    """True where one of these columns decides what readers see."""
    return any(name in model.seen_columns or name.removesuffix("_id") in model.seen_columns for name in columns)


def tell(whose: Whose = None) -> None:
    """Say that what these readers see, or anybody, is another from the end of the transaction on."""
    if whose is None or whose:
        transaction.on_commit(partial(sight_changed.send, sender=SightRow, reader_ids=whose))


def _those(readers: Collection[int | None]) -> Whose:
    known = {reader for reader in readers if reader is not None}
    return None if None in readers else known
