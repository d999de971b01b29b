"""A mailbox on the tests' servers of mail, and its owner."""

from dataclasses import replace

import pytest

from tests.articles.ingest.mailboxes import make_mailbox
from tests.factories import make_reader
from tests.scripted_imap import certificate, scripted

__all__ = ["certificate", "scripted"]


@pytest.fixture
def patient_visits(settings, loopback_allowed):
    """A busy machine's server of mail is waited for."""
    times = {"connect_timeout": 60, "read_timeout": 60, "total_timeout": 150}
    settings.FETCH_POLICY = replace(settings.FETCH_POLICY, **times)


@pytest.fixture
def owner():
    return make_reader("ann", staff=True)


@pytest.fixture
def folder(mail_server):
    return mail_server.folder()


@pytest.fixture
def mailbox(owner, mail_server, folder):
    return make_mailbox(owner, mail_server, folder)
