"""The tree of categories, read whole: there are hundreds of them, not thousands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from feeds.models import Category
from feeds.statements import Given, Statement, columns_of

SEPARATOR = " / "
_COLUMNS = columns_of(Category, ("id", "name", "parent_id", "position"))
_CATEGORIES = Statement(
    lambda is_of_site: (
        Category.objects.filter(owner=None if is_of_site else Given("owner")).order_by().values_list(*_COLUMNS)
    )
)
MAX_DEPTH = 10  # that a person makes; a list of feeds may bring more


@dataclass(frozen=True, slots=True)
class Tree:
    """Category ids with their names and parents."""

    names: Mapping[int, str]
    parents: Mapping[int, int | None]
    positions: Mapping[int, int] = field(default_factory=dict)

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
        """Every category by its path: each before those that are inside it, and within one by position and name."""
        return [(pk, self.path(pk)) for pk in sorted(self.names, key=self.place)]

    def place(self, category_id: int) -> list[tuple[int, str, int]]:
        """The category's place in that order, a step for each that it is inside of."""
        steps = reversed(self.ancestry(category_id))
        return [(self.positions.get(step, 0), self.names[step].casefold(), step) for step in steps]


def read_tree(owner_id: int | None = None) -> Tree:
    """All categories of the site, or of a reader, in one query."""
    return tree_of(_CATEGORIES.objects(Category, _COLUMNS, owner_id is None, owner=owner_id))


def tree_of(categories: Iterable[Category]) -> Tree:
    """The tree that these rows are."""
    rows = list(categories)
    return Tree(
        {row.pk: row.name for row in rows},
        {row.pk: row.parent_id for row in rows},
        {row.pk: row.position for row in rows},
    )


def free_slug(name: str, taken: Iterable[str] | None = None, owner_id: int | None = None) -> str:
    """A slug for a category called `name` that no other one of the site's, or of the owner's, has."""
    longest = Category._meta.get_field("slug").max_length or 50
    base = slugify(name, allow_unicode=True)[: longest - 6] or _("category")
    if taken is None:
        taken = Category.objects.filter(owner=owner_id, slug__startswith=base).values_list("slug", flat=True)
    known = taken if isinstance(taken, set) else set(taken)
    number = 2
    slug = base
    while slug in known:
        slug, number = f"{base}-{number}", number + 1
    return slug
