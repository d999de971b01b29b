"""The times when one worker may ask a host: after a pause, and never while the host is to be left alone."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic, sleep

from django.utils import timezone

from feeds.leases import hosts


class Visits:
    """The requests of one worker, `pause` seconds between two to one host. What `names` want is looked up at once, by
    one query; a host that has refused, or has a pace of its own, is asked no more than once."""

    def __init__(self, pause: float, names: Iterable[str] = ()) -> None:
        self._pause = pause
        self._last: dict[str, float] = {}
        self._wishes: dict[str, hosts.Wish | None] = {}
        self._over: set[str] = set()
        self.look_up(names)

    def look_up(self, names: Iterable[str]) -> None:
        """Look up what those of `names` want that are not known yet: at most one query."""
        if unknown := set(names) - self._wishes.keys():
            self._wishes.update({**dict.fromkeys(unknown), **hosts.wishes(unknown)})

    def may_ask(self, host: str) -> bool:
        """True when `host` may be asked, after a sleep where need be; False where it is to be left alone, and nothing
        more is asked of it by this worker."""
        if host in self._over:
            return False
        self.look_up([host])
        wish = self._wishes[host]
        if wish and (wish.gap or not wish.is_free(timezone.now())):
            self._over.add(host)
            if not hosts.take_turn(wish, timezone.now()):
                return False
        self.wait_for(host)
        return True

    def wait_for(self, host: str) -> None:
        """Sleep until the pause of `host` is over, whatever it wants beyond that."""
        if host in self._last:
            sleep(max(0.0, self._last[host] + self._pause - monotonic()))
        self._last[host] = monotonic()

    def refused(self, host: str) -> None:
        """Ask nothing more of `host`."""
        self._over.add(host)
