"""Pictures that are damaged or missing: named, left out, and never in the way of the rest."""

from __future__ import annotations

import errno
import io
import json
import tarfile
import zipfile
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from articles.images.files.media_types import file_name
from articles.images.models import ImageAddress, StoredImage
from articles.images.store import ContentFolder, image_storage
from articles.models import Article
from newsreader.backup import pictures, restoring
from newsreader.backup.writing import write_backup
from tests.articles.kept_pictures import keep_picture
from tests.factories import make_article

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("files of pictures are damaged, beside the rows, which test_backup brings back on both"),
]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    images = {"BACKEND": "articles.images.store.ContentFolder", "OPTIONS": {"location": tmp_path / "pictures"}}
    settings.STORAGES = {**settings.STORAGES, "images": images}
    return tmp_path / "pictures"


@pytest.fixture
def names() -> list[str]:
    """The files of four pictures, and an article, in the order of a backup."""
    make_article()
    digests = [keep_picture(f"https://x.example/{number}", PNG + bytes([number]) * 5000) for number in range(1, 5)]
    return [file_name(digest, "image/png") for digest in sorted(digests)]


def run(name: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, last line of the output, and what was told as an error."""
    out, told = StringIO(), StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=told)
    except CommandError as error:
        return error.returncode, out.getvalue().strip().splitlines()[-1], f"{told.getvalue()}{error}"
    return 0, out.getvalue().strip().splitlines()[-1], told.getvalue()


def empty(folder: Path) -> None:
    """As a new instance is."""
    with transaction.atomic():
        restoring._empty()
    for file in folder.rglob("*.png"):
        file.unlink()


def spoil(path: Path, how: str) -> None:
    match how:
        case "garbage":
            path.write_bytes(path.read_bytes()[:100] + b"\0" * 2000 + path.read_bytes()[2100:])
        case "cut":
            path.write_bytes(path.read_bytes()[:700])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()


def with_pictures(path: Path, tar: bytes) -> Path:
    """A backup as an earlier version made it, whose pictures nobody had looked at."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents["manifest.json"])
    manifest.pop("left_out")
    next(part for part in manifest["parts"] if part["name"] == "images.tar")["sha256"] = sha256(tar).hexdigest()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (contents | {"images.tar": tar, "manifest.json": json.dumps(manifest).encode()}).items():
            archive.writestr(name, data)
    return path


def tar_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read("images.tar")


@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["garbage", "cut", "empty", "gone"])
def test_a_backup_names_what_is_bad_and_restores(tmp_path, folder, names, how):
    spoil(folder / names[1], how)
    code, last, told = run("backup", str(tmp_path / "b"))
    assert code == 3
    assert last.startswith("backed up ")
    assert names[1] in told
    assert "https://x.example/" in told
    assert ("missing" if how == "gone" else "damaged") in told
    empty(folder)
    code, last, told = run("restore", str(tmp_path / "b"))
    assert code == 3
    assert names[1] in told
    assert Article.objects.count() == 1
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.png")) == sorted({*names} - {names[1]})
    assert ImageAddress.objects.get(is_wanted=True).image_id in names[1]


@pytest.mark.parametrize("how", ["garbage", "cut", "empty", "gone"])
def test_what_is_bad_is_fetched_again(tmp_path, folder, names, how):
    spoil(folder / names[2], how)
    run("backup", str(tmp_path / "b"))
    assert ImageAddress.objects.get(is_wanted=True).image_id in names[2]


@pytest.mark.both_databases
def test_a_database_that_takes_no_writes_is_backed_up_all_the_same(tmp_path, folder, names):
    spoil(folder / names[2], "gone")

    def refuse(execute, sql, *arguments):
        if sql.startswith("UPDATE"):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse):
        assert set(write_backup(tmp_path / "b").left_out) == {names[2]}
    assert (tmp_path / "b").exists()
    assert not ImageAddress.objects.filter(is_wanted=True).exists()


def test_all_is_well_where_nothing_is_bad(tmp_path, folder, names):
    assert run("backup", str(tmp_path / "b"))[0] == 0
    empty(folder)
    assert run("restore", str(tmp_path / "b"))[0] == 0
    assert not ImageAddress.objects.filter(is_wanted=True).exists()


def test_large_files_are_looked_at_in_the_same_way(tmp_path, folder, names, monkeypatch):
    monkeypatch.setattr(pictures, "IN_MEMORY", 1000)
    spoil(folder / names[0], "garbage")
    code, _last, told = run("backup", str(tmp_path / "b"))
    assert code == 3
    assert names[0] in told
    empty(folder)
    run("restore", str(tmp_path / "b"))
    assert len(list(folder.rglob("*.png"))) == 3


