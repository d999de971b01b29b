"""Kept files that were damaged, emptied or lost: noticed when somebody looks, told once, fetched again, shown again."""

from __future__ import annotations

import logging
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from articles.book.pictures import Maker
from articles.images import archive, cache, damage
from articles.images.fetch import MISSING, patient_policy, quick_policy
from articles.images.models import ImageAddress, StoredImage
from articles.images.obtain import obtain
from articles.images.store import DAMAGED, fault_of
from articles.images.urls import signed_path
from articles.management.commands import check_images
from feeds.http import Client
from tests.articles.images import pictures
from tests.articles.images.pictures import opened
from tests.articles.images.test_bucket import bucket
from tests.articles.images.test_views import body_of

__all__ = ["bucket"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database(
        "a file that is damaged in one way or another, in one store or another, is the same to its row"
    ),
]
HOW = ["garbage", "cut", "empty", "gone"]


def spoil(path: Any, how: str) -> None:
    data = path.read_bytes()
    match how:
        case "garbage":
            path.write_bytes(data[: len(data) // 2] + b"\0" * 200 + data[len(data) // 2 + 200 :])
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()


@pytest.fixture
def kept(picture, stored_files):
    """The file of a picture that is kept, which nobody has asked for in a size."""
    obtain(picture, lambda: Client(quick_policy()), is_kept=True)
    [path] = stored_files()
    return path


@pytest.fixture(params=["folder", "bucket"])
def any_kept(request, picture, stored_files):
    """The same, in each of the stores."""
    where = request.getfixturevalue("bucket") if request.param == "bucket" else None
    obtain(picture, lambda: Client(quick_policy()), is_kept=True)
    return next(where.rglob("*.jpg")) if where else stored_files()[0]


def said(caplog) -> list[str]:
    return [record.message for record in caplog.records if record.name == damage.__name__]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("width", [320, 0])
def test_a_reader_gets_it_from_its_publisher_and_the_store_has_it_again(client, picture, any_kept, how, width, caplog):
    whole = any_kept.read_bytes()
    spoil(any_kept, how)
    with caplog.at_level(logging.WARNING):
        answer = client.get(signed_path(picture, width))
    assert answer["Content-Type"] == "image/jpeg"
    assert MISSING not in answer
    assert opened(body_of(answer)).width == (width or 1000)
    assert len(said(caplog)) == 1
    if width:  # in its own size it goes through, and a worker keeps it
        assert any_kept.read_bytes() == whole
        assert not ImageAddress.objects.get().is_wanted
    else:
        assert ImageAddress.objects.get().is_wanted
        [claim] = archive.claim_due(timezone.now())
        with Client(patient_policy()) as open_client:
            assert archive.fetch_claim(open_client, claim, pause=0).kept == 1
        assert any_kept.read_bytes() == whole


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("width", [320, 0])
def test_one_that_somebody_puts_back_is_shown_though_its_publisher_has_it_no_more(
    client, publisher, picture, any_kept, how, width, caplog
):
    whole = any_kept.read_bytes()
    spoil(any_kept, how)
    publisher.serve("/a.jpg", b"gone", status=404)
    path = signed_path(picture, width)
    for _ in range(3):
        assert MISSING in client.get(path)
    assert len(said(caplog)) == 1
    any_kept.write_bytes(whole)
    answer = client.get(path)
    assert MISSING not in answer
    assert opened(body_of(answer)).width == (width or 1000)


@pytest.mark.both_databases
@pytest.mark.parametrize("how", HOW)
def test_workers_fetch_what_was_noticed_also_when_the_budget_is_spent(client, publisher, picture, kept, how, settings):
    spoil(kept, how)
    publisher.serve("/a.jpg", b"busy", status=503)
    assert MISSING in client.get(signed_path(picture, 320))
    publisher.serve("/a.jpg", pictures.jpeg(), content_type="image/jpeg")
    settings.IMAGE_BUDGET = 1
    ImageAddress.objects.update(retry_at=timezone.now())
    [claim] = archive.claim_due(timezone.now())
    with Client(patient_policy()) as open_client:
        assert archive.fetch_claim(open_client, claim, pause=0).kept == 1
    assert kept.read_bytes() == pictures.jpeg()


@pytest.mark.both_databases
def test_addresses_that_share_the_file_have_it_again_together(client, publisher, kept, picture):
    other = publisher.serve("/b.jpg", pictures.jpeg(), content_type="image/jpeg")
    obtain(other, lambda: Client(quick_policy()), is_kept=True)
    assert StoredImage.objects.count() == 1
    spoil(kept, "empty")
    assert client.get(signed_path(picture, 320)).status_code == 200
    assert not ImageAddress.objects.filter(is_wanted=True).exists()
    assert StoredImage.objects.count() == 1


@pytest.mark.both_databases
def test_a_publisher_with_another_picture_there_by_now(client, publisher, kept, picture):
    spoil(kept, "garbage")
    publisher.serve("/a.jpg", pictures.jpeg(500, 300), content_type="image/jpeg")
    assert opened(client.get(signed_path(picture, 640)).content).width == 500
    assert StoredImage.objects.get().digest == sha256(pictures.jpeg(500, 300)).hexdigest()


@pytest.mark.both_databases
def test_a_database_that_takes_no_writes_does_not_keep_it_from_being_noticed(kept, caplog):
    image = StoredImage.objects.get()
    spoil(kept, "empty")

    def refuse(execute, sql, *arguments):
        if sql.startswith("UPDATE"):
            raise DatabaseError("read-only")
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse):
        assert not damage.is_shown(image.digest, image.media_type)
    assert "read-only" in said(caplog)[0]


def test_a_film_is_known_by_its_beginning_and_looked_through_by_the_command(publisher, stored_files, settings):
    settings.IMAGE_MAX_BYTES = 1000
    url = publisher.serve("/film.mp4", pictures.MP4)
    obtain(url, lambda: Client(patient_policy()), is_kept=True)
    image, [path] = StoredImage.objects.get(), stored_files()
    spoil(path, "garbage")
    assert damage.is_shown(image.digest, image.media_type)
    assert fault_of(image.digest, image.media_type) == DAMAGED
    spoil(path, "empty")
    assert not damage.is_shown(image.digest, image.media_type)


# --- what is made of them and noted about them ----------------------------------------------------------------


def test_a_resized_picture_that_a_power_cut_emptied_is_made_again(client, picture):
    path = signed_path(picture, 320)
    client.get(path)
    variant = cache.variant_path(picture, 320, "plain")
    for content in (b"", b"\0" * 4096):
        variant.write_bytes(content)
        assert opened(client.get(path).content).width == 320


@pytest.mark.parametrize("note", [b"", b"\0\0", "é".encode(), b"abc image/jpeg", b"0" * 64 + b" text/html"])
def test_a_note_that_a_power_cut_spoilt_is_not_believed(client, picture, note):
    client.get(signed_path(picture, 320))
    cache._reference_path(picture).write_bytes(note)
    assert opened(client.get(signed_path(picture, 640)).content).width == 640


def test_what_can_never_be_shown_is_tried_but_once(client, publisher):
    url = publisher.serve("/bad.jpg", b"\xff\xd8\xff" + b"no picture" * 50, content_type="image/jpeg")
    for _ in range(2):
        assert MISSING in client.get(signed_path(url, 320))
    assert cache.variant_path(url, 320, "plain").read_bytes() == cache.UNUSABLE


def test_a_book_leaves_it_out_and_has_it_noticed(picture, kept):
    spoil(kept, "garbage")
    assert Maker().picture(picture) is None
    assert ImageAddress.objects.get().is_wanted


# --- check_images -----------------------------------------------------------------------------------------------


def check(*arguments: str) -> tuple[int, list[str]]:
    out, code = StringIO(), 0
    try:
        call_command("check_images", *arguments, stdout=out)
    except CommandError as error:
        code = error.returncode
    return code, out.getvalue().strip().splitlines()


def test_the_command_finds_nothing_where_all_is_well(any_kept):
    assert check() == (0, ["checked 1, damaged 0, missing 0, fetched again 0"])


@pytest.mark.parametrize("how", HOW)
def test_the_command_names_what_is_bad_and_fetches_it_again(picture, any_kept, how):
    whole = any_kept.read_bytes()
    spoil(any_kept, how)
    code, lines = check()
    assert code == 0
    assert any_kept.name in lines[0]
    assert picture in lines[0]
    of_kind = "damaged 0, missing 1" if how == "gone" else "damaged 1, missing 0"
    assert lines[-1] == f"checked 1, {of_kind}, fetched again 1"
    assert any_kept.read_bytes() == whole


@pytest.mark.both_databases
def test_the_command_says_what_did_not_come(publisher, kept):
    spoil(kept, "cut")
    publisher.serve("/a.jpg", b"gone", status=404)
    code, lines = check()
    assert code == 1
    assert "404" in lines[0]
    assert lines[-1] == "checked 1, damaged 1, missing 0, fetched again 0"


def test_the_command_asks_a_host_that_refuses_no_more(publisher, stored_files):
    for number in range(3):
        url = publisher.serve(f"/{number}.jpg", pictures.jpeg(20 + number), content_type="image/jpeg")
        obtain(url, lambda: Client(quick_policy()), is_kept=True)
        publisher.serve(f"/{number}.jpg", status=429)
    for path in stored_files():
        spoil(path, "cut")
    publisher.requests.clear()
    assert check()[0] == 1
    assert len(publisher.requests) == 1


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_the_command_looks_at_all_that_comes_after_what_it_fetched(publisher, stored_files, monkeypatch, at_once):
    """Whoever fetches lets the connection go."""
    monkeypatch.setattr(check_images, "_BATCH", at_once)
    for number in range(5):
        url = publisher.serve(f"/{number}.jpg", pictures.jpeg(20 + number), content_type="image/jpeg")
        obtain(url, lambda: Client(quick_policy()), is_kept=True)
    publisher.serve("/1.jpg", b"gone", status=404)
    for path in stored_files():
        spoil(path, "cut")
    code, lines = check()
    assert code == 1
    assert lines[-1] == "checked 5, damaged 5, missing 0, fetched again 4"
    assert check()[1][-1] == "checked 5, damaged 1, missing 0, fetched again 0"


@pytest.mark.both_databases
def test_the_command_can_leave_the_fetching_to_the_workers(publisher, kept):
    spoil(kept, "cut")
    asked = len(publisher.requests)
    code, _lines = check("--offline")
    assert code == 1
    assert len(publisher.requests) == asked
    assert archive.due(timezone.now()).count() == 1
