"""What each command says of a file, folder or feed that is not what it needs: one clear line, and no traceback."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(
        "what is wrong with a file is told by the system, and test_feed_option names feeds on both"
    ),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a file and a folder in it."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("A file.")
    (tmp_path / "empty").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command(*arguments, stdout=StringIO(), stderr=StringIO())
    return caught.value


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["export_opml", "none/x"], 2, "'none/x' can't be written: No such file or directory"),
        (["export_opml", "folder"], 2, "'folder' can't be written: Is a directory"),
        (["export_opml", ""], 2, "'' can't be written: Is a directory"),
        (["import_opml", "none"], 2, "'none' can't be read: No such file or directory"),
        (["import_opml", "folder"], 2, "'folder' can't be read: Is a directory"),
        (["import_opml", "empty"], 1, "'empty' can't be imported: This is not OPML"),
        (["import_opml", "file"], 1, "'file' can't be imported: This is not OPML"),
        (["import_archive", "none"], 2, "there is no folder none"),
        (["import_archive", "file"], 2, "there is no folder file"),
        (["import_archive", ""], 1, "no folder is named"),  # 1 as argparse's errors have none of their own here
        (["export_archive", "file"], 2, "'file' is a file: give a folder"),
        (["export_archive", "out", "--feed", "99"], 2, "no feed '99'"),
        (["backup", "none/x"], 1, "'none/x' can't be written: No such file or directory"),
        (["backup", "folder"], 2, "'folder' is a folder: give the name of a file"),
        (["backup", ""], 2, "is a folder: give the name of a file"),
        (["restore", "none"], 1, "'none': No such file or directory"),
        (["restore", "folder"], 1, "'folder': Is a directory"),
        (["restore", "file"], 1, "file is no backup"),
        (["export_book", "folder"], 2, "'folder' is a folder: give the name of a file"),
        (["import_opml", "/dev/zero"], 1, "'/dev/zero' can't be imported: it has more than 10 MiB"),
        (["restore", "/dev/zero"], 1, "/dev/zero is no plain file"),
        (["poll", "--feed", "99"], 2, "no feed '99'"),
        (["poll", "--feed", ""], 2, "no feed ''"),
        (["resanitize", "--feed", "99"], 2, "no feed '99'"),
        (["resanitize", "--feed", "9" * 30], 2, "no feed '999"),
        (["archive_images", "--feed", "99"], 2, "no feed '99'"),
        (["search", "lamp", "--feed", "99"], 2, "no feed '99'"),
        (["app_password", "nobody", "phone"], 2, "there is no reader 'nobody'"),
        (["up", "--port", "65536"], 1, "a number from 0 to 65535, not '65536'"),
        (["up", "--port", "x"], 1, "a number from 0 to 65535, not 'x'"),
    ],
)
def test_wrong_use_is_told_in_one_line(folder, arguments, code, message):
    error = refusal(*arguments)
    assert message in str(error)
    assert "\n" not in str(error)
    assert error.returncode == code
    assert sorted(path.name for path in folder.iterdir()) == ["empty", "file", "folder"]


@pytest.mark.parametrize("command", ["backup", "export_book"])
def test_what_is_no_file_is_not_put_away_for_one(folder, command):
    """As /dev/stdout is none, which root can replace."""
    os.mkfifo(folder / "pipe")
    error = refusal(command, "pipe")
    assert (str(error), error.returncode) == ("'pipe' is no plain file: give the name of one", 2)
    assert (folder / "pipe").is_fifo()


@pytest.mark.parametrize("command", ["backup", "export_book", "export_opml"])
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.django_db(transaction=True)  # a backup begins one of its own
def test_a_link_leads_to_where_the_file_is_to_lie(folder, command, there):
    (folder / "elsewhere").mkdir()
    (folder / "link").symlink_to("elsewhere/file")
    if there:
        (folder / "elsewhere" / "file").write_text("A file.")
    call_command(command, "link", stdout=StringIO())
    assert (folder / "link").is_symlink()
    assert (folder / "elsewhere" / "file").stat().st_size > 100


@pytest.mark.parametrize(
    ("command", "name"),
    [("backup", "newsreader.sqlite3"), ("export_book", "newsreader.sqlite3-wal"), ("export_opml", "link")],
)
def test_the_database_is_not_overwritten(used_environment, manage, command, name):
    """By somebody who takes FILE for what is to be saved."""
    data = Path(used_environment["NEWSREADER_DATA"])
    with closing(sqlite3.connect(data / "newsreader.sqlite3")) as database:
        database.execute("BEGIN IMMEDIATE").close()  # or there is no -wal
        (data / "link").symlink_to("newsreader.sqlite3")
        result = manage(command, str(data / name))
    assert result.returncode == 2
    assert result.stderr == f"CommandError: '{data / name}' is the database itself: give another name\n"
    with closing(sqlite3.connect(data / "newsreader.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("url", ["", "nowhere", "file:///etc/passwd", "gopher://x", "http://", "http://[::1", "a b"])
def test_what_is_no_address_is_not_added(url):
    told = StringIO()
    with pytest.raises(CommandError, match="1 not added") as caught:
        call_command("add_feed", url, stdout=StringIO(), stderr=told)
    assert caught.value.returncode == 1
    assert len(told.getvalue().splitlines()) == 1
