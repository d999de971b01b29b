"""Fixtures for tests that start Newsreader's own processes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from newsreader.env import KNOWN
from tests.servers import servers

ROOT = Path(__file__).resolve().parents[2]
Manage = Callable[..., subprocess.CompletedProcess[str]]


def environment_with(folder: Path) -> dict[str, str]:
    """An environment that holds none of Newsreader's settings but that data folder."""
    ours = {*KNOWN, *(f"{name}_FILE" for name in KNOWN)}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "NEWSREADER_DATA": str(folder), "PYTHONWARNINGS": "error::DeprecationWarning:newsreader"}


@pytest.fixture
def clean_environment(tmp_path: Path) -> dict[str, str]:
    """The same, with an empty folder."""
    return environment_with(tmp_path / "data")


@pytest.fixture
def manage(clean_environment: dict[str, str]) -> Manage:
    """Runs `manage.py` with arguments and extra variables; `None` takes a variable away."""

    def run(*arguments: str, **variables: str | None) -> subprocess.CompletedProcess[str]:
        merged = clean_environment | variables
        environment = {name: value for name, value in merged.items() if value is not None}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def used_environment(clean_environment: dict[str, str], prepared_folder: Path) -> dict[str, str]:
    """The environment of a second start."""
    shutil.copytree(prepared_folder, clean_environment["NEWSREADER_DATA"])
    return clean_environment


@pytest.fixture
def new_environment(used_environment: dict[str, str]) -> dict[str, str]:
    """The environment of a first start, but that tables and static files are there: nobody can sign in."""
    path = Path(used_environment["NEWSREADER_DATA"]) / "newsreader.sqlite3"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM auth_user")
    return used_environment


def redis_number(number: int, real_servers: Mapping[str, str]) -> str:
    """The address of that one of the ten databases that are this worker's own; the first is the cache's."""
    server, _, first = real_servers["REDIS_URL"].rpartition("/")
    return f"{server}/{int(first) + number}"


@pytest.fixture(scope="session")
def real_servers() -> Iterator[Mapping[str, str]]:
    """Addresses of a Postgres and a Redis: bin/test's, or some of our own."""
    told = {name: os.environ.get(f"TESTS_{name}", "") for name in ("DATABASE_URL", "REDIS_URL")}
    with ExitStack() as stack:
        yield told if all(told.values()) else stack.enter_context(servers())
