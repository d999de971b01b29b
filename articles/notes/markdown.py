"""A reader's notes as one Markdown document, an article after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from articles.archive_files.format.writing import link, moment
from articles.models import Article
from articles.notes.models import Note


def document(reader: User) -> Iterator[str]:
    """The document, an article at a time, by the articles' dates: its title and address, each passage as a quotation,
    each note as it was written."""
    yield f"# {_('Notes')}\n"
    notes = Note.objects.filter(user=reader).select_related("article__feed")
    notes = notes.defer("article__content_html", "article__content_text", "folded")
    rows = notes.order_by("-article__published_at", "-article", "pk").iterator(500)
    for article, written in groupby(rows, key=lambda note: note.article):
        yield _of_article(article) + "".join(map(_of_note, written))


def _of_article(article: Article) -> str:
    facts = ", ".join(filter(None, [article.author, article.feed.name, moment(article.published_at)]))
    return f"\n## {link(article.name, article.url)}\n\n{' '.join(facts.split())}\n"


def _of_note(note: Note) -> str:
    quotation = "".join(f"> {line}\n" for line in note.passage.splitlines())
    parts = [part for part in (quotation, f"{note.text}\n" if note.text else "") if part]
    return "".join(f"\n{part}" for part in parts)
