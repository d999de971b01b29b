"""Compare the kept pictures with their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.images.damage import want_again
from articles.images.fetch import patient_policy
from articles.images.files.media_types import file_name
from articles.images.models import ImageAddress, StoredImage
from articles.images.obtain import Missing, claim, fetch
from articles.images.store import fault_of
from articles.images.store_errors import StoreFailed, storing
from feeds.http import Client
from feeds.leases.queues import LeaseLost
from feeds.leases.visits import Visits

_BATCH = 1000


class Command(BaseCommand):
    help = (
        "Read every kept picture, sound and film and compare it with its name, which is its SHA-256. What is damaged "
        "or missing is named and fetched again from its publisher. Last line: 'checked N, damaged N, missing N, "
        "fetched again N'. Exit code: 0, or 1 where something is still damaged or missing, or the store fails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--offline", action="store_true", help="leave the fetching to the workers")

    def handle(self, *args: Any, **options: Any) -> None:
        self.visits = Visits(settings.HOST_PAUSE)
        counts = {"checked": 0, "damaged": 0, "missing": 0, "fetched again": 0}
        try:
            for image in _kept():
                counts["checked"] += 1
                with storing():
                    fault = fault_of(image.digest, image.media_type)
                if fault:
                    counts[fault] += 1
                    counts["fetched again"] += self.mend(image, fault, may_fetch=not options["offline"])
        except StoreFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))
        if counts["damaged"] + counts["missing"] > counts["fetched again"]:
            raise CommandError("some pictures are damaged or missing: a backup may have them; workers go on asking")

    def mend(self, image: StoredImage, fault: str, *, may_fetch: bool) -> bool:
        """True where an address of the picture has it, or another in its stead."""
        want_again(image.digest)
        name, reason = file_name(image.digest, image.media_type), "wanted again"
        for address in ImageAddress.objects.filter(image=image).order_by("key") if may_fetch else ():
            if not self.visits.may_ask(address.host):
                reason = "its host wants to be left alone for a while; workers go on asking"
                continue
            if not claim(address):
                reason = address.last_error or "it is being fetched"
                continue
            try:
                with Client(patient_policy()) as client:
                    fetch(client, address, is_kept=True)
            except (Missing, LeaseLost) as error:
                reason = str(error)
                if isinstance(error, Missing) and error.is_refusal:
                    self.visits.refused(address.host)
            else:
                self.stdout.write(f"{name} from {address.url} was {fault}: fetched again")
                return True
        self.stdout.write(f"{name} is {fault}: {reason}")
        return False


def _kept() -> Iterator[StoredImage]:
    """Every kept file. No cursor is left open: whoever fetches closes the connection, and with it all that it has."""
    last = ""
    while batch := list(StoredImage.objects.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        yield from batch
        last = batch[-1].pk
