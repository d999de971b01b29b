"""The WSGI application that the web server loads."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsreader.settings")
CONNECTIONS = 16  # to Postgres, of each process: it has more threads, most of which wait for publishers
WAIT = 5  # seconds for one to be free, or for who writes to be done: a reader waits, and is told


def share_connections() -> None:
    """Threads take their connections from a pool: each with one of its own would be more than Postgres takes."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.postgresql":
        database["CONN_MAX_AGE"] = 0
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": CONNECTIONS, "timeout": WAIT}
    else:
        database["OPTIONS"]["timeout"] = WAIT


try:
    share_connections()
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.exit(f"Newsreader can't start: {error}")
