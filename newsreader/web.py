"""The web server: `python -m newsreader.web --host 127.0.0.1 --port 8000`. See docs/decisions/web-server.md."""

from __future__ import annotations

import argparse
import gc
import os
from functools import partial
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from articles.images import concurrency
from newsreader.processes import end_with_parent

if TYPE_CHECKING:
    from newsreader.gateway import Gateway

PAGES = min(8, 2 * (os.cpu_count() or 1) + 1)  # more only wait for each other
THREADS = PAGES + concurrency.PICTURES + concurrency.FILMS  # which wait for publishers most of the time
IDLE_SECONDS = 10  # after which a thread ends that many pictures at once have needed
CONNECTIONS = 1024  # kept open in each process; an idle one costs some kilobytes
STOP_SECONDS = 8


def load_application(target: str, threads: int) -> Gateway:
    """Runs in a worker process: the application, in a process that ends with its parent."""
    end_with_parent()
    from django.urls import get_resolver

    from newsreader.gateway import Gateway
    from newsreader.threads import Threads
    from newsreader.wsgi import application

    get_resolver().url_patterns  # noqa: B018 - imports every page's modules, which the first reader need not wait for
    gc.collect()
    gc.freeze()  # what is here now stays: looking through it for garbage took a page a tenth of a second now and then
    return Gateway(application, Threads(threads, IDLE_SECONDS))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m newsreader.web", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--threads", type=int, default=THREADS, help="requests at once in each process")
    options = parser.parse_args()
    Granian(
        "newsreader.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGINL,  # ASGI without the events of start and end
        workers=options.workers,
        backpressure=CONNECTIONS,  # granian counts open connections, not requests: a browser keeps six
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        log_enabled=True,
        log_level=LogLevels.error,  # its warning is advice on the number of threads, which is chosen above
    ).serve(target_loader=partial(load_application, threads=options.threads))


if __name__ == "__main__":
    main()
