"""`/images/…` as a browser meets it."""

from __future__ import annotations

import threading
from threading import BoundedSemaphore
from urllib.request import urlopen

import pytest

from articles.images import concurrency, views
from articles.images.fetch import quick_policy
from articles.images.fitting import fitted
from articles.images.obtain import obtain
from articles.images.urls import signed_path
from feeds import sandbox
from feeds.http import Client
from newsreader import web
from tests.articles.images import pictures
from tests.articles.images.pictures import opened

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("sizes and answers are made of files, and test_obtain has the rows on both"),
]
CHROME = {"Accept": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"}


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def kept_film(publisher):
    url = publisher.serve("/film.mp4", pictures.MP4)
    obtain(url, lambda: Client(quick_policy()), is_kept=True)
    return signed_path(url)


def test_a_picture_comes_in_the_size_and_form_asked_for(client, picture):
    answer = client.get(signed_path(picture, 320), headers=CHROME)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert int(answer["Content-Length"]) == len(answer.content)
    assert opened(answer.content).width == 320
    assert client.get(signed_path(picture, 320))["Content-Type"] == "image/jpeg"
    assert answer["Vary"] == "Accept"


@pytest.mark.parametrize("path", ["/images/", "/images/x", "/images/AAAAAAAAAAAAAAAAAAAAAA/640/aHR0cDovL2EvYS5qcGc"])
def test_unsigned_is_forbidden(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_altered_is_forbidden_and_nothing_is_fetched(client, publisher, picture):
    path = signed_path(picture, 320)
    assert client.get(path.replace("/320/", "/640/")).status_code == 403
    assert client.get(path[:-2] + "AA").status_code == 403
    assert not publisher.requests


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_pictures_are_only_read(client, picture, method):
    answer = getattr(client, method)(signed_path(picture, 320))
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_every_answer_is_inert_and_kept_by_browsers_for_ever(client, picture):
    answer = client.get(signed_path(picture, 320))
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "Set-Cookie" not in answer
    assert "Cookie" not in answer["Vary"]


def test_a_browser_that_has_it_gets_304(client, picture):
    path = signed_path(picture, 320)
    tag = client.get(path, headers=CHROME)["ETag"]
    answer = client.get(path, headers={**CHROME, "If-None-Match": f'"other", W/{tag}'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200  # another form has another tag


def test_a_second_request_costs_no_query_and_no_fetch(client, publisher, picture, django_assert_num_queries):
    path, original = signed_path(picture, 320), signed_path(picture)
    client.get(path)
    with django_assert_num_queries(0):
        assert client.get(path).status_code == 200
        assert client.get(original).status_code == 200
    assert len(publisher.requests) == 1


def test_a_size_that_is_new_is_made_from_the_kept_original(client, publisher, picture):
    for width in (320, 640, 960):
        assert opened(client.get(signed_path(picture, width)).content).width == width
    assert len(publisher.requests) == 1


def test_the_cache_may_be_emptied_at_any_time(client, publisher, picture, settings):
    import shutil

    path = signed_path(picture, 320)
    before = client.get(path).content
    shutil.rmtree(settings.IMAGE_CACHE_DIR)
    assert client.get(path).content == before
    assert len(publisher.requests) == 1


def test_an_original_comes_as_it_is(client, picture):
    client.get(signed_path(picture, 320))
    answer = client.get(signed_path(picture))
    assert body_of(answer) == pictures.jpeg()
    assert answer["Content-Type"] == "image/jpeg"


def test_head_says_what_get_would(client, picture):
    path = signed_path(picture, 320)
    got, head = client.get(path), client.head(path)
    assert head.content == b""
    assert [head[name] for name in ("Content-Length", "ETag", "Content-Type")] == [
        got[name] for name in ("Content-Length", "ETag", "Content-Type")
    ]


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-9", slice(0, 10)), ("bytes=100-", slice(100, None)), ("bytes=-7", slice(-7, None)),
     ("bytes=10000-99999999", slice(10000, None))],
)  # fmt: skip
def test_a_player_gets_the_part_it_asks_for(client, kept_film, asked, part):
    answer = client.get(kept_film, headers={"Range": asked})
    assert answer.status_code == 206
    assert body_of(answer) == pictures.MP4[part]
    first = part.indices(len(pictures.MP4))[0]
    assert answer["Content-Range"] == f"bytes {first}-{first + len(pictures.MP4[part]) - 1}/{len(pictures.MP4)}"
    assert answer["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("asked", ["bytes=", "bytes=-", "bytes=9-3", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b"])
def test_a_range_without_sense_is_answered_with_all(client, kept_film, asked):
    answer = client.get(kept_film, headers={"Range": asked})
    assert (answer.status_code, body_of(answer)) == (200, pictures.MP4)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_416(client, kept_film, asked):
    answer = client.get(kept_film, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(pictures.MP4)}"


def test_only_get_knows_ranges(client, kept_film):
    answer = client.head(kept_film, headers={"Range": "bytes=0-9"})  # RFC 9110 §14.2
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(pictures.MP4)))


