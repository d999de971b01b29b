"""What the settings make of an environment, seen from outside: through manage.py."""

import re
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest

from newsreader.env import KNOWN
from tests.newsreader.conftest import ROOT

PRODUCTION = {
    "NEWSREADER_URL": "https://news.example",
    "SECRET_KEY": "a-long-secret-with-enough-different-letters-0123456789-abcdefghij",
}


@pytest.fixture
def settled(clean_environment):
    """The output of a process that loads the settings and no more, with these variables too."""

    def load(**variables: str) -> str:
        environment = clean_environment | variables
        loaded = subprocess.run(
            [sys.executable, "-c", "import newsreader.settings"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )  # fmt: skip
        assert loaded.returncode == 0
        return loaded.stderr

    return load


def test_a_production_environment_passes_the_deployment_checks(manage):
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_the_deployment_check_explains_plain_http(manage):
    result = manage("check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 1
    assert re.findall(r"\(([\w.]+)\)", result.stderr) == ["newsreader.W001"]
    assert "NEWSREADER_TRUSTED_PROXIES" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSREADER_PUBLC", "true"),
        ("NEWSREADER_PUBLIC", "maybe"),
        ("NEWSREADER_URL", "ftp://news.example"),
        ("NEWSREADER_TRUSTED_PROXIES", "everyone"),
        ("NEWSREADER_TIME_ZONE", "Nowhere"),
        ("NEWSREADER_LANGUAGE", "xx"),
        ("NEWSREADER_DATA", "/proc/nowhere"),
        ("DATABASE_URL", "mysql://localhost/news"),
        ("DATABASE_URL", "nonsense"),
        ("REDIS_URL", "http://localhost"),
        ("EMAIL_URL", "mail.example"),
        ("EMAIL_FROM", "news"),
        ("SECRET_KEY_FILE", "/does/not/exist"),
        ("SECRET_KEY_FALLBACKS", ","),
        ("NEWSREADER_IMAGE_KEYS", ","),
        ("NEWSREADER_IMAGE_BUCKET", "s3://pictures/"),
    ],
)
def test_nonsense_is_told_in_one_line(manage, name, value):
    _is_told_in_one_line(manage("check", **{name: value}), name, value)


def test_former_keys_may_come_from_the_environment(manage):
    shown = "from django.conf import settings; print(settings.SECRET_KEY_FALLBACKS, len(settings.IMAGE_KEYS))"
    result = manage("shell", "-v0", "-c", shown, SECRET_KEY_FALLBACKS="one, two")
    assert result.stdout.strip() == "['one', 'two'] 3"


def test_nonsense_stops_the_start(manage):
    _is_told_in_one_line(manage("up", "--port", "0", NEWSREADER_PUBLIC="maybe"), "NEWSREADER_PUBLIC", "maybe")


def _is_told_in_one_line(result, name, value):
    assert result.returncode == 1
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Newsreader can't start: ")
    assert name.removesuffix("_FILE") in lines[0] or value in lines[0]


def test_a_password_in_a_wrong_database_address_is_not_repeated(manage):
    result = manage("check", DATABASE_URL="mysql://news:hunter2@localhost/news")
    assert "hunter2" not in result.stderr + result.stdout


def test_the_data_folder_is_closed_to_others(settled, tmp_path):
    assert settled() == ""
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_a_relative_sqlite_file_lies_in_the_data_folder(manage, tmp_path):
    connect = "from django.db import connection; connection.ensure_connection()"
    assert manage("shell", "-v0", "-c", connect, DATABASE_URL="sqlite:///mine.sqlite3").returncode == 0
    with closing(sqlite3.connect(tmp_path / "data" / "mine.sqlite3")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_without_a_home_the_data_folder_that_is_given_is_enough(settled, manage):
    assert settled(HOME="/nonexistent") == ""
    assert manage("check", HOME=None, XDG_DATA_HOME=None).returncode == 0


def test_every_setting_is_documented():
    manual = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert set(KNOWN) == set(re.findall(r"^\| `([A-Z_]+)` \|", manual, re.MULTILINE))
