"""Mailboxes on the tests' server of mail, and visits to them."""

from datetime import timedelta

from django.utils import timezone

from articles.ingest import letters
from feeds.access import sealed
from feeds.models import Mailbox
from feeds.newsletters import mailboxes
from tests.imap_server import PASSWORD, USER


def make_mailbox(owner, server, folder, *, password=PASSWORD, **columns):
    usual = {
        "host": "127.0.0.1",
        "port": server.port,
        "user_name": USER,
        "secrets": sealed.seal({"password": password}),
        "folder": folder,
        "authorities": server.certificate.read_text(),
        "added_at": letter_day(),
    }
    return Mailbox.objects.create(owner=owner, **usual | columns)


def letter_day():
    """When the letters of tests are news."""
    return timezone.now().replace(year=2026, month=3, day=1)


def visit(settings, *, after=timedelta()):
    """The work of a worker that the next tick sends."""
    tally = letters.Tally()
    for claim in mailboxes.claim_due(timezone.now() + after):
        done = letters.read_claim(settings.FETCH_POLICY, claim, pause=0)
        tally.letters += done.letters
        tally.failed += done.failed
    return tally


def again(settings, mailbox):
    mailboxes.QUEUE.release_all()
    Mailbox.objects.filter(pk=mailbox.pk).update(read_at=timezone.now())
    return visit(settings)
