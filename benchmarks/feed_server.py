"""A publisher for benchmarks, a process of its own: `python -m benchmarks.feed_server FEEDS ENTRIES` prints its port.

`/feeds/N.xml` are RSS feeds of about 100 KB. POST /phase/NAME changes how they answer: `validators` (ETag, and 304 to
whoever has it), `unchanged` (the same without them), `touched` (another lastBuildDate), `publish` (one entry more).
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.vocabulary import CHINESE, ENGLISH

PARAGRAPHS = 12
WORDS = 30


class State:
    """The documents that the feeds hold now, and how often they were asked, by status."""

    def __init__(self, feeds: int, entries: int) -> None:
        chance = random.Random(1)
        self.bodies = [_body(chance, CHINESE if number % 2 else ENGLISH) for number in range(60)]
        self.entries = entries
        self.phase = "validators"
        self.published = self.built = 0
        self.requests: Counter[int] = Counter()
        self.documents: dict[int, bytes] = {}
        self.feeds = feeds

    def enter(self, phase: str) -> None:
        self.phase = phase
        self.requests.clear()
        self.built += phase == "touched"
        self.published += phase == "publish"
        if phase in {"touched", "publish"}:
            self.documents.clear()

    def document(self, feed: int) -> bytes:
        if feed not in self.documents:
            self.documents[feed] = self._document(feed).encode()
        return self.documents[feed]

    def _document(self, feed: int) -> str:
        now = datetime(2026, 6, 1, tzinfo=UTC)
        newest = self.entries + self.published
        items = []
        for number in range(newest, newest - self.entries, -1):
            link = f"http://127.0.0.1/{feed}/{number}"
            date = format_datetime(now + timedelta(hours=number), usegmt=True)
            body = self.bodies[(feed * 7 + number) % len(self.bodies)]
            items.append(
                f"<item><title>Article {number} of feed {feed}</title><link>{link}</link><guid>{link}</guid>"
                f"<pubDate>{date}</pubDate><content:encoded><![CDATA[{body}]]></content:encoded></item>"
            )
        built = format_datetime(now + timedelta(minutes=self.built), usegmt=True)
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Feed {feed}</title><link>http://127.0.0.1/</link><description>For a benchmark</description>"
            f"<lastBuildDate>{built}</lastBuildDate>{''.join(items)}</channel></rss>"
        )


def _body(chance: random.Random, vocabulary: str) -> str:
    words = vocabulary.split()
    glue = "" if vocabulary is CHINESE else " "
    paragraphs = []
    for number in range(PARAGRAPHS):
        text = glue.join(chance.choices(words, k=WORDS * (3 if glue == "" else 2)))
        picture = f'<figure><img src="/picture/{number}.jpg" alt="" width="800" height="500"></figure>'
        paragraphs.append(
            f'<p style="margin:0">{text} <a href="/more?utm_source=rss">…</a></p>{picture * (number % 4 == 0)}'
        )
    return f'<div class="article">{"".join(paragraphs)}</div>'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    state: State

    def do_GET(self) -> None:
        feed = int(self.path.removeprefix("/feeds/").removesuffix(".xml"))
        body = self.state.document(feed)
        etag = f'"{feed}-{self.state.published}-{self.state.built}"'
        has_validators = self.state.phase != "unchanged"
        if has_validators and self.headers.get("If-None-Match") == etag:
            return self._answer(304, b"", etag)
        return self._answer(200, body, etag if has_validators else "")

    def do_POST(self) -> None:
        asked = dict(self.state.requests)
        self.state.enter(self.path.removeprefix("/phase/"))
        self._answer(200, repr(asked).encode(), "")

    def _answer(self, status: int, body: bytes, etag: str) -> None:
        self.state.requests[status] += 1
        self.send_response_only(status)
        if etag:
            self.send_header("ETag", etag)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    Handler.state = State(int(sys.argv[1]), int(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
