"""Everything into one file, and back into an empty database, whole or not at all."""

from __future__ import annotations

import json
import os
import random
import stat
import struct
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from articles.compression import decompressed
from articles.folding import Keys
from articles.images.files.media_types import file_name
from articles.images.models import ImageAddress, StoredImage, key_of
from articles.images.store import image_storage
from articles.ingest import store
from articles.ingest.pipeline import store_entries
from articles.lists.reader_state import mark_read, star
from articles.models import Article, ArticleVersion, BoilerplateRule, ImportedFile, IndexState, ReadMark, SearchEntry
from articles.search.index import is_complete, wrong
from articles.stories import keys
from articles.stories.models import FoldingProgress
from feeds.models import Category, Feed, Poll
from feeds.parse.values import ParsedEnclosure, ParsedEntry
from newsreader import __version__
from newsreader.backup import parts, restoring, sequences
from newsreader.backup.restoring import Refused, opened, restore_backup, verified
from newsreader.backup.writing import write_backup
from newsreader.models import SignIn
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db(transaction=True)

SHARED = Keys(near=(), lasting=(1,))
PICTURE = b"\x89PNG\r\n\x1a\n and more"


@pytest.fixture(autouse=True)
def folder_of_pictures(settings, tmp_path):
    images = {"BACKEND": "articles.images.store.ContentFolder", "OPTIONS": {"location": tmp_path / "pictures"}}
    settings.STORAGES = {**settings.STORAGES, "images": images}


def fill() -> None:
    """Something of everything."""
    inner = make_category("Inner", parent=make_category("Outer 港口"))
    feed = make_feed(category=inner, opml_attributes={"x": ["ü", None, 1.5]})
    files = (ParsedEnclosure(url="https://paper.example/1.mp3", length=2**40),)
    for title, html in (('A "title" \\ 港口 \u2028', "<p>One</p>"), ("Changed", "<p>Two</p>")):
        store_entries(feed, [ParsedEntry(guid="tag:1", title=title, content_html=html, enclosures=files)])
    article = Article.objects.get()
    ImportedFile.objects.create(feed=feed, digest="0" * 64, article=article)
    reader = make_reader("rita", staff=True)
    group = Group.objects.create(name="Editors")
    group.permissions.add(Permission.objects.get(codename="change_feed"))
    reader.groups.add(group)
    mark_read(reader, Article.objects.filter(pk=article.pk))
    star(reader, article, on=True)
    ReadMark.objects.create(user=reader, feed=None, up_to=article.pk)
    BoilerplateRule.objects.create(name="rule", value="Read more")
    Poll.objects.create(feed=feed, started_at=timezone.now(), outcome="updated", duration_ms=3)
    store.delete_articles([make_article(feed).pk])
    digest = sha256(PICTURE).hexdigest()
    image = StoredImage.objects.create(digest=digest, media_type="image/png", size=len(PICTURE))
    ImageAddress.objects.create(
        key=key_of("https://x.example/"), url="https://x.example/", host="x.example", image=image
    )
    image_storage().save(file_name(digest, "image/png"), ContentFile(PICTURE))


def dump() -> dict[str, list[bytes]]:
    """All rows of all tables of a backup."""
    return {parts.label(model): list(parts.lines(model)) for model in parts.tables()}


def empty() -> None:
    """As a new database is."""
    with transaction.atomic():
        restoring._empty()
    for model in parts.tables():
        sequences.go_on_after(model, 0)
    image_storage().delete(file_name(sha256(PICTURE).hexdigest(), "image/png"))


def run(name: str, *arguments: str) -> str:
    output = StringIO()
    call_command(name, *arguments, stdout=output)
    return output.getvalue().splitlines()[-1]


