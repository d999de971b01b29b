"""`manage.py up` as a person runs it: real processes, real signals."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psutil
import pytest

from newsreader.management.commands.up import web_processes
from newsreader.processes import end_with_parent
from tests.newsreader.conftest import ROOT, environment_with, redis_number
from tests.servers import new_database

pytestmark = pytest.mark.timeout(600)
PATIENCE = 240  # seconds: a first start migrates, on a machine that is busy with other tests
WEB_PROCESSES = 3  # of the one that is shared; of the others one


class Up:
    """A running `up`, what it printed, and the processes below it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    def read_until(self, text: str) -> str:
        assert self.process.stdout is not None
        give_up = threading.Timer(PATIENCE, self.process.kill)
        give_up.start()
        try:
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                if text in line:
                    return line
        finally:
            give_up.cancel()
        raise AssertionError("\n".join(self.lines))

    @property
    def address(self) -> str:
        return next(line.split()[1] for line in self.lines if line.startswith("Open "))

    def family(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def child(self, name: str) -> psutil.Process:
        return next(child for child in psutil.Process(self.process.pid).children() if name in words(child))


def words(process: psutil.Process) -> str:
    return " ".join(process.cmdline())


@contextmanager
def running_up(environment: dict[str, str], *arguments: str, before: Sequence[str] = ()) -> Iterator[Up]:
    process = subprocess.Popen(
        [*before, sys.executable, "manage.py", "up", "--port", "0", *arguments],
        cwd=ROOT,
        env={"NEWSREADER_WEB_PROCESSES": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=end_with_parent,
    )
    up = Up(process)
    try:
        up.read_until("Ctrl-C stops it")
        yield up
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def used_folder(prepared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(prepared_folder, tmp_path_factory.mktemp("shared") / "data")


@pytest.fixture(scope="module")
def shared_up(used_folder: Path) -> Iterator[Up]:
    """One that runs, under nohup, for all tests that leave it running."""
    environment = environment_with(used_folder) | {"NEWSREADER_WEB_PROCESSES": str(WEB_PROCESSES)}
    with running_up(environment, before=("nohup",)) as up:
        yield up


def get(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def wait_until_ready(address: str, seconds: float = PATIENCE) -> None:
    """Which it is after the first tick."""
    deadline = time.monotonic() + seconds
    while get(f"{address}readyz") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_until_gone(processes: list[psutil.Process], seconds: float = PATIENCE) -> None:
    _gone, alive = psutil.wait_procs(processes, timeout=seconds)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_it_serves_signs_in_and_stops_without_a_trace(clean_environment):
    with running_up(clean_environment) as up:
        assert get(f"{up.address}healthz") == 200
        wait_until_ready(up.address)
        assert get(up.address) == 200
        told = next(line for line in up.lines if line.startswith("Sign in as admin with the password "))
        assert "only this once" in told
        family = up.family()
        names = " ".join(map(words, family))
        assert all(name in names for name in ("newsreader.web", "worker", "beat"))
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(PATIENCE) == 0
        wait_until_gone(family)
    password = told.split("password ")[1].split()[0]

    with running_up(clean_environment) as up:
        assert not any(password in line for line in up.lines)
        assert any("with the password you know" in line for line in up.lines)


def test_as_many_processes_answer_as_are_asked_for(shared_up):
    deadline = time.monotonic() + PATIENCE
    web = shared_up.child("newsreader.web")
    while (found := len([child for child in web.children() if "resource_tracker" not in words(child)])) < WEB_PROCESSES:
        assert time.monotonic() < deadline  # another test has just ended them, and they come one after the other
        time.sleep(0.1)
    assert found == WEB_PROCESSES


def test_without_a_number_each_core_has_a_process_as_far_as_there_is_memory(settings, monkeypatch):
    settings.WEB_PROCESSES = 0
    for cores, gigabytes, processes in ((1, 8, 1), (2, 8, 2), (16, 64, 4), (4, 1, 1), (4, 0.4, 1), (4, 2, 2)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid, cores=cores: set(range(cores)))
        pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": int(gigabytes * 2**18)}
        monkeypatch.setattr(os, "sysconf", pages.__getitem__)
        assert web_processes() == processes
    settings.WEB_PROCESSES = 7
    assert web_processes() == 7


def test_many_open_connections_keep_nobody_out(shared_up):
    with ExitStack() as stack:
        host, port = shared_up.address.removeprefix("http://").strip("/").split(":")
        for _ in range(50):  # a browser keeps six open, for as long as it likes
            client = http.client.HTTPConnection(host, int(port), timeout=10)
            stack.callback(client.close)
            client.request("GET", "/healthz")
            assert client.getresponse().read() == b"ok\n"


def test_a_killed_up_leaves_no_process_behind(used_environment):
    with running_up(used_environment) as up:
        family = up.family()
        assert len(family) >= 4
        up.process.kill()
        wait_until_gone(family, 10)
    with running_up(used_environment) as up:
        assert get(f"{up.address}healthz") == 200


def test_under_nohup_it_outlives_its_terminal(shared_up):
    status = Path(f"/proc/{shared_up.process.pid}/status").read_text()
    ignored = int(status.partition("SigIgn:")[2].split()[0], 16)  # a bit per signal: proc(5)
    assert ignored & 1 << (signal.SIGHUP - 1)
    assert not ignored & 1 << (signal.SIGTERM - 1)


def test_a_child_that_dies_is_started_again(shared_up):
    shared_up.child("newsreader.beat").kill()
    shared_up.read_until("beat ended with -9; starting it again in 1 s")
    web = shared_up.child("newsreader.web")
    below = web.children(recursive=True)
    web.kill()
    shared_up.read_until("web ended with -9")
    wait_until_gone(below, 10)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            assert get(f"{shared_up.address}healthz") == 200
            break
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


LEASED = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from feeds.models import Feed
lease = {"lease": uuid4(), "leased_until": timezone.now() + timedelta(minutes=15)}
Feed.objects.update_or_create(url="https://feed.example/", defaults={"state": "paused", **lease})
"""
RELEASED = "1 feeds that a killed process had in hand are due again"


def test_what_a_killed_worker_had_in_hand_is_due_again_when_it_starts(used_environment, manage):
    made = manage("shell", "-c", LEASED)
    assert made.returncode == 0, made.stderr
    with running_up(used_environment) as up:
        if not any(RELEASED in line for line in up.lines):  # it may come before the greeting or after it
            up.read_until(RELEASED)
        assert manage("shell", "-c", LEASED).returncode == 0
        up.child("--quiet worker").kill()
        up.read_until(RELEASED)


def test_it_refuses_a_data_folder_that_is_in_use(shared_up, used_folder, manage):
    result = manage("up", "--port", "0", NEWSREADER_DATA=str(used_folder))
    assert result.returncode == 1
    assert "already runs on the data folder" in result.stderr
    assert "Traceback" not in result.stderr


def test_it_refuses_a_port_that_is_taken(manage):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = manage("up", "--port", port)
    assert result.returncode == 1
    assert result.stderr.strip() == (
        f"CommandError: port {port} is taken: stop what runs there, or choose another with --port"
    )


@pytest.mark.parametrize(("name", "value"), [("--port", "70000"), ("--port", "http"), ("--host", "nowhere.invalid")])
def test_it_refuses_an_address_that_cannot_be(manage, name, value):
    result = manage("up", name, value)
    assert result.returncode in {1, 2}
    assert "Traceback" not in result.stderr


def test_a_database_that_is_away_is_told_in_one_line(manage):
    result = manage("up", "--port", "0", DATABASE_URL="postgres://news:hunter2@127.0.0.1:1/news")
    assert result.returncode == 1
    assert "the database does not answer" in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_a_redis_that_is_away_is_told_in_one_line(manage, used_environment):
    result = manage("up", "--port", "0", REDIS_URL="redis://:hunter2@127.0.0.1:1/0")
    assert result.returncode == 1
    assert "the broker does not answer" in result.stderr
    assert "hunter2" not in result.stderr


@pytest.fixture
def own_database(real_servers) -> Iterator[str]:
    with new_database(real_servers["DATABASE_URL"]) as url:
        yield url


def test_it_runs_on_postgres_and_redis(used_environment, real_servers, own_database):
    (Path(used_environment["NEWSREADER_DATA"]) / "newsreader.sqlite3").unlink()
    environment = used_environment | {
        "DATABASE_URL": own_database,
        "REDIS_URL": redis_number(8, real_servers),
        "NEWSREADER_ADMIN_USER": "alice",
        "NEWSREADER_ADMIN_PASSWORD": "correct horse battery",
    }
    with running_up(environment) as up:
        wait_until_ready(up.address)
        assert any(line.startswith("Sign in as alice with the password that") for line in up.lines)
        assert not any("correct horse" in line for line in up.lines)
    assert not (Path(environment["NEWSREADER_DATA"]) / "newsreader.sqlite3").exists()


def test_the_administrator_of_the_environment_does_not_replace_one(manage, new_environment):
    assert (
        "Sign in as alice" in manage("prepare", NEWSREADER_ADMIN_USER="alice", NEWSREADER_ADMIN_PASSWORD="one").stdout
    )
    again = manage("prepare", NEWSREADER_ADMIN_USER="bob", NEWSREADER_ADMIN_PASSWORD="two")
    assert "Sign in as alice with the password you know" in again.stdout


def test_static_files_are_collected_again_only_when_they_change(manage, used_environment):
    manifest = Path(used_environment["NEWSREADER_DATA"]) / "static" / "staticfiles.json"
    before = manifest.stat().st_mtime_ns
    manage("prepare")
    assert manifest.stat().st_mtime_ns == before


def test_the_demo_lives_beside_the_data_folder_and_shows_articles(clean_environment, prepared_folder, tmp_path):
    shutil.copytree(prepared_folder, tmp_path / "data-demo")
    environment = clean_environment | {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/real",
        "NEWSREADER_PUBLIC": "true",
    }
    with running_up(environment, "--demo") as up:
        deadline = time.monotonic() + PATIENCE
        while True:
            with urllib.request.urlopen(up.address, timeout=20) as response:
                page = response.read().decode()
            if "How to read a barometer" in page:
                break
            assert time.monotonic() < deadline, up.lines
            time.sleep(0.2)
        family = up.family()
        assert any("newsreader.demo" in words(process) for process in family)
        os.kill(up.process.pid, signal.SIGTERM)
        assert up.process.wait(PATIENCE) == 0
        wait_until_gone(family)
    with closing(sqlite3.connect(tmp_path / "data-demo" / "newsreader.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM articles_article").fetchone()[0]
    assert not (tmp_path / "data" / "newsreader.sqlite3").exists()
