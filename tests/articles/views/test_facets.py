"""What narrows a search and leads to it: facets, the field with its suggestions, the help."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from articles.views.search import _examples
from tests.articles.searching import make_found, make_harbours, search, titles
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


# --- facets -----------------------------------------------------------------------------------------------------


def narrow(client, query="harbour", **more):
    """The groups of facets, by title."""
    response = client.get("/search/narrow/", {"q": query, **more}, headers={"HX-Request": "true"})
    return {group.title: group for group in response.context["groups"]}


def counts(group):
    return [(value.name, value.count) for value in group.values]


def test_the_facets_count_feeds_categories_with_those_inside_and_months(client, reader):
    world = make_category("World")
    asia = make_category("Asia", parent=world)
    for feed, n in ((make_feed(title="A", category=asia), 3), (make_feed(title="B", category=world), 2)):
        make_harbours(n, feed, published_at=datetime(2026, n, 1, tzinfo=UTC))
    make_harbours(1, make_feed(title="C"), published_at=datetime(2025, 1, 1, tzinfo=UTC))
    groups = narrow(client)
    assert counts(groups["Feed"]) == [("A", "3"), ("B", "2"), ("C", "1")]
    assert counts(groups["Category"]) == [("World", "5"), ("World / Asia", "3")]
    assert counts(groups["Time"]) == [("Mar 2026", "3"), ("Feb 2026", "2"), ("Jan 2025", "1")]


@pytest.mark.parametrize(("hits", "said"), [(39, "39 hits"), (40, "40 hits"), (41, "more than 40 hits")])
def test_the_facets_bring_the_number_of_hits(client, reader, hits, said, monkeypatch):
    monkeypatch.setattr("articles.search.find.FACETED", 40)
    make_harbours(hits)
    response = client.get("/search/narrow/", {"q": '"the harbour sleeps"'}, headers={"HX-Request": "true"})
    assert f'<span id="hits" role="status" hx-swap-oob="true">{said}</span>' in response.text


def test_every_facet_leads_to_as_many_hits_as_it_says(client, reader):
    world = make_category("World")
    for n in (1, 2, 3):
        feed = make_feed(category=world if n < 3 else None)
        make_harbours(n, feed, published_at=datetime(2026, n, 10, tzinfo=UTC))
    make_found(text="A lighthouse.")
    for group in narrow(client, "harbour OR lighthouse").values():
        for value in group.values:
            hits = client.get(f"/{value.address}")
            assert str(len(titles(hits))) == value.count, value


def test_what_is_narrowed_can_be_widened_again(client, reader):
    feeds = [make_feed(title="A", category=make_category("World")), make_feed(title="B")]
    for feed in feeds:
        make_harbours(2, feed)
    for more in ({"feed": feeds[0].pk}, {"category": feeds[0].category.slug}):
        chosen = [group for group in narrow(client, **more).values() if group.chosen]
        assert len(chosen) == 1
        assert len(titles(client.get(f"/{chosen[0].wider}"))) == 4
    chosen = narrow(client, "harbour date:2026-01")["Time"]
    assert (chosen.chosen, chosen.wider) == ("Jan 2026", "?q=harbour")


def test_many_months_are_shown_as_years(client, reader):
    feed = make_feed()
    for month in range(30):
        make_harbours(1, feed, published_at=datetime(2020 + month // 12, month % 12 + 1, 1, tzinfo=UTC))
    assert counts(narrow(client)["Time"]) == [("2022", "6"), ("2021", "12"), ("2020", "12")]


def test_counts_among_many_hits_say_that_there_are_more(client, reader):
    make_harbours(600, make_feed(title="A"))
    make_harbours(600, make_feed(title="B"))
    assert {value.count for value in narrow(client)["Feed"].values} == {"400+", "600+"}


def test_without_a_script_the_facets_are_a_page(client, reader):
    make_harbours(2, make_feed(title="Harbour Notes"))
    make_harbours(1, make_feed(title="Dock News"))
    page = client.get("/search/narrow/?q=harbour")
    assert "<title>Filter results · Newsreader</title>" in page.text
    assert "Dock News" in page.text
    assert client.get("/search/narrow/").status_code == 302


# --- the field, the help ----------------------------------------------------------------------------------------


def test_the_field_keeps_what_is_in_view_as_a_choice(client, reader):
    feed = make_feed(title="Harbour Notes")
    make_found(feed)
    page = client.get(f"/?feed={feed.pk}&show=unread").text
    assert re.search(rf'<select[^>]*name="feed">\s*<option value="{feed.pk}">Harbour Notes</option>', page)
    assert '<option value="">Everywhere</option>' in page
    assert '<input type="hidden" name="show" value="unread">' in page
    assert titles(client.get("/?q=harbour&feed=")) == [feed.articles.get().title]


def suggested(client, text, **more):
    response = client.get("/search/suggestions/", {"q": text, **more}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.context["suggested"]


def test_titles_are_suggested_with_the_query_that_finds_them(client, reader):
    article = make_found(title="The “old” harbour’s (last) crane: OR -lost")
    ((title, query),) = suggested(client, "old") or suggested(client, "last")
    assert title == article.title
    assert titles(search(client, query)) == [article.title]


def test_titles_are_suggested_from_what_is_in_view(client, reader):
    feed = make_feed()
    make_found(feed, title="Crane inside")
    make_found(title="Crane outside")
    assert [title for title, _query in suggested(client, "cran", feed=feed.pk)] == ["Crane inside"]
    assert suggested(client, "") == suggested(client, "\x00") == []


@pytest.mark.parametrize("query", ["<b>", "\x00", "x" * 100_000, '"', "\u202e", "%"])
def test_suggestions_show_hostile_text_as_text(client, reader, query):
    make_found(title='<b>x</b>\u202e% "')
    suggested(client, query)
    assert "<b>" not in client.get("/search/suggestions/", {"q": query}).text


def test_every_reading_page_has_the_field(client, reader):
    article = make_found()
    for address in ("/", "/?q=x", article.get_absolute_url(), "/feeds/", "/account/", "/search/help/", "/nowhere/"):
        assert 'role="search"' in client.get(address).text, address
    client.logout()
    assert 'role="search"' not in client.get("/sign-in/").text


def test_every_example_of_the_help_is_understood_and_runs(client, reader):
    make_found()
    page = client.get("/search/help/")
    addresses = [address for _name, rows in page.context["parts"] for _text, address, _meaning in rows]
    assert len(addresses) > 15
    for address in addresses:
        answer = client.get(f"/{address}")
        assert answer.status_code == 200
        assert not answer.context["notes"]


def test_the_help_has_the_whole_language(client, reader):
    text = " ".join(example for _name, rows in _examples() for example, _meaning in rows)
    for name in ("title", "author", "feed", "category", "lang", "url", "has", "after", "before", "date"):
        assert f"{name}:" in text
    for sign in ('"', " OR ", " -", "(", "「", "（", "：", "－"):
        assert sign in text