@pytest.mark.parametrize(("bad", "most"), [([0], pictures.FAILURES_IN_A_ROW), ([0, 1, 3], 3), ([1, 3], 2)])
def test_a_sector_that_cannot_be_read_is_named(tmp_path, folder, names, monkeypatch, bad, most):
    """However many there are, as long as others are read between them."""

    def refuse(self, name, mode="rb"):
        if names.index(name) in bad:
            raise OSError(errno.EIO, "Input/output error")
        return (folder / name).open(mode)

    monkeypatch.setattr(ContentFolder, "open", refuse)
    monkeypatch.setattr(pictures, "FAILURES_IN_A_ROW", most)
    code, _last, told = run("backup", str(tmp_path / "b"))
    assert code == 3
    assert all((f"{names[place]!r}" in told) is (place in bad) for place in range(4))
    assert told.count(": Input/output error") == len(bad)
    assert not ImageAddress.objects.filter(is_wanted=True).exists()  # they may be whole


def test_a_store_that_is_away_is_no_backup(tmp_path, folder, names, monkeypatch):
    def refuse(self, name, mode="rb"):
        raise OSError("the store broke off")

    monkeypatch.setattr(ContentFolder, "open", refuse)
    monkeypatch.setattr(pictures, "FAILURES_IN_A_ROW", 3)
    with pytest.raises(CommandError, match="the store broke off") as caught:
        call_command("backup", str(tmp_path / "b"))
    assert caught.value.returncode == 1
    assert not (tmp_path / "b").exists()


def damaged_content(tar: bytes, names: list[str]) -> bytes:
    return tar.replace(bytes([1]) * 5000, bytes([1]) * 4000 + b"x" * 1000)


def damaged_header(tar: bytes, names: list[str]) -> bytes:
    place = tar.index(names[1].encode())
    return tar[:place] + b"\xff" * 512 + tar[place + 512 :]


def truncated(tar: bytes, names: list[str]) -> bytes:
    return tar[: tar.index(names[1].encode()) + 2000]


def truncated_header(tar: bytes, names: list[str]) -> bytes:
    return tar[: tar.index(names[1].encode()) + 100]


def no_tar(tar: bytes, names: list[str]) -> bytes:
    return b"no tar at all " * 100


def nothing(tar: bytes, names: list[str]) -> bytes:
    return b""


