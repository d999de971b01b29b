"""Originals in an S3-compatible store, over real HTTP: kept, read in parts, shown; and what is told when it fails."""

from __future__ import annotations

import threading
from hashlib import sha256
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from django.core.files.base import ContentFile
from localbucket import S3Handler

from articles.images.fetch import quick_policy
from articles.images.files.media_types import file_name
from articles.images.models import StoredImage
from articles.images.obtain import obtain, store_problem
from articles.images.store import image_storage
from articles.images.urls import signed_path
from feeds.http import Client
from tests.articles.images import pictures
from tests.articles.images.pictures import opened
from tests.articles.images.test_archive import article_with, run
from tests.articles.images.test_views import body_of
from tests.publisher import Publisher

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("a bucket knows no database, and test_obtain and test_archive keep pictures on both"),
]
NAME = "ab/cd/file.mp4"
# Larger than what is sent in one part, so that it comes in several.
FILM = pictures.MP4[:24] + bytes(range(256)) * (40 * 1024)


class _Handler(S3Handler):
    asked: list[str] = []

    def log_message(self, format, *args):  # noqa: A002
        self.asked.append(f"{self.command} {self.headers.get('Range', '')}".strip())


@pytest.fixture
def bucket(settings, tmp_path, monkeypatch):
    """The folder of a bucket "pictures", by which the store's server keeps it."""
    folder = tmp_path / "s3" / "pictures"
    folder.mkdir(parents=True)
    _Handler.data_root, _Handler.asked = folder.parent, []
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "name")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "word")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        use(settings, f"http://127.0.0.1:{server.server_port}")
        yield folder
        let_go()
        server.shutdown()
        thread.join()


def let_go():
    """Close the connections: who looks for leaks would find them."""
    store: Any = image_storage()
    store.client.close()


def use(settings, endpoint, bucket="pictures"):
    options = {"bucket_name": bucket, "endpoint_url": endpoint}
    settings.IMAGE_BUCKET = bucket
    settings.STORAGES = {
        **settings.STORAGES, "images": {"BACKEND": "articles.images.bucket.Bucket", "OPTIONS": options}
    }  # fmt: skip


def test_a_picture_is_kept_in_the_bucket_and_shown_from_there(client, publisher, picture, bucket, stored_files):
    answer = client.get(signed_path(picture, 320))
    assert opened(answer.content).width == 320
    (image,) = StoredImage.objects.all()
    assert (image.width, image.height) == (1000, 600)
    (path,) = bucket.rglob("*.jpg")
    assert path.read_bytes() == pictures.jpeg()
    assert path.stem == image.digest
    assert not stored_files()
    assert body_of(client.get(signed_path(picture))) == pictures.jpeg()
    assert opened(client.get(signed_path(picture, 640)).content).width == 640
    assert len(publisher.requests) == 1


@pytest.mark.django_db(transaction=True)
def test_the_archive_is_kept_there(publisher, picture, bucket):
    article_with([picture, publisher.serve("/b.gif", pictures.animated("gif"))])
    assert run() == "kept 2, failed 0, waiting 0"
    assert len([path for path in bucket.rglob("*") if path.is_file()]) == 2


def test_the_same_bytes_are_sent_there_once(publisher, picture, bucket, client):
    for url in (picture, publisher.serve("/b.jpg", pictures.jpeg())):
        client.get(signed_path(url, 320))
    assert [asked for asked in _Handler.asked if asked.startswith(("PUT", "POST"))] == ["PUT"]


def test_a_part_of_a_film_does_not_bring_the_whole_of_it(client, publisher, bucket):
    url = publisher.serve("/film.mp4", FILM)
    obtain(url, lambda: Client(quick_policy()), is_kept=True)
    for _first_looked_at_and_then_believed in range(2):
        _Handler.asked.clear()
        answer = client.get(signed_path(url), headers={"Range": "bytes=5000000-5000099"})
        assert (answer.status_code, body_of(answer)) == (206, FILM[5000000:5000100])
        assert _Handler.asked[-1] == "GET bytes=5000000-"
    assert [asked for asked in _Handler.asked if asked != "HEAD"] == ["GET bytes=5000000-"]
    assert body_of(client.get(signed_path(url))) == FILM
    assert client.head(signed_path(url))["Content-Length"] == str(len(FILM))


def test_a_file_is_read_from_wherever_one_looks(bucket):
    image_storage().save(NAME, ContentFile(FILM))
    with image_storage().open(NAME) as file:
        assert file.seek(0, 2) == len(FILM)
        assert file.read() == b""
        file.seek(-7, 2)
        assert file.read() == FILM[-7:]
        file.seek(100)
        assert (file.read(50), file.tell(), file.read(9)) == (FILM[100:150], 150, FILM[150:159])
    assert image_storage().size(NAME) == len(FILM)


def test_what_is_not_there_is_missing(bucket):
    assert not image_storage().exists(NAME)
    with pytest.raises(FileNotFoundError):
        image_storage().open(NAME)
    with pytest.raises(FileNotFoundError):
        image_storage().size(NAME)


def test_nginx_is_handed_sizes_from_the_cache_and_nothing_that_lies_in_a_bucket(client, picture, bucket, settings):
    client.get(signed_path(picture, 320))
    settings.IMAGE_ACCEL = True
    assert client.get(signed_path(picture, 320))["X-Accel-Redirect"].startswith("/_files/cache/")
    assert body_of(client.get(signed_path(picture))) == pictures.jpeg()


def test_a_bucket_that_is_not_there_is_named(client, picture, bucket, settings, caplog):
    let_go()
    use(settings, settings.STORAGES["images"]["OPTIONS"]["endpoint_url"], "elsewhere")
    assert client.get(signed_path(picture, 320))["X-Image-Missing"]
    for said in (caplog.text, store_problem()):
        assert "there is no such bucket: NEWSREADER_IMAGE_BUCKET" in said
        assert "the bucket elsewhere" in said
    with pytest.raises(OSError, match="no such bucket"):
        image_storage().open(NAME)


def test_credentials_that_are_refused_are_named(client, picture, settings, monkeypatch, caplog):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "name")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    name = file_name(sha256(pictures.jpeg()).hexdigest(), "image/jpeg")
    with Publisher() as strict:
        strict.serve(f"/pictures/{name}", "<Error><Code>SignatureDoesNotMatch</Code></Error>", status=403)
        use(settings, strict.url(""))
        assert client.get(signed_path(picture, 320))["X-Image-Missing"]
        let_go()
    assert "AWS_SECRET_ACCESS_KEY" in caplog.text
    assert "AWS_SECRET_ACCESS_KEY" in store_problem()


def test_a_store_that_does_not_answer_is_told_and_what_is_cached_is_shown(client, picture, bucket, settings, caplog):
    client.get(signed_path(picture, 320))
    with Publisher() as gone:
        endpoint = gone.url("")
    let_go()
    use(settings, endpoint)
    assert opened(client.get(signed_path(picture, 320)).content).width == 320
    assert not caplog.records
    assert client.get(signed_path(picture, 640))["X-Image-Missing"]
    assert f'Could not connect to the endpoint URL: "{endpoint}/' in caplog.text
