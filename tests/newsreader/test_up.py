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
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from django.core.management import CommandError, call_command

from newsreader.first_start import collect_static_files, first_administrator
from newsreader.management.commands.up import web_processes
from newsreader.processes import end_with_parent
from tests.newsreader.conftest import ROOT, redis_number
from tests.servers import new_database

pytestmark = pytest.mark.timeout(600)
PATIENCE = 240  # seconds: a first start migrates, on a machine that is busy with other tests
TITLE = "How to read a barometer before breakfast"
WEB_PROCESSES = 3  # of one `up`; of the others one


class Up:
    """A running `up`, what it printed, and the processes below it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []

    def wait_for(self, text: str) -> None:
        """Until it has said so, which may be over by now."""
        if not any(text in line for line in self.lines):
            self.read_until(text)

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


def wait_until_it_answers(address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError):
            assert get(f"{address}healthz") == 200
            return
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_until_gone(processes: list[psutil.Process], seconds: float = PATIENCE) -> None:
    _gone, alive = psutil.wait_procs(processes, timeout=seconds)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


LEASED = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from feeds.models import Feed
lease = {"lease": uuid4(), "leased_until": timezone.now() + timedelta(minutes=15)}
Feed.objects.update_or_create(url="https://feed.example/", defaults={"state": "paused", **lease})
"""
RELEASED = "1 feeds that a killed process had in hand are due again"


def lease(folder: Path) -> None:
    """Have somebody hold the feed that is there."""
    with closing(sqlite3.connect(folder / "newsreader.sqlite3", timeout=PATIENCE)) as database, database:
        until = "datetime('now', '+15 minutes')"
        database.execute(f"UPDATE feeds_feed SET lease = ?, leased_until = {until}", [uuid4().hex])


def test_a_new_site_serves_and_starts_again_what_dies(clean_environment, manage):
    """And, killed as a whole, leaves no process behind, starts again, and stops without a trace."""
    with running_up(clean_environment) as up:
        assert get(f"{up.address}healthz") == 200
        wait_until_ready(up.address)
        assert get(up.address) == 200
        told = next(line for line in up.lines if line.startswith("Sign in as admin with the password "))
        assert "only this once" in told
        family = up.family()
        assert len(family) >= 4
        names = " ".join(map(words, family))
        assert all(name in names for name in ("newsreader.web", "worker", "beat"))

        made = manage("shell", "-c", LEASED)
        assert made.returncode == 0, made.stderr
        web = up.child("newsreader.web")
        below = web.children(recursive=True)
        for killed in (web, up.child("--quiet worker")):
            killed.kill()
        up.wait_for("web ended with -9")
        wait_until_gone(below, 10)
        up.wait_for(RELEASED)
        wait_until_it_answers(up.address)

        lease(Path(clean_environment["NEWSREADER_DATA"]))
        family = up.family()
        assert len(family) >= 4
        up.process.kill()
        wait_until_gone(family, 10)

    with running_up(clean_environment) as up:
        assert not any(told.split("password ")[1].split()[0] in line for line in up.lines)
        assert any("with the password you know" in line for line in up.lines)
        up.wait_for(RELEASED)
        assert get(f"{up.address}healthz") == 200
        family = up.family()
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(PATIENCE) == 0
        wait_until_gone(family)


def has_three_processes(up: Up) -> None:
    deadline = time.monotonic() + PATIENCE
    web = up.child("newsreader.web")
    while (found := len([child for child in web.children() if "resource_tracker" not in words(child)])) < WEB_PROCESSES:
        assert time.monotonic() < deadline  # they come one after the other
        time.sleep(0.1)
    assert found == WEB_PROCESSES


def keeps_nobody_out_for_open_connections(up: Up) -> None:
    with ExitStack() as stack:
        host, port = up.address.removeprefix("http://").strip("/").split(":")
        for _ in range(50):  # a browser keeps six open, for as long as it likes
            client = http.client.HTTPConnection(host, int(port), timeout=10)
            stack.callback(client.close)
            client.request("GET", "/healthz")
            assert client.getresponse().read() == b"ok\n"


def outlives_its_terminal(up: Up) -> None:
    status = Path(f"/proc/{up.process.pid}/status").read_text()
    ignored = int(status.partition("SigIgn:")[2].split()[0], 16)  # a bit per signal: proc(5)
    assert ignored & 1 << (signal.SIGHUP - 1)
    assert not ignored & 1 << (signal.SIGTERM - 1)