def rewritten(path: Path, **members: bytes) -> Path:
    """A copy with other contents for some members; a manifest that fits them where none is given."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    changed = {name.replace("__", "."): data for name, data in members.items()}
    copy = path.with_name("copy.backup")
    with zipfile.ZipFile(copy, "w") as archive:
        for name, data in (contents | changed).items():
            archive.writestr(name, data)
    return copy


def test_everything_comes_back_as_it_was(tmp_path):
    fill()
    before = dump()
    path = tmp_path / "all.backup"
    rows = sum(map(len, before.values())) + 1
    assert run("backup", str(path)) == f"backed up {rows}"
    empty()
    assert run("restore", str(path)) == f"restored {rows}"
    assert dump() == before
    with image_storage().open(file_name(sha256(PICTURE).hexdigest(), "image/png")) as picture:
        assert picture.read() == PICTURE
    assert all(before[name] for name in ("articles.articleversion", "articles.enclosure", "articles.tombstone"))
    assert all(before[name] for name in ("auth.user_groups", "auth.group_permissions", "feeds.poll"))


def test_readers_sign_in_with_their_passwords_and_search_finds_what_was_restored(tmp_path):
    fill()
    write_backup(tmp_path / "b")
    empty()
    run("restore", str(tmp_path / "b"))
    assert User.objects.get(username="rita").check_password("correct horse battery")
    article = Article.objects.get()
    assert is_complete()
    assert wrong([article.pk]) == []
    assert decompressed(ArticleVersion.objects.get().html_zlib) == "<p>One</p>"


def test_keys_go_on_beyond_those_that_were_ever_given_out(tmp_path):
    feed = make_feed()
    articles = make_articles(3, feed)
    Article.objects.filter(pk=articles[2].pk).delete()
    write_backup(tmp_path / "b")
    empty()
    restore_backup(tmp_path / "b")
    assert make_article(Feed.objects.get()).pk == articles[2].pk + 1
    assert make_feed().pk == feed.pk + 1


def test_feeds_have_the_right_number_of_articles_whatever_the_backup_says(tmp_path):
    make_articles(3, feed := make_feed())
    Feed.objects.filter(pk=feed.pk).update(article_count=7)  # as an older version might have left it
    write_backup(tmp_path / "b")
    empty()
    restore_backup(tmp_path / "b")
    assert Feed.objects.get().article_count == 3


def test_another_database_takes_it_and_gives_it_back(tmp_path, new_environment):
    """Into SQLite with a process of its own, and back into the database of the tests, which may be Postgres."""
    fill()
    before = dump()
    write_backup(tmp_path / "one")
    for command in (["restore", str(tmp_path / "one")], ["backup", str(tmp_path / "two")]):
        subprocess.run([sys.executable, "manage.py", *command], env=new_environment, check=True, capture_output=True)
    empty()
    restore_backup(tmp_path / "two")
    assert dump() == before


def test_a_database_that_is_not_empty_is_left_alone_unless_it_is_to_be_replaced(tmp_path):
    fill()
    write_backup(tmp_path / "b")
    wanted = dump()
    empty()
    make_article(make_feed(title="Here already"))
    Session.objects.create(session_key="a", session_data="", expire_date=timezone.now())
    SignIn.objects.create(user=make_reader("somebody else"), session_key="a", browser="Firefox")
    FoldingProgress.objects.create(version=1, until=5)
    keys.put(keys.placed({5: (SHARED, timezone.now())}), [])
    IndexState.objects.create(complete_version="of another database")
    before = dump()
    with pytest.raises(CommandError, match="not empty") as caught:
        run("restore", str(tmp_path / "b"))
    assert caught.value.returncode == 1
    assert dump() == before
    run("restore", str(tmp_path / "b"), "--replace")
    assert dump() == wanted
    assert not Session.objects.exists()
    assert not SignIn.objects.exists()
    assert not FoldingProgress.objects.filter(until=5).exists()
    assert keys.look(keys.placed({9: (SHARED, timezone.now())})).candidates == {}
    assert not IndexState.objects.filter(complete_version="of another database").exists()
    assert set(SearchEntry.objects.values_list("pk", flat=True)) == set(Article.objects.values_list("pk", flat=True))


def test_a_backup_says_what_made_it_and_when_and_its_members_may_be_of_any_size(tmp_path):
    fill()
    before = datetime.now(UTC).replace(microsecond=0)
    write_backup(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        members = {info.filename: info for info in archive.infolist()}
    assert (manifest["format"], manifest["newsreader"], manifest["left_out"]) == (1, __version__, {})
    assert before <= datetime.fromisoformat(manifest["made_at"]) <= datetime.now(UTC)
    assert len(manifest["made_at"]) == len("2026-01-01T00:00:00+00:00")
    described = [members.pop(part["name"]) for part in manifest["parts"]]
    assert set(members) == {"manifest.json"}
    assert all(info.extract_version >= zipfile.ZIP64_VERSION for info in described)
    packed = {info.filename for info in described if info.compress_type == zipfile.ZIP_DEFLATED}
    assert {info.filename for info in described} - packed == {"images.tar"}


def test_no_part_of_a_file_is_taken_for_a_backup(tmp_path):
    fill()
    path = tmp_path / "b"
    write_backup(path)
    whole = path.read_bytes()
    empty()
    before = dump()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(Refused):
            restore_backup(path)
    assert dump() == before
    assert not Feed.objects.exists()


def test_an_altered_byte_is_found_or_changes_nothing(tmp_path):
    """In the parts, where each is found, and in the directory at the end of the file, by which they are found."""
    fill()
    path = tmp_path / "b"
    write_backup(path)
    whole = path.read_bytes()
    with opened(path) as archive:
        contents = {part.name: archive.read(part.name) for part in verified(archive) if part.table}
        directory = archive.start_dir
        filled = [info for info in archive.infolist() if info.file_size and info.filename in contents]
    chance = random.Random(7)

    def is_refused(place: int) -> bool:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            with opened(path) as archive:
                verified(archive)
                assert {name: archive.read(name) for name in contents} == contents
        except Refused:
            return True
        return False

    for info in filled:
        lengths = struct.unpack_from("<HH", whole, info.header_offset + 26)  # of the name and of what is beside it
        content = info.header_offset + 30 + sum(lengths)
        assert is_refused(content + info.compress_size // 2), info.filename
    for place in [*chance.sample(range(directory), 40), *chance.sample(range(directory, len(whole)), 80)]:
        is_refused(place)


def test_a_part_that_is_not_where_the_directory_says_is_damage(tmp_path):
    write_backup(tmp_path / "b")
    whole = (tmp_path / "b").read_bytes()
    place = whole.rindex(b"PK\x05\x06") + 16  # in the record of the directory's end, where it starts
    for start in (b"\xf0\xff\xff\x7f", b"\xff\xff\xff\x7f", b"\x01\x00\x00\x00"):
        (tmp_path / "b").write_bytes(whole[:place] + start + whole[place + 4 :])
        with pytest.raises(Refused, match=r"damaged|no backup"), opened(tmp_path / "b") as archive:
            verified(archive)


def test_a_manifest_that_is_none_is_refused(tmp_path):
    write_backup(tmp_path / "b")
    for manifest in (b"", b"{}", b"[]", b'{"format": 2}', b'{"format": 1, "parts": [{"name": 1}]}'):
        with pytest.raises(Refused):
            restore_backup(rewritten(tmp_path / "b", manifest__json=manifest))


def test_a_table_that_somebody_changed_is_refused_also_where_its_rows_can_be_counted(tmp_path):
    """Of the same length and number of rows, in a sound .zip: only the digest tells."""
    make_feed(url="https://a.example/")
    write_backup(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        rows = archive.read("feeds.feed.jsonl")
    copy = rewritten(tmp_path / "b", feeds__feed__jsonl=rows.replace(b"a.example", b"b.example"))
    empty()
    with pytest.raises(Refused):
        restore_backup(copy)
    assert not Feed.objects.exists()


def test_what_a_later_version_knows_and_this_one_does_not_is_refused(tmp_path):
    write_backup(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        manifest = archive.read("manifest.json")
    for old, new in ((b'"guid"', b'"later"'), (b'"articles.tombstone"', b'"articles.later"')):
        with pytest.raises(Refused, match="update first"):
            restore_backup(rewritten(tmp_path / "b", manifest__json=manifest.replace(old, new)))


def test_a_column_that_the_backup_does_not_have_gets_its_default(tmp_path):
    make_feed(url="https://a.example/")
    write_backup(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        manifest, rows = json.loads(archive.read("manifest.json")), archive.read("feeds.feed.jsonl")
    part = next(part for part in manifest["parts"] if part.get("table") == "feeds.feed")
    place = part["columns"].index("failures")
    row = json.loads(rows)
    del row[place], part["columns"][place]
    data = json.dumps(row).encode() + b"\n"
    part["sha256"] = sha256(data).hexdigest()
    copy = rewritten(tmp_path / "b", manifest__json=json.dumps(manifest).encode(), feeds__feed__jsonl=data)
    empty()
    restore_backup(copy)
    assert Feed.objects.get().failures == 0


def test_rows_that_do_not_fit_together_are_taken_back(tmp_path):
    make_article(make_feed())
    write_backup(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    part = next(part for part in manifest["parts"] if part.get("table") == "feeds.feed")
    part |= {"rows": 0, "sha256": sha256(b"").hexdigest()}
    copy = rewritten(tmp_path / "b", manifest__json=json.dumps(manifest).encode(), feeds__feed__jsonl=b"")
    empty()
    before = dump()
    with pytest.raises(CommandError) as caught:
        run("restore", str(copy))
    assert caught.value.returncode == 1
    assert dump() == before


def test_a_backup_is_for_its_owner_alone_and_appears_whole(tmp_path, monkeypatch):
    make_feed()
    path = tmp_path / "b"
    path.with_name(f".b.{os.getpid()}").write_bytes(b"what a killed process left")
    write_backup(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()

    def stop(name: str, rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_backup(path, progress=stop)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["b"]
    assert not connection.in_atomic_block


def test_a_backup_is_of_one_moment(tmp_path):
    """Articles that come in while it is written are not in it by halves."""
    make_article(make_feed(title="Before"))

    def add(name: str, rows: int) -> None:
        if name == "articles.article":
            _write_elsewhere()

    write_backup(tmp_path / "b", progress=add)
    assert Category.objects.count() == 1
    with zipfile.ZipFile(tmp_path / "b") as archive:
        assert archive.read("feeds.category.jsonl") == b""


def _write_elsewhere() -> None:
    """Write through another connection, as another process does."""

    def write() -> None:
        make_category("Later")
        connection.close()

    thread = Thread(target=write)
    thread.start()
    thread.join()


def test_sessions_and_attempts_to_sign_in_stay_behind(tmp_path):
    Session.objects.create(session_key="secret-key", session_data="secret-data", expire_date=timezone.now())
    SignIn.objects.create(user=make_reader(), session_key="secret-key", browser="secret-browser")
    AccessAttempt.objects.create(username="secret-name", failures_since_start=1)
    write_backup(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        assert not any(name.startswith(("sessions.", "axes.", "newsreader.signin")) for name in archive.namelist())
        assert not any(b"secret-" in archive.read(name) for name in archive.namelist())


def test_every_table_is_either_in_the_backup_or_left_out_for_a_reason():
    assert parts.unaccounted() == []
    known = {parts.label(model) for model in parts._all_models()}
    assert set(parts.EXCLUDED) <= known
    assert known >= parts.FILLED_BY_MIGRATIONS
    assert {"articles.article", "auth.user", "auth.user_groups"} <= {parts.label(model) for model in parts.tables()}
