"""Notes and highlighted passages by our own API."""

from __future__ import annotations

import pytest

from articles.api.models import AppPassword
from articles.notes.models import LONGEST_TEXT, Note
from articles.notes.own import add_note
from tests.articles.api.rest.client import Program
from tests.articles.search.archive import store
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def program(ann):
    return Program(ann)


def test_a_note_is_written_changed_and_deleted(program):
    article = store("rain at the harbour")
    there = f"/articles/{article.pk}/notes"
    made = program.send("POST", there, 201, text="why?\n\nnot", passage="the harbour", before="rain at ")
    assert made == {
        "id": made["id"], "article_id": article.pk, "text": "why?\n\nnot", "passage": "the harbour", "before": "rain at",
        "after": "", "created_at": made["created_at"],
    }  # fmt: skip
    assert program.send("POST", there, 201, text="why?\n\nnot", passage="the harbour", before="rain at ") == made
    assert program.get("/articles", q="note:why")["articles"][0]["id"] == article.pk
    changed = program.send("PATCH", f"/notes/{made['id']}", text="because")
    assert changed == {**made, "text": "because"}
    assert program.get("/notes") == {"notes": [changed], "next_before": None}
    assert program.send("PATCH", f"/notes/{made['id']}", text="")["passage"] == "the harbour"
    program.send_raw("DELETE", f"/notes/{made['id']}", "", 204)
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{}, {"text": " "}, {"text": "x" * (LONGEST_TEXT + 1)}, {"text": "\x00"}, {"text": 1}]
)
def test_what_is_no_note_is_refused(program, wrong):
    program.send("POST", f"/articles/{make_article().pk}/notes", 400, **wrong)
    assert not Note.objects.exists()


def test_notes_are_paged_the_newest_first_and_by_article(program, ann):
    one, two = make_article(), make_article()
    ids = [add_note(ann, article.pk, f"note {number}").pk for number in range(3) for article in (one, two)]
    first = program.get("/notes", n=4)
    assert [note["id"] for note in first["notes"]] == ids[:1:-1]
    rest = program.get("/notes", n=4, before=first["next_before"])
    assert [note["id"] for note in rest["notes"]] == ids[1::-1]
    assert rest["next_before"] is None
    assert [note["id"] for note in program.get("/notes", article=one.pk)["notes"]] == ids[4::-2]


def test_nobody_reaches_anothers_notes_or_writes_on_what_they_may_not_read(program):
    article, private = make_article(), make_article(make_feed(is_shared=False))
    note = add_note(make_reader("bob"), article.pk, "secretly")
    assert program.get("/notes")["notes"] == program.get("/notes", article=article.pk)["notes"] == []
    program.send("PATCH", f"/notes/{note.pk}", 404, text="mine now")
    program.send_raw("DELETE", f"/notes/{note.pk}", "", 404)
    for pk in (private.pk, 10**6):
        program.send("POST", f"/articles/{pk}/notes", 404, text="x")
    note.refresh_from_db()
    assert note.text == "secretly"


def test_who_may_mark_writes_notes_and_changes_none(ann):
    article, note = make_article(), add_note(ann, make_article().pk, "as it was")
    marks, reads = Program(ann, AppPassword.Scope.MARK), Program(ann, AppPassword.Scope.READ)
    marks.send("POST", f"/articles/{article.pk}/notes", 201, text="new")
    marks.send("PATCH", f"/notes/{note.pk}", 403, text="x")
    marks.send_raw("DELETE", f"/notes/{note.pk}", "", 403)
    reads.send("POST", f"/articles/{article.pk}/notes", 403, text="x")
    assert len(reads.get("/notes")["notes"]) == 2
