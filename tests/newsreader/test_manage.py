"""`manage.py` where nothing has been prepared."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.newsreader.conftest import ROOT


def test_commands_that_find_a_new_folder_together_make_its_tables_once(manage, tmp_path):
    """Also where one has been there that needs no tables."""
    manage("makemigrations", "--check")
    article = (
        "---\ntitle: A lamp\nfrom: https://paper.example/lamp\ntags: [Paper]\n---\n<div><p>Lit at six.</p></div>\n"
    )
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "2020-01-01-lamp.md").write_text(article)
    lines = ["poll", "prepare", "resanitize", "repair_counts", "export_opml -", f"import_archive {tmp_path}/archive"]
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda line: manage(*line.split()), lines))
    assert [(result.returncode, result.stderr) for result in results] == [(0, "")] * len(lines)
    assert results[-1].stdout.splitlines()[-1] == "imported 1, unchanged 0, duplicate 0, refused 0"


def test_a_poll_ends_well_where_its_output_is_closed(used_environment):
    command = f"exec {sys.executable} manage.py poll >&-"
    closed = subprocess.run(command, shell=True, cwd=ROOT, env=used_environment, capture_output=True, text=True)
    assert (closed.returncode, closed.stderr) == (0, "")


def test_a_database_that_is_away_is_told_in_one_line(manage):
    result = manage("poll", DATABASE_URL="postgres://news:hunter2@127.0.0.1:1/news")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("The database can't be used: connection failed")
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize("arguments", [["nosuch"], ["help", "nosuch"], ["--nosuch"], ["poll", "--nosuch"], ["migrat"]])
def test_what_can_not_be_understood_is_wrong_use(manage, arguments):
    result = manage(*arguments)
    assert result.returncode == 2
    assert arguments[-1] in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", ["prepare", "poll", "up --port 0"])
def test_a_database_file_that_a_disk_has_emptied_is_no_new_beginning(manage, clean_environment, command):
    folder = Path(clean_environment["NEWSREADER_DATA"])
    folder.mkdir()
    (folder / "newsreader.sqlite3").touch()
    result = manage(*command.split())
    assert result.returncode == 1
    assert "is an empty file" in result.stderr
    assert "Traceback" not in result.stderr
    assert (folder / "newsreader.sqlite3").stat().st_size == 0


@pytest.mark.parametrize("command", ["backup {}/b", "check_index", "poll --all"])
def test_a_damaged_database_is_told_in_one_line(manage, used_environment, tmp_path, command):
    path = Path(used_environment["NEWSREADER_DATA"]) / "newsreader.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        roots = "SELECT rootpage FROM sqlite_master WHERE tbl_name IN ('articles_article', 'feeds_feed')"
        pages = [row[0] for row in database.execute(roots) if row[0]]
        size = database.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xaa" * size)
    result = manage(*command.format(tmp_path).split())
    assert result.returncode == 1
    assert result.stderr.startswith("The database can't be used: database disk image is malformed (")
    assert len(result.stderr.splitlines()) == 1


def test_a_data_folder_that_cannot_be_locked_is_told_in_one_line(manage, clean_environment):
    folder = Path(clean_environment["NEWSREADER_DATA"])
    (folder / "up.lock").mkdir(parents=True)
    result = manage("up", "--port", "0")
    assert result.returncode == 1
    assert "can't be written" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("taken", ["", "secret_key/x", "broker", "uploads"])
def test_a_data_folder_that_takes_nothing_is_told_in_one_line(manage, tmp_path, taken):
    """Of a disk that is read-only, or of somebody else; with something else in the way of what is to lie there."""
    folder = tmp_path / "taken" if taken else Path("/proc/self")
    if taken:
        (folder / taken).parent.mkdir(parents=True)
        (folder / taken).touch()
    result = manage("up", "--port", "0", NEWSREADER_DATA=str(folder))
    assert result.returncode == 1
    assert result.stderr.startswith("Newsreader can't start: the data folder ")
    assert len(result.stderr.splitlines()) == 1
