"""Pages of hits as a reader turns them: order, cursors, totals, what was read and starred, notes, and limits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.ingest.store import delete_articles
from articles.lists.pages import BadCursor, Selection, Show
from articles.lists.reader_state import mark_all_read, mark_read, star
from articles.search import find, hit_page, reader_leaves
from articles.search.backend import Holding, SearchTimeout
from articles.search.find import Facets, SearchPage, facets, found_ids, search_page
from articles.search.query.matching import Text
from articles.search.query.syntax import DEEPEST, Note, Problem
from articles.search.suggest import did_you_mean, suggestions
from articles.search.texts import texts_of
from tests.articles.search.archive import ANYBODY, found, page, search_for, store
from tests.effort import within
from tests.factories import FIRST_DAY, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


def ids(shown: SearchPage) -> list[int]:
    return [hit.article.pk for hit in shown.found]


def pages(query: str, size: int, **options: object) -> Iterator[SearchPage]:
    cursor = ""
    while True:
        shown = page(query, cursor=cursor, size=size, **options)
        yield shown
        if not (cursor := shown.next_cursor):
            return


@pytest.fixture(params=["rain", '"heavy rain"'], ids=["exact", "rechecked"])
def query(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def rainy(n: int) -> list[int]:
    """Newest first; every other article has the words in another order."""
    articles = [store("heavy rain" if number % 2 else "rain heavy") for number in range(n)]
    return [article.pk for article in reversed(articles)]


@pytest.mark.parametrize("order", ["date", "oldest"])
def test_pages_follow_each_other_and_lead_back(query: str, order: str) -> None:
    everything = rainy(23)[:: -1 if order == "oldest" else 1]
    expected = everything if query == "rain" else [pk for pk in everything if pk in found(query)]
    turned = list(pages(query, 5, order=order))
    assert [pk for shown in turned for pk in ids(shown)] == expected
    assert turned[0].previous_cursor == ""
    last = turned[-1]
    back = []
    while last.previous_cursor:
        last = page(query, cursor=last.previous_cursor, size=5, order=order)
        back.append(ids(last))
    assert (
        back == [ids(shown) for shown in turned[-2::-1]]
        or [pk for part in back[::-1] for pk in part][:5] == expected[:5]
    )


def test_totals_are_exact_where_that_is_cheap_and_a_lower_bound_elsewhere(
    query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rainy(20)
    hits = len(found(query))
    first = page(query, size=30)
    assert (first.total, first.total_is_exact) == (hits, True)
    short = page(query, size=4)
    assert short.total <= hits
    assert short.total_is_exact == (query == "rain")
    monkeypatch.setattr(find, "COUNTED", 3)
    assert page("rain", size=2).total_is_exact is False
    assert page("rain", size=2).total == 3


def test_no_hits_is_an_empty_page() -> None:
    store("rain")
    shown = page("snow")
    assert (shown.found, shown.total, shown.total_is_exact, shown.next_cursor, shown.previous_cursor) == (
        [],
        0,
        True,
        "",
        "",
    )


def test_a_walk_that_finds_too_little_stops_and_goes_on_with_the_next_page(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [store("heavy rain", published_at=FIRST_DAY).pk]
    for day in range(1, 30):
        store("rain heavy", published_at=FIRST_DAY + timedelta(days=day))
    search = search_for('"heavy rain"')
    monkeypatch.setattr(hit_page, "LARGEST_BATCH", 4)
    impatient = find.Search(**{name: getattr(search, name) for name in ("selection", "reader", "now")}, patience=0)
    first = search_page(impatient, size=2)
    assert first.found == []
    assert first.total_is_exact is False
    cursor, seen = first.next_cursor, []
    while cursor:
        shown = search_page(impatient, cursor=cursor, size=2)
        seen += ids(shown)
        cursor = shown.next_cursor
    assert seen == wanted
    assert found('"heavy rain"') == wanted


def test_a_selection_narrows_the_search(query: str) -> None:
    outer = make_category()
    inner = make_category(parent=outer)
    here, there = make_feed(category=inner), make_feed()
    wanted = store("heavy rain", feed=here).pk
    other = store("heavy rain", feed=there).pk
    assert found(query) == [other, wanted]
    assert found(query, feed=here) == [wanted]
    assert found(query, category=outer) == [wanted]
    assert found(query, category=outer, feed=there) == []
    assert found(f"{query} feed:{there.pk}") == [other]


def test_a_feed_that_was_renamed_or_moved_is_found_by_its_new_name() -> None:
    feed = make_feed(title="Old")
    article = store("rain", feed=feed)
    feed.custom_title, feed.url = "New", "https://moved.example/rss"
    feed.save()
    assert found("rain feed:new") == found("rain feed:moved") == [article.pk]
    assert found("rain feed:old") == []


@pytest.mark.parametrize("most_chosen", [1000, 1])
def test_unread_and_starred_narrow_the_search(query: str, most_chosen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_leaves, "MOST_CHOSEN", most_chosen)
    reader = make_reader()
    articles = [store("heavy rain") for _ in range(6)] + [store("snow")]
    mark_read(reader, [articles[0]])
    for article in (articles[1], articles[4], articles[6]):
        star(reader, article, on=True)
    newest_first = [article.pk for article in reversed(articles[:6])]
    assert found(query, reader=reader, show=Show.UNREAD) == newest_first[:5]
    assert found(query, reader=reader, show=Show.STARRED) == [articles[4].pk, articles[1].pk]
    assert found(query, show=Show.STARRED) == newest_first
    mark_all_read(reader, Selection(), up_to=articles[-1].pk)
    assert found(query, reader=reader, show=Show.UNREAD) == []


def test_a_hit_says_whether_it_is_unread_and_starred() -> None:
    reader = make_reader()
    star(reader, store("rain"), on=True)
    (hit,) = page("rain", reader=reader).found
    assert (hit.article.is_unread, hit.article.is_starred) == (True, True)


def test_a_page_takes_few_queries_however_many_hits() -> None:
    rainy(40)
    with CaptureQueriesContext(connection) as queries:
        shown = page("rain -snow", size=30)
        assert len(shown.found) == 30
        assert all(hit.article.feed.name for hit in shown.found)
    assert len(queries) <= 23  # those of Postgres, savepoints and the doubles among all hits included


@pytest.mark.parametrize(
    "cursor", ["x", "o", "n", "ox", "o-", "r", "rx", "r999999", "o1_2_3", "o" + "9" * 50, "\x00", "oo1"]
)
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        page("rain", cursor=cursor, order="relevance" if cursor[:1] == "r" else "date")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("clim*", Problem.WILDCARD),
        ("rain !!!", Problem.PUNCTUATION),
        ('"rain', Problem.UNCLOSED_QUOTE),
        ("(rain", Problem.UNBALANCED),
    ],
)
def test_notes_tell_what_was_left_out(query: str, problem: Problem) -> None:
    store("rain clim")
    shown = page(query)
    assert len(shown.found) == 1
    assert [note.problem for note in shown.notes] == [problem]


HOSTILE = [
    " ".join(f"term{number}" for number in range(10_000)),
    " OR ".join(f"term{number}" for number in range(10_000)),
    "(" * 3_000 + "rain" + ")" * 3_000,
    "(a -(b OR c " * DEEPEST,
    "(a OR -(b c " * DEEPEST,
    "-(a OR (b -" * DEEPEST + "c",
    "(a b OR -(c d OR -" * DEEPEST + '"e f"',
    " ".join("中国人民" * 10 + str(number) for number in range(60)),
    " OR ".join(f'"{"国中" * 20}{number}"' for number in range(60)),
    "-" * 999 + "rain",
    " ".join(f"-term{number}" for number in range(60)),
    ".*rain.*|^$[a-z]+(?=x)",
    "rain* r?in %rain% _rain",
    "\x00rain\x1b\ud800\ufffe",
    "'; DROP TABLE articles_article; -- \\' \\",
    "rain" * 20_000,
    'lang:"en us" lang:" lang:% feed:% category:\\ url:\' author:"',
    "after:9999 before:0001 date:2021-02-31",
    "after:99999999d before:9999y",
    "feed:" + "9" * 40,
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("order", ["date", "relevance"])
def test_hostile_queries_are_answered_at_once(hostile: str, order: str) -> None:
    store("rain and 中国人民")
    with within(3):
        shown = page(hostile, order=order)
        assert not shown.timed_out
    assert Note(Problem.TOO_LONG) in shown.notes or len(hostile) <= 2000


def test_a_search_that_takes_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def holds(self, version: str) -> Holding:
            return Holding(("en",), is_complete=True)

        def hits(self, *args: object, **options: object) -> list[object]:
            raise SearchTimeout

    monkeypatch.setattr(hit_page, "backend", Slow)
    shown = page("rain")
    assert (shown.timed_out, shown.found, shown.total_is_exact) == (True, [], False)


def test_hits_that_go_while_the_page_is_made_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = store("rain"), store("rain")

    def texts_then_deletion(article_ids: list[int], known: dict[int, Text]) -> dict[int, Text]:
        texts = texts_of(article_ids, known)
        delete_articles([gone.pk])
        return texts

    monkeypatch.setattr(find, "texts_of", texts_then_deletion)
    assert ids(page("rain")) == [kept.pk]


def test_relevance_pages_follow_each_other() -> None:
    rainy(12)
    turned = list(pages("rain", 5, order="relevance"))
    assert sorted(pk for shown in turned for pk in ids(shown)) == sorted(found("rain"))
    assert page("rain", size=5, order="relevance", cursor=turned[-1].previous_cursor).next_cursor


def test_no_hit_stands_on_two_pages_by_relevance_where_more_are_found_than_weighed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hit_page, "WEIGHED", 4)
    monkeypatch.setattr(hit_page, "WEIGHED_TITLES", 4)
    for number in range(12):  # the older, the better its text; the oldest have the word in the title
        store("rain " * (13 - number), "Rain" if number < 4 else "Weather")
    turned = [pk for shown in pages("rain", 3, order="relevance") for pk in ids(shown)]
    assert len(turned) == len(set(turned)) == 8


def test_relevance_finds_an_old_article_by_its_title_among_many_hits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hit_page, "WEIGHED", 5)
    old = store("All of it.", "Heavy rain")
    for _ in range(40):
        store("some heavy rain")
    assert found_ids(search_for("heavy rain", order="relevance"), size=3)[0] == old.pk


@pytest.mark.parametrize("query", ["rain", '"heavy rain"'])
def test_a_total_that_is_not_exact_is_exceeded(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "COUNTED", 2)
    for _ in range(5):
        store("heavy rain")
    for size in (3, 4):
        shown = page(query, size=size)
        assert (2 < shown.total < 5, shown.total_is_exact) == (True, False)
    assert (page(query, size=5).total, page(query, size=5).total_is_exact) == (5, True)


def test_facets_count_feeds_and_months() -> None:
    one, other = make_feed(), make_feed()
    for day in (0, 1, 40):
        store("rain", feed=one, published_at=FIRST_DAY + timedelta(days=day))
    store("rain", feed=other, published_at=FIRST_DAY)
    counted = facets(search_for("rain"))
    assert counted.feeds == [(one.pk, 3), (other.pk, 1)]
    assert [(month.isoformat(), number) for month, number in counted.months] == [("2026-02-01", 1), ("2026-01-01", 3)]
    assert counted.is_complete


def test_facets_count_what_stood_the_recheck(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = make_feed()
    for text in ("heavy rain", "heavy rain", "rain is heavy"):
        store(text, feed=feed, published_at=FIRST_DAY)
    assert facets(search_for('"heavy rain"')) == Facets(
        feeds=[(feed.pk, 2)], months=[(FIRST_DAY.date().replace(day=1), 2)], total=2, is_complete=True
    )
    monkeypatch.setattr(find, "FACETED", 1)
    assert (facets(search_for('"heavy rain"')).feeds, facets(search_for("rain")).is_complete) == ([(feed.pk, 1)], False)


def test_media_are_found_in_the_content_and_among_attached_files() -> None:
    shown = store("rain", content_html='<p>rain <img src="https://example.org/a.png"></p>')
    led = store("rain", image_url="https://example.org/b.png")
    attached = store("rain")
    attached.enclosures.create(url="https://example.org/c.mp3", media_type="audio/mpeg")
    from articles.search import index

    index.index([attached])
    assert found("has:image") == [led.pk, shown.pk]
    assert found("has:audio") == found('has:audio "rain"') == [attached.pk]
    assert found('-has:image ("ra in" OR rain)') == [attached.pk]
    assert found('has:video OR "no such thing" OR has:audio') == [attached.pk]
    attached.enclosures.create(url="https://example.org/film", media_type="text/html", is_player=True)
    index.index([attached])
    assert found("has:video") == found("has:audio has:video") == [attached.pk]


# --- suggestions ------------------------------------------------------------------------------------------------


def test_titles_are_suggested_while_typing() -> None:
    for title in ("Rain in Spain", "The rain stops", "Snow", "氣候變化報告", "Rain in Spain"):
        store("x", title)
    assert suggestions("rai", ANYBODY) == ["Rain in Spain", "The rain stops"]
    assert suggestions("气候变", ANYBODY) == ["氣候變化報告"]
    assert suggestions("", ANYBODY) == suggestions("r", ANYBODY) == suggestions("hail", ANYBODY) == []
    assert suggestions("rai", ANYBODY, limit=1) == ["Rain in Spain"]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("libary", "library"),
        ("library snowstorm", "library"),
        ('"opens library"', "opens library"),
        ("大学圖書館", "大学 图书馆"),
        ("nothing", ""),
        ("", ""),
        ("-library -opens", ""),
    ],
)
def test_another_query_is_offered_where_one_finds_nothing(query: str, meant: str) -> None:
    store("The new library opens", "Library opens")
    store("大学今天开放了图书馆", "新闻")
    offered = did_you_mean(search_for(query))
    assert offered == meant
    assert not offered or found(offered)
