"""Searching on the pages: the list with a query, its facets, its help, and an article that was found."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import ArticleState
from articles.search import index
from articles.search.backend import SearchTimeout, backend
from articles.search.query import LONGEST_QUERY, Problem, parse
from articles.views import matches
from articles.views.notes import message
from articles.views.search import _examples
from tests.factories import FIRST_DAY, make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def make_found(feed=None, **fields):
    """An indexed article."""
    text = fields.pop("text", "The harbour sleeps.")
    article = make_article(feed, content_text=text, content_html=f"<p>{text}</p>", language="en", **fields)
    index.index([article])
    return article


def make_harbours(n, feed=None, **fields):
    articles = make_articles(n, feed, content_text="The harbour sleeps.", language="en", **fields)
    index.index(articles)
    return articles


def titles(response):
    return [found.article.title for found in response.context["page"].found]


def search(client, query="harbour", **more):
    return client.get("/", {"q": query, **more})


def text_of(response):
    """What a reader sees, without the marks that keep a quotation's direction."""
    return re.sub("[\u2068\u2069]|<[^>]*>", "", response.text)


# --- hits -------------------------------------------------------------------------------------------------------


def test_the_list_with_a_query_shows_what_it_finds_newest_first(client, reader):
    make_found(title="Old harbour")
    make_found(title="A field", text="Wheat.")
    make_found(title="New harbour")
    assert titles(search(client)) == ["New harbour", "Old harbour"]


def test_matches_are_marked_in_title_and_snippet(client, reader):
    make_found(title="Harbours & cranes", text="By the harbour <wall>.".replace("<", "&lt;"))
    page = search(client).text
    assert "<mark>Harbours</mark> &amp; cranes" in page
    assert "By the <mark>harbour</mark>" in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("By the harbour.", "By the |harbour|."),
        (f"{'On and on it went. ' * 20}At the old harbour.", "… on it went. At the old |harbour|."),
        (f"{'一二三四五六七八九十' * 20}港口之歌", "… 七八九十一二三四五六七八九十一二三四五六七八九十|港口|之歌"),
    ],
)
def test_a_snippet_comes_soon_to_its_match(client, reader, text, shown):
    make_found(text=text)
    page = search(client, "harbour OR 港口").text
    snippet = re.search(r'<p class="row-snippet"[^>]*>(.*?)</p>', page, re.S)[1]
    assert re.sub("</?mark>", "|", snippet).strip() == shown


def test_an_empty_query_is_the_plain_list(client, reader):
    make_found()
    for query in ("", "   ", "\x00", "\u3000"):
        assert "days" in search(client, query).context


def test_the_title_of_the_page_names_the_query(client, reader):
    feed = make_feed(title="Harbour Notes")
    make_found(feed)
    assert re.search(r"<title>\s*“harbour”\s* · Newsreader</title>", search(client).text)
    assert re.search(r"<title>\s*“harbour” in Harbour Notes\s* · Newsreader</title>", search(client, feed=feed.pk).text)


def test_the_selection_narrows_the_search(client, reader):
    category = make_category("Ports")
    feed = make_feed(category=category)
    make_found(feed, title="Inside")
    make_found(title="Outside")
    assert titles(search(client, feed=feed.pk)) == titles(search(client, category=category.slug)) == ["Inside"]


def test_unread_and_starred_narrow_the_search(client, reader):
    read, _unread = make_found(title="Read"), make_found(title="Unread")
    ArticleState.objects.create(user=reader, article=read, is_read=True, starred_at=FIRST_DAY)
    assert titles(search(client, show="unread")) == ["Unread"]
    assert titles(search(client, show="starred")) == ["Read"]


def test_the_best_hit_is_first_where_that_is_asked(client, reader):
    make_found(title="Harbour harbour", published_at=FIRST_DAY)
    make_found(title="A field", published_at=FIRST_DAY + timedelta(days=1))
    assert titles(search(client)) == ["A field", "Harbour harbour"]
    assert titles(search(client, order="relevance")) == ["Harbour harbour", "A field"]


