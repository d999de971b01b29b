"""The Celery application of beat alone: `celery -A newsreader.beat beat`.

Beat sends names at times and runs no task, so it does without Django's apps and models: half the memory, and it is
there at once.
"""

import logging
import os
import signal
from time import monotonic
from typing import Any

from celery import Celery
from celery.beat import Scheduler, SchedulingError
from celery.signals import beat_init, setup_logging

from newsreader import broker
from newsreader.waiting import drop_expired

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreader.settings")
broker.register()

logger = logging.getLogger(__name__)

SIGNALS = (signal.SIGTERM, signal.SIGINT)

app = Celery("newsreader", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")


class Intervals(Scheduler):
    """Sends each entry of the schedule at the start and then as often as it says, by a clock that nobody sets. Nothing
    is remembered: Celery's own scheduler compares the time of day with what it noted, so that a clock which was ahead,
    and is set right, silences it for as long."""

    def setup_schedule(self) -> None:
        self.next_at = dict.fromkeys(self.app.conf.beat_schedule, monotonic())
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due. Returns the seconds until something is again."""
        if min(self.next_at.values()) <= monotonic():
            drop_expired()  # each is over before the next is sent, so one of a kind waits at most
        for name, asked in self.app.conf.beat_schedule.items():
            if self.next_at[name] <= (now := monotonic()):
                self.next_at[name] = now + asked["schedule"]
                self._send(self.schedule[name])
        return max(0.0, min(self.next_at.values()) - monotonic())

    def _send(self, entry: Any) -> None:
        try:
            self.apply_async(entry, producer=self.producer, advance=False)
        except SchedulingError as error:  # the broker is away, or full: the next one may go through
            logger.error("%s", error)


@setup_logging.connect
def keep_the_settings_logging(**kwargs: object) -> None:
    """Being connected is enough: Celery then leaves alone the logging that the settings configure."""


@beat_init.connect
def take_signals(**kwargs: object) -> None:
    for number in SIGNALS:
        signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    """End, once: what is told again meanwhile changes nothing. Who ends a whole service, as systemd does, tells each of
    its processes, and `manage.py up` tells its own once more; Celery's handler would raise wherever Python is then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    if number not in before:  # else it came before they were held back
        raise SystemExit
