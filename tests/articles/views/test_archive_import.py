"""The page where staff upload an archive of article files, and how far an upload gets."""

import io
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import zipfile
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.models import Article
from articles.views.archive_import import ArchiveForm
from feeds.models import Feed
from tests.factories import make_reader

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database("what a page says of an import, which test_importing does on both"),
]
PAGE = "/archive/import/"


@pytest.fixture
def operator(client):
    client.force_login(make_reader(staff=True))
    return client


def article_file(number, body="<p>The tide was high.</p>"):
    return f"<!--16253178750{number:02}-->\n[Tide table {number}](https://harbour.example/{number})\n------\n\n{body}\n"


def make_zip(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_tar(files, mode="w:gz"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return buffer.getvalue()


def upload(client, content, name="archive.zip"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


@pytest.fixture(autouse=True)
def folders_of_its_own(settings, tmp_path):
    """Other tests upload files at the same time."""
    settings.DATA_DIR, settings.FILE_UPLOAD_TEMP_DIR = tmp_path, tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()


def left_behind(settings):
    """Temporary files of uploads."""
    return [*Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir(), *Path(settings.DATA_DIR).glob("archive-upload-*")]


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(PAGE).headers["Location"] == f"{reverse('login')}?next={PAGE}"


def test_a_reader_who_is_not_staff_is_refused(client):
    client.force_login(make_reader())
    assert client.get(PAGE).status_code == 403
    assert upload(client, make_zip({"Harbour/a.md": article_file(1)})).status_code == 403
    assert not Article.objects.exists()


@pytest.mark.one_database("the command brings a database of its own")
def test_the_command_that_the_page_names_imports_a_folder(operator, settings, tmp_path, prepared_folder):
    settings.DATA_DIR = shutil.copytree(prepared_folder, tmp_path / "its data")
    command = unescape(re.search('<pre class="command"><code>(.*?)</code>', operator.get(PAGE).text)[1])
    folder = tmp_path / "archive"
    (folder / "Harbour").mkdir(parents=True)
    (folder / "Harbour" / "1.md").write_text(article_file(1))
    environment = {"PATH": os.environ["PATH"]}
    ran = subprocess.run(
        ["sh", "-c", command.replace("DIR", str(folder))], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.stdout.splitlines()[-1] == "imported 1, unchanged 0, duplicate 0, refused 0"
    with closing(sqlite3.connect(settings.DATA_DIR / "newsreader.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM articles_article").fetchone() == (1,)


@pytest.mark.parametrize("mode", ["zip", "w:", "w:gz", "w:bz2", "w:xz"])
def test_every_kind_of_archive_comes_in(operator, mode):
    files = {f"Harbour/{n}.md": article_file(n) for n in (1, 2)}
    content = make_zip(files) if mode == "zip" else make_tar(files, mode)
    assert "Imported: 2. Unchanged: 0. Duplicates: 0. Not imported: 0." in upload(operator, content).content.decode()
    assert set(Article.objects.values_list("title", flat=True)) == {"Tide table 1", "Tide table 2"}


@pytest.mark.both_databases
def test_the_same_archive_again_changes_nothing(operator):
    content = make_zip({"Harbour/1.md": article_file(1)})
    upload(operator, content)
    assert "Imported: 0. Unchanged: 1. Duplicates: 0. Not imported: 0." in upload(operator, content).content.decode()
    assert Article.objects.count() == 1


def test_duplicates_and_refusals_are_named(operator):
    content = make_zip({
        "Harbour/1.md": article_file(1),
        "Harbour/2.md": article_file(1, "<p>The same link again.</p>"),
        "Harbour/empty.md": "",
    })  # fmt: skip
    text = upload(operator, content).content.decode()
    assert "Imported: 1. Unchanged: 0. Duplicates: 1. Not imported: 1." in text
    assert "Harbour/2.md" in text
    assert "Harbour/empty.md" in text


def test_a_name_that_leads_out_of_the_archive_is_refused_and_writes_nothing(operator, settings):
    outside = Path(settings.DATA_DIR).parent / "escaped.md"
    for content in (
        make_zip({"../../escaped.md": article_file(1), "Harbour/1.md": article_file(2)}),
        make_tar({"../../escaped.md": article_file(1), "Harbour/1.md": article_file(2)}),
    ):
        assert "../../escaped.md" in upload(operator, content).content.decode()
    assert not outside.exists()


def test_a_link_in_a_tar_is_not_followed(operator):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        link = tarfile.TarInfo("Harbour/1.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert "root:" not in upload(operator, buffer.getvalue(), "a.tar").content.decode()
    assert not Article.objects.filter(content_text__contains="root:").exists()


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"PK\x03\x04 broken", b"\x1f\x8b\x08 broken", b"BZh", b"\0" * 600]
)
def test_a_file_that_is_no_archive_is_refused_at_the_field(operator, content):
    page = upload(operator, content)
    assert page.status_code == 200
    assert page.context["form"].errors["file"]


def test_a_decompression_bomb_is_refused(operator, settings):
    bomb = make_zip({f"Harbour/{n}.md": "a" * 9_000_000 for n in range(12)})
    page = upload(operator, bomb)
    assert page.context["form"].errors["file"]
    assert not Article.objects.exists()
    assert not left_behind(settings)


def test_markup_in_names_is_shown_as_text(operator):
    text = upload(operator, make_zip({"Harbour/<img src=x onerror=alert(1)>.md": ""})).content.decode()
    assert "<img src=x" not in text


def test_an_upload_leaves_no_file_behind(operator, settings):
    upload(operator, make_zip({"Harbour/1.md": article_file(1)}))
    assert not left_behind(settings)


def test_an_upload_over_the_limit_says_so(operator, monkeypatch, settings):
    monkeypatch.setattr(ArchiveForm.base_fields["file"], "max_bytes", 1000)
    settings.MAX_UPLOAD_BYTES = 1000
    page = upload(operator, b"x" * 200_000)
    assert "the limit is 1000" in page.context["form"].errors["file"][0]


@pytest.mark.parametrize(
    ("is_staff", "may_add", "most"), [(True, False, 200_000), (False, True, 200_000), (False, False, 0)]
)
def test_no_more_of_an_upload_is_written_than_may_be(rf, settings, is_staff, may_add, most):
    settings.MAX_UPLOAD_BYTES, settings.READERS_ADD_FEEDS = 100_000, may_add
    request = rf.post(PAGE, {"file": SimpleUploadedFile("a.zip", b"x" * 1_000_000)})
    request.user = make_reader(staff=is_staff)
    with request.FILES["file"] as kept:
        assert kept.size == 1_000_000
        assert Path(kept.temporary_file_path()).stat().st_size <= most


def test_a_visitor_fills_no_disk(client, settings):
    response = upload(client, b"x" * 1_000_000)
    assert response.status_code == 302
    assert not left_behind(settings)
    assert not Feed.objects.exists()
