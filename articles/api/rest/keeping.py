"""Operations on what a reader keeps: labels on articles, and searches under a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from articles.api.fields import NoSense
from articles.api.rest.articles import selection_asked
from articles.api.rest.operation import Asked, NotThere
from articles.api.rest.shapes import LABEL, SAVED_SEARCH
from articles.labels import own as labels
from articles.labels.models import Label
from articles.lists.readable import readable_among
from articles.saved_searches import own as searches
from articles.saved_searches.models import SavedSearch
from feeds.writes import soon


@dataclass(frozen=True, slots=True)
class Counted:
    """A label, and how many articles it is on."""

    label: Label
    articles: int


def label_list(asked: Asked) -> dict[str, Any]:
    """All labels of the reader."""
    counts = labels.label_counts(asked.reader)
    rows = [Counted(label, counts.get(label.pk, 0)) for label in labels.labels_of(asked.reader)]
    return {"labels": [LABEL.written(row, asked.site) for row in rows]}


@soon()
def make_label(asked: Asked) -> Counted:
    """A new label; the one that has the name already."""
    try:
        return _counted(labels.make_label(asked.reader, asked.values["name"], asked.values.get("colour")))
    except labels.BadLabel as error:
        raise NoSense("“name” is no name for a label, or there are too many.") from error


@soon()
def change_label(asked: Asked) -> Counted:
    """A label that is called, coloured or pressed otherwise from now on."""
    label = _label(asked)
    name, colour = asked.values.get("name", label.name), asked.values.get("colour", label.colour)
    try:
        labels.change_label(label, name, colour, asked.values.get("key", label.key))
    except labels.BadLabel as error:
        raise NoSense("“name” is no name for a label, or another label has it.") from error
    return _counted(label)


@soon()
def delete_label(asked: Asked) -> None:
    """A label goes; its articles stay."""
    _label(asked).delete()


@soon()
def set_labels(asked: Asked) -> dict[str, Any]:
    """The articles that have other labels from now on: those of `ids` that are there for the reader."""
    added, removed = set(asked.values.get("add", ())), set(asked.values.get("remove", ()))
    if added & removed or not added | removed:
        raise NoSense("Give “add” or “remove”, and no label in both.")
    if Label.objects.filter(user=asked.reader, pk__in=added | removed).count() < len(added | removed):
        raise NotThere("There is no such label.")
    ids = sorted(readable_among(asked.values["ids"], asked.reader))
    labels.change_labels(asked.reader, ids, add=added, remove=removed)
    return {"ids": ids}


def search_list(asked: Asked) -> dict[str, Any]:
    """All saved searches of the reader."""
    rows = searches.saved_searches(asked.reader)
    return {"saved_searches": [SAVED_SEARCH.written(row, asked.site) for row in rows]}


@soon()
def save_search(asked: Asked) -> SavedSearch:
    """A search that is kept from now on; the one that is this search already."""
    with transaction.atomic():  # a name that is none: nothing is kept
        try:
            saved = searches.save_search(asked.reader, selection_asked(asked))
        except searches.TooManySaved as error:
            raise NoSense("There are too many saved searches.") from error
        except ValueError as error:
            raise NoSense("“q” is empty.") from error
        if (name := asked.values.get("name")) and not searches.rename(saved, name):
            raise NoSense("“name” is no name.")
    return saved


@soon()
def rename_search(asked: Asked) -> SavedSearch:
    """A saved search that is called otherwise from now on."""
    saved = _saved(asked)
    if not searches.rename(saved, asked.values["name"]):
        raise NoSense("“name” is no name.")
    return saved


@soon()
def delete_search(asked: Asked) -> None:
    """A saved search goes."""
    _saved(asked).delete()


def _counted(label: Label) -> Counted:
    return Counted(label, label.rows.count())


def _label(asked: Asked) -> Label:
    label = Label.objects.filter(user=asked.reader, pk=asked.pk).first()
    if label is None:
        raise NotThere("There is no such label.")
    return label


def _saved(asked: Asked) -> SavedSearch:
    rows = SavedSearch.objects.select_related("category")
    saved = rows.filter(user=asked.reader, pk=asked.pk).first()
    if saved is None:
        raise NotThere("There is no such saved search.")
    return saved
