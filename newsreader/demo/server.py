"""The demo's publisher: a web server on loopback that behaves as publishers do, well and badly."""

from __future__ import annotations

import threading
import time
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from newsreader.demo import Publisher, documents, pictures, sounds
from newsreader.demo.catalogue import CATALOGUE, Piece, Source, begun, minutes, pieces
from newsreader.demo.mail import Post

STEADY_SECONDS = 180  # that long the feed that breaks is whole
NEW_ALMANAC = "/almanac/feed.xml"


class Site(ThreadingHTTPServer):
    """Serves one publisher."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.started_at = time.monotonic()
        super().__init__(("127.0.0.1", publisher.port), Handler)

    def pieces_of(self, source: Source) -> list[Piece]:
        if source.behaviour == "minute":
            return minutes(self.publisher.since, int(time.time()))
        return pieces(source, self.publisher.since)

    def feed(self, source: Source) -> tuple[bytes, str]:
        given = self.pieces_of(source)
        if source.behaviour == "parts":
            given = [begun(piece) for piece in given]
        return documents.feed_document(source, given, self.publisher.address)


class Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        feed = next((source for source in CATALOGUE if source.path == path), None)
        if path == NEW_ALMANAC:
            self.send(*self.server.feed(next(source for source in CATALOGUE if source.behaviour == "moves")))
        elif feed:
            self.send_feed(feed)
        elif path.startswith("/pictures/"):
            self.send_picture(path.removeprefix("/pictures/"))
        elif path == "/sounds/horn.wav":
            self.send(sounds.wav(), "audio/wav")
        else:
            self.send_page(path)

    def send_feed(self, source: Source) -> None:
        match source.behaviour:
            case "moves":
                self.send(b"", status=HTTPStatus.MOVED_PERMANENTLY, location=NEW_ALMANAC)
            case "breaks":
                self.send_broken(source)
            case _:
                self.send(*self.server.feed(source))

    def send_picture(self, name: str) -> None:
        if name.endswith(".svg"):
            self.send(pictures.svg(name), "image/svg+xml")
        else:
            self.send(pictures.png(name), "image/png")

    def send_page(self, path: str) -> None:
        slug, _slash, name = path.strip("/").partition("/")
        for source in CATALOGUE:
            if source.slug == slug:
                of_source = self.server.pieces_of(source)
                piece = next((piece for piece in of_source if piece.slug == name), None)
                if piece:
                    self.send(documents.page_of(source, piece), "text/html; charset=utf-8")
                    return
                if not name:
                    self.send(documents.front_page(source, of_source), "text/html; charset=utf-8")
                    return
        self.send(b"Not here\n", "text/plain", HTTPStatus.NOT_FOUND)

    def send_broken(self, source: Source) -> None:
        """Whole at first; then an error and half a document by turns."""
        body, media_type = self.server.feed(source)
        turn = int((time.monotonic() - self.server.started_at) // STEADY_SECONDS)
        if turn == 0:
            self.send(body, media_type)
        elif turn % 2:
            self.send(b"The shelf fell down\n", "text/plain", HTTPStatus.INTERNAL_SERVER_ERROR)
        else:
            self.send(b"<!-- the rest is under the shelf -->" + body[: len(body) // 30], media_type)

    def send(
        self, body: bytes, media_type: str = "text/plain", status: int = HTTPStatus.OK, location: str = ""
    ) -> None:
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        known = status == HTTPStatus.OK and self.headers.get("If-None-Match") == etag
        self.send_response(HTTPStatus.NOT_MODIFIED if known else status)
        if status == HTTPStatus.OK:
            self.send_header("ETag", etag)
        if location:
            self.send_header("Location", location)
        if not known:
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not known:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing: the reader's own log tells of its polls."""


def serve(publisher: Publisher, pem: Path) -> None:
    """Serve until the process ends. `pem`: the key and certificate of the mailbox."""
    with Site(publisher) as site, Post(publisher, pem) as post:
        threading.Thread(target=post.serve_forever, daemon=True).start()
        site.serve_forever()