@pytest.mark.parametrize("order", ["date", "relevance"])
def test_the_pages_are_linked_and_keep_what_was_asked(client, reader, order):
    feed = make_feed()
    make_harbours(70, feed)
    first = search(client, feed=feed.pk, order=order)
    second = client.get(f"/{first.context['older']}")
    third = client.get(f"/{second.context['older']}")
    shown = [titles(page) for page in (first, second, third)]
    assert [len(page) for page in shown] == [30, 30, 10]
    assert len({title for page in shown for title in page}) == 70
    assert third.context["older"] == ""
    assert f"feed={feed.pk}" in second.context["older"]
    assert titles(client.get(f"/{second.context['newer']}")) == shown[0]


@pytest.mark.parametrize("cursor", ["x", "o", "ox", "n-", "r9999", "%00", "o" + "9" * 400])
def test_a_cursor_that_is_none_gets_a_page_that_says_so(client, reader, cursor):
    article = make_found()
    for address in ("/", article.get_absolute_url()):
        response = client.get(f"{address}?q=harbour&cursor={cursor}")
        assert response.status_code == 400
        assert "names no page of the hits" in response.text


def test_an_order_that_is_none_gets_a_page_that_says_so(client, reader):
    assert search(client, order="size").status_code == 400


@pytest.mark.parametrize(
    ("hits", "said"), [(1, "1 hit"), (2, "2 hits"), (40, "40 hits"), (1001, "more than 1,000 hits")]
)
def test_the_hits_are_counted_as_far_as_it_is_cheap(client, reader, hits, said):
    make_harbours(hits)
    assert re.search(rf"<span role=\"status\">{said}</span>", search(client).text)


def test_a_count_that_is_not_known_is_a_bound(client, reader):
    feed = make_feed()
    articles = make_articles(45, feed, content_text="old harbour wall", language="en")
    index.index(articles)
    count = search(client, '"old harbour wall"').context["count"]
    assert re.fullmatch("45 hits|more than (40|30) hits", count)


def test_twice_as_many_hits_take_as_many_queries(client, reader):
    def cost(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
        return len(queries)

    addresses = ["/?q=harbour", "/?q=harbour&order=relevance", "/search/narrow/?q=harbour"]
    for _ in range(8):
        make_found(make_feed(category=make_category()))
    before = [cost(address) for address in addresses]
    for _ in range(8):
        make_found(make_feed(category=make_category()))
    assert [cost(address) for address in addresses] == before
    assert max(before) <= 20


def test_no_page_of_hits_loads_the_html_of_an_article(client, reader):
    make_harbours(3)
    with CaptureQueriesContext(connection) as queries:
        search(client)
    assert not [query["sql"] for query in queries if "content_html" in query["sql"]]


def test_an_open_site_lets_anonymous_readers_search(client, settings):
    settings.NEWSREADER_PUBLIC = True
    make_found(title="Open harbour")
    page = search(client)
    assert titles(page) == ["Open harbour"]
    assert '<form method="post"' not in page.text


def test_a_closed_site_lets_nobody_search(client):
    make_found()
    for address in ("/?q=harbour", "/search/narrow/?q=harbour", "/search/help/"):
        assert client.get(address)["Location"].startswith("/sign-in/?next=")


# --- what a query can't do --------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", list(Problem))
def test_whatever_is_left_out_of_a_query_is_said_in_a_sentence(problem):
    queries = {
        Problem.TOO_LONG: "a" * 3000, Problem.TOO_MANY_TERMS: "a " * 99, Problem.TOO_DEEP: "(" * 99 + "a",
        Problem.UNCLOSED_QUOTE: '"a', Problem.UNBALANCED: "a)", Problem.EMPTY_FIELD: "title:",
        Problem.BAD_DATE: "after:soon", Problem.BAD_MEDIA: "has:smell", Problem.DANGLING: "a OR",
        Problem.WILDCARD: "har*",
    }  # fmt: skip
    notes = [note for note in parse(queries.get(problem, "")).notes if note.problem is problem]
    assert notes or problem is Problem.PUNCTUATION
    for note in notes:
        assert message(note).endswith((".", "”"))
        assert "%" not in message(note)


def test_the_page_says_what_was_left_out(client, reader):
    make_found(title="Found")
    page = search(client, "harbour after:soon")
    assert titles(page) == ["Found"]
    assert "“soon” is no date" in text_of(page)


@pytest.mark.parametrize("query", ["!!!", "()", '""', "title:", "…", "-", "OR"])
def test_a_query_of_nothing_finds_nothing_and_says_why(client, reader, query):
    make_found()
    page = search(client, query)
    assert titles(page) == []
    assert "There is nothing to search for in this" in page.text
    assert page.context["notes"]


def test_a_search_without_hits_offers_wider_ones(client, reader):
    feed = make_feed(title="Harbour Notes")
    make_found(feed)
    page = search(client, 'harbour zeppelin "far away"', feed=feed.pk)
    assert "No hits" in page.text
    offered = [page.context["meant"], *(text for text, _address in page.context["ways"])]
    assert {'zeppelin "far away"', 'harbour "far away"', "harbour zeppelin"} <= set(offered)
    assert "everywhere, in all articles" in page.text
    for _text, address in page.context["ways"]:
        assert client.get(f"/{address}").status_code == 200


def test_a_phrase_without_hits_offers_its_words(client, reader):
    make_found()
    page = search(client, '"sleeps harbour"')
    assert "sleeps harbour" in [page.context["meant"], *(text for text, _address in page.context["ways"])]


def test_a_misspelt_word_is_put_right(client, reader):
    make_found(title="The lighthouse of the harbour")
    page = search(client, "lighthose")
    assert re.search(r'Did you mean:\s*<a href="/\?q=lighthouse"><bdi>lighthouse</bdi></a>', page.text)


def test_a_search_that_takes_too_long_says_what_to_do(client, reader, monkeypatch):
    article = make_found()

    def slow(*args, **kwargs):
        raise SearchTimeout

    monkeypatch.setattr(type(backend()), "hits", slow)
    page = search(client)
    assert "The search took too long" in page.text
    assert page.status_code == 200
    assert client.get("/search/narrow/?q=harbour").status_code == 200
    assert client.get(f"{article.get_absolute_url()}?q=harbour").status_code == 200


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 }}{% now %}", "\u202eharbour\u2066", "a\x00b",
    "\ud800", "x" * 100_000, "中" * 100_000, "(" * 100_000, "-" * 100_000, '"' * 100_000, "a OR " * 30_000,
    "title:" * 20_000, ".*(a+)+$", "' OR 1=1 --", "%s%%", "\\", "feed:" + "9" * 5000, "date:0000-99-99", "*", "😀" * 5000,
    "e" + "\u0301" * 50_000,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: ascii(query[:12]))
