"""The notes of a reader: on an article, all of them, and every change to them."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, QuerySet

from articles.kept_counts.rows import have_counted_at_once
from articles.notes.folded import as_searched, searched
from articles.notes.models import LONGEST_CONTEXT, LONGEST_PASSAGE, LONGEST_TEXT, Note
from feeds.parse.text import storable
from feeds.statements import Given, Statement, all_columns

MOST_ON_ARTICLE = 200
MOST = 10_000
"""The most notes that one reader may have."""

_COLUMNS = all_columns(Note)
_NOTES = Statement(
    lambda: Note.objects.filter(user=Given("reader"), article=Given("article")).order_by("pk").values_list(*_COLUMNS)
)


class BadNote(ValueError):
    """Neither a note nor a passage, too long, or one more than there may be."""


def notes_on(reader: User, article_id: int) -> list[Note]:
    """The reader's notes on the article, the oldest first."""
    return _NOTES.objects(Note, _COLUMNS, reader=reader.pk, article=article_id)


def notes_among(article_ids: Collection[int], reader: User) -> dict[int, list[Note]]:
    """The same of several articles; one without any is left out. One query."""
    found: dict[int, list[Note]] = {}
    for note in Note.objects.filter(user=reader, article__in=article_ids).order_by("pk"):
        found.setdefault(note.article_id, []).append(note)
    return found


def notes_signature(reader: User, article_ids: Collection[int]) -> tuple[str, ...]:
    """A value that is another when the reader's notes on these articles are."""
    notes = Note.objects.filter(user=reader, article__in=article_ids).order_by("pk")
    return tuple(sha256(repr(note).encode()).hexdigest() for note in notes.values_list("pk", "passage", "text"))


def add_note(reader: User, article_id: int, text: str, *, passage: str = "", before: str = "", after: str = "") -> Note:
    """A new note on an article that the reader may read; the one that marks the same passage without a word more where
    that is all. Raises BadNote."""
    text, passage = _clean(text, LONGEST_TEXT), _clean(passage, LONGEST_PASSAGE)
    before, after = _clean(before)[-LONGEST_CONTEXT:], _clean(after)[:LONGEST_CONTEXT]
    mine = Note.objects.filter(user=reader)
    on = mine.filter(article=article_id)
    if known := on.filter(text=text, passage=passage, before=before, after=after).first():
        return known
    if not (text or passage) or on.count() >= MOST_ON_ARTICLE or mine.count() >= MOST:
        raise BadNote
    have_counted_at_once(reader)
    return Note.objects.create(
        user=reader,
        article_id=article_id,
        text=text,
        passage=passage,
        before=before,
        after=after,
        folded=as_searched(passage, text),
    )


def change_note(note: Note, text: str) -> None:
    """Say something else in the note. Raises BadNote where nothing is left of it."""
    text = _clean(text, LONGEST_TEXT)
    if not (text or note.passage):
        raise BadNote
    note.text, note.folded = text, as_searched(note.passage, text)
    note.save(update_fields=["text", "folded"])
    have_counted_at_once(note.user)


def delete_note(note: Note) -> None:
    """Take the note away; the article stays."""
    note.delete()
    have_counted_at_once(note.user)


def rows_of(reader: User, words: str = "") -> QuerySet[Note]:
    """The notes in which `words` stand, as rows; all without words."""
    notes = Note.objects.filter(user=reader)
    return notes.filter(folded__contains=searched(words)) if words else notes


def noted_among(article_ids: Collection[int], reader: User, words: str = "") -> set[int]:
    """Those of these articles that have a note in which `words` stand."""
    return set(rows_of(reader, words).filter(article__in=article_ids).values_list("article", flat=True))


def is_noted(reader_id: int, article: Any) -> Exists:
    """The condition that the reader has a note on `article`, an id or a reference to a query outside."""
    return Exists(Note.objects.filter(user=reader_id, article=article))


def _clean(text: str, longest: int | None = None) -> str:
    """The text without what neither databases nor pages take. Raises BadNote where it is too long."""
    cleaned = storable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if longest is not None and len(cleaned) > longest:
        raise BadNote
    return cleaned
