"""When beat sends what: by a clock that nobody sets, and without a memory."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from celery.beat import SchedulingError

from newsreader import beat
from tests.newsreader.conftest import ROOT
from tests.newsreader.test_celery import wait_for


@pytest.fixture
def clock(monkeypatch):
    """Seconds since some moment, as the machine counts them whatever its time of day is set to."""
    seconds = [1000.0]
    monkeypatch.setattr(beat, "monotonic", lambda: seconds[0])
    return seconds


@pytest.fixture
def sent(monkeypatch, clock):
    names: list[str] = []
    monkeypatch.setattr(beat.Intervals, "apply_async", lambda self, entry, **kwargs: names.append(entry.name))
    monkeypatch.setattr(beat.Intervals, "producer", None)
    return names


def test_the_settings_name_the_scheduler():
    assert beat.app.conf.beat_scheduler == "newsreader.beat:Intervals"


def test_everything_is_sent_at_the_start_and_then_as_often_as_it_says(clock, sent):
    scheduler = beat.Intervals(beat.app)
    assert scheduler.tick() == 30.0
    assert sorted(sent) == sorted(beat.app.conf.beat_schedule)
    sent.clear()
    clock[0] += 29
    assert scheduler.tick() == 1.0
    assert sent == []
    clock[0] += 1
    scheduler.tick()
    assert sorted(sent) == ["count-kept", "tick"]


def test_the_time_of_day_plays_no_part(clock, sent, monkeypatch):
    scheduler = beat.Intervals(beat.app)
    scheduler.tick()
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    sent.clear()
    clock[0] += 30
    scheduler.tick()
    assert sorted(sent) == ["count-kept", "tick"]


def test_a_broker_that_takes_nothing_is_one_line_and_the_next_one_is_tried(clock, sent, monkeypatch, caplog):
    def refuse(self, entry, **kwargs):
        raise SchedulingError(f"Couldn't apply scheduled task {entry.name}: full")

    monkeypatch.setattr(beat.Intervals, "apply_async", refuse)
    assert beat.Intervals(beat.app).tick() == 30.0
    assert len(caplog.records) == len(beat.app.conf.beat_schedule)
    assert not any(record.exc_info for record in caplog.records)


def test_who_is_told_to_end_again_and_again_ends_without_a_word(used_environment):
    command = [sys.executable, "-m", "celery", "-A", "newsreader.beat", "--quiet", "beat", "--loglevel=INFO"]
    messages = Path(used_environment["NEWSREADER_DATA"]) / "broker" / "messages"
    before = set(messages.iterdir()) if messages.exists() else set()
    with subprocess.Popen(command, cwd=ROOT, env=used_environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        wait_for(lambda: messages.exists() and set(messages.iterdir()) - before)
        while process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == 0
