"""What a log line does not tell, whatever it is made of."""

from __future__ import annotations

import errno
import logging
import sqlite3
import sys

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError
from django.test import Client

from newsreader.logs import InOneLine, WithoutSecrets

KEY = "k7Fq_kS-3m9d"


def line(message: str, *arguments: object, error: Exception | None = None) -> str:
    """The line as the site's handler writes it."""
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, arguments, None)
    if error is not None:
        record.exc_info = (type(error), error, None)
    assert WithoutSecrets().filter(record)
    return logging.Formatter().format(record)


@pytest.mark.parametrize(
    "folder",
    ["/outputs/7/", "/websub/", "/notices/stop/", "/notices/confirm/", "https://news.example/websub/", "/WebSub/"],
)
@pytest.mark.parametrize("rest", ["", "/", "/rss.xml", "/?hub.mode=denied", " more"])
def test_no_secret_of_an_address_is_told(folder, rest):
    path = f"{folder}{KEY}{rest}"
    texts = [
        line("Not Found: %s", path),
        line(f"Not Found: {path}"),
        line("%(path)s", {"path": path}),
        line("%s", OSError(path)),
        line("broken", error=ValueError(path)),
        line("%s", [path]),
    ]
    assert not [text for text in texts if KEY in text]
    assert all(f"{folder}…" in text for text in texts)


def wrong_statement() -> OperationalError:
    """SQLite's error, as Django raises it."""
    error = OperationalError("no such column: x")
    with pytest.raises(sqlite3.OperationalError) as found:
        sqlite3.connect(":memory:").execute("SELECT x")
    error.__cause__ = found.value
    return error


def traced(message: str, error: Exception) -> str:
    """The line, and what is below it, of an error that was raised."""
    try:
        raise error
    except type(error):
        record = logging.LogRecord("a", logging.ERROR, "", 0, message, (), sys.exc_info())
    assert InOneLine().filter(record)
    return logging.Formatter().format(record)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database or disk is full\nmore"),
        DatabaseError("database disk image is malformed"),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EROFS, "Read-only file system"),
    ],
)
def test_a_fault_of_database_or_disk_is_one_line(error):
    reason = str(error).splitlines()[0]
    assert traced("polling failed", error) == f"polling failed: {reason}"
    assert traced(f"Task raised {reason}", error) == f"Task raised {reason}"


@pytest.mark.parametrize(
    "error", [IntegrityError("twice"), OSError(errno.EBADF, "Bad"), ValueError("bad"), wrong_statement()]
)
def test_a_fault_of_the_program_has_its_traceback(error):
    assert "Traceback" in traced("polling failed", error)


def test_the_site_logs_so():
    assert "in_one_line" in settings.LOGGING["handlers"]["console"]["filters"]


FORM = "application/x-www-form-urlencoded"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "body", "host"),
    [
        (FORM, "a=1", "evil.example"),
        (FORM, "a=1", "a b"),
        (FORM, "a=1&" * 1001, "testserver"),
        (FORM, "a=" + "x" * 3_000_000, "testserver"),
        ("multipart/form-data", "a", "testserver"),
        ("multipart/form-data; boundary=\xff", "a", "testserver"),
    ],
)
def test_a_fault_of_who_asks_is_one_line(caplog, kind, body, host):
    client = Client(enforce_csrf_checks=True, headers={"host": host})
    client.cookies["csrftoken"] = "a" * 32
    with caplog.filtering(InOneLine()):
        answer = client.post("/sign-in/", data=body, content_type=kind)
    assert answer.status_code == 400
    assert caplog.records
    assert "Traceback" not in caplog.text


def test_other_lines_stay_as_they_are():
    assert line("Not Found: %s", "/articles/7/websub") == "Not Found: /articles/7/websub"
    assert line("%s%% of /outputs/", 5) == "5% of /outputs/"


def test_a_line_that_does_not_fit_its_arguments_breaks_nothing():
    record = logging.LogRecord("a", logging.INFO, "", 0, "%d", ("x",), None)
    assert WithoutSecrets().filter(record)


def test_no_logger_of_djangos_writes_past_the_filter():
    for name in ("django", "django.server", "django.request"):
        assert not [handler for handler in logging.getLogger(name).handlers if type(handler) is logging.StreamHandler]
