"""The pages where a reader writes and marks, and what no one else gets of it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from articles.notes import own
from articles.notes.models import Note
from tests.articles.searching import make_found
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def with_html(article, html):
    article.content_html = html
    article.save()
    return article


def test_a_note_is_written_changed_and_deleted(client, ann):
    article = make_article(content_html="<p>Fog at the mole</p>")
    answer = client.post(reverse("add_note", args=[article.pk]) + "?show=unread", {"text": "<Why>?\r\nSo"})
    note = Note.objects.get()
    assert answer["Location"] == f"{article.get_absolute_url()}?show=unread#note-{note.pk}"
    assert "&lt;Why&gt;?<br>So" in client.get(article.get_absolute_url()).text
    client.post(reverse("note", args=[note.pk]), {"text": "Because"})
    assert "Because" in client.get(reverse("notes")).text
    assert "too many" in client.post(reverse("note", args=[note.pk]), {"text": " "}).text
    client.post(reverse("note", args=[note.pk]), {"delete": "1"})
    assert not Note.objects.exists()


def test_a_passage_is_marked_in_the_text_also_among_hits_and_told_when_it_is_gone(client, ann):
    article = with_html(make_found(title="Fog"), "<p>Fog at the <b>mole</b></p>")
    answer = client.post(
        reverse("add_note", args=[article.pk]), {"passage": "the mole", "before": "Fog at", "after": "", "text": ""}
    )
    note = Note.objects.get()
    assert answer["Location"].endswith(f"#passage-{note.pk}")
    for query in ("", "?q=fog"):
        page = client.get(article.get_absolute_url() + query).text
        assert (
            f'<mark class="passage" id="passage-{note.pk}">the </mark><b><mark class="passage">mole</mark></b>' in page
        )
        assert f'href="#passage-{note.pk}"' in page
    article.content_html = "<p>Sun</p>"
    article.save()
    page = client.get(article.get_absolute_url()).text
    assert "These words are not in the text as it is now." in page
    assert f'id="passage-{note.pk}"' not in page


def test_all_notes_are_paged_and_given_out_as_markdown(client, ann):
    article = make_article(title="[Fog]", author="Li", feed=make_feed(title="Harbour"))
    own.add_note(ann, article.pk, "why", passage="at the\nmole")
    for number in range(50):
        own.add_note(ann, article.pk, f"note {number}")
    page = client.get(reverse("notes"))
    assert page.text.count('class="kept-note"') == 50
    assert client.get(reverse("notes") + page.context["more"]).text.count('class="kept-note"') == 1
    answer = client.get(reverse("notes_document"))
    document = answer.getvalue().decode()
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert document.startswith("# Notes\n\n## [\\[Fog\\]](")
    assert "\n\n> at the\n> mole\n\nwhy\n" in document
    assert document.count("note ") == 50


def test_nobody_sees_or_changes_another_s(client, ann):
    article, bob = with_html(make_found(title="Fog"), "<p>Fog at the mole</p>"), make_reader("bob")
    note = own.add_note(bob, article.pk, "secretly", passage="Fog", after="at")
    pages = [
        "/",
        "/?q=note:secret",
        "/?q=is:noted",
        article.get_absolute_url(),
        reverse("notes"),
        reverse("notes_document"),
    ]
    pages += ["/atom.xml", "/search/suggestions/?q=secret", "/reader/api/0/tag/list", "/search/narrow/?q=is:noted"]
    for address in pages:
        response = client.get(address)
        content = response.getvalue().decode()
        assert "secretly" not in content, address
        assert 'class="passage"' not in content, address
        assert "?q=" not in address or f"id=article-{article.pk}>" not in content, address
    for data in ({"text": "x"}, {"delete": "1"}):
        assert client.post(reverse("note", args=[note.pk]), data).status_code == 404
    private = make_article(make_feed(is_shared=False))
    assert client.post(reverse("add_note", args=[private.pk]), {"text": "x"}).status_code == 404
    assert Note.objects.get().text == "secretly"


def test_who_is_not_signed_in_is_offered_none(client, settings):
    settings.NEWSREADER_PUBLIC = True
    article = make_article()
    own.add_note(make_reader("bob"), article.pk, "secretly")
    page = client.get(article.get_absolute_url()).text
    assert "secretly" not in page
    assert 'id="notes"' not in page
    assert client.post(reverse("add_note", args=[article.pk]), {"text": "x"}).status_code == 302
