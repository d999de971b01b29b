"""The sentences that tell a reader of a search: what was left out of the query, and how many hits it has."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.search.describe import note_text
from articles.search.find import COUNTED
from articles.search.query.syntax import Note


def message(note: Note) -> str:
    """The note in the reader's language; plain text. What it quotes is short and can't turn the sentence round
    (Unicode UAX 9, first strong isolate)."""
    quoted = Truncator(note.text or '""').chars(60)
    return note_text(Note(note.problem, f"\u2068{quoted}\u2069"))


def number(value: int) -> str:
    """A number with its digits grouped as the reader's language groups them."""
    return number_format(value, use_l10n=True, force_grouping=True)


def count_of(total: int, *, is_exact: bool) -> str:
    """The number of hits in words, as exactly as it is known; empty where nothing is known."""
    if is_exact:
        return ngettext("%(n)s hit", "%(n)s hits", total) % {"n": number(total)}
    least = total if total >= COUNTED else total // 10 * 10
    return _("more than %(n)s hits") % {"n": number(least)} if least > 0 else ""
