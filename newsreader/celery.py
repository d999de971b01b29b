"""The Celery application of worker and beat.

The web process neither imports nor needs it: what is due is a row, and a beat tick finds it. So nothing outside the
tasks may call `.delay()`.
"""

import logging
import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, worker_init, worker_ready

from newsreader import broker
from newsreader.waiting import drop_expired

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreader.settings")
broker.register()
# Celery warns root because a pickled message could run code. Ours are JSON, and nothing else is accepted.
warnings.filterwarnings("ignore", category=SecurityWarning)

logger = logging.getLogger(__name__)

app = Celery("newsreader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_djangos_logging(**kwargs: Any) -> None:
    """Being connected is enough: Celery then leaves alone the logging that the settings configure."""


@worker_init.connect
def make_room(**kwargs: Any) -> None:
    """A Redis that is full takes nothing, not even what a worker says of itself when it starts."""
    drop_expired()


@worker_ready.connect
def begin_at_once(**kwargs: Any) -> None:
    """Start on what became due while nothing ran, without waiting for beat's first tick, and on what a killed worker
    had in hand, without waiting for its lease to end, where that can be known."""
    from feeds.leases import holders  # Django is set up by now, and no task is under way yet
    from feeds.polls import polling

    if released := holders.begin_work(polling.QUEUE.release_all):
        logger.info("%d feeds that a killed process had in hand are due again", released)
    app.send_task("articles.tasks.tick", expires=25)
