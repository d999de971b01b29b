"""A database that can't be written: what can be read is read, what can't be done is said, and soon."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, InternalError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from articles.export import secret_addresses
from articles.export.models import Output
from articles.kept_counts.counting import is_due
from articles.kept_counts.rows import counts_of
from articles.labels.own import add_labels, make_label
from articles.models import Article, ArticleState
from articles.views import book
from tests.factories import make_article, make_reader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def article() -> Article:
    return make_article()


@pytest.fixture
def reader():
    """Signed in, and not told of exceptions otherwise than a browser is."""
    client = Client(raise_request_exception=False)
    client.force_login(make_reader("ann"))
    return client


@contextmanager
def somebody_writes(tables: str = "articles_articlestate"):
    """Another process holds the lock for as long as this lasts."""
    is_held, is_over = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            else:
                cursor.execute("BEGIN")
                cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
            is_held.set()
            is_over.wait(60)
            cursor.execute("ROLLBACK")
        connection.close()

    writer = threading.Thread(target=hold)
    writer.start()
    assert is_held.wait(10)
    try:
        yield
    finally:
        is_over.set()
        writer.join()


WRITES = re.compile(r"(?:WITH\b.*\b)?(?:INSERT INTO|UPDATE|DELETE FROM)\b", re.S)


@contextmanager
def refused(error):
    """Every write is: by a read-only database, a full disk."""

    def refuse(execute, sql, *arguments):
        if WRITES.match(sql):
            raise error
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse):
        yield


ERRORS = [
    OperationalError("database or disk is full"),
    OperationalError("attempt to write a readonly database"),
    InternalError("cannot execute INSERT in a read-only transaction"),
]


def test_an_article_is_read_while_somebody_writes(reader, article):
    started = time.monotonic()
    with somebody_writes():
        answer = reader.get(f"/articles/{article.pk}/")
    assert time.monotonic() - started < 8
    assert answer.status_code == 200
    assert article.content_text in answer.text
    assert "could not be marked as read" in answer.text
    assert answer.context["is_unread"]
    assert not ArticleState.objects.exists()
    assert "could not be marked" not in reader.get(f"/articles/{article.pk}/").text
    assert ArticleState.objects.get().is_read


@pytest.mark.parametrize("error", ERRORS)
def test_an_article_is_read_from_a_database_that_takes_no_writes(reader, article, error):
    with refused(error):
        answer = reader.get(f"/articles/{article.pk}/")
    assert answer.status_code == 200
    assert article.content_text in answer.text


def test_a_damaged_database_is_one_line_in_the_log(reader, article, caplog):
    def refuse(execute, sql, *arguments):
        if "articles_article" in sql:
            raise DatabaseError("database disk image is malformed")
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse):
        answer = reader.get(f"/articles/{article.pk}/")
    assert answer.status_code == 503
    told = [record for record in caplog.records if record.name in {"newsreader.errors", "django.request"}]
    assert [record.getMessage() for record in told] == [
        f"GET /articles/{article.pk}/: database disk image is malformed"
    ]
    assert not told[0].exc_info


@pytest.mark.parametrize("error", ERRORS)
def test_numbers_that_can_not_be_kept_are_told_as_they_were(reader, article, error):
    label = make_label(ann := User.objects.get(username="ann"), "later")
    add_labels([label.pk], [article.pk])
    numbers = reader.get(reverse("tree_counts")).json()
    assert numbers[f"l{label.pk}"] == "1"
    add_labels([label.pk], [make_article(feed=article.feed).pk])
    with refused(error):
        answer = reader.get(reverse("tree_counts"))
    assert answer.json() == numbers | {"all": "2", "here": "2", "c0": "2", f"f{article.feed_id}": "2", "due": True}
    with somebody_writes("articles_keptcounts"):
        assert reader.get(reverse("tree_counts")).json() == answer.json()
    assert reader.get(reverse("tree_counts")).json()[f"l{label.pk}"] == "2"
    assert not is_due(counts_of(ann))


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("path", ["/", "/?show=unread", "/?q=rain"])
def test_a_list_is_read_from_a_database_that_takes_no_writes(reader, article, path, error):
    with refused(error):
        assert reader.get(path).status_code == 200


def test_a_list_is_read_while_somebody_writes(reader, article):
    """The visit is noted later."""
    with somebody_writes("django_session"):
        answer = reader.get("/")
    assert answer.status_code == 200
    assert "visit" not in reader.session
    assert reader.get("/").status_code == 200
    assert "visit" in reader.session


@pytest.mark.parametrize("error", ERRORS)
def test_a_session_that_cannot_be_written_is_not_taken_for_one_that_was_ended(reader, error):
    session = reader.session
    session["visit"] = None
    with refused(error), pytest.raises(type(error)):
        session.save()
    session.save()
    session.delete(session.session_key)
    with pytest.raises(UpdateError):
        session.save()


MARKS = ["read", "star"]


@pytest.mark.parametrize("action", MARKS)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_mark_is_answered_soon_and_in_words(reader, article, action, headers, caplog):
    started = time.monotonic()
    with somebody_writes():
        answer = reader.post(reverse("act"), {action: article.pk}, headers=headers)
    assert time.monotonic() - started < 8
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "The database is busy" in answer.text
    lines = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(lines) == 1
    assert not lines[0].exc_info
    assert reader.post(reverse("act"), {action: article.pk}, headers=headers).status_code in {200, 302}


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("action", [*MARKS, "latest_id"])
def test_a_mark_that_is_refused_is_told_of(reader, article, action, error):
    where = reverse("mark" if action == "latest_id" else "act")
    with refused(error):
        assert reader.post(where, {action: article.pk}).status_code == 503


def test_a_database_that_is_away_is_a_503_and_one_line(reader, article, caplog):
    def refuse(*arguments):
        raise OperationalError("connection refused\n\tIs the server running?")

    with connection.execute_wrapper(refuse):
        for path in ("/", f"/articles/{article.pk}/", "/feeds/", "/sign-in/"):
            caplog.clear()
            answer = reader.get(path)
            assert answer.status_code == 503, path
            assert "The database is busy, full or away" in answer.text
            assert [record.levelname for record in caplog.records] == ["ERROR"]
            assert not caplog.records[0].exc_info
            assert "\n" not in caplog.records[0].getMessage()


def test_a_disk_that_is_full_is_a_503_and_one_line(reader, article, caplog, monkeypatch):
    monkeypatch.setattr(book, "TemporaryFile", lambda **_where: Path("/dev/full").open("w+b"))  # noqa: SIM115
    answer = reader.get("/book.epub")
    assert answer.status_code == 503
    assert "The database is busy, full or away" in answer.text
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert not caplog.records[0].exc_info


def test_another_fault_is_still_one_of_ours(reader, article, caplog):
    def fail(*arguments):
        raise ValueError("x")

    with connection.execute_wrapper(fail):
        assert reader.get("/").status_code == 500
    assert any(record.exc_info for record in caplog.records)


def test_afterwards_whoever_writes_waits_as_before(reader, article):
    with somebody_writes():
        reader.get(f"/articles/{article.pk}/")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone()[0] == 30_000


@pytest.mark.parametrize("error", ERRORS)
def test_a_secret_address_opens_its_view_all_the_same(reader, article, error):
    secret = "secret"
    user = make_reader("bob")
    output = Output.objects.create(user=user, digest=secret_addresses._digest(secret), show="all", order="newest")
    with refused(error):
        assert secret_addresses.opened_by(output.pk, secret) is not None
