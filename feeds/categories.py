"""The tree of categories, read whole: there are hundreds of them, not thousands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _

from feeds.models import Category

SEPARATOR = " / "


@dataclass(frozen=True, slots=True)
class Tree:
    """Category ids with their names and parents."""

    names: Mapping[int, str]
    parents: Mapping[int, int | None]

    def path(self, category_id: int) -> str:
        """The category's name after those that it is inside of, as "News / Asia"."""
        return SEPARATOR.join(self.names[step] for step in reversed(self.ancestry(category_id)))

    def ancestry(self, category_id: int) -> list[int]:
        """The category, what it is inside of, and so on to the top. Ends also where the rows form a ring."""
        steps: list[int] = []
        step: int | None = category_id
        while step is not None and step in self.names and step not in steps:
            steps.append(step)
            step = self.parents[step]
        return steps

    def inside(self, category_ids: Iterable[int]) -> frozenset[int]:
        """The categories and all that are inside them, at any depth."""
        wanted = set(category_ids)
        return frozenset(pk for pk in self.names if not wanted.isdisjoint(self.ancestry(pk)))

    def choices(self) -> list[tuple[int, str]]:
        """Every category by its path, in the order of the paths."""
        return sorted(((pk, self.path(pk)) for pk in self.names), key=lambda choice: choice[1].casefold())


def read_tree() -> Tree:
    """All categories, in one query."""
    rows = list(Category.objects.order_by().values_list("pk", "name", "parent_id"))
    return Tree({pk: name for pk, name, _parent in rows}, {pk: parent for pk, _name, parent in rows})


def free_slug(name: str, taken: Iterable[str] | None = None) -> str:
    """A slug for a category called `name` that no other one has."""
    longest = Category._meta.get_field("slug").max_length or 50
    base = slugify(name, allow_unicode=True)[: longest - 6] or _("category")
    if taken is None:
        taken = Category.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    known = taken if isinstance(taken, set) else set(taken)
    number = 2
    slug = base
    while slug in known:
        slug, number = f"{base}-{number}", number + 1
    return slug
