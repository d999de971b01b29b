"""What each command says of a file, folder or feed that is not what it needs: one clear line, and no traceback."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("url", ["", "nowhere", "file:///etc/passwd", "gopher://x", "http://", "http://[::1", "a b"])
def test_what_is_no_address_is_not_added(url):
    told = StringIO()
    with pytest.raises(CommandError, match="1 not added") as caught:
        call_command("add_feed", url, stdout=StringIO(), stderr=told)
    assert caught.value.returncode == 1
    assert len(told.getvalue().splitlines()) == 1
