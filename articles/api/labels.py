"""A reader's labels on articles as apps know them: by names that no folder has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import User

from articles.api.shelves import Folders, folders_of
from articles.labels import own
from articles.labels.models import Label

TOLD_APART = "#"  # stands before the name of a label that a folder has too


@dataclass(frozen=True, slots=True)
class Shelf:
    """The name by which apps know a label: a folder of feeds, or a label on articles; `labels` by the names that apps
    know."""

    folders: Folders
    labels: dict[str, Label]

    def label(self, name: str) -> Label | None:
        """The label that an app calls `name`: as it is told, else as the reader would find it."""
        if name in self.labels or self.folders.named(name):
            return self.labels.get(name)
        return next((label for label in self.labels.values() if own.is_called(label, name)), None)


def shelf_of(reader: User) -> Shelf:
    """All folders and labels of the reader."""
    folders = folders_of(reader)
    taken = set(folders.names.values())
    told = {_told(label.name, taken): label for label in own.labels_of(reader)}
    return Shelf(folders, told)


def told_on(article_ids: Collection[int], reader: User) -> dict[int, list[str]]:
    """The names of the labels of these articles, as apps know them; an article without any is left out."""
    found = own.labels_on(article_ids, reader)
    if not found:
        return {}
    taken = set(folders_of(reader).names.values())
    return {pk: [_told(label.name, taken) for label in labels] for pk, labels in found.items()}


def _told(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name = TOLD_APART + name
    return name
