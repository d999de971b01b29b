"""The Celery application of beat alone: `celery -A newsreader.beat beat`.

Beat sends names at times and runs no task, so it does without Django's apps and models: half the memory, and it is
there at once.
"""

import logging.config
import os

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from newsreader import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreader.settings")
broker.register()

app = Celery("newsreader", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def configure_logging(**kwargs: object) -> None:
    """The settings' logging, which Django itself would have set up."""
    logging.config.dictConfig(settings.LOGGING)