def starts_beat_again(up: Up) -> None:
    up.child("newsreader.beat").kill()
    up.read_until("beat ended with -9; starting it again in 1 s")
    deadline = time.monotonic() + PATIENCE
    while not any("newsreader.beat" in words(child) for child in up.family()):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_it_runs_on_postgres_and_redis(used_environment, real_servers, manage):
    """Under nohup; with as many processes as are asked for, many connections, and the data folder to itself."""
    database = Path(used_environment["NEWSREADER_DATA"]) / "newsreader.sqlite3"
    database.unlink()
    with new_database(real_servers["DATABASE_URL"]) as url:
        environment = used_environment | {
            "DATABASE_URL": url,
            "REDIS_URL": redis_number(8, real_servers),
            "NEWSREADER_ADMIN_USER": "alice",
            "NEWSREADER_ADMIN_PASSWORD": "correct horse battery",
            "NEWSREADER_WEB_PROCESSES": str(WEB_PROCESSES),
        }
        with running_up(environment, before=("nohup",)) as up:
            has_three_processes(up)
            keeps_nobody_out_for_open_connections(up)
            outlives_its_terminal(up)
            refused = manage("up", "--port", "0")
            assert refused.returncode == 1
            assert "already runs on the data folder" in refused.stderr
            assert "Traceback" not in refused.stderr
            wait_until_ready(up.address)
            starts_beat_again(up)
    assert any(line.startswith("Sign in as alice with the password that") for line in up.lines)
    assert not any("correct horse" in line for line in up.lines)
    assert not database.exists()


def test_without_a_number_each_core_has_a_process_as_far_as_there_is_memory(settings, monkeypatch):
    settings.WEB_PROCESSES = 0
    for cores, gigabytes, processes in ((1, 8, 1), (2, 8, 2), (16, 64, 4), (4, 1, 1), (4, 0.4, 1), (4, 2, 2)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid, cores=cores: set(range(cores)))
        pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": int(gigabytes * 2**18)}
        monkeypatch.setattr(os, "sysconf", pages.__getitem__)
        assert web_processes() == processes
    settings.WEB_PROCESSES = 7
    assert web_processes() == 7


def test_it_refuses_a_port_that_is_taken(manage):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = manage("up", "--port", port)
    assert result.returncode == 1
    assert result.stderr.strip() == (
        f"CommandError: port {port} is taken: stop what runs there, or choose another with --port"
    )


@pytest.mark.parametrize(("name", "value"), [("--port", "70000"), ("--port", "http"), ("--host", "nowhere.invalid")])
def test_it_refuses_an_address_that_cannot_be(settings, tmp_path, name, value):
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError, match=value):
        call_command("up", name, value)


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


@pytest.mark.django_db
@pytest.mark.one_database("asks for a row and writes one, and it is the operator who is told")
def test_the_administrator_of_the_environment_does_not_replace_one(settings):
    settings.ADMIN_USER, settings.ADMIN_PASSWORD = "alice", "one"
    assert "Sign in as alice with the password that" in first_administrator()
    settings.ADMIN_USER, settings.ADMIN_PASSWORD = "bob", "two"
    assert "Sign in as alice with the password you know" in first_administrator()


def test_static_files_are_collected_again_only_when_they_change(settings, tmp_path):
    (tmp_path / "source").mkdir()
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path / "static", [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "static").mkdir()
    (tmp_path / "source" / "a.css").write_text("a { color: red }")
    assert collect_static_files()
    kept = tmp_path / "static" / "a.css"
    kept.write_text("as it was collected")
    assert not collect_static_files()
    assert kept.read_text() == "as it was collected"
    (tmp_path / "source" / "b.css").write_text("b { color: blue }")
    assert collect_static_files()
    assert (tmp_path / "static" / "b.css").exists()


def test_the_demo_lives_beside_the_data_folder_and_shows_articles(clean_environment, prepared_folder, tmp_path):
    shutil.copytree(prepared_folder, tmp_path / "data-demo")
    environment = clean_environment | {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/real",
        "NEWSREADER_PUBLIC": "true",
    }
    with running_up(environment, "--demo") as up:
        deadline = time.monotonic() + PATIENCE
        with closing(sqlite3.connect(tmp_path / "data-demo" / "newsreader.sqlite3", timeout=PATIENCE)) as database:
            while not database.execute("SELECT 1 FROM articles_article WHERE title = ?", [TITLE]).fetchone():
                assert time.monotonic() < deadline, up.lines
                time.sleep(0.1)
        with urllib.request.urlopen(up.address, timeout=20) as response:
            assert TITLE in response.read().decode()
        family = up.family()
        assert any("newsreader.demo" in words(process) for process in family)
        os.kill(up.process.pid, signal.SIGTERM)
        assert up.process.wait(PATIENCE) == 0
        wait_until_gone(family)
    assert not (tmp_path / "data" / "newsreader.sqlite3").exists()
