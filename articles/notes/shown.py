"""The passages that a reader marked, in an article's sanitized HTML."""

from __future__ import annotations

from collections.abc import Sequence

from articles.display.highlight import Places, highlight
from articles.notes.models import Note
from articles.notes.passages import Passage, places


def with_passages(html: str, notes: Sequence[Note]) -> tuple[str, set[int]]:
    """The HTML with a `mark` of the class "passage" around each passage that is there, by which `#passage-ID` leads to
    it; and the ids of the notes whose passages these are."""
    marked = [note for note in notes if note.passage]
    if not marked:
        return html, set()
    passages = [Passage(note.passage, note.before, note.after) for note in marked]
    found: list[Note] = []

    def find(text: str) -> Places:
        spans = places(text, passages)
        found.extend(marked[number] for _, _, number in spans)
        return [(start, end) for start, end, _ in spans]

    def opening(number: int, is_first: bool) -> str:
        return f'<mark class="passage" id="passage-{found[number].pk}">' if is_first else '<mark class="passage">'

    shown = highlight(html, find, opening=opening)
    return shown.html, {note.pk for note in found}
