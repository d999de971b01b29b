"""The nginx of docker-compose.yml, with its own configuration, before the web server."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from articles.images.urls import signed_path
from tests.articles.images import pictures
from tests.newsreader.conftest import ROOT
from tests.newsreader.test_web import fetched, get, running_web
from tests.servers import Servant, free_port, running

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or ""
KEY = "a key that signs pictures"

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed")


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder that stands for the container's /tmp."""
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


@pytest.fixture
def port(used_environment: dict[str, str], temporary: Path) -> Iterator[int]:
    """The port at which nginx listens. Its files and addresses alone are others than in a container."""
    told = {
        "NEWSREADER_IMAGE_ACCEL": "true",
        "NEWSREADER_IMAGE_KEYS": KEY,
        "NEWSREADER_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    with running_web(used_environment | told) as web:
        port, log = free_port(), temporary.with_name("nginx.log")
        text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
        for theirs, ours in {
            "listen 8000;": f"listen 127.0.0.1:{port};",
            "set $web web:8000;": f"set $web 127.0.0.1:{web};",
            "/tmp/": f"{temporary}/",
            "/data/": f"{used_environment['NEWSREADER_DATA']}/",
        }.items():
            assert theirs in text
            text = text.replace(theirs, ours)
        configuration = temporary.with_name("nginx.conf")
        configuration.write_text(text, encoding="utf-8")
        main = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        with running([NGINX, "-c", str(configuration), "-e", str(log), "-g", main], log, Servant()) as process:
            while True:
                try:
                    get(port, "/healthz")
                    break
                except ConnectionRefusedError:
                    assert process.poll() is None, log.read_text()
            yield port


def test_an_upload_that_is_refused_is_not_waited_for(port: int, temporary: Path):
    """/tmp is memory: two uploads of anybody's took all that nginx has."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        head = f"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1000000000\r\n\r\n"
        client.sendall(head.encode() + bytes(200_000))
        assert client.recv(12) == b"HTTP/1.1 403"
    assert not [path for path in (temporary / "body").rglob("*") if path.is_file()]


def test_pictures_that_nginx_sends_are_as_inert_and_as_kept_as_those_of_the_web_server(port, publisher, settings):
    settings.IMAGE_KEYS = [KEY]
    url = publisher.serve("/a.jpg", pictures.jpeg(), content_type="text/html")
    for width, media_type in ((320, "image/webp"), (0, "image/jpeg")):
        path = signed_path(url, width)
        status, headers, body = fetched(port, path, ("Accept", "image/webp"))
        assert (status, headers["Content-Type"]) == (200, media_type)
        assert "sandbox" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        status, part, some = fetched(port, path, ("Accept", "image/webp"), ("Range", "bytes=10-29"))
        assert (status, some) == (206, body[10:30])
        assert part["Content-Range"] == f"bytes 10-29/{len(body)}"
        tag = ("If-None-Match", headers["ETag"])
        assert fetched(port, path, ("Accept", "image/webp"), tag)[0] == 304
    assert len(publisher.requests) == 1


def test_what_nginx_sends_for_the_web_server_is_asked_for_in_no_other_way(port: int):
    for path in ("/_files/store/", "/_files/cache/../newsreader.sqlite3", "/_files/cache/..%2fsecret_key"):
        assert get(port, path)[0] == 404