def with_links(tar: bytes, names: list[str]) -> bytes:
    """Beside the pictures: links, devices, folders, names that lead elsewhere, and a file of holes."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            member = tarfile.TarInfo(names[0])
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        for name in ("../../escaped.png", "/etc/escaped", "ab/cd/x.png", f"zz/{names[0][3:]}", names[0] + ".png"):
            archive.addfile(tarfile.TarInfo(name))
    end = tar.rindex(names[3].encode()) + 512 + 5120
    return output.getvalue()[: output.getvalue().rstrip(b"\0").__len__() // 512 * 512 + 512] + tar[:end] + b"\0" * 1024


@pytest.mark.parametrize(
    ("alter", "kept"),
    [
        (damaged_content, 3), (damaged_header, 3), (truncated, 1), (truncated_header, 1), (no_tar, 0), (nothing, 0),
        (with_links, 4),
    ],
)  # fmt: skip
def test_an_old_backup_with_damaged_pictures_gives_all_that_is_whole(tmp_path, folder, names, alter, kept):
    write_backup(tmp_path / "b")
    with_pictures(tmp_path / "b", alter(tar_of(tmp_path / "b"), names))
    empty(folder)
    code, last, told = run("restore", str(tmp_path / "b"))
    assert code == 3
    assert last.startswith("restored ")
    assert Article.objects.count() == 1
    assert len(list(folder.rglob("*.png"))) == kept
    assert [path.name for path in tmp_path.rglob("*escaped*")] == []
    lost = [name for name in names if not (folder / name).exists()]
    assert all(name in told for name in lost)
    assert ImageAddress.objects.filter(is_wanted=True).count() == len(lost)


@pytest.mark.parametrize(
    ("place", "kind", "fault"),
    [
        ("{0:.2}/{0:.4}/{0}", tarfile.REGTYPE, "no name of a picture"),  # the second folder has two letters
        ("00/11/{0}", tarfile.REGTYPE, "no name of a picture"),
        (None, tarfile.GNUTYPE_SPARSE, "no file, or too large"),
        (None, tarfile.REGTYPE, ""),
    ],
)
def test_a_picture_is_a_plain_file_with_the_name_that_its_content_makes(folder, place, kind, fault):
    digest, output = sha256(PNG).hexdigest(), io.BytesIO()
    name = f"{place.format(digest)}.png" if place else file_name(digest, "image/png")
    member = tarfile.TarInfo(name)
    member.type, member.size = kind, len(PNG)
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(member, io.BytesIO(PNG))
    output.seek(0)
    assert list(pictures.restore(output)) == [(name, fault)]
    assert [path.name for path in folder.rglob("*.png")] == ([] if fault else [f"{digest}.png"])


def test_a_flipped_byte_among_the_pictures_of_the_file_takes_one_picture(tmp_path, folder, names):
    write_backup(tmp_path / "b")
    whole = bytearray((tmp_path / "b").read_bytes())
    whole[whole.index(names[2].encode()) + 600] ^= 1
    (tmp_path / "b").write_bytes(whole)
    empty(folder)
    code, _last, told = run("restore", str(tmp_path / "b"))
    assert code == 3
    assert names[2] in told
    assert Article.objects.count() == 1
    assert len(list(folder.rglob("*.png"))) == 3


@pytest.mark.parametrize(("room", "kept"), [(0, 4), (-1, 0)])
def test_a_picture_that_is_larger_than_any_may_be_is_left_out(tmp_path, folder, names, settings, room, kept):
    write_backup(tmp_path / "b")
    settings.MEDIA_MAX_BYTES = (folder / names[0]).stat().st_size + room
    empty(folder)
    _code, _last, told = run("restore", str(tmp_path / "b"))
    assert len(list(folder.rglob("*.png"))) == kept
    assert told.count(": no file, or too large") == 4 - kept


def test_a_backup_mends_a_damaged_store(tmp_path, folder, names):
    """What is there under the right name is not believed to be right."""
    write_backup(tmp_path / "b")
    spoil(folder / names[0], "garbage")
    spoil(folder / names[1], "empty")
    assert run("restore", str(tmp_path / "b"), "--replace")[0] == 0
    assert all(sha256((folder / name).read_bytes()).hexdigest() in name for name in names)


def test_what_is_whole_in_the_store_is_not_missed_where_the_backup_has_it_damaged(tmp_path, folder, names):
    write_backup(tmp_path / "b")
    with_pictures(tmp_path / "b", damaged_content(tar_of(tmp_path / "b"), names))
    assert run("restore", str(tmp_path / "b"), "--replace")[0] == 0


def test_what_is_refused_leaves_no_pictures_behind(tmp_path, folder, names):
    write_backup(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents["manifest.json"])
    feeds = next(part for part in manifest["parts"] if part.get("table") == "feeds.feed")
    feeds |= {"rows": 0, "sha256": sha256(b"").hexdigest()}
    contents |= {"feeds.feed.jsonl": b"", "manifest.json": json.dumps(manifest).encode()}
    with zipfile.ZipFile(tmp_path / "b", "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    empty(folder)
    with pytest.raises(CommandError) as caught:
        call_command("restore", str(tmp_path / "b"))
    assert caught.value.returncode == 1
    assert list(folder.rglob("*.png")) == []


def test_a_picture_with_a_name_that_leads_elsewhere_is_refused(tmp_path, folder, names):
    StoredImage.objects.filter(digest__in=names[0]).delete()
    write_backup(tmp_path / "b")
    for digest, media_type in (("../../../" + "e" * 50, "image/png"), ("f" * 64, "text/html")):
        StoredImage.objects.all().update(media_type="image/png")
        data = json.dumps([digest, media_type, 5, None, None, "2026-01-01T00:00:00+00:00"]).encode() + b"\n"
        with zipfile.ZipFile(tmp_path / "b") as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(contents["manifest.json"])
        for part in manifest["parts"]:
            if part.get("table") == "articles.storedimage":
                assert part["columns"] == ["digest", "media_type", "size", "width", "height", "stored_at"]
                part |= {"rows": 1, "sha256": sha256(data).hexdigest()}
            if part.get("table") == "articles.imageaddress":
                part |= {"rows": 0, "sha256": sha256(b"").hexdigest()}
        contents |= {"articles.storedimage.jsonl": data, "articles.imageaddress.jsonl": b""}
        contents["manifest.json"] = json.dumps(manifest).encode()
        with zipfile.ZipFile(tmp_path / "hostile", "w") as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        with pytest.raises(CommandError, match="damaged"):
            call_command("restore", str(tmp_path / "hostile"), "--replace")
    assert image_storage().exists(names[1])
