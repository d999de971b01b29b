"""Backups that somebody has altered: each ends in a sentence, and nothing has changed."""

from __future__ import annotations

import bz2
import json
import zipfile
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from feeds.models import Feed
from newsreader.backup import restoring, sequences
from newsreader.backup.writing import write_backup
from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db(transaction=True)
OF_FILES = pytest.mark.one_database("what is wrong before its first row is told before anything is stored")


MADE: list[bytes] = []
"""The file, once a test has made it: to fill tables and to ask all of them takes longer than most of what is tested."""


@pytest.fixture
def backup(settings, tmp_path):
    """The file of an instance with an article and a reader; the database is empty again."""
    images = {"BACKEND": "articles.images.store.ContentFolder", "OPTIONS": {"location": tmp_path / "pictures"}}
    settings.STORAGES = {**settings.STORAGES, "images": images}
    if not MADE:
        sequences.go_on_after(Feed, 0)  # its number is 1, which True is, too
        make_article(make_feed(title="Kept", lease="0" * 8 + "-0000-4000-8000-" + "0" * 12))
        make_reader("rita")
        write_backup(tmp_path / "b")
        MADE.append((tmp_path / "b").read_bytes())
        with transaction.atomic():
            restoring._empty()
    (tmp_path / "b").write_bytes(MADE[0])
    return tmp_path / "b"


def read(path: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return contents, json.loads(contents["manifest.json"])


def write(path: Path, contents: dict[str, bytes], manifest: object) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (contents | {"manifest.json": json.dumps(manifest).encode()}).items():
            archive.writestr(name, data)


def refused(path: Path) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("restore", str(path))
    assert caught.value.returncode == 1
    assert not Feed.objects.exists()
    assert not connection.in_atomic_block
    return str(caught.value)


def test_every_value_of_the_manifest_is_looked_at(backup):
    contents, manifest = read(backup)
    part = next(part for part in manifest["parts"] if part.get("table") == "feeds.feed")
    for name in ("name", "rows", "sha256", "table", "columns", "last_key"):
        for value in ("x", 5.5, None, True, [], {}, [[]], -1, 2**70, ["id", 7], "\ud800"):
            before, part[name] = part[name], value
            write(backup, contents, manifest)
            assert refused(backup)
            part[name] = before


@OF_FILES
@pytest.mark.parametrize(
    "manifest", [[], "x", 5, None, {"format": 1}, {"format": 1, "parts": 5}, {"format": [], "parts": []}]
)
def test_a_manifest_of_another_shape(backup, manifest):
    contents, _ = read(backup)
    write(backup, contents, manifest)
    assert refused(backup)


@OF_FILES
def test_a_manifest_is_read_no_further_than_any_may_be_long(backup, monkeypatch):
    monkeypatch.setattr(restoring, "MAX_MANIFEST", len(read(backup)[0]["manifest.json"]) - 1)
    assert "damaged" in refused(backup)


@OF_FILES
@pytest.mark.parametrize("form", [2, 0])
def test_another_form_is_told_by_the_version_that_made_it(backup, form):
    contents, manifest = read(backup)
    write(backup, contents, manifest | {"format": form, "newsreader": "9.7"})
    assert "made by Newsreader 9.7, in a form that is not known here" in refused(backup)


def test_a_table_that_is_named_twice(backup):
    contents, manifest = read(backup)
    part = next(part for part in manifest["parts"] if part.get("table") == "feeds.feed")
    manifest["parts"].append(part | {"name": "again.jsonl"})
    write(backup, contents | {"again.jsonl": contents["feeds.feed.jsonl"]}, manifest)
    assert "twice" in refused(backup)


@OF_FILES
@pytest.mark.parametrize("change", ["added", "taken"])
def test_a_file_has_the_members_of_its_manifest_and_no_others(backup, change):
    contents, manifest = read(backup)
    if change == "added":
        contents["more.jsonl"] = b""
    else:
        manifest["parts"] = [part for part in manifest["parts"] if part.get("table") != "feeds.host"]
    write(backup, contents, manifest)
    assert "members" in refused(backup)


@pytest.mark.parametrize("rows", [0, 2])
def test_a_number_of_rows_that_is_not_that_of_the_manifest(backup, rows):
    contents, manifest = read(backup)
    next(part for part in manifest["parts"] if part.get("table") == "feeds.feed")["rows"] = rows
    write(backup, contents, manifest)
    assert "not what its manifest says" in refused(backup)


OF_EACH_KIND = (
    "id",
    "url",
    "opml_attributes",
    "added_at",
    "check_every_minutes",
    "lease",
    "seen_entries",
    "category_id",
)
TAKES_NONE = {"added_at", "category_id"}  # of these values


def test_every_value_of_a_row_is_looked_at(backup):
    """It goes in, where its column takes such a thing, or the backup is refused by a sentence."""
    contents, manifest = read(backup)
    manifest["parts"] = [part for part in manifest["parts"] if part.get("rows")]  # a table that it has not, is empty
    kept = {part["name"]: contents[part["name"]] for part in manifest["parts"]}
    part = next(part for part in manifest["parts"] if part.get("table") == "feeds.feed")
    codes: dict[str, set[int]] = {column: set() for column in OF_EACH_KIND}
    for column in OF_EACH_KIND:
        for value in ("x", "\ud800", "\0", 2**70, 1e999, [], {}, True, "9999-99-99"):
            row = json.loads(contents["feeds.feed.jsonl"])
            row[part["columns"].index(column)] = value
            data = json.dumps(row).encode() + b"\n"
            part["sha256"] = sha256(data).hexdigest()
            write(backup, kept | {"feeds.feed.jsonl": data}, manifest)
            try:
                call_command("restore", str(backup), "--replace", verbosity=0, stdout=StringIO())
            except CommandError as error:
                codes[column].add(error.returncode)
            else:
                codes[column].add(0)
    assert codes == {column: {1} if column in TAKES_NONE else {0, 1} for column in OF_EACH_KIND}


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"5", b'"' + b"x" * 40 + b'"', b"[1]", b"[" * 100_000, b"[" + b"9" * 5000 + b"]", b"\xff", b"null"],
)
def test_a_row_that_is_none(backup, line):
    contents, manifest = read(backup)
    part = next(part for part in manifest["parts"] if part.get("table") == "feeds.feed")
    part["sha256"] = sha256(line + b"\n").hexdigest()
    write(backup, contents | {"feeds.feed.jsonl": line + b"\n"}, manifest)
    assert refused(backup)


