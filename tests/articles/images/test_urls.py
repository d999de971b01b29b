"""Signed addresses: what this site signed it reads again, and nothing else."""

from __future__ import annotations

import pytest

from articles.images.urls import LARGEST, Asked, BadAddress, read_path, signed_path, signed_paths, signing_key
from articles.sanitize.addresses import MAX_LENGTH

PICTURE = "https://publisher.example/a.jpg"
URL = "https://publisher.example/a picture/雪.jpg?w=1&h=2"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.IMAGE_KEYS = ("first",)


@pytest.mark.parametrize("width", [0, 64, 120, 240, 320, 640, 960, 1280, 1920, LARGEST])
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_signed_address_says_what_was_asked(width, is_kept):
    asked = read_path(signed_path("https://publisher.example/a.jpg?x=1", width, is_kept=is_kept))
    assert asked == Asked("https://publisher.example/a.jpg?x=1", width, is_kept)
    assert asked.is_thumbnail is (width in {64, 120, 240})


def test_the_file_as_it_is_is_asked_for_unless_a_width_is_named():
    asked = read_path(signed_path("https://publisher.example/a.jpg"))
    assert asked == Asked("https://publisher.example/a.jpg", 0, is_kept=True)


def test_an_address_is_the_same_at_every_start_and_in_every_version():
    """Of those that were given out, in pages and in feeds, none may die by an update."""
    for path in (
        signed_path(PICTURE, 640),
        "/images/XojICpre7kcTH546z7YDcQ/640/aHR0cHM6Ly9wdWJsaXNoZXIuZXhhbXBsZS9hLmpwZw",
    ):
        assert read_path(path).url == PICTURE
    assert signed_path(PICTURE, 640) == "/images/Nf9XzM5eyh-s9M4x1gNWKQ/640/cHVibGlzaGVyLmV4YW1wbGUvYS5qcGc"


@pytest.mark.parametrize(
    "url", [PICTURE, "http://a.example/", "HTTPS://a.example/", "http://https.example/", "https://https://a/"]
)
def test_the_scheme_is_the_publishers(url):
    assert read_path(signed_path(url, 640)).url == url


@pytest.mark.parametrize("length", [*range(30, 34), MAX_LENGTH])
def test_an_address_of_each_length_survives(length):
    url = "https://publisher.example/".ljust(length, "a")
    assert read_path(signed_path(url, 640)).url == url
    assert signed_path("https://publisher.example/".ljust(MAX_LENGTH + 1, "a"), 640) == ""


@pytest.mark.parametrize("sign", ["雪", "\ud800", "?a=1&b=2", "%20"])
def test_an_address_in_any_script_survives(sign):
    url = f"https://publisher.example/{sign}.jpg"
    assert read_path(signed_path(url, 640)).url == url


def test_several_widths_of_a_picture_are_signed_in_their_order():
    widths = [1280, 0, 320]
    paths = signed_paths(URL, iter(widths), is_kept=False)
    assert paths == [signed_path(URL, width, is_kept=False) for width in widths]
    assert [read_path(path).width for path in paths] == widths
    assert signed_paths("data:image/gif;base64,R0", widths) == []


@pytest.mark.parametrize("url", ["", "data:image/gif;base64,R0", "javascript:1", "/relative.jpg", "https://"])
def test_what_can_not_be_fetched_is_not_signed(url):
    assert signed_path(url, 640) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://images.weserv.nl/?url=publisher.example%2Fa.jpg&w=300",
        "https://i0.wp.com/publisher.example/a.jpg?resize=300",
        "https://wsrv.nl/?url=https%3A%2F%2Fi0.wp.com%2Fpublisher.example%2Fa.jpg%3Fssl%3D1",
    ],
)
def test_the_publishers_own_address_is_signed_not_another_proxys(url):
    assert read_path(signed_path(url, 320)).url.partition(":")[2] == "//publisher.example/a.jpg"


def test_any_altered_character_is_refused():
    path = signed_path("https://publisher.example/a.jpg", 640)
    for place in range(len("/images/"), len(path)):
        altered = path[:place] + ("A" if path[place] != "A" else "B") + path[place + 1 :]
        with pytest.raises(BadAddress):
            read_path(altered)


def test_the_width_is_signed_too():
    path = signed_path("https://publisher.example/a.jpg", 640)
    with pytest.raises(BadAddress):
        read_path(path.replace("/640/", "/320/"))
    with pytest.raises(BadAddress):
        read_path(signed_path("https://publisher.example/a.jpg", 777))  # signed, but of no size that there is


@pytest.mark.parametrize("path", ["/images/", "/images/x/640/y", "/images/" + "A" * 22 + "/640/aHR0cHM6", "/images/\n"])
def test_unsigned_is_refused(path):
    with pytest.raises(BadAddress):
        read_path(path)


def test_another_key_that_signs_has_another_name_which_tells_nothing(settings):
    first = signing_key()
    assert signing_key() == first
    settings.IMAGE_KEYS = ("second", "first")
    assert signing_key() != first
    settings.IMAGE_KEYS = ("first", "second")
    assert signing_key() == first
    assert "first" not in first


def test_an_old_key_is_accepted_and_the_new_one_signs(settings):
    old = signed_path(URL, 640)
    settings.IMAGE_KEYS = ("second", "first")
    assert signed_path(URL, 640) != old
    assert read_path(old).url == read_path(signed_path(URL, 640)).url
    settings.IMAGE_KEYS = ("second",)
    with pytest.raises(BadAddress):
        read_path(old)
