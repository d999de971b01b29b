"""Read the mailboxes of newsletters without a worker."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.ingest.letters import Tally, read_claim
from feeds.newsletters import mailboxes


class Command(BaseCommand):
    help = (
        "Read what is new in the mailboxes that are due. Last line: 'letters N, failed N'. Exit code: 0, or 1 where a "
        "mailbox could not be read."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = Tally()
        for claim in mailboxes.claim_due(timezone.now()):
            tally = read_claim(settings.FETCH_POLICY, claim, pause=settings.HOST_PAUSE)
            done.letters += tally.letters
            done.failed += tally.failed
        self.stdout.write(f"letters {done.letters}, failed {done.failed}")
        if done.failed:
            raise CommandError(f"{done.failed} mailboxes could not be read: their page says why", returncode=1)
