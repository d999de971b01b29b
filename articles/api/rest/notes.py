"""Operations on a reader's notes, and the passages that they marked."""

from __future__ import annotations

from typing import Any

from articles.api.fields import NoSense
from articles.api.rest.operation import Asked, NotThere
from articles.api.rest.shapes import NOTE
from articles.lists.readable import readable_among
from articles.notes import own
from articles.notes.models import Note
from feeds.writes import soon

USUAL, MOST = 50, 200


def note_list(asked: Asked) -> dict[str, Any]:
    """A page of the reader's notes, the newest first; those on one article alone where it is named."""
    notes, size = Note.objects.filter(user=asked.reader), asked.values.get("n", USUAL)
    if article := asked.values.get("article"):
        notes = notes.filter(article=article)
    if before := asked.values.get("before"):
        notes = notes.filter(pk__lt=before)
    found = list(notes.order_by("-pk")[: size + 1])
    return {
        "notes": [NOTE.written(note, asked.site) for note in found[:size]],
        "next_before": found[size - 1].pk if len(found) > size else None,
    }


@soon()
def add_note(asked: Asked) -> Note:
    """A new note on an article, or a passage of it; the one that is there already where that is all."""
    if not readable_among([asked.pk], asked.reader):
        raise NotThere("There is no such article.")
    words = {name: asked.values.get(name, "") for name in ("passage", "before", "after")}
    try:
        return own.add_note(asked.reader, asked.pk, asked.values.get("text", ""), **words)
    except own.BadNote as error:
        raise NoSense("Give “text” or “passage”; there may be too many notes.") from error


@soon()
def change_note(asked: Asked) -> Note:
    """A note that says something else from now on."""
    note = _note(asked)
    try:
        own.change_note(note, asked.values["text"])
    except own.BadNote as error:
        raise NoSense("Nothing would be left of the note.") from error
    return note


@soon()
def delete_note(asked: Asked) -> None:
    """A note goes; the article stays."""
    own.delete_note(_note(asked))


def _note(asked: Asked) -> Note:
    note = Note.objects.select_related("user").filter(user=asked.reader, pk=asked.pk).first()
    if note is None:
        raise NotThere("There is no such note.")
    return note
