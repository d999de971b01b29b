"""Servers of feeds with certificates of their own."""

import ssl
import subprocess

import pytest

from articles.ingest.single_poll import poll_now
from tests.factories import make_feed
from tests.feeds.access.demands import RSS, keep
from tests.publisher import Publisher

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback_allowed")]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=own"
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", path],
        check=True,
        capture_output=True,
    )
    return path


@pytest.fixture
def secure(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Publisher(tls=context) as running:
        yield running


def test_a_server_with_a_certificate_of_its_own_is_trusted_where_staff_say_so(client, staff, secure, certificate):
    feed = make_feed(url=secure.serve("/feed", RSS))
    assert "can't be trusted" in poll_now(feed).error
    pem = certificate.read_text()
    keep(client, feed, authorities=pem[pem.index("-----BEGIN CERTIFICATE") :])
    assert poll_now(feed).outcome == "updated"
    assert "is not checked" not in client.get(f"/feeds/{feed.pk}/").text


def test_a_server_whose_certificate_is_not_checked_is_read_and_told_of(client, staff, secure):
    feed = make_feed(url=secure.serve("/feed", RSS))
    keep(client, feed, is_unchecked="on")
    assert poll_now(feed).outcome == "updated"
    assert "The certificate of this feed's server is not checked." in client.get(f"/feeds/{feed.pk}/").text


def test_other_servers_are_checked_all_the_same(client, staff, publisher, secure, feed):
    publisher.redirect("/feed", secure.serve("/there", RSS), 302)
    keep(client, feed, is_unchecked="on")
    assert "can't be trusted" in poll_now(feed).error
