"""Pictures made to fit: what comes out, of what goes in."""

from __future__ import annotations

import pytest

from articles.images import resize as resizing
from articles.images.files.media_types import media_type_of
from articles.images.resize import TooMuchMotion, Unusable, form_for, resize
from tests.articles.images import pictures
from tests.articles.images.pictures import opened


@pytest.mark.parametrize(
    ("form", "media_type"), [("webp", "image/webp"), ("avif", "image/avif"), ("plain", "image/jpeg")]
)
def test_a_picture_is_made_as_wide_as_asked_in_the_form_asked(form, media_type):
    made = resize(pictures.jpeg(), 320, form)
    assert media_type_of(made) == media_type
    assert (opened(made).width, opened(made).height) == (320, 192)


def test_a_file_is_read_as_memory_is(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(pictures.jpeg())
    assert opened(resize(str(path), 320, "webp")).width == 320


def test_nothing_is_enlarged():
    assert opened(resize(pictures.jpeg(200, 100), 640, "webp")).width == 200


def test_orientation_is_applied_and_metadata_is_gone():
    turned = pictures.jpeg(orientation=6)
    assert b"Secret" in turned
    made = resize(turned, 300, "plain")
    assert (opened(made).width, opened(made).height) == (300, 500)
    assert b"Secret" not in made
    assert not [name for name in opened(made).get_fields() if name.startswith("exif")]


@pytest.mark.parametrize("make", [pictures.cmyk, pictures.wide_gamut, pictures.deep_png, pictures.avif])
def test_colours_stay_right_whatever_the_source_counts_in(make):
    made = opened(resize(make(), 320, "webp"))
    assert (made.format, made.bands, made.interpretation) == ("uchar", 3, "srgb")
    assert "icc-profile-data" not in made.get_fields()
    left, right = made(40, 40), made(280, 40)
    assert left[0] > left[2] + 80
    assert right[2] > right[0] + 80


def test_transparency_is_kept():
    for form in ("webp", "avif", "plain"):
        assert opened(resize(pictures.transparent_png(), 200, form)).hasalpha()


@pytest.mark.parametrize("kind", ["gif", "webp"])
@pytest.mark.parametrize("form", ["webp", "avif", "plain"])
def test_what_moves_goes_on_moving(kind, form):
    made = opened(resize(pictures.animated(kind), 200, form), n=-1)
    assert made.get("n-pages") == 4
    assert made.get("page-height") == 100
    assert made.get("delay")[:4] == [80, 80, 80, 80]


def test_a_very_tall_picture_is_made_in_a_form_that_holds_it():
    made = resize(pictures.jpeg(300, 20_000), 320, "webp")
    assert opened(made).height == 20_000


def test_a_bomb_is_refused_by_its_header():
    bomb = pictures.bomb()
    assert len(bomb) < 20_000
    with pytest.raises(Unusable, match="12000 × 9000"):
        resize(bomb, 320, "webp")


def test_an_endless_film_of_a_gif_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(resizing, "MAX_FRAMES", 3)
    with pytest.raises(TooMuchMotion):
        resize(pictures.animated("gif"), 200, "webp")


def test_a_picture_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(resizing, "MAX_SECONDS", 0)
    with pytest.raises(Unusable):
        resize(pictures.jpeg(4000, 3000), 1280, "webp")


def test_a_truncated_jpeg_shows_what_there_is_of_it():
    whole = pictures.jpeg()
    assert opened(resize(whole[: len(whole) // 2], 320, "webp")).width == 320


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"GIF89a", pictures.SVG_WITH_SCRIPT, pictures.HTML, b"%PDF-1.7"]
)
def test_what_can_not_be_read_is_unusable(data):
    with pytest.raises(Unusable):
        resize(data, 320, "webp")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("image/avif,image/webp,image/*,*/*;q=0.8", "webp"),
        ("image/avif,*/*", "avif"),
        ("*/*", "plain"),
        ("", "plain"),
    ],
)
def test_the_form_follows_the_accept_header(accept, form):
    assert form_for(accept) == form


def test_the_pixels_of_all_frames_together_are_limited():
    assert 19 * 2000 * 2000 < resizing.MAX_PIXELS < 21 * 2000 * 2000
    assert resize(pictures.long_animation(19), 20, "plain")
    with pytest.raises(TooMuchMotion):
        resize(pictures.long_animation(21), 20, "plain")
