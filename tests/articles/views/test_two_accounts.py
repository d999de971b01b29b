"""Labels, notes and saved searches of one account, looked for by another in every way out that there is."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from articles.kept_counts.counting import recount_all
from articles.kept_counts.rows import note_visit
from articles.labels import own as labels
from articles.lists.selection import Selection
from articles.models import Article
from articles.notes import own as notes
from articles.saved_searches.own import save_search
from tests.articles.api.rest.client import Program
from tests.articles.searching import make_found, titles
from tests.factories import make_reader

pytestmark = pytest.mark.django_db

LABEL, NOTE, SEARCH = "lanthanum", "praseodymium", "neodymium OR harbour"
SECRETS = (LABEL, NOTE, "neodymium")
PAGES = (
    "/", "/?show=starred", "/?q=harbour", "/?q=is:noted", "/today/", "/lately/read/", "/lately/starred/", "/account/",
    "/account/labels/", "/account/searches/", "/account/notes/", "/account/notes.md", "/account/rules/", "/outputs/",
    "/statistics/", "/tree/counts/", "/search/narrow/?q=harbour", "/search/suggestions/?q=har", "/search/suggestions/?q=la",
    "/rss.xml", "/atom.xml", "/feed.json", "/feed.json?q=harbour", "/feeds.opml",
)  # fmt: skip


@pytest.fixture
def article():
    return make_found(title="Fog at the mole")


@pytest.fixture
def ann(article: Article) -> User:
    """Who keeps something."""
    ann = make_reader("ann")
    labels.add_labels([labels.make_label(ann, LABEL).pk], [article.pk])
    notes.add_note(ann, article.pk, NOTE, passage="harbour")
    save_search(ann, Selection(query=SEARCH))
    return ann


@pytest.fixture(params=[False, True], ids=["reader", "staff"])
def bob(request: pytest.FixtureRequest, article: Article) -> User:
    """Who looks."""
    bob = make_reader("bob", staff=request.param)
    for reader in User.objects.all():
        note_visit(reader, timezone.now())
    return bob


def content(response: Any) -> bytes:
    """What came; of a book what is in it."""
    body: bytes = b"".join(response) if response.streaming else response.content
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return b"".join(map(book.read, book.namelist()))


def test_no_page_or_document_of_another_names_them(client, ann, bob, article):
    recount_all(seconds=60)
    client.force_login(bob)
    own = (article.get_absolute_url(), f"/articles/{article.pk}/labels/")
    for path in (*PAGES, *own):
        response = client.get(path, follow=True)
        assert response.status_code in {200, 404}, path
        assert not [secret for secret in SECRETS if secret.encode() in content(response)], path
    numbers = client.get("/tree/counts/").json()
    assert not [name for name in numbers if name[0] not in "ahcf"]  # all, here, categories, feeds


@pytest.mark.parametrize("query", [f"label:{LABEL}", f"note:{NOTE}", "is:noted", f"harbour label:{LABEL}"])
def test_no_search_of_another_finds_by_them(client, ann, bob, article, query):
    client.force_login(ann)
    assert titles(client.get("/", {"q": query})) == ["Fog at the mole"]
    client.force_login(bob)
    assert titles(client.get("/", {"q": query})) == []
    for path in ("/feed.json", "/book.epub"):
        assert article.title.encode() not in content(client.get(path, {"q": query}))
    assert Program(bob).get("/articles", q=query)["articles"] == []


def test_no_book_export_or_program_of_another_has_them(client, ann, bob, article, tmp_path):
    client.force_login(bob)
    written = content(client.get("/book.epub?notes=1"))
    call_command("export_archive", tmp_path / "files", user="bob", verbosity=0)
    written += b"".join(file.read_bytes() for file in (tmp_path / "files").rglob("*") if file.is_file())
    program = Program(bob)
    for path in ("/labels", "/notes", "/saved-searches", "/articles", f"/articles/{article.pk}"):
        written += str(program.get(path)).encode()
    assert b"Fog at the mole" in written
    assert not [secret for secret in SECRETS if secret.encode() in written]


def test_what_is_anothers_is_not_there(client, ann, bob, article):
    client.force_login(bob)
    label, saved, note = ann.labels.get(), ann.saved_searches.get(), article.notes.get()
    for name, row in (("label", label), ("saved_search", saved), ("note", note)):
        assert client.get(reverse(name, args=[row.pk])).status_code == 404
    for name, row in (("delete_label", label), ("change_saved_search", saved), ("note", note)):
        assert (
            client.post(reverse(name, args=[row.pk]), {"delete": "1", "name": "mine", "text": "mine"}).status_code
            == 404
        )
    assert (ann.labels.get().name, ann.saved_searches.get().text) == (LABEL, SEARCH)
