"""/healthz and /readyz, and whom X-Forwarded-* is believed from."""

import threading
import time
from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from articles import tasks
from feeds.models import Heartbeat
from feeds.polls import heartbeat
from newsreader import health
from newsreader.probe import probe
from newsreader.proxies import TrustedProxyMiddleware, client_address
from newsreader.settings import env
from tests.newsreader.conftest import redis_number

NOW = timezone.now
FINE = {"database": "ok", "broker": "ok", "scheduler": "ok", "disk": "ok"}
looked = pytest.mark.django_db(transaction=True)  # by threads with connections of their own


@pytest.fixture
def stranger():
    """Somebody who comes by an address that the site does not answer to."""
    return Client(headers={"host": "10.9.8.7:1234"})


@pytest.fixture
def ticking():
    heartbeat.beat(NOW())


def test_healthz_answers_anybody_without_touching_the_database(stranger):
    response = stranger.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_healthz_is_not_sent_on_to_https(stranger, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert stranger.get("/healthz").status_code == 200


@looked
def test_readyz_answers_when_everything_is_at_work(stranger, ticking):
    response = stranger.get("/readyz")
    assert response.json() == FINE
    assert response.status_code == 200


@looked
@pytest.mark.parametrize("refused", ["", "INSERT", "UPDATE"])
def test_readyz_tells_when_the_database_is_away_or_takes_no_writes(stranger, ticking, monkeypatch, refused):
    Heartbeat.objects.update(checked_at=None)

    def refuse(execute, sql, *arguments):
        if sql.startswith(refused) and "feeds_heartbeat" in sql:
            raise DatabaseError("password=hunter2")
        return execute(sql, *arguments)

    def look():
        with connection.execute_wrapper(refuse):
            return health.database_problem()

    monkeypatch.setitem(health.LOOKS, "database", health.Look(look))
    response = stranger.get("/readyz")
    assert response.status_code == (503 if refused != "INSERT" else 200)
    told = {"": "does not answer", "INSERT": "ok", "UPDATE": "can't be written"}[refused]
    assert response.json() == FINE | {"database": told}


@looked
def test_a_database_that_nobody_can_write_is_told_of_in_three_seconds(stranger, ticking, settings):
    """Another process writes, and does not end."""
    Heartbeat.objects.update(checked_at=None)
    is_held, is_over = threading.Event(), threading.Event()

    def write_for_long():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
            cursor.execute("UPDATE feeds_heartbeat SET ticked_at = ticked_at")
            is_held.set()
            is_over.wait(60)
            cursor.execute("ROLLBACK")
        connection.close()

    writer = threading.Thread(target=write_for_long)
    writer.start()
    is_held.wait(10)
    try:
        started = time.monotonic()
        for _ in range(2):
            response = stranger.get("/readyz")
            assert response.status_code == 503
            assert response.json() == FINE | {"database": "does not answer"}
        assert time.monotonic() - started < 6
        assert sum(thread.name.endswith("(_look)") for thread in threading.enumerate()) == 1
    finally:
        is_over.set()
        writer.join()
    done, _found = health.LOOKS["database"].begin()
    assert done.wait(40)
    assert stranger.get("/readyz").json() == FINE


@looked
@pytest.mark.parametrize("ticked", [None, timedelta(days=-3), timedelta(minutes=-6), timedelta(days=400)])
def test_readyz_tells_when_nothing_is_polled(stranger, ticked):
    """Also where a clock that was ahead has noted the last tick."""
    if ticked is not None:
        heartbeat.beat(NOW() + ticked)
    response = stranger.get("/readyz")
    assert response.status_code == 503
    assert response.json()["scheduler"].startswith("has not ticked lately")
    assert response.json()["database"] == "ok"


@looked
def test_a_tick_is_the_sign_of_life(stranger):
    tasks.tick()
    assert stranger.get("/readyz").json() == FINE


@looked
def test_readyz_tells_when_the_disk_is_full(stranger, ticking, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(10**9, 10**9, 3 * 2**20))
    response = stranger.get("/readyz")
    assert response.status_code == 503
    assert response.json() == FINE | {"disk": "has 3 MiB left"}


@looked
def test_readyz_tells_when_the_data_folder_takes_nothing(stranger, ticking, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    assert stranger.get("/readyz").json() == FINE | {"disk": "can't be written"}


@looked
def test_readyz_tells_when_redis_is_away(stranger, ticking, settings):
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:1/0"
    response = stranger.get("/readyz")
    assert response.status_code == 503
    assert response.json() == FINE | {"broker": "does not answer"}


@looked
def test_readyz_tells_when_redis_is_full(stranger, ticking, settings, real_servers):
    import redis

    settings.REDIS_URL = redis_number(6, real_servers)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        limit = client.config_get("maxmemory")["maxmemory"]
        client.config_set("maxmemory", "1")
        try:
            response = stranger.get("/readyz")
        finally:
            client.config_set("maxmemory", limit)
    assert response.status_code == 503
    assert response.json() == FINE | {"broker": "is full"}
    assert stranger.get("/readyz").json() == FINE


@looked
def test_readyz_tells_when_the_embedded_broker_has_no_folder(stranger, ticking, settings, tmp_path):
    settings.REDIS_URL, settings.BROKER_DIR = "", tmp_path / "gone"
    assert stranger.get("/readyz").json()["broker"] == "its folder can't be written"


@looked
def test_the_probe_hears_the_answer(live_server):
    assert probe(f"{live_server.url}/healthz", []) == ""
    assert "has not ticked lately" in probe(f"{live_server.url}/readyz", [])
    assert "has not ticked lately" in probe(f"{live_server.url}/readyz", ["database", "scheduler"])
    assert probe(f"{live_server.url}/readyz", ["database", "broker"]) == ""
    assert probe(f"{live_server.url}/readyz", ["unheard of"])
    assert "refused" in probe("http://127.0.0.1:1/readyz", [])


def test_nothing_can_be_posted_there(stranger):
    assert stranger.post("/healthz").status_code == 405
    assert stranger.head("/healthz").status_code == 200


PROXIES = type(env)({"NEWSREADER_TRUSTED_PROXIES": "10.0.0.0/8,fd00::/8"}).networks("NEWSREADER_TRUSTED_PROXIES")


@pytest.mark.parametrize(
    ("peer", "told", "expected"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", "nonsense, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, nonsense", "10.0.0.2"),
        ("fd00::2", "2001:db8::1", "2001:db8::1"),
        ("::ffff:10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_who_asks_is_the_first_that_is_no_proxy_of_ours(peer, told, expected):
    assert client_address(peer, told, PROXIES) == expected


def ask_through(peer, **headers):
    seen: list[HttpRequest] = []
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_HOST="inside", **headers)

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    TrustedProxyMiddleware(view)(request)
    return seen[0]


FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "198.51.100.1",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "news.example",
}


def test_a_trusted_proxy_tells_address_scheme_and_host(settings):
    settings.TRUSTED_PROXIES, settings.ALLOWED_HOSTS = PROXIES, ["*"]
    request = ask_through("10.0.0.2", **FORWARDED)
    assert request.META["REMOTE_ADDR"] == "198.51.100.1"
    assert request.is_secure()
    assert request.get_host() == "news.example"


@pytest.mark.parametrize(
    ("told", "scheme"),
    [
        ("https", "https"),
        ("HTTPS", "https"),
        ("https, http", "http"),  # the right one is our proxy's, the left one may be the client's own
        ("http, https", "https"),
        ("", "http"),
        ("javascript", "http"),
        ("https://", "http"),
        ("https,", "http"),
    ],
)
def test_the_last_scheme_counts_if_it_is_one(settings, told, scheme):
    settings.TRUSTED_PROXIES, settings.ALLOWED_HOSTS = PROXIES, ["*"]
    request = ask_through("10.0.0.2", HTTP_X_FORWARDED_PROTO=told)
    assert request.META["wsgi.url_scheme"] == scheme
    assert request.scheme == scheme


def test_http_from_a_proxy_stays_http_though_our_own_server_spoke_tls(settings):
    settings.TRUSTED_PROXIES, settings.ALLOWED_HOSTS = PROXIES, ["*"]
    request = ask_through("10.0.0.2", HTTP_X_FORWARDED_PROTO="http", **{"wsgi.url_scheme": "https"})
    assert request.META["wsgi.url_scheme"] == "http"


def test_the_last_host_counts_and_none_leaves_the_server_s_own(settings):
    settings.TRUSTED_PROXIES, settings.ALLOWED_HOSTS = PROXIES, ["*"]
    assert ask_through("10.0.0.2", HTTP_X_FORWARDED_HOST="evil.example, news.example").get_host() == "news.example"
    assert ask_through("10.0.0.2").get_host() == "inside"


def test_a_request_without_an_address_comes_from_nobody_s_proxy(settings):
    settings.TRUSTED_PROXIES, settings.ALLOWED_HOSTS = PROXIES, ["*"]
    assert ask_through("", **FORWARDED).get_host() == "inside"


def test_nobody_else_does(settings):
    settings.TRUSTED_PROXIES, settings.ALLOWED_HOSTS = PROXIES, ["*"]
    request = ask_through("203.0.113.9", **FORWARDED)
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert not request.is_secure()
    assert request.get_host() == "inside"
    assert not any(name.startswith("HTTP_X_FORWARDED") for name in request.META)
