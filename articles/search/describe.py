"""The sentences that tell a reader of the notes that the parser made."""

from __future__ import annotations

from django.utils.translation import gettext as _

from articles.search.query.syntax import LONGEST_QUERY, MOST_TERMS, Note, Problem


def note_text(note: Note) -> str:
    """One sentence in the reader's language."""
    return _sentences()[note.problem] % {"text": note.text, "terms": MOST_TERMS, "characters": LONGEST_QUERY}


def _sentences() -> dict[Problem, str]:
    return {
        Problem.TOO_LONG: _("Only the first %(characters)s characters of the query were read."),
        Problem.TOO_MANY_TERMS: _("Only the first %(terms)s words and filters were used."),
        Problem.TOO_DEEP: _("There are too many parentheses inside each other: the innermost were left out."),
        Problem.UNCLOSED_QUOTE: _("A quotation mark is missing: the phrase was taken to reach to the end."),
        Problem.UNBALANCED: _("A parenthesis is missing or one too many: “%(text)s”."),
        Problem.EMPTY_FIELD: _("Nothing follows “%(text)s”: it was left out."),
        Problem.BAD_DATE: _("“%(text)s” is no date: write 2021, 2021-11, 2021-11-05, or 7d for the last seven days."),
        Problem.BAD_MEDIA: _("has: finds image, audio or video, not “%(text)s”."),
        Problem.BAD_STATE: _("is: finds unread, read or starred, not “%(text)s”."),
        Problem.BAD_IMPORTANCE: _("importance: takes high, normal or low, not “%(text)s”."),
        Problem.BAD_DOUBLES: _("dup: takes yes, which shows each article, not “%(text)s”."),
        Problem.DANGLING: _("“%(text)s” stands between or before nothing: it was left out."),
        Problem.WILDCARD: _("“%(text)s”: the asterisk is no wildcard here; other forms of a word are found anyway."),
        Problem.PUNCTUATION: _("“%(text)s” is nothing but punctuation: it was left out."),
    }
