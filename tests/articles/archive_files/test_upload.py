"""Archives that come as one file: unpacked within limits, whatever is in them, and imported."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import shutil
import struct
import sys
import tarfile
import tracemalloc
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from articles.archive_files import upload
from articles.archive_files.upload import UploadLimits, UploadRefused, import_upload, safe_path
from articles.models import Article
from feeds import sandbox
from feeds.models import Feed
from tests import poison
from tests.article_files import newer_form, older_form

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database("archives are unpacked before anything is stored, which test_importing does on both"),
]

FILES = {
    "news-main/subs.json": json.dumps([{"site": "The Paper", "url": "https://paper.example/rss"}]).encode(),
    "news-main/README.md": b"# Index",
    "news-main/archived/2026-01-01/a.md": newer_form().encode(),
    "news-main/articles/港口/7_b.md": older_form(title="港口", link="https://port.example/b").encode(),
    "news-main/images/a.png": b"\x89PNG" * 100,
    "news-main/.git/c.md": b"<p>hidden</p>",
    "__MACOSX/news-main/._a.md": b"\0\5",
}


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    yield tmp_path
    assert list(tmp_path.iterdir()) == []  # nothing stays, however it ended


def tar_of(files: dict[str, bytes], mode: str = "w") -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    packed.seek(0)
    return packed


def zip_of(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def packed_by(compress, files: dict[str, bytes] = FILES) -> io.BytesIO:
    return io.BytesIO(compress(tar_of(files).getvalue()))


def refusal(file: io.BytesIO, limits: UploadLimits | None = None) -> str:
    with pytest.raises(UploadRefused) as caught:
        import_upload(file, "archive.zip", limits=limits)
    assert not Article.objects.exists()
    return str(caught.value)


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "pack",
    [
        lambda: zip_of(FILES),
        lambda: zip_of(FILES, zipfile.ZIP_STORED),
        lambda: tar_of(FILES),
        lambda: packed_by(gzip.compress),
        lambda: packed_by(bz2.compress),
        lambda: packed_by(lzma.compress),
        lambda: packed_by(zstd.compress),
    ],
    ids=["zip", "zip-stored", "tar", "gz", "bz2", "xz", "zst"],
)
def test_every_kind_of_archive_is_imported_as_its_folder_would_be(pack):
    assert str(import_upload(pack(), "a")) == "imported 2, unchanged 0, duplicate 0, refused 0"
    assert str(import_upload(pack(), "a")) == "imported 0, unchanged 2, duplicate 0, refused 0"
    assert set(Feed.objects.values_list("title", "state")) == {("The Paper", "active"), ("港口", "paused")}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_in_a_zip_that_does_not_tell_their_encoding_are_read(encoding):
    packed, name = io.BytesIO(), "港口".encode(encoding)
    as_long = "x" * len(name)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"articles/{as_long}/1_b.md", older_form())
    raw = packed.getvalue().replace(as_long.encode(), name)
    import_upload(io.BytesIO(raw), "a.zip")
    assert Feed.objects.get().title == "港口"


def test_names_in_a_tar_that_are_no_utf8_are_read():
    packed, name, content = io.BytesIO(), "articles/港口/1_b.md", older_form().encode()
    with tarfile.open(fileobj=packed, mode="w", encoding="gb18030", format=tarfile.GNU_FORMAT) as archive:
        for _ in range(2):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    report = import_upload(io.BytesIO(packed.getvalue()), "a.tar")
    assert (Feed.objects.get().title, [finding.name for finding in report.refusals]) == ("港口", [name])


UNSAFE = ["../out.md", "a/../../out.md", "/etc/out.md", "C:\\out.md", "..\\out.md", "a/..\\..\\out.md", "//host/out.md"]


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_a_name_that_leads_out_of_the_archive_is_refused(pack, name, data_folder):
    report = import_upload(pack({name: newer_form().encode(), "in.md": newer_form().encode()}), "a")
    assert str(report) == "imported 1, unchanged 0, duplicate 0, refused 1"
    assert report.refusals[0].reason == "a name that leads out of the archive"
    assert not list(data_folder.parent.glob("out.md"))


def test_safe_paths_stay_below_their_folder():
    assert str(safe_path("./a//b.md")) == "a/b.md"
    assert str(safe_path("a\\b.md")) == "a/b.md"
    assert [safe_path(name) for name in (*UNSAFE, "", ".", "a\0.md")] == [None] * (len(UNSAFE) + 3)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("a.md")
        member.type = kind
        member.linkname = "/etc/passwd"
        archive.addfile(member)
    packed.seek(0)
    report = import_upload(packed, "a.tar")
    assert [(finding.name, finding.reason) for finding in report.refusals] == [("a.md", "not a regular file")]
    assert report.refused == 1


def test_links_and_encrypted_files_in_a_zip_are_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("link.md")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("secret.md", b"x")
    raw = bytearray(packed.getvalue())
    place = raw.rindex(b"PK\1\2")
    raw[place + 8] |= 1
    report = import_upload(io.BytesIO(bytes(raw)), "a.zip")
    assert [finding.reason for finding in report.refusals] == ["not a regular file", "encrypted"]


@pytest.mark.parametrize("pack", [zip_of, lambda files: packed_by(gzip.compress, files)])
def test_a_bomb_ends_early(pack):
    bomb = pack({f"{n}.md": b"a" * 3_000_000 for n in range(10)})
    limits = UploadLimits(ratio=50, bytes_before_ratio=5_000_000)
    assert refusal(bomb, limits) == "Unpacked, it is more than 50 times as large."
    bomb.seek(0)
    assert refusal(bomb, UploadLimits(total_bytes=20 * 1024**2)) == "Unpacked, it is larger than 20 MB."


def test_what_a_tar_hides_beside_its_articles_counts(data_folder):
    bomb = packed_by(gzip.compress, {"film.bin": bytes(20_000_000), "a.md": newer_form().encode()})
    assert refusal(bomb, UploadLimits(total_bytes=10 * 1024**2)) == "Unpacked, it is larger than 10 MB."


def test_a_tar_header_that_claims_to_be_large_is_not_read_into_memory():
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 50_000_000
    packed = io.BytesIO(gzip.compress(header.tobuf() + b"1 a=" + bytes(50_000_000)))
    assert refusal(packed) == "The archive is damaged: a header of more than 1 MB."


@pytest.mark.usefixtures("_unpacked_here")
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_zipfile_unfolds_without_a_limit_is_not_unpacked(method):
    packed = zip_of({"2026-01-01-x.md": bytes(25_000_000)}, method)
    tracemalloc.start()
    try:
        report = import_upload(packed, "a.zip")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [finding.reason for finding in report.refusals] == ["packed by another method than Deflate"]
    assert peak < 10_000_000


def sparse(name: str, real_size: int) -> bytes:
    """A member as old GNU tar writes a file that is one hole."""
    header = tarfile.TarInfo(name)
    header.type = tarfile.GNUTYPE_SPARSE
    block = bytearray(header.tobuf(tarfile.GNU_FORMAT))
    block[483:495] = b"%011o\0" % real_size
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + 8 * 32 + sum(block[156:]))
    return bytes(block)


def test_the_holes_of_sparse_files_are_not_written(data_folder):
    pax = tarfile.TarInfo("pax.md")
    pax.pax_headers = {"GNU.sparse.size": "19000000", "GNU.sparse.numblocks": "1", "GNU.sparse.map": "0,0"}
    members = [sparse(f"{n}.md", 19_000_000) for n in range(20)] + [pax.tobuf(tarfile.PAX_FORMAT)]
    report = import_upload(io.BytesIO(b"".join(members) + bytes(1024)), "a.tar")
    assert {finding.reason for finding in report.refusals} == {"a sparse file"}
    assert report.refused == 21


def test_what_a_sparse_file_claims_to_hold_allows_no_larger_header():
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 50_000_000
    packed = gzip.compress(sparse("a.md", 10**9) + header.tobuf() + b"1 a=" + bytes(50_000_000))
    assert refusal(io.BytesIO(packed)) == "The archive is damaged: a header of more than 1 MB."


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_deep_files_are_refused_alone_and_make_no_folders(pack):
    deep = {"d/" * levels + "a.md": b"<p>" for levels in (32, 400, 1500)}
    report = import_upload(pack({**deep, "d/" * 31 + "b.md": newer_form().encode()}), "a")
    assert {finding.reason for finding in report.refusals} == {"more than 32 folders deep"}
    assert (report.imported, report.refused) == (1, 3)


def test_too_many_folders_are_refused():
    files = {f"{n}/x/y/a.md": b"<p>" for n in range(4)}
    assert refusal(zip_of(files), UploadLimits(folders=11)) == "It has more than 11 folders."
    assert import_upload(zip_of(files), "a.zip", limits=UploadLimits(folders=12)).files == 4


@pytest.mark.parametrize("pack", [zip_of, tar_of, lambda files: packed_by(gzip.compress, files)])
def test_entries_that_are_not_wanted_count_as_well(pack):
    files = {f"{n}.png": b"" for n in range(30)} | {"a.md": newer_form().encode()}
    assert refusal(pack(files), UploadLimits(entries=30)) == "It has more than 30 entries."
    assert import_upload(pack(files), "a", limits=UploadLimits(entries=31)).imported == 1


def test_a_zip_directory_is_counted_whatever_its_end_says():
    packed = bytearray(zip_of({f"{n}.png": b"" for n in range(30)}).getvalue())
    packed[-14:-10] = b"\1\0\1\0"  # the number of entries, twice
    assert refusal(io.BytesIO(bytes(packed)), UploadLimits(entries=29)) == "It has more than 29 entries."


def test_a_zip_directory_of_gigabytes_is_not_read(tmp_path):
    path = tmp_path / "large.zip"
    size = 3 * 1024**3
    with path.open("wb") as file:
        file.write(b"PK\3\4")
        file.truncate(4 + size)  # a hole
        file.seek(4 + size)
        file.write(b"PK\5\6" + struct.pack("<4H2IH", 0, 0, 1, 1, size, 4, 0))
    with path.open("rb") as file, pytest.raises(UploadRefused, match=r"Its directory is larger than 64 MB\."):
        import_upload(file, "large.zip")
    path.unlink()


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE])
def test_headers_in_a_row_end_in_a_sentence(kind):
    header = tarfile.TarInfo("a")
    header.type, header.size = kind, 8
    content = b"8 a=bcd\n".ljust(512, b"\0")
    packed = io.BytesIO((header.tobuf() + content) * 5000 + bytes(1024))
    assert refusal(packed) == "The archive is damaged, or can't be read here."


@pytest.fixture
def _unpacked_here(monkeypatch):
    """What a test does to this process counts, as the archive is unpacked in it."""
    monkeypatch.setattr(sandbox, "_is_child", True)


@pytest.mark.usefixtures("_unpacked_here")
@pytest.mark.parametrize("size", [1, 1_000_000])
def test_a_full_disk_is_told_and_nothing_stays(size, monkeypatch, tmp_path_factory):
    packed = tmp_path_factory.mktemp("sent") / "a.zip"
    packed.write_bytes(zip_of({"a.md": b"<" * size}).getvalue())
    monkeypatch.setattr(Path, "open", lambda path, mode: io.open("/dev/full", "wb"))  # noqa: UP020, SIM115
    with io.open(packed, "rb") as file:  # noqa: UP020
        assert refusal(file) == "The disk is full."


@pytest.mark.usefixtures("_unpacked_here")
def test_some_room_is_left_for_the_database(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000_000))
    assert refusal(zip_of(FILES)) == "The disk is full."


def test_a_file_above_the_limit_is_refused_alone():
    limits = replace(UploadLimits(), file_bytes=1024**2)
    for pack in (zip_of, tar_of):
        report = import_upload(pack({"a.md": b"<" * 1_100_000, "b.md": newer_form().encode()}), "a", limits=limits)
        assert [(finding.name, finding.reason) for finding in report.refusals] == [("a.md", "larger than 1 MB")]
        assert report.files == 2


def test_too_many_files_are_refused():
    files = {f"{n}.md": b"<p>" for n in range(6)}
    assert refusal(zip_of(files), UploadLimits(files=5)) == "It has more than 5 article files."


@pytest.mark.parametrize("pack", [zip_of, tar_of, lambda files: packed_by(lzma.compress, files)])
def test_an_archive_that_was_cut_short_brings_nothing(pack):
    whole = pack(FILES | {f"{n}.md": f"<p>{n}</p>".encode() * n for n in range(50)}).getvalue()
    assert refusal(io.BytesIO(whole[: len(whole) // 2])).startswith("The archive is damaged")


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\3\4" + b"x" * 99, b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\0", b"<html>" * 99]
)
def test_what_is_no_archive_is_refused(data):
    assert refusal(io.BytesIO(data)).startswith(("The archive is damaged", "archive.zip is neither"))


def test_an_archive_without_articles_is_refused():
    assert refusal(zip_of({"README.md": b"x", "subs.json": b"[]"})) == "There is no article file in it."


def test_two_files_of_one_name_and_names_that_no_disk_takes_are_refused():
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as archive:
        warnings.simplefilter("ignore")
        for name in ("a.md", "a.md", "n" * 300 + ".md", "a.md/b.md"):
            archive.writestr(name, newer_form())
    report = import_upload(packed, "a.zip")
    assert (report.imported, report.refused) == (1, 3)


def test_what_a_killed_upload_left_is_removed(data_folder):
    left = data_folder / "archive-upload-old"
    (left / "files").mkdir(parents=True)
    os.utime(left, (0, 0))
    import_upload(zip_of(FILES), "a.zip")
    assert not left.exists()


def test_an_archive_that_never_ends_is_told_and_nothing_stays(monkeypatch, data_folder):
    monkeypatch.setattr(upload, "SECONDS", 1)
    monkeypatch.setattr(upload, "unpack", poison.unpack)
    assert refusal(zip_of(FILES)) == "This takes too long to read: given up after 1 seconds."
    assert not list(data_folder.glob("archive-upload-*"))