def test_a_hostile_query_is_answered_and_shown_as_text(client, reader, query):
    article = make_found()
    asked = quote(query.encode("utf-8", "surrogatepass"))
    for address in ("/", article.get_absolute_url(), "/search/narrow/"):
        response = client.get(f"{address}?q={asked}")
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert "<img src=x" not in response.text
        assert "\x00" not in response.text
        assert len(response.text) < 200 * LONGEST_QUERY + len(asked)


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
    assert "<title>Narrow the search · Newsreader</title>" in page.text
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


# --- an article that was found ----------------------------------------------------------------------------------


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
    form = re.search(r'<form class="mark-all.*?</form>', search(client).text, re.S)[0]
    assert {int(pk) for pk in re.findall(r'name="article" value="(\d+)"', form)} == {hit.pk for hit in hits}
    answer = client.post(
        "/articles/mark-these-read/", {"article": [hits[0].pk, hits[2].pk, "x", "9" * 30], "next": "/?q=harbour"}
    )
    assert answer.url == "/?q=harbour"
    assert {state.article_id for state in ArticleState.objects.filter(is_read=True)} == {hits[0].pk, hits[2].pk}
    assert other.pk not in {state.article_id for state in ArticleState.objects.all()}


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
    second = client.get(f"/{search(client).context['older']}")
    row = second.context["page"].found[3].article
    page = client.get(f"{row.get_absolute_url()}{second.context['query']}")
    assert titles(client.get(page.context["list_address"])) == titles(second)


def test_an_article_that_is_no_hit_is_shown_all_the_same(client, reader):
    make_found()
    other = make_found(title="A field", text="Wheat.")
    page = client.get(f"{other.get_absolute_url()}?q=harbour")
    assert (page.context["newer"], page.context["older"], page.context["matches"]) == (None, None, 0)
