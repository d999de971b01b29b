"""/healthz and /readyz, and whom X-Forwarded-* is believed from."""

import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from newsreader.proxies import TrustedProxyMiddleware, client_address
from newsreader.settings import env


@pytest.fixture
def stranger():
    """Somebody who comes by an address that the site does not answer to."""
    return Client(headers={"host": "10.9.8.7:1234"})


def test_healthz_answers_anybody_without_touching_the_database(stranger):
    response = stranger.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_healthz_is_not_sent_on_to_https(stranger, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert stranger.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readyz_answers_when_database_and_broker_do(stranger):
    response = stranger.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_readyz_tells_when_the_database_is_away(stranger):
    def refuse(*arguments):
        raise DatabaseError("password=hunter2")

    with connection.execute_wrapper(refuse):
        response = stranger.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": "does not answer", "broker": "ok"}


@pytest.mark.django_db
def test_readyz_tells_when_redis_is_away(stranger, settings):
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:1/0"
    response = stranger.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": "ok", "broker": "does not answer"}


@pytest.mark.django_db
def test_readyz_tells_when_the_embedded_broker_has_no_folder(stranger, settings, tmp_path):
    settings.REDIS_URL, settings.BROKER_DIR = "", tmp_path / "gone"
    assert stranger.get("/readyz").json()["broker"] == "its folder can't be written"


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


def test_nobody_else_does(settings):
    settings.TRUSTED_PROXIES, settings.ALLOWED_HOSTS = PROXIES, ["*"]
    request = ask_through("203.0.113.9", **FORWARDED)
    assert request.META["REMOTE_ADDR"] == "203.0.113.9"
    assert not request.is_secure()
    assert request.get_host() == "inside"
    assert not any(name.startswith("HTTP_X_FORWARDED") for name in request.META)
