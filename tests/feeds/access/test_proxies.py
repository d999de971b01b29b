"""Feeds that are asked through a proxy, against real ones."""

import base64
import contextlib
import socket
import struct
import threading

import pytest

from articles.ingest.single_poll import poll_now
from feeds.access.models import FeedAccess
from feeds.addresses import change_address
from feeds.http import Client, HttpError
from feeds.http.access import Access
from feeds.http.policy import FetchPolicy
from feeds.http.target import target_of
from feeds.models import Feed
from feeds.subscribe.outlines import import_opml
from tests.factories import make_feed
from tests.feeds.access.demands import RSS, SECRET, asked, keep
from tests.listener import stop_listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]


class Proxy:
    """A proxy on loopback that joins whoever comes to `to`, whatever host they name, and keeps what it was told."""

    def __init__(self, kind, to):
        self.told, self.kind, self.to = [], kind, to
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.serving = threading.Thread(target=self.serve, daemon=True)
        self.serving.start()

    def serve(self):
        while True:
            try:
                ours, _ = self.listening.accept()
            except OSError:
                return
            with ours:
                (self.http if self.kind == "http" else self.socks)(ours)
                with socket.create_connection(self.to) as theirs:
                    back = threading.Thread(target=self.copy, args=(theirs, ours), daemon=True)
                    back.start()
                    self.copy(ours, theirs)
                    back.join()

    @staticmethod
    def copy(source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def http(self, sock):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += sock.recv(1)
        self.told.append(head.decode())
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

    def socks(self, sock):
        _version, count = sock.recv(2)
        sock.recv(count)
        sock.sendall(b"\x05\x02")
        _version, length = sock.recv(2)
        name = sock.recv(length)
        password = sock.recv(sock.recv(1)[0])
        sock.sendall(b"\x01\x00")
        sock.recv(4)
        host = sock.recv(sock.recv(1)[0])
        [port] = struct.unpack(">H", sock.recv(2))
        self.told.append(f"{name.decode()}:{password.decode()}@{host.decode()}:{port}")
        sock.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")


@pytest.fixture
def proxied(publisher):
    opened = []

    def one(kind):
        proxy = Proxy(kind, ("127.0.0.1", publisher.port))
        opened.append(proxy)
        return proxy

    yield one
    for each in opened:
        stop_listening(each.listening, each.serving)


def test_a_poll_goes_through_an_http_proxy(client, staff, publisher, proxied):
    proxy, feed = proxied("http"), make_feed(url="http://hidden.onion/feed")
    publisher.serve("/feed", RSS)
    keep(client, feed, proxy=f"http://ann:{SECRET}@127.0.0.1:{proxy.port}")
    assert poll_now(feed).outcome == "updated"
    assert proxy.told[0].startswith("CONNECT hidden.onion:80 HTTP/1.1\r\n")
    assert base64.b64encode(f"ann:{SECRET}".encode()).decode() in proxy.told[0]
    assert "proxy-authorization" not in asked(publisher)


def test_a_poll_goes_through_socks_which_resolves_the_name(client, staff, publisher, proxied):
    proxy, feed = proxied("socks"), make_feed(url="http://hidden.onion/feed")
    publisher.serve("/feed", RSS)
    keep(client, feed, proxy=f"socks5://ann:{SECRET}@127.0.0.1:{proxy.port}")
    assert poll_now(feed).outcome == "updated"
    assert proxy.told == [f"ann:{SECRET}@hidden.onion:80"]


def test_nothing_but_the_feeds_own_host_is_asked_through_a_proxy(client, staff, publisher, proxied):
    proxy, feed = proxied("http"), make_feed(url="http://hidden.onion/feed")
    publisher.redirect("/feed", "http://169.254.169.254/latest", 302)
    keep(client, feed, proxy=f"http://127.0.0.1:{proxy.port}")
    error = poll_now(feed).error
    assert "through a proxy no other host is asked" in error
    assert len(proxy.told) == 1


def test_a_feed_at_another_address_is_still_asked_through_its_proxy_and_told_no_secret(
    client, staff, publisher, proxied
):
    proxy, feed = proxied("http"), make_feed(url="http://hidden.onion/feed")
    publisher.serve("/feed", RSS)
    keep(client, feed, proxy=f"http://127.0.0.1:{proxy.port}", token=SECRET)
    change_address(Feed.objects.get(pk=feed.pk), "http://other.onion/feed")
    assert poll_now(feed).outcome == "updated"
    assert proxy.told[0].startswith("CONNECT other.onion:80 ")
    assert "authorization" not in asked(publisher)


def test_a_proxy_that_answers_a_byte_at_a_time_has_the_time_to_connect_and_no_more():
    dripping, is_over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip():
        sock, _ = dripping.accept()
        with sock, contextlib.suppress(OSError):
            while not is_over.wait(0.02):
                sock.sendall(b"H")

    threading.Thread(target=drip, daemon=True).start()
    origin = target_of("http://hidden.onion/feed").origin
    access = Access(origin=origin, proxy=f"http://127.0.0.1:{dripping.getsockname()[1]}")
    try:
        policy = FetchPolicy(user_agent="Newsreader", connect_timeout=0.5, access=access)
        with Client(policy) as client, pytest.raises(HttpError):
            client.get("http://hidden.onion/feed")
    finally:
        is_over.set()
        dripping.close()


def test_a_list_of_feeds_names_no_proxy(publisher):
    """Whoever wrote it would reach what the operator's own network holds."""
    import_opml(
        f"""<opml version="2.0"><body><outline xmlns:frss="https://freshrss.org/opml" text="x" type="rss"
        xmlUrl="{publisher.serve("/feed", RSS)}" frss:CURLOPT_PROXY="http://169.254.169.254:80"/></body></opml>""".encode()
    )
    assert not FeedAccess.objects.exists()


def test_a_proxy_that_is_away_is_named_without_its_password(client, staff):
    feed = make_feed(url="http://hidden.onion/feed")
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    keep(client, feed, proxy=f"http://ann:{SECRET}@127.0.0.1:{port}")
    error = poll_now(feed).error
    assert "127.0.0.1" in error
    assert SECRET not in error
