"""Mail by a server that wants TLS, and in words where it can't be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from articles.models import Channel
from articles.notices import channels
from feeds.polls.failure_messages import translated
from tests.articles.notices.telling import channel_of, send, tell
from tests.imap_server import certificate_in
from tests.smtp_server import MailTaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(tmp_path) -> Path:
    return certificate_in(tmp_path)


@pytest.fixture(params=["smtp", "smtps"])
def scheme(request) -> str:
    name: str = request.param
    return name


@pytest.fixture
def tls_taker(certificate, scheme, settings):
    taker = MailTaker(certificate, is_implicit=scheme == "smtps")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taker.port
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = scheme == "smtp", scheme == "smtps"
    settings.DEFAULT_FROM_EMAIL = "news@news.example"
    yield taker
    taker.close()


@pytest.fixture
def by_mail(ann, tls_taker) -> Channel:
    return channel_of(ann, Channel.Kind.EMAIL, {"address": "ann@mail.example"}, host="", gap_minutes=60)


def test_a_notice_is_sent_to_a_server_whose_certificate_is_trusted(ann, by_mail, tls_taker, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tell(ann, "one")
    assert send().sent == 1
    assert len(tls_taker.letters) == 1


def test_one_that_is_not_trusted_gets_nothing_and_its_reader_reads_why(ann, by_mail, tls_taker):
    tls_taker.user = ("news", "secret")
    tell(ann, "one")
    assert send().failed == 1
    by_mail.refresh_from_db()
    assert by_mail.last_error == "The certificate of the mail server is not trusted: self-signed certificate"
    assert not tls_taker.letters
    with translation.override("zh-hans"):
        assert "邮件服务器的证书不受信任" in translated(by_mail.last_error)


def test_without_starttls_nothing_goes_out_in_the_clear(ann, mail_taker, settings):
    settings.EMAIL_USE_TLS = True
    channel = channel_of(ann, Channel.Kind.EMAIL, {"address": "ann@mail.example"}, host="", gap_minutes=60)
    answer = channels.test(channel)
    assert not answer.is_taken
    assert answer.said == "The mail server offers no STARTTLS."
    assert not mail_taker.letters
