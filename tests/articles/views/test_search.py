"""The list with a query: what it finds and shows, and what it says of a query that finds nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import ArticleState
from articles.search import index
from articles.search.backend import SearchTimeout
from articles.search.databases import backend
from articles.search.query.syntax import LONGEST_QUERY, Problem, parse
from articles.views.search_messages import message
from tests.articles.searching import make_found, make_harbours, search, text_of, titles
from tests.effort import statements_asked
from tests.factories import FIRST_DAY, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


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


def test_what_the_reader_did_is_asked_for_in_the_query(client, reader):
    make_found(title="New harbour")
    read = make_found(title="Old harbour")
    ArticleState.objects.create(user=reader, article=read, is_read=True)
    assert titles(search(client, q="harbour is:unread")) == ["New harbour"]
    assert titles(search(client, q="harbour is:read OR wheat")) == ["Old harbour"]
    back = search(client, q="harbour is:unread", at=str(read.pk))  # its row is where it was
    assert [hit.article.title for hit in back.context["found"]] == ["Old harbour", "New harbour"]


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
    snippet = re.search(r'<p class="row-snippet"[^>]*>(.*?)<p ', page, re.S)[1]
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
    second = client.get(first.context["older"])
    third = client.get(second.context["older"])
    shown = [titles(page) for page in (first, second, third)]
    assert [len(page) for page in shown] == [30, 30, 10]
    assert len({title for page in shown for title in page}) == 70
    assert third.context["older"] == ""
    assert f"feed={feed.pk}" in second.context["older"]
    assert titles(client.get(second.context["newer"])) == shown[0]


@pytest.mark.parametrize("cursor", ["x", "r", "r9999", "r" + "9" * 4400])  # more digits than Python reads
def test_a_cursor_that_is_no_page_of_the_most_relevant_gets_a_page_that_says_so(client, reader, cursor):
    make_found()
    response = client.get(f"/?q=harbour&order=relevance&cursor={cursor}")
    assert response.status_code == 400
    assert "names no page of the hits" in response.text


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
    assert re.search(rf"<span id=\"hits\" role=\"status\">{said}</span>", search(client).text)


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
    for address in ("/", *addresses):  # settings that this browser does not know yet, and what is asked once
        client.get(address)
    before = [cost(address) for address in addresses]
    for _ in range(8):
        make_found(make_feed(category=make_category()))
    assert [cost(address) for address in addresses] == before
    assert max(before) <= 32


def test_no_page_of_hits_loads_the_html_of_an_article(client, reader):
    make_harbours(3)
    with statements_asked() as queries:
        search(client)
    assert not [query.sql for query in queries if "content_html" in query.sql]


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
        Problem.BAD_DATE: "after:soon", Problem.BAD_MEDIA: "has:smell", Problem.BAD_STATE: "is:new", Problem.BAD_DOUBLES: "dup:no",
        Problem.BAD_IMPORTANCE: "importance:huge", Problem.DANGLING: "a OR",
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
    assert "Nothing to search for" in page.text
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
