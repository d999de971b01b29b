"""What is deleted by itself, and that it is."""

from __future__ import annotations

import ast
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from articles.images import store
from articles.models import Article
from feeds.models import Poll
from feeds.polls import polling
from feeds.websub.models import Delivery, Farewell
from newsreader import housekeeping
from newsreader.beat import app as beat_app
from newsreader.celery import app
from newsreader.tasks import keep_house
from tests.factories import make_article, make_feed
from tests.newsreader.conftest import ROOT

NOW = timezone.now()
DAY = timedelta(days=1)
SENDING = ("apply_async", "delay", "send_task")  # what sends a task is called by one of these names


def polls_of(days: list[float]) -> None:
    feed = make_feed()
    Poll.objects.bulk_create(
        [Poll(feed=feed, started_at=NOW - day * DAY, outcome="unchanged", duration_ms=1) for day in days]
    )


def ages(model: Any, column: str) -> list[int]:
    return sorted(round((NOW - moment) / DAY) for moment in model.objects.values_list(column, flat=True))


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """A data folder of the test's own."""
    settings.DATA_DIR, settings.BROKER_DIR = tmp_path, tmp_path / "broker"
    settings.FILE_UPLOAD_TEMP_DIR, settings.REDIS_URL = tmp_path / "uploads", ""
    images = {"BACKEND": "articles.images.store.ContentFolder", "OPTIONS": {"location": tmp_path / "images"}}
    settings.STORAGES = {**settings.STORAGES, "images": images}
    for name in ("uploads", "broker/messages", "images/ab/cd"):
        (tmp_path / name).mkdir(parents=True)
    return Path(tmp_path)


def file(path: Path, hours: float) -> Path:
    path.write_bytes(b"x")
    os.utime(path, (time.time() - hours * 3600,) * 2)
    return path


@pytest.mark.django_db
def test_polls_are_kept_for_thirty_days(monkeypatch):
    monkeypatch.setattr(polling, "PRUNED_AT_ONCE", 3)
    polls_of([400, 400, 300, 90, 31, 40, -400, 33, 29, 5, 0])
    keep_house()
    assert ages(Poll, "started_at") == [0, 5, 29]


@pytest.mark.django_db
def test_sessions_end_with_their_time():
    for key, days in (("old", 1), ("new", -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=NOW - days * DAY)
    keep_house()
    assert [session.pk for session in Session.objects.all()] == ["new"]


@pytest.mark.django_db
def test_sign_ins_are_kept_for_thirty_days_and_attempts_for_one():
    for number, days in enumerate((400, 31, 29, 2, 0, -400)):
        log = AccessLog.objects.create(username="rita", ip_address="192.0.2.1")
        attempt = AccessAttempt.objects.create(username=f"rita{number}", failures_since_start=1)
        for row in (log, attempt):
            type(row).objects.filter(pk=row.pk).update(attempt_time=NOW - days * DAY)
    keep_house()
    assert ages(AccessLog, "attempt_time") == [0, 2, 29]
    assert ages(AccessAttempt, "attempt_time") == [0]


@pytest.mark.django_db
def test_what_hubs_sent_and_nobody_read_is_forgotten_in_the_end():
    feed = make_feed()
    for days in (8, 6):
        Delivery.objects.create(feed=feed, body=b"x", received_at=NOW - days * DAY)
        Farewell.objects.create(hub_url="", topic_url="", key=f"{days}", made_at=NOW - days * 4 * DAY)
    keep_house()
    assert ages(Delivery, "received_at") == [6]
    assert Farewell.objects.count() == 1


@pytest.mark.django_db
def test_files_that_killed_processes_left_are_deleted(folder):
    kept = [
        file(folder / "uploads" / "new.upload", 1),
        file(folder / "broker" / "messages" / ".1_x.bell.msg.7", 1),
        file(folder / "broker" / "messages" / "1_x.bell.msg", 90),
        file(folder / "newsreader.sqlite3", 9000),
    ]
    file(folder / "uploads" / "old.upload", 30)
    file(folder / "uploads" / "of-a-clock-that-was-ahead.upload", -9000)
    file(folder / "broker" / "messages" / ".1_y.bell.msg.7", 30)
    (folder / "archive-upload-x" / "files").mkdir(parents=True)
    os.utime(folder / "archive-upload-x", (0, 0))
    keep_house()
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == sorted(kept)
    assert not (folder / "archive-upload-x").exists()


def test_half_files_of_the_picture_store_are_deleted(folder):
    whole = file(folder / "images" / "ab" / "cd" / "x.jpg", 9000)
    new = file(folder / "images" / "ab" / "cd" / ".half-new", 0.1)
    file(folder / "images" / "ab" / "cd" / ".half-old", 2)
    file(folder / "images" / "ab" / ".half-ahead", -9000)
    assert store.remove_halves() == 2
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == sorted([whole, new])


@pytest.mark.django_db
def test_one_thing_that_fails_keeps_nothing_else_from_being_deleted(monkeypatch, caplog):
    def fail(now):
        raise OSError("x")

    monkeypatch.setitem(housekeeping._PARTS, "polls", fail)
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - DAY)
    make_article()
    assert housekeeping.keep_house(NOW)["sessions"] == 1
    assert "housekeeping: polls" in caplog.text
    assert Article.objects.count() == 1


def test_every_task_is_scheduled_or_sent_by_something():
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours
    used = {entry["task"] for entry in beat_app.conf.beat_schedule.values()}
    for path in (path for package in ("feeds", "articles", "newsreader") for path in (ROOT / package).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if not any(word in source for word in SENDING):
            continue
        tree = ast.parse(source)
        senders = set(_senders(tree))
        for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            sent = list(_sent(node)) + (
                node.args if isinstance(node.func, ast.Name) and node.func.id in senders else []
            )
            used |= {task for name in sent for task in ours if task.endswith(f".{getattr(name, 'id', '')}")}
            if isinstance(node.func, ast.Attribute) and node.func.attr == "send_task":
                used |= {name.value for name in node.args[:1] if isinstance(name, ast.Constant)}
    assert ours <= used


def _senders(tree):
    """Functions that send the task that they are given."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        arguments = {argument.arg for argument in function.args.args}
        for node in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            yield from (function.name for name in _sent(node) if name.id in arguments)


def _sent(node):
    """The name before `.apply_async` or `.delay`."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"apply_async", "delay"}:
        yield from (name for name in [node.func.value] if isinstance(name, ast.Name))
