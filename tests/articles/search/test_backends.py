"""What every back end promises, on whichever database the suite runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction

from articles.ingest.store import delete_articles
from articles.models import Article
from articles.search import hit_page, index, sqlite
from articles.search.backend import BadPlace, Hit, SearchTimeout
from articles.search.databases import backend
from articles.search.query.matching import Contains, InFeeds, Published
from articles.search.query.plan import Lexeme, Plan, plan
from articles.search.query.tree import EVERYTHING, NOTHING, And, Not, Or, some
from tests.articles.search.archive import found, store
from tests.effort import statements_asked
from tests.factories import FIRST_DAY, make_feed

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"


def hits(condition: Any, **options: Any) -> list[int]:
    options.setdefault("limit", 100)
    return [hit.article_id for hit in backend().hits(hit_page.planned(condition), **options)]


def asked(expression: Any, **options: Any) -> list[int]:
    return [hit.article_id for hit in backend().hits(Plan(expression=expression, **options), limit=100)]


def test_hits_come_newest_first() -> None:
    old, new, middle = (store("rain", published_at=FIRST_DAY + timedelta(days=day)) for day in (0, 9, 5))
    assert hits(Contains("rain")) == [new.pk, middle.pk, old.pk]


def test_nothing_finds_nothing_and_everything_all() -> None:
    article = store("rain")
    assert asked(NOTHING) == []
    assert backend().count(Plan(expression=NOTHING), limit=10) == 0
    assert asked(EVERYTHING) == [article.pk]
    assert backend().count(Plan(expression=EVERYTHING), limit=10) == 1


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Lexeme("rain"), {"r", "rs"}),
        (And((Lexeme("rain"), Lexeme("snow"))), {"rs"}),
        (Or((Lexeme("rain"), Lexeme("snow"))), {"r", "s", "rs"}),
        (Not(Lexeme("rain")), {"s", "n"}),
        (And((Not(Lexeme("rain")), Not(Lexeme("snow")))), {"n"}),
        (And((Lexeme("rain"), Not(Lexeme("snow")))), {"r"}),
        (Or((Not(Lexeme("rain")), Lexeme("snow"))), {"s", "rs", "n"}),
        (And((Or((Lexeme("rain"), Lexeme("snow"))), Not(And((Lexeme("rain"), Lexeme("snow")))))), {"r", "s"}),
        (some((And((Lexeme("rain"), Not(Lexeme("snow")))), NOTHING)), {"r"}),
    ],
)
def test_expressions_mean_what_they_say(expression: Any, expected: set[str]) -> None:
    names = {store(text).pk: name for name, text in {"r": "rain", "s": "snow", "rs": "rain snow", "n": "sun"}.items()}
    assert {names[article_id] for article_id in asked(expression)} == expected


@pytest.mark.parametrize(
    "lexeme", ["c++", "c#", "a'b", "a\\b", 'a"b', "👍", "中国", "\U00020000", "a:b", "x*", "(", "|", "&", "!"]
)
def test_any_lexeme_can_be_asked_for(lexeme: str) -> None:
    assert asked(Lexeme(lexeme)) == []
    assert asked(And((Lexeme(lexeme), Not(Lexeme(f"{lexeme}2"))))) == []


def test_every_piece_of_a_run_is_found_and_none_across_runs() -> None:
    article = store("中国，人民。𠀀𠀁 하늘 一")
    pieces = ["中", "国", "中国", "人民", "民", "𠀀", "𠀁", "𠀀𠀁", "하늘", "늘", "一"]
    assert [piece for piece in pieces if asked(Lexeme(piece)) != [article.pk]] == []
    assert [piece for piece in ("国人", "民𠀀", "𠀁하", "늘一", "国中") if asked(Lexeme(piece))] == []


def test_a_changed_article_is_found_by_its_new_text_only() -> None:
    article = store("rain in the hills")
    article.content_text = "snow in the hills"
    article.save()
    index.index([article])
    assert (found("rain"), found("snow"), found("hills")) == ([], [article.pk], [article.pk])
    assert backend().count(plan(Contains("hills"), ["en"]), limit=10) == 1


def test_a_deleted_article_is_found_no_more() -> None:
    kept, deleted = store("rain"), store("rain")
    delete_articles([deleted.pk])
    assert found("rain") == [kept.pk]
    assert backend().count(plan(Contains("rain"), ["en"]), limit=10) == 1


def test_articles_of_the_same_moment_are_all_found_on_all_pages() -> None:
    articles = [store("rain", published_at=FIRST_DAY) for _ in range(12)]
    place, seen = "", []
    while page := backend().hits(plan(Contains("rain"), ["en"]), place=place, limit=5):
        seen += [hit.article_id for hit in page]
        place = page[-1].place
    assert sorted(seen) == [article.pk for article in articles]
    backwards: list[int] = []
    place = backend().hits(plan(Contains("rain"), ["en"]), limit=100)[-1].place
    while page := backend().hits(plan(Contains("rain"), ["en"]), place=place, newer=True, limit=5):
        backwards += [hit.article_id for hit in page]
        place = page[-1].place
    assert backwards == seen[-2::-1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's places")
def test_few_queries_find_a_place_among_many_of_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PLACES", 1)
    articles = [store("rain", published_at=FIRST_DAY) for _ in range(20)]
    with statements_asked() as asked_for:
        articles.append(store("rain", published_at=FIRST_DAY))
    assert len([each for each in asked_for if each.sql.startswith("SELECT place")]) == 6
    assert found("rain") == [article.pk for article in reversed(articles)]


def test_days_hold_what_was_published_on_them_however_much_at_one_moment() -> None:
    last = datetime(2026, 1, 5, 23, 59, 59, 999_000, tzinfo=UTC)
    today = {store("rain", published_at=last).pk for _ in range(6)}
    tomorrow = {store("rain", published_at=last + timedelta(milliseconds=1)).pk for _ in range(2)}
    assert set(found("rain date:2026-01-05")) == today
    assert set(found("rain date:2026-01-06")) == tomorrow
    assert set(found("rain after:2026-01-06")) == tomorrow
    assert set(found("rain before:2026-01-06")) == today


def test_spans_have_their_start_and_not_their_end() -> None:
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    article = store("rain", published_at=moment)
    later = moment + timedelta(microseconds=1)
    assert hits(And((Contains("rain"), Published(moment, None)))) == [article.pk]
    assert hits(And((Contains("rain"), Published(None, moment)))) == []
    assert hits(And((Contains("rain"), Published(later, None)))) == []
    assert hits(And((Contains("rain"), Published(moment, later)))) == [article.pk]
    assert hits(Published(moment, later)) == [article.pk]


def test_hundreds_of_feeds_can_be_asked_for() -> None:
    feeds = [make_feed() for _ in range(3)]
    articles = [store("rain", feed=feed) for feed in feeds]
    wanted = frozenset({feeds[0].pk, feeds[2].pk, *range(10**6, 10**6 + 400)})
    expected = [articles[2].pk, articles[0].pk]
    assert hits(And((Contains("rain"), InFeeds(wanted, share=0.0)))) == expected
    assert hits(And((Contains("rain"), InFeeds(wanted, share=0.9)))) == expected
    assert hits(InFeeds(wanted, share=0.9)) == expected
    assert hits(And((Contains("rain"), InFeeds(frozenset())))) == []


def test_only_chosen_articles_can_be_asked_for() -> None:
    first, _second, third = (store("rain") for _ in range(3))
    chosen = frozenset({first.pk, third.pk, 10**9})
    assert asked(Lexeme("rain"), article_ids=chosen) == [third.pk, first.pk]
    assert asked(EVERYTHING, article_ids=chosen) == [third.pk, first.pk]
    assert asked(EVERYTHING, article_ids=frozenset()) == []


def test_counting_stops_at_the_limit() -> None:
    for _ in range(5):
        store("rain")
    assert [backend().count(plan(Contains("rain"), ["en"]), limit=limit) for limit in (3, 5, 9)] == [3, 5, 5]


@pytest.mark.parametrize("place", ["x", "1_", "_", "1_x", "9" * 40, "-" * 5, "1; DROP TABLE", "１", f"{10**30}_1"])
def test_a_place_that_was_never_given_is_refused(place: str) -> None:
    if SQLITE and place.isdecimal() and place.isascii() and len(place) < 18:
        pytest.skip("a place on SQLite")
    with pytest.raises(BadPlace):
        backend().hits(Plan(expression=Lexeme("rain")), place=place, limit=1)


def test_a_hit_tells_its_feed_and_month() -> None:
    article = store("rain", published_at=datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    (hit,) = backend().hits(Plan(expression=Lexeme("rain")), limit=1)
    assert isinstance(hit, Hit)
    assert (hit.article_id, hit.feed_id, hit.month.isoformat()) == (article.pk, article.feed_id, "2025-12-01")


# --- limits -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(SQLITE, reason="SQLite has no limit")
def test_a_text_with_more_lexemes_than_postgres_takes_is_stored_nevertheless() -> None:
    """Also where others are stemmed otherwise, so that a search says for which articles its stems are."""
    store("Vonat", language="hu")  # whose stem of "first" is another
    text = " ".join(f"w{number:x}" for number in range(200_000))
    article = store(f"first {text}")
    assert found("first") == [article.pk]
    assert index.wrong([article.pk]) == []


@pytest.mark.skipif(SQLITE, reason="Postgres' settings")
def test_a_search_leaves_the_settings_of_the_transaction_around_it_as_they_were() -> None:
    store("rain")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 12345; SET LOCAL enable_sort = off")
        for condition in (
            Contains("rain"),
            And(),
            Not(Contains("rain")),
            Or((Contains("rain"), Contains("x"))),
        ):
            hits(condition)
            backend().count(plan(condition, ["en"]), limit=5)
        settings = []
        for name in ("statement_timeout", "enable_sort", "enable_bitmapscan", "enable_seqscan"):
            cursor.execute(f"SHOW {name}")
            settings.append(cursor.fetchone()[0])
    assert settings == ["12345ms", "off", "on", "on"]


def test_a_query_that_takes_too_long_is_stopped_and_the_connection_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(0, 3000, 500):
        store(" ".join(f"w{word}" for word in range(number, number + 500)))
    if SQLITE:
        monkeypatch.setattr("articles.search.sqlite.TIME_LIMIT", 0.0)
        monkeypatch.setattr("articles.search.sqlite.STEPS_BETWEEN_LOOKS_AT_THE_CLOCK", 1)
    else:
        monkeypatch.setattr("articles.search.postgres.TIME_LIMIT_MS", 1)
    words = And(tuple(Or((Lexeme(f"w{word}"), Not(Lexeme(f"w{word + 1}")))) for word in range(2500)))
    with pytest.raises(SearchTimeout):
        backend().hits(Plan(expression=words), limit=10)
    monkeypatch.undo()
    assert len(asked(Lexeme("w7"))) == 1


# --- rows of Postgres -------------------------------------------------------------------------------------------

ROWS = [
    ("Heavy rain, COVID-19; C++ and the U.S. of reader's", "A title"),
    ("气候变化是今天的话题。图书馆，G20峰会 👍", "台灣的新聞 today"),
    ("ภาษาไทย และ 한국어 문장, カタカナ", "ภาษา"),
    ("", ""),
    ("नमस्ते Привет ёлка العربية", "国"),
]


@pytest.mark.skipif(SQLITE, reason="Postgres' rows")
@pytest.mark.parametrize(("text", "title"), ROWS)
def test_the_index_makes_of_a_row_the_lexemes_of_the_article(text: str, title: str) -> None:
    article = store(text, title, author="Li Wei 李伟", url="https://example.org/书")
    assert lexemes_of(article) == index.document(article, ()).lexemes.all()


@pytest.mark.skipif(SQLITE, reason="Postgres' rows")
def test_the_rows_of_an_older_release_are_found_as_before() -> None:
    migration = import_module("articles.migrations.0008_search_rows")
    articles = [store(text, title) for text, title in ROWS]
    before = [lexemes_of(article) for article in articles]
    with connection.schema_editor() as editor:
        migration.undo(None, editor)
        migration.change(None, editor)
    assert [lexemes_of(article) for article in articles] == before
    for word, number in (
        ("covid-19", 0),
        ("化", 1),
        ("图书", 1),
        ("👍", 1),
        ("title:新闻", 1),
        ("ภาษา", 2),
        ("title:国", 4),
    ):
        assert found(word) == [articles[number].pk], word


def lexemes_of(article: Article) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(articles_search_vector(lexemes)) FROM articles_search WHERE article_id = %s",
            [article.pk],
        )
        return set(cursor.fetchone()[0])