def test_a_range_of_another_file_is_answered_with_all(client, kept_film):
    assert client.get(kept_film, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200
    tag = client.get(kept_film)["ETag"]
    assert client.get(kept_film, headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 206


def test_a_drawing_is_a_picture_without_scripts_of_its_own(client, publisher):
    url = publisher.serve("/a.svg", pictures.SVG_WITH_SCRIPT, content_type="image/svg+xml")
    for path in (signed_path(url, 640), signed_path(url)):
        answer = client.get(path)
        assert answer["Content-Type"] == "image/svg+xml"
        assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.mark.parametrize(
    "make", [pictures.bomb, lambda: pictures.HTML, lambda: b"\xff\xd8\xff", lambda: b"GIF89a", lambda: b""]
)
def test_where_there_is_no_picture_a_drawing_says_so(client, publisher, make):
    url = publisher.serve("/a.jpg", make())
    for _ in range(2):
        answer = client.get(signed_path(url, 640), headers=CHROME)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/svg+xml"
        assert b"127.0.0.1" in answer.content
        assert "immutable" not in answer["Cache-Control"]
    assert len(publisher.requests) == 1
    assert len(client.get(signed_path(url, 120)).content) < 100  # in a list: nothing


def test_a_truncated_jpeg_shows_what_there_is(client, publisher):
    url = publisher.serve("/a.jpg", pictures.jpeg()[:3000])
    assert opened(client.get(signed_path(url, 320)).content).width == 320


def test_a_file_that_somebody_deleted_is_fetched_again_and_missing_where_that_fails(client, publisher, stored_files):
    for name in ("a", "b"):
        client.get(signed_path(publisher.serve(f"/{name}.jpg", pictures.jpeg(orientation=ord(name) % 8)), 320))
    for path in stored_files():
        path.unlink()
    publisher.serve("/b.jpg", status=404)
    assert opened(client.get(signed_path(publisher.url("/a.jpg"), 640)).content).width
    assert client.get(signed_path(publisher.url("/b.jpg"), 640))["X-Image-Missing"]
    assert client.get(signed_path(publisher.url("/b.jpg")))["X-Image-Missing"]


def test_an_animation_too_long_to_be_made_anew_is_shown_as_it_is(client, publisher, monkeypatch):
    monkeypatch.setattr(sandbox, "_is_child", True)  # or the limit would not count
    monkeypatch.setattr("articles.images.resize.MAX_FRAMES", 3)
    url = publisher.serve("/a.gif", pictures.animated("gif"))
    assert body_of(client.get(signed_path(url, 320), headers=CHROME)) == pictures.animated("gif")


def test_who_has_the_address_needs_no_sign_in(client, picture, settings):
    settings.NEWSREADER_PUBLIC = False
    assert client.get("/").status_code == 302
    assert client.get(signed_path(picture, 320)).status_code == 200


def test_nginx_is_told_which_file_to_send(client, picture, settings, stored_files):
    settings.IMAGE_ACCEL = True
    answer = client.get(signed_path(picture, 320), headers=CHROME)
    assert answer.content == b""
    folder, path = settings.IMAGE_CACHE_DIR, answer["X-Accel-Redirect"]
    assert path.startswith("/_files/cache/")
    assert opened((folder / path.removeprefix("/_files/cache/")).read_bytes()).width == 320
    original = client.get(signed_path(picture))["X-Accel-Redirect"]
    (stored,) = stored_files()
    assert str(stored).endswith(original.removeprefix("/_files/store/"))
    assert original.startswith("/_files/store/")


@pytest.fixture
def few_places(monkeypatch):
    monkeypatch.setattr(concurrency, "SECONDS", 0)
    monkeypatch.setattr(concurrency, "pictures", BoundedSemaphore(1))
    monkeypatch.setattr(concurrency, "line", concurrency.Turns(1))
    monkeypatch.setattr(concurrency, "fetching", concurrency.Turns(1))


@pytest.mark.parametrize(
    "taken",
    [
        lambda: concurrency.held(concurrency.pictures),
        lambda: concurrency.line.of("127.0.0.1"),
        lambda: concurrency.fetching.of("127.0.0.1"),
    ],
)
def test_who_comes_when_all_places_are_taken_gets_a_drawing_and_is_told_to_come_again(
    client, picture, few_places, taken
):
    with taken():
        answer = client.get(signed_path(picture, 320))
        assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "2", "no-store")
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer["Content-Type"] == "image/svg+xml"  # no browser shows a broken picture
        assert client.get(signed_path(picture, 120)).status_code == 503
    assert client.get(signed_path(picture, 320)).status_code == 200


def test_a_publisher_who_does_not_answer_holds_up_nobody_else(client, picture, few_places):
    with concurrency.line.of("slow.example"), concurrency.fetching.of("slow.example"):
        assert client.get(signed_path(picture, 320)).status_code == 200


def test_what_is_cached_needs_no_place(client, picture, few_places):
    client.get(signed_path(picture, 320))
    with concurrency.held(concurrency.pictures):
        assert client.get(signed_path(picture, 320)).status_code == 200
        assert client.get(signed_path(picture)).status_code == 200


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_a_size_is_made_once_however_many_ask(live_server, publisher, picture, monkeypatch):
    made, go, asked = [], threading.Event(), []

    def slowly(*arguments):
        made.append(arguments)
        go.wait(10)
        return fitted(*arguments)

    monkeypatch.setattr(views, "fitted", slowly)
    address = live_server.url + signed_path(picture, 320)

    def ask():
        with urlopen(address) as answer:
            asked.append(answer.read())

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    while not made:
        threads[0].join(0.01)
    go.set()
    for thread in threads:
        thread.join()
    assert len(asked) == 6
    assert len(made) == len(publisher.requests) == 1


def test_the_web_server_has_a_thread_for_everybody_who_may_wait_and_some_for_pages():
    assert web.THREADS - concurrency.PICTURES - concurrency.FILMS == web.PAGES >= 3
    assert concurrency.AT_A_HOST < concurrency.OF_A_HOST < concurrency.PICTURES
