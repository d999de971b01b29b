"""The server of mail that the environment names, with TLS."""

from __future__ import annotations

import pytest

from tests.imap_server import certificate_in
from tests.smtp_server import MailTaker


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_address_in_the_environment_says_how_it_is_encrypted(manage, tmp_path, scheme):
    certificate = certificate_in(tmp_path)
    taker = MailTaker(certificate, is_implicit=scheme == "smtps")
    taker.user = ("news@mail.example", "hunter/2")
    address = f"{scheme}://news%40mail.example:hunter%2F2@127.0.0.1:{taker.port}"
    known = {"EMAIL_URL": address, "EMAIL_FROM": "news@news.example"}
    refused = manage("sendtestemail", "ann@mail.example", **known)
    assert "certificate verify failed" in refused.stderr
    assert not taker.letters
    taken = manage("sendtestemail", "ann@mail.example", **known, SSL_CERT_FILE=str(certificate))
    taker.close()
    assert taken.returncode == 0, taken.stderr
    [letter] = taker.letters
    assert (letter.sender, letter.recipients) == ("news@news.example", ("ann@mail.example",))
