"""A picture that never ends is ended, and is not tried at every look."""

from __future__ import annotations

import struct
import zlib

import pytest

from articles.images import fitting
from articles.images.resize import Unusable
from articles.images.urls import signed_path
from tests import poison
from tests.articles.images import pictures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def test_it_is_missing_and_is_not_made_again(client, picture, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(fitting, "SECONDS", 1)
        patched.setattr(fitting, "resize", poison.resize)
        assert client.get(signed_path(picture, 320))["X-Image-Missing"] == "1"
        assert client.get(signed_path(picture, 640))["X-Image-Missing"] == "1"
    assert client.get(signed_path(picture, 320))["X-Image-Missing"] == "1"  # as it could be made now, it was not tried
    assert "X-Image-Missing" not in client.get(signed_path(picture, 1280))


def test_a_picture_is_made_and_measured_elsewhere():
    made = fitting.fitted(pictures.jpeg(), 100, "plain")
    assert fitting.measured(made)[0] == 100
    with pytest.raises(Unusable):
        fitting.measured(b"no picture")


def test_a_picture_for_which_the_decoder_ends_its_process_is_unusable():
    tall = struct.pack(">IIBBBBB", 1, 79_000_000, 16, 6, 0, 0, 1)  # interlaced: all of it at once, 632 MB
    chunks = (b"IHDR", tall), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")
    packed = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    with pytest.raises(Unusable, match="crashes"):
        fitting.fitted(b"\x89PNG\r\n\x1a\n" + b"".join(packed), 100, "plain")
