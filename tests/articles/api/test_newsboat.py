"""Newsboat's back end for FreshRSS, driven by its keys in a terminal: what it shows and marks is what the pages have."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from articles.api import app_passwords
from articles.lists.pages import Selection, Show, list_page
from articles.lists.reader_state import mark_read, star
from tests.factories import make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("newsboat knows no database, and what it asks has tests of its own on both"),
]

FETCH = Path(__file__).parents[2] / "clients" / "newsboat"
PATIENCE = 60  # seconds for newsboat to show or send what it was asked for
CTRL_E = "\x05"


@pytest.fixture(scope="session")
def newsboat(tmp_path_factory) -> str:
    """The path of a newsboat of 2.24 or newer: NEWSBOAT in the environment, else fetched from Debian."""
    if given := os.environ.get("NEWSBOAT"):
        return given
    folder = tmp_path_factory.getbasetemp().parent / "newsboat"
    done = subprocess.run([FETCH, folder], capture_output=True, text=True, timeout=170, check=False)
    if done.returncode:
        pytest.skip(f"newsboat 2.36 can't be fetched here: {done.stderr.strip()[-300:]}")
    return done.stdout.strip()


@pytest.fixture
def ann():
    return make_reader("ann")


@pytest.fixture
def options(live_server, ann, tmp_path) -> list[str]:
    """Newsboat's options for Ann's account on this server."""
    _, password = app_passwords.create(ann, "newsboat")
    (tmp_path / "urls").touch()
    (tmp_path / "config").write_text(
        f'urls-source "freshrss"\nfreshrss-url "{live_server.url}/api/greader.php"\nfreshrss-login "ann"\n'
        f'freshrss-password "{password}"\nfreshrss-flag-star "a"\nfreshrss-min-items 20\n'
    )
    return ["-C", f"{tmp_path}/config", "-u", f"{tmp_path}/urls", "-c", f"{tmp_path}/cache.db"]


class Terminal:
    """A program in a terminal of 24 lines: keys go in, and what it has drawn is waited for."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.drawn = ""

    def press(self, keys: str, *, until: str | Callable[[], bool]) -> None:
        """Types `keys` and draws on until it shows a text or a condition holds."""
        self.drawn = ""
        os.write(self.descriptor, keys.encode())
        self.wait(until)

    def wait(self, until: str | Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (until in self.drawn if isinstance(until, str) else until()):
            assert time.monotonic() < deadline, f"{until} did not come; drawn was {self.drawn[-2000:]!r}"
            if select.select([self.descriptor], [], [], 0.05)[0]:
                self.drawn += os.read(self.descriptor, 65_536).decode(errors="replace")


@contextmanager
def terminal(*command: str) -> Iterator[Terminal]:
    pid, descriptor = pty.fork()
    if pid == 0:
        os.execve(
            command[0], command, {**os.environ, "TERM": "xterm", "LANG": "C.UTF-8", "LINES": "24", "COLUMNS": "90"}
        )
    try:
        yield Terminal(descriptor)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(descriptor)


def on_page(reader, show):
    return {article.pk for article in list_page(Selection(show=show), reader).articles}


@pytest.mark.timeout(400)
def test_newsboat_reads_and_marks_as_with_freshrss(newsboat, options, ann):
    feed = make_feed(title="Harbour", category=make_category("Ports"))
    articles = make_articles(5, feed)
    newest = articles[-1].pk
    mark_read(ann, articles[:2])
    star(ann, articles[0], on=True)
    done = subprocess.run(
        [newsboat, *options, "-x", "reload", "print-unread"],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["3", "unread", "articles"], done.stderr
    with terminal(newsboat, *options) as screen:
        screen.wait("Harbour")
        screen.press(
            "n\n", until=articles[-1].title
        )  # the next feed with unread: a list of what is starred is before it
        screen.press("\n", until=articles[-1].content_text)
        screen.press(f"{CTRL_E}a\n", until=lambda: newest in on_page(ann, Show.STARRED))
        screen.wait(lambda: on_page(ann, Show.UNREAD) == {article.pk for article in articles[2:4]})  # with the next key
        screen.press("q", until=articles[-2].title)
        screen.press("Ay", until=lambda: not on_page(ann, Show.UNREAD))
        assert on_page(ann, Show.STARRED) == {articles[0].pk, newest}
