"""A store that takes nothing, as a full disk does: the operator is told, the publisher is not blamed, pages go on, and
nothing is left half done. Folders lead to /proc, where the kernel lets nobody write a file, root no more than others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.utils import timezone, translation

from articles.images import archive, cache, wants
from articles.images.models import ImageAddress, StoredImage, key_of
from articles.images.obtain import store_problem
from articles.images.store_errors import StoreFailed, translated
from articles.images.urls import signed_path
from feeds.polls import failure_messages
from tests.articles.images import pictures
from tests.articles.images.pictures import opened
from tests.articles.images.test_archive import article_with, fetch_due, run
from tests.factories import make_reader

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("a disk that takes no files knows no database"),
]
WEBP = {"Accept": "image/webp"}


@pytest.fixture
def broken_store(tmp_path):
    """The folder of originals; it can be written again once the link is gone."""
    folder = tmp_path / "images"
    folder.symlink_to("/proc")
    return folder


def errors(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]


def test_a_page_shows_a_drawing_and_the_log_says_why(client, picture, broken_store, tmp_path, caplog):
    answer = client.get(signed_path(picture, 320))
    assert answer["X-Image-Missing"]
    assert answer["Cache-Control"] == "public, max-age=0"
    (said,) = errors(caplog)
    assert said.startswith("The store of pictures fails: No such file or directory.")
    assert str(broken_store) in said
    broken_store.unlink()
    assert opened(client.get(signed_path(picture, 320)).content).width == 320  # at once, nobody waits for a pause


@pytest.mark.both_databases
def test_the_publisher_is_not_blamed_and_the_picture_is_kept_once_it_can_be(client, picture, broken_store):
    client.get(signed_path(picture, 320))
    address = ImageAddress.objects.get()
    assert (address.failures, address.leased_until, address.is_wanted) == (0, None, True)
    broken_store.unlink()
    ImageAddress.objects.update(retry_at=timezone.now())
    assert [tally.kept for tally in fetch_due()] == [1]
    assert ImageAddress.objects.get().last_error == ""


def test_a_worker_ends_its_claim_and_none_is_made_for_some_minutes(publisher, broken_store, caplog):
    article = article_with([publisher.serve(f"/{n}.gif", pictures.animated("gif", 2 + n)) for n in range(3)])
    wants.want([article], article.feed)
    (tally,) = fetch_due()
    assert tally.problem == store_problem() != ""
    assert errors(caplog) == [tally.problem]
    assert len(publisher.requests) == 1
    assert archive.claim_due(timezone.now()) == []
    broken_store.unlink()
    archive.try_store_again()
    assert sum(tally.kept for tally in fetch_due()) == StoredImage.objects.count() == 3


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_the_command_ends_with_the_reason_and_goes_on_when_it_is_mended(picture, broken_store):
    article_with([picture])
    with pytest.raises(CommandError, match="The store of pictures fails"):
        run()
    broken_store.unlink()
    assert run() == "kept 1, failed 0, waiting 0"


def test_the_report_tells_of_it(client, picture, broken_store):
    client.get(signed_path(picture, 320))
    client.force_login(make_reader(staff=True))
    assert "The store of pictures fails" in client.get("/admin/articles/imageaddress/").text


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "columns",
    [{"is_wanted": False}, {"failures": 1}, {"last_error": ""}, {"wait": timedelta(0)}, {"wait": timedelta(minutes=6)}],
)
def test_the_trouble_of_the_store_is_what_it_said_last_in_the_last_minutes(columns):
    now = timezone.now()

    def failed(name, *, wait=timedelta(minutes=4), **columns):
        told = {"is_wanted": True, "last_error": name, "retry_at": now + wait} | columns
        ImageAddress.objects.create(key=key_of(name), url=f"https://paper.example/{name}", **told)

    failed("other", **columns)
    assert store_problem() == ""
    for name, minutes in (("before", 2), ("last", 3), ("first", 1)):
        failed(name, wait=timedelta(minutes=minutes))
    assert store_problem() == "last"


def test_a_disk_that_is_full_while_a_picture_comes_in_is_no_connection_that_breaks_off(client, picture, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.TemporaryFile", lambda **options: Path("/dev/full").open("w+b"))  # noqa: SIM115
        assert client.get(signed_path(picture, 320))["X-Image-Missing"]
    assert ImageAddress.objects.get().failures == 0
    assert "No space left on device" in store_problem()
    assert opened(client.get(signed_path(picture, 320)).content).width == 320


def test_a_size_that_can_not_be_cached_is_shown_all_the_same(client, picture, settings, caplog):
    client.get(signed_path(picture, 640))
    folder = cache.variant_path(picture, 320, "webp").parent
    assert not folder.exists()
    folder.symlink_to("/proc")
    for _ in range(2):
        answer = client.get(signed_path(picture, 320), headers=WEBP)
        assert opened(answer.content).width == 320
        assert answer["Content-Type"] == "image/webp"
    assert len(errors(caplog)) == 2
    settings.IMAGE_ACCEL = True  # nginx can't send what is in no file
    assert opened(client.get(signed_path(picture, 320), headers=WEBP).content).width == 320


def test_a_note_that_can_not_be_written_costs_a_query_and_nothing_else(client, picture, settings):
    note = cache._reference_path(picture).parent
    settings.IMAGE_CACHE_DIR.mkdir()
    note.symlink_to("/proc")
    for width in (320, 640):
        assert opened(client.get(signed_path(picture, width)).content).width == width
    assert StoredImage.objects.count() == 1


@pytest.fixture
def marked(monkeypatch):
    """A language that puts each form in brackets, and keeps its places."""
    monkeypatch.setattr(failure_messages, "gettext", lambda form: f"[{form}]")
    with translation.override("zh-hant"):
        yield


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left on device"), OSError("the store broke off"),
     OSError("there is no such bucket: NEWSREADER_IMAGE_BUCKET (An error occurred (404).)")],
)  # fmt: skip
def test_the_operator_is_told_in_their_own_language(error, settings):
    told = translated(str(StoreFailed(error)))
    assert told.startswith("[The store of pictures fails: [")
    assert f"and cached in {settings.IMAGE_CACHE_DIR}.]" in told
    settings.IMAGE_BUCKET = "pictures"
    assert "kept in [the bucket pictures], and" in translated(str(StoreFailed(error)))


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    "page", [{"body": pictures.HTML, "content_type": "text/html"}, {"body": b"", "content_type": ""}, {"status": 410}]
)
def test_why_a_picture_did_not_come_is_told_in_their_own_language(client, publisher, page):
    client.get(signed_path(publisher.serve("/a.jpg", **page), 320))
    told = ImageAddress.objects.get().last_error
    assert translated(told) == f"[{told}]"
