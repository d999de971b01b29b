"""The groups that articles make which are the same, two by two. Which came in first does not matter."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def grouped(items: Sequence[Item], same: Mapping[Item, Collection[Item]]) -> list[list[Item]]:
    """The groups, each in the order of `items` and with its first at the top; who is alone is one. `same`: with whom an
    item is the same, said of both. An item belongs to the first that it is the same as and that belongs to nobody: so
    a chain of small differences makes no group of what differs."""
    firsts: dict[Item, list[Item]] = {}
    for item in items:
        alike = same.get(item, ())
        first = next((each for each in firsts if each in alike), None) if alike else None
        if first is None:
            firsts[item] = [item]
        else:
            firsts[first].append(item)
    return list(firsts.values())
