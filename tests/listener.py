"""Sockets of the tests' own servers, at which a thread takes connections."""

from __future__ import annotations

import contextlib
import socket
import threading


def stop_listening(listener: socket.socket, serving: threading.Thread) -> None:
    """End the thread that takes connections from `listener`, which is closed then: the next socket has its number, and
    a thread about to wait at that would take the next server's connections."""
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    serving.join(5)
    listener.close()
