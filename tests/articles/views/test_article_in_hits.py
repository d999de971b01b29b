"""An article that was found: its matches are marked, and its neighbours are the hits beside it."""

from __future__ import annotations

import pytest

from articles.lists.reader_state import mark_read
from articles.models import ArticleState
from articles.views import matches
from tests.articles.searching import make_found, make_harbours, search, text_of, titles
from tests.articles.views.form import fields
from tests.factories import make_article, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def test_a_found_article_has_its_matches_marked(client, reader):
    article = make_found(title="Harbour & town", text="The old harbour sleeps; harbours do.")
    page = client.get(f"{article.get_absolute_url()}?q=harbour")
    assert '<mark class="match" id="match-1">Harbour</mark> &amp; town</h1>' in page.text
    assert 'The old <mark class="match" id="match-2">harbour</mark> sleeps' in page.text
    assert "3 matches of “harbour”" in text_of(page)


def test_words_that_must_not_be_there_are_not_marked(client, reader):
    article = make_found(text="The harbour sleeps.")
    assert client.get(f"{article.get_absolute_url()}?q=sleeps -harbour").context["matches"] == 1


def test_a_phrase_across_markup_and_in_traditional_characters_is_marked(client, reader):
    article = make_article(content_html="<p>去<b>台</b>灣的船</p>", content_text="去台灣的船", language="zh-Hant")
    page = client.get(f"{article.get_absolute_url()}?q=台湾的船").text
    assert '<p>去<b><mark class="match" id="match-1">台</mark></b><mark class="match">灣的船</mark></p>' in page


def test_an_article_that_was_found_by_its_language_says_so(client, reader):
    article = make_found()
    page = client.get(f"{article.get_absolute_url()}?q=lang:en")
    assert "Found by “lang:en”" in text_of(page)
    assert 'class="match"' not in page.text


def test_an_article_that_was_found_by_its_author_and_address_has_them_marked(client, reader):
    found = make_found(author="Ann Li & Co", url="https://example.org/books/1", text="Of Li.")
    row = search(client, "author:li url:books").text
    assert "Ann <mark>Li</mark> &amp; Co" in row
    assert "https://example.org/<mark>books</mark>/1" in row
    page = client.get(f"/articles/{found.pk}/?q=author:li+url:books").text
    assert 'Ann <mark class="match" id="match-1">Li</mark> &amp; Co' in page
    assert '/<mark class="match" id="match-2">books</mark>/1' in page
    assert "2 matches" in page
    assert "Of Li." in page


def test_the_hits_of_a_page_are_marked_as_read_at_once(client, reader):
    hits, other = make_harbours(3), make_found(text="Wheat.")
    sent = fields(search(client)) | {"extent": "page"}
    assert set(sent["articles"].split(".")) == {str(hit.pk) for hit in hits}
    sent["articles"] = f"{hits[0].pk}.{hits[2].pk}.x.{'9' * 30}"
    assert client.post("/articles/mark/", sent).url == "/?q=harbour"
    assert {state.article_id for state in ArticleState.objects.filter(is_read=True)} == {hits[0].pk, hits[2].pk}
    assert other.pk not in {state.article_id for state in ArticleState.objects.all()}


@pytest.mark.parametrize(("extent", "read"), [("page", [0, 1, 2, 3]), ("above", [3, 2]), ("below", [0])])
def test_what_was_marked_at_once_is_brought_back_and_nothing_else(client, reader, extent, read):
    hits = make_harbours(4)
    mark_read(reader, hits[:1])
    page = search(client)
    assert "Undo" not in page.text
    at = "" if extent == "page" else f"-{hits[1].pk}"
    page = client.post("/articles/mark/", fields(page) | {"extent": f"{extent}{at}"}, follow=True)
    unread = {found.article.pk for found in page.context["page"].found if found.article.is_unread}
    assert unread == {hit.pk for hit in hits[1:]} - {hits[at].pk for at in read}
    if extent == "below":
        assert "Nothing there was unread." in page.text
        return
    page = client.post("/articles/undo/", fields(page, "undo"), follow=True)
    unread = {found.article.pk for found in page.context["page"].found if found.article.is_unread}
    assert unread == {hit.pk for hit in hits[1:]}
    assert 'class="notice undo"' not in page.text


@pytest.mark.parametrize("extent", ["above-7777777", "below-x", "older-1", "beside-1"])
def test_a_row_that_is_not_among_the_hits_marks_nothing(client, reader, extent):
    make_harbours(2)
    assert client.post("/articles/mark/", fields(search(client)) | {"extent": extent}).status_code == 400
    assert not ArticleState.objects.exists()


@pytest.mark.parametrize("order", ["date", "relevance"])
def test_the_neighbours_of_a_found_article_are_the_hits_beside_it(client, reader, monkeypatch, order):
    monkeypatch.setattr(matches, "PAGE", 4)
    make_harbours(11)
    first = search(client, order=order)
    row = first.context["page"].found[0].article
    address, seen = f"{row.get_absolute_url()}{first.context['query']}", []
    while address:
        page = client.get(address)
        seen.append(page.context["article"].title)
        older = page.context["older"]
        address = older and f"{older.get_absolute_url()}{page.context['older_query']}"
    assert len(seen) == len(set(seen)) == 11
    back = [seen.pop()]
    while newer := page.context["newer"]:
        page = client.get(f"{newer.get_absolute_url()}{page.context['newer_query']}")
        back.append(page.context["article"].title)
    assert back[1:] == seen[::-1]


def test_a_found_article_leads_back_to_its_page_of_hits(client, reader):
    make_harbours(40)
    second = client.get(search(client).context["older"])
    row = second.context["page"].found[3].article
    page = client.get(f"{row.get_absolute_url()}{second.context['query']}")
    assert titles(client.get(page.context["list_address"])) == titles(second)


def test_an_article_that_is_no_hit_is_shown_all_the_same(client, reader):
    make_found()
    other = make_found(title="A field", text="Wheat.")
    page = client.get(f"{other.get_absolute_url()}?q=harbour")
    assert (page.context["newer"], page.context["older"], page.context["matches"]) == (None, None, 0)
