"""Lines about how far a command is."""

from __future__ import annotations

from time import monotonic

from django.core.management.base import BaseCommand

SECONDS = 3


class ProgressLines:
    """Prints one every few seconds, unless the command is to be quiet."""

    def __init__(self, command: BaseCommand, verbosity: int) -> None:
        self._command = command
        self._is_quiet = not verbosity
        self._last = monotonic()

    def __call__(self, name: str, done: int) -> None:
        if not self._is_quiet and monotonic() - self._last >= SECONDS:
            self._last = monotonic()
            self._command.stdout.write(f"{name}: {done:,}")
            self._command.stdout.flush()
