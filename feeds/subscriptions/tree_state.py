"""The state of a reader's feeds beside the list: which categories are open, and whether only what has unread articles
is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import transaction

from feeds.models import ReaderSettings
from feeds.statements import Given, Statement
from feeds.subscriptions.visibility import Reader, reader_id

MOST = 1000  # categories whose state is kept
_KEPT = Statement(lambda: ReaderSettings.objects.filter(pk=Given("reader")).values_list("tree"))


@dataclass(frozen=True, slots=True)
class TreeState:
    """Ids of categories that the reader has opened or shut; all others are as the number of feeds suggests. The id 0
    stands for feeds without a category."""

    opened: frozenset[int] = frozenset()
    shut: frozenset[int] = frozenset()
    only_unread: bool = False

    def is_open(self, category: int, *, otherwise: bool) -> bool:
        """`otherwise`: where the reader has said nothing."""
        return category in self.opened or (otherwise and category not in self.shut)

    def turned(self, category: int, *, is_open: bool) -> Self:
        """The same with one category opened or shut."""
        one = frozenset({category})
        opened, shut = (self.opened | one, self.shut - one) if is_open else (self.opened - one, self.shut | one)
        return replace(self, opened=opened, shut=shut)


def tree_state(reader: Reader) -> TreeState:
    """The state that the reader has chosen. Nothing is chosen by who is not signed in."""
    pk = reader_id(reader)
    kept = [] if pk is None else _KEPT.column(reader=pk)
    return _of_json(kept[0] if kept else {})


def turn(reader: User, category: int, *, is_open: bool) -> TreeState:
    """The reader's state after they open or shut a category."""
    return _store(reader, lambda state: state.turned(category, is_open=is_open))


def show_only_unread(reader: User, *, on: bool) -> TreeState:
    """The reader's state after they ask for what has unread articles, or for all."""
    return _store(reader, lambda state: replace(state, only_unread=on))


def _store(reader: User, change: Callable[[TreeState], TreeState]) -> TreeState:
    with transaction.atomic():
        row, _new = ReaderSettings.objects.select_for_update().get_or_create(user=reader)
        state = change(_of_json(row.tree))
        row.tree = {
            "open": sorted(state.opened)[-MOST:],
            "shut": sorted(state.shut)[-MOST:],
            "only_unread": state.only_unread,
        }
        row.save(update_fields=["tree"])
    return state


def _of_json(kept: Mapping[str, Any]) -> TreeState:
    return TreeState(
        frozenset(kept.get("open", ())), frozenset(kept.get("shut", ())), bool(kept.get("only_unread", False))
    )
