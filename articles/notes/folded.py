"""The text of a note as it is searched, in a column of its own, made anew where folding has changed since."""

from __future__ import annotations

from typing import Any

from articles.search.analyze.fold import fold

_AT_ONCE = 500


def as_searched(passage: str, text: str) -> str:
    """Passage and note in the form of searched(), a line each."""
    return f"{searched(passage)}\n{searched(text)}"


def searched(words: str) -> str:
    """The form in which words are looked for: folded, any blanks and line ends as one space."""
    return " ".join(fold(words).split())


def fold_anew(model: Any) -> None:
    """Bring the column up to date in all rows of `model`: Note, or what it was at a migration."""
    stale = []
    for note in model.objects.order_by("pk").iterator(_AT_ONCE):
        folded = as_searched(note.passage, note.text)
        if note.folded != folded:
            note.folded = folded
            stale.append(note)
    model.objects.bulk_update(stale, ["folded"], batch_size=_AT_ONCE)