@OF_FILES
def test_a_row_without_an_end(backup, monkeypatch):
    monkeypatch.setattr(restoring, "MAX_LINE", 50)
    assert "too long" in refused(backup)


@OF_FILES
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_member_that_is_packed_in_another_way_and_broken(backup, method):
    contents, manifest = read(backup)
    with zipfile.ZipFile(backup, "w", method) as archive:
        for name, data in (contents | {"manifest.json": json.dumps(manifest).encode()}).items():
            archive.writestr(name, data)
        place = archive.getinfo("feeds.feed.jsonl").header_offset + 60
    whole = backup.read_bytes()
    backup.write_bytes(whole[:place] + bytes(byte ^ 0x55 for byte in whole[place : place + 40]) + whole[place + 40 :])
    assert "damaged" in refused(backup)


@OF_FILES
@pytest.mark.parametrize("content", [b"", b"PK", bz2.compress(b"x"), b"PK\x05\x06" + b"\xff" * 18])
def test_a_file_of_another_kind(tmp_path, content):
    (tmp_path / "b").write_bytes(content)
    assert "no backup" in refused(tmp_path / "b")


@OF_FILES
def test_a_folder_and_a_file_that_is_not_there(tmp_path):
    assert "Is a directory" in refused(tmp_path)
    assert "No such file" in refused(tmp_path / "nothing")
