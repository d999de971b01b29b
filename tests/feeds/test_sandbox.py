"""Processes that can be killed: what is done in them ends, whatever it does."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from feeds import sandbox
from feeds.parse import NotAFeed, parse
from tests import poison

ROOT = Path(__file__).parents[2]


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "feeds.sandbox" in " ".join(child.cmdline())]


def test_what_a_function_returns_comes_back():
    assert sandbox.run(poison.echo, {"a": ["b" * 100_000]}) == {"a": ["b" * 100_000]}
    assert sandbox.run(parse, b"<rss><channel><title>A</title></channel></rss>", url="https://a.example/").title == "A"


def test_a_message_of_megabytes_comes_through_both_ways():
    sent = os.urandom(20 * 2**20)
    assert sandbox.run(poison.echo, sent) == sent


def test_messages_go_and_come_back_whole_short_or_long():
    for size in range(sandbox.SHORT - 200, sandbox.SHORT + 200, 7):  # pickled they are some bytes longer
        assert sandbox.run(poison.echo, sent := os.urandom(size)) == sent


def test_what_it_raises_is_raised_here():
    with pytest.raises(KeyError, match="no such thing"):
        sandbox.run(poison.fail, "no such thing")
    with pytest.raises(NotAFeed, match="The document is empty"):
        sandbox.run(parse, b"", url="https://a.example/")
    with pytest.raises(RuntimeError, match="Odd: odd"):
        sandbox.run(poison.fail_oddly)


@pytest.mark.parametrize("endless", [poison.work, poison.match])
def test_what_uses_the_processor_for_ever_is_ended(endless):
    with pytest.raises(sandbox.OverBudget, match="too long to read: given up after 1 seconds"):
        sandbox.within(0.6, endless)
    assert sandbox.run(poison.echo, 1) == 1


def test_what_waits_for_ever_is_ended(monkeypatch):
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.5)
    with pytest.raises(sandbox.OverBudget, match="too long"):
        sandbox.within(0.1, poison.wait)
    assert len(children()) == len(sandbox._pool._idle)


def test_what_takes_too_much_memory_is_ended():
    with pytest.raises(sandbox.OverBudget, match="more memory"):
        sandbox.run(poison.grow)


def test_a_job_whose_child_is_killed_is_told():
    with pytest.raises(sandbox.Interrupted, match="ended from outside"):
        sandbox.run(poison.die)


def test_a_job_on_which_each_child_crashes_is_too_much():
    with pytest.raises(sandbox.OverBudget, match="crashes") as raised:
        sandbox.run(poison.crash)
    assert not isinstance(raised.value, sandbox.Interrupted)


def test_a_child_that_was_killed_while_it_waited_is_replaced():
    first = sandbox.run(poison.pid)
    os.kill(first, signal.SIGKILL)
    assert sandbox.run(poison.pid) != first


def test_one_child_does_one_job_after_the_other():
    assert sandbox.run(poison.pid) == sandbox.run(poison.pid)


def test_many_threads_share_a_few_children():
    with ThreadPoolExecutor(40) as threads:
        found = list(threads.map(lambda number: (number, sandbox.run(poison.echo, number)), range(400)))
    assert all(number == echoed for number, echoed in found)
    assert len(children()) <= sandbox.PROCESSES


def test_jobs_that_take_less_than_a_start_share_one_child(monkeypatch):
    monkeypatch.setattr(sandbox, "START_SECONDS", 60)
    monkeypatch.setattr(sandbox, "_pool", sandbox._Pool())
    before = len(children())
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda number: sandbox.run(poison.echo, number), range(100))) == list(range(100))
    assert len(children()) == before + 1
    sandbox._pool.end()


def test_one_that_is_endless_does_not_hold_up_the_others():
    with ThreadPoolExecutor(8) as threads:
        endless = threads.submit(sandbox.within, 1, poison.match)
        others = [threads.submit(sandbox.run, poison.echo, number) for number in range(50)]
        assert [other.result() for other in others] == list(range(50))
        assert isinstance(endless.exception(), sandbox.OverBudget)


def test_a_child_seldom_looks_for_garbage():
    assert sandbox.run(gc.get_threshold)[0] > 10_000


def test_a_child_knows_no_setting_and_no_secret(monkeypatch):
    monkeypatch.setenv("NEWSREADER_SECRET_KEY", "s3cret")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:s3cret@db/news")
    monkeypatch.setattr(sandbox, "_pool", sandbox._Pool())
    assert "s3cret" not in str(sandbox.run(poison.environment))
    sandbox._pool.end()


def run_python(source: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def is_gone(pid: int, seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_a_process_that_ends_takes_its_children_along():
    with run_python("from feeds import sandbox\nfrom tests import poison\nprint(sandbox.run(poison.pid))") as process:
        told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert is_gone(int(told))


@pytest.mark.parametrize("busy", ["", "threading.Thread(target=sandbox.within, args=(1, poison.match)).start()"])
def test_a_process_that_is_killed_takes_its_children_along(busy):
    source = f"""
import threading, time
from feeds import sandbox
from tests import poison
print(sandbox.run(poison.pid), flush=True)
{busy}
time.sleep(1000)
"""
    with run_python(source) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
    assert is_gone(child)


def test_a_process_that_was_forked_has_children_of_its_own():
    source = """
import os
from feeds import sandbox
from tests import poison
first = sandbox.run(poison.pid)
forked = os.fork()
if forked == 0:
    os._exit(0 if sandbox.run(poison.pid) not in {first, os.getpid()} else 1)
assert os.waitpid(forked, 0)[1] == 0
assert sandbox.run(poison.pid) == first
"""
    with run_python(source) as process:
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_child_ends_when_it_has_had_no_work_for_a_while():
    source = """
from feeds import sandbox
from tests import poison
import time
sandbox.IDLE_SECONDS = 0.3
first = sandbox.run(poison.pid)
until = time.monotonic() + 30
[child] = sandbox._pool._idle
while child.process.poll() is None and time.monotonic() < until:
    time.sleep(0.05)
assert child.process.poll() == 0
assert sandbox.run(poison.pid) != first
"""
    with run_python(source) as process:
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_work_inside_a_child_stays_in_it():
    assert sandbox.run(sandbox.run, poison.pid) == sandbox.run(poison.pid)
