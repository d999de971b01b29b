"""Pages that stay between tests. To start a page's process, which then compiles every script and reads every style anew,
takes half of the processor time of most tests in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request

IDLE = 3  # pages at most: each is a process
PATIENCE = 30  # seconds
# Of this site, out of the browser's cache, and without any script. Who leads a page to another site, or to about:blank, gives
# it another process.
REST = "/robots.txt"
# What stays with a page or its context whatever they show, and is not taken back here.
LASTING = (
    "add_init_script", "add_locator_handler", "emulate_media", "expose_binding", "expose_function", "grant_permissions",
    "new_cdp_session", "route", "route_from_har", "route_web_socket", "set_default_navigation_timeout",
    "set_default_timeout", "set_extra_http_headers", "set_geolocation", "set_offline",
)  # fmt: skip
LASTING_OF_CLOCK = ("install", "pause_at", "set_fixed_time", "set_system_time")


@dataclass(eq=False)
class Kept:
    """A page of a browser profile of its own, and what it takes to have it as a new one."""

    page: Page
    options: str
    is_good: bool = True
    listeners: list[tuple[Any, Any]] = field(default_factory=list)

    def watch(self) -> None:
        """Notes what is done to the page that lasts, and who listens to it."""
        page, context = self.page, self.page.context
        for owner, names in ((page, LASTING), (context, (*LASTING, "on")), (page.clock, LASTING_OF_CLOCK)):
            for name in names:
                if hasattr(owner, name):
                    setattr(owner, name, self._spoiling(getattr(owner, name)))
        listen: Any = page.on
        listen("request", self._see)

        def on(event: Any, listener: Any) -> None:
            self.listeners.append((event, listener))
            listen(event, listener)

        setattr(page, "on", on)  # noqa: B010 - of this page alone

    def _spoiling(self, does: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.is_good = False
            return does(*arguments, **options)

        return call

    def _see(self, request: Request) -> None:
        """Pictures stay in the browser's cache under addresses that are another picture's in the next test."""
        if request.resource_type in ("image", "media") and "/static/" not in request.url:
            self.is_good = False

    def leave(self) -> bool:
        """True once the page is as one that has not been anywhere; what its browser may load anew is still in its cache."""
        page = self.page
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.goto(REST)
        page.mouse.move(-1, -1)
        origin = page.evaluate("() => { sessionStorage.clear(); name = ''; return origin }")
        # Not one session for good: each has media and sizes of its own, and the last one to be asked wins.
        session = BrowserContext.new_cdp_session(page.context, page)
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session.send("Page.resetNavigationHistory")
        session.detach()
        while self.listeners:
            page.remove_listener(*self.listeners.pop())
        return True


@contextmanager
def all_answered() -> Iterator[None]:
    """Ends when each request that the tests' server has got by now is answered: what a page sends as it is left would else
    be written into the next test."""
    running, changed = 0, Condition()

    def count(change: int) -> Callable[..., None]:
        def receive(**_: object) -> None:
            nonlocal running
            with changed:
                running += change
                changed.notify_all()

        return receive

    begin, end = count(1), count(-1)
    request_started.connect(begin)
    request_finished.connect(end)
    yield
    with changed:
        assert changed.wait_for(lambda: running <= 0, PATIENCE), "a request is answered without end"
    request_started.disconnect(begin)
    request_finished.disconnect(end)


class Shelf:
    """The pages of a browser. Those that are idle, the last that was used last."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.idle: list[Kept] = []

    def take(self, viewport: Any, **options: Any) -> Kept:
        """A page that is as new, of a context with these options, Playwright's."""
        kind = json.dumps(options, sort_keys=True)
        kept = next((each for each in reversed(self.idle) if each.options == kind), None)
        if kept is None:
            context = self.browser.new_context(viewport=viewport, **options)
            page = context.new_page()
            kept = Kept(page, kind)
            kept.watch()
            return kept
        self.idle.remove(kept)
        if kept.page.viewport_size != viewport:
            kept.page.set_viewport_size(viewport)
        return kept

    def put_back(self, kept: Kept) -> None:
        """Makes it as new; where it can't be, or too many wait, one is closed."""
        try:
            is_as_new = kept.is_good and not kept.page.is_closed() and kept.leave()
        except Error:  # its process is gone
            is_as_new = False
        self.idle = [*self.idle, kept] if is_as_new else [kept, *self.idle]
        if not is_as_new or len(self.idle) > IDLE:
            self.idle.pop(0).page.context.close()


@contextmanager
def shelf_of(browser: Browser) -> Iterator[Shelf]:
    """A shelf that is empty at first, and at the end."""
    shelf = Shelf(browser)
    yield shelf
    for kept in shelf.idle:
        kept.page.context.close()
