"""Leases of processes that were killed."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from feeds.leases import holders

HOLDER = """
import fcntl, sys
with open(sys.argv[1], "w") as file:
    fcntl.flock(file, fcntl.LOCK_SH)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "newsreader.sqlite3-polls"
    monkeypatch.setattr(holders, "_path", lambda database: path)
    monkeypatch.setattr(holders, "_lock_of_worker", None)
    yield path
    if holders._lock_of_worker:
        holders._lock_of_worker.close()


def start_holder(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_while_another_process_polls_its_leases_stay(path: Path) -> None:
    holder = start_holder(path)
    assert holders.begin_work(lambda: 7) == 0
    holder.communicate("")


def test_the_leases_of_one_that_was_killed_are_ended_once(path: Path) -> None:
    holder = start_holder(path)
    holder.kill()
    holder.communicate()
    assert holders.begin_work(lambda: 7) == 7
    assert holders.begin_work(lambda: 7) == 0


def test_a_command_and_a_worker_poll_side_by_side(path: Path) -> None:
    with holders.holding():
        assert holders.begin_work(lambda: 7) == 0
    holder = start_holder(path)  # the worker's lock is shared
    holder.communicate("")


@pytest.mark.parametrize("is_alone", [True, False])
def test_while_a_worker_works_others_may_poll_and_none_is_alone(path: Path, is_alone: bool) -> None:
    with nullcontext() if is_alone else holders.holding():
        holders.begin_work(lambda: 7)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_where_others_may_run_elsewhere_nothing_is_released(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holders, "_path", lambda database: None)
    with holders.holding():
        assert holders.begin_work(lambda: 7) == 0
    assert holders._lock_of_worker is None
