"""A real Chromium in front of the real site. A page fails its test by any request to another site, any breach of the
Content-Security-Policy and any error on the console."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.template.autoreload import reset_loaders
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserType, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.shelf import Kept, Shelf, all_answered, shelf_of
from tests.browser.site_files import collect
from tests.template import once

# The engine without a window of its own, where it is there: a page of it takes half of the processor time.
WITHOUT_WINDOW = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# Playwright's, which Chromium forgets for a list that comes later, and the last two: a frame that is made anew for every page
# that is gone to, as it is where a site would be another, and a process that waits for a second site. The whole browser has both.
FEATURES_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch", "RenderDocument", "SpareRendererForSitePerProcess",
)  # fmt: skip
# The empty page that a profile begins with has the process of the site's first page then, not one of its own.
OF_ENGINE = [f"--disable-features={','.join(FEATURES_OFF)}", "--renderer-process-limit=1"]
PASSWORD = "correct horse battery"
ZONE = "Asia/Taipei"
WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SCREENS = pytest.mark.parametrize("screen", [PHONE, WIDE], ids=["390", "1440"])


class Server(ThreadedWSGIServer):
    """Waits at its end for its threads: each has a connection to the database, which could not be dropped."""

    daemon_threads = False


@pytest.fixture(scope="package")
def live_server() -> Iterator[LiveServer]:
    """As pytest-django's, but for static files: those of a site, whole, which a browser asks for once. In a folder of their
    own: who looks through all of them for every client takes his time."""

    with override_settings(STATIC_ROOT=once("static-files", collect)):
        reset_loaders()  # templates that are ready say what static files are called
        server = LiveServer("localhost", start=False)
        thread: Any = server.thread
        thread.static_handler = lambda handler: handler  # or it would look for them in the tree, not WhiteNoise
        thread.server_class = Server
        server.start()
        yield server
        server.stop()
    reset_loaders()


@pytest.fixture
def static_files() -> None:
    """Pages name them as those of a site do."""


@pytest.fixture(autouse=True)
def patient_counts(monkeypatch):
    """Labels and saved searches are counted at once, however busy the machine is: what is left a page asks for later."""
    monkeypatch.setattr("articles.views.tree.RECOUNT_SECONDS", 60.0)


@pytest.fixture(scope="package")
def launcher(django_db_setup, live_server) -> Iterator[BrowserType]:
    """Playwright, started once, and ended with all browsers before the server, which waits for them to be gone. While it
    runs, its event loop does too, in this thread; Django would take that for asynchronous code and refuse the database,
    though no test here awaits anything. The database is made before: who made it within the loop would close, before it is
    dropped, the loop's connection and not the one that tests without a browser leave open."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=30_000)  # as everything else in Playwright: a loaded machine takes its time
        yield playwright.chromium
        connections.close_all()  # those of this loop, which nobody finds once it has ended


@pytest.fixture(scope="package")
def chromium(launcher) -> Iterator[Browser]:
    """The system's Chromium, started once."""
    arguments = [*ARGUMENTS, *OF_ENGINE]
    browser = launcher.launch(executable_path=shutil.which(WITHOUT_WINDOW) or _path(), args=arguments)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def whole_chromium(launcher) -> Iterator[Browser]:
    """The browser with all that the engine alone has not: notices, and the pages that it keeps for Back, though
    Playwright tells it not to."""
    options = {"args": ARGUMENTS, "ignore_default_args": ["--disable-back-forward-cache"]}
    browser = launcher.launch(executable_path=_path(), **options)
    yield browser
    browser.close()


def _path() -> str:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "the browser tests need Chromium: apt-get install chromium fonts-noto-cjk"
    return path


@pytest.fixture(scope="package")
def shelf(chromium) -> Iterator[Shelf]:
    with shelf_of(chromium) as shelf:
        yield shelf


@pytest.fixture
def open_page(shelf, live_server) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a browser profile of its own, wide ones; keywords are Playwright's for a new context."""
    taken: list[Kept] = []
    faults: list[str] = []

    def open_one(**options):
        kept = shelf.take(**{"base_url": live_server.url, "timezone_id": ZONE} | WIDE | options)
        taken.append(kept)
        page = kept.page
        page.on("request", lambda request: faults.extend(_foreign(request.url, live_server.url)))
        page.on("console", lambda message: faults.extend(_error(message)))
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    with all_answered():
        yield open_one
        for kept in taken:
            shelf.put_back(kept)
    assert not faults


def _error(message: ConsoleMessage) -> list[str]:
    """What the console shows as an error, but for a request of htmx's that ends because its page is left."""
    is_error = message.type == "error" and not message.text.startswith(("htmx:sendAbort,", "htmx:afterRequest,"))
    return [message.text] if is_error else []


def _foreign(url: str, site: str) -> list[str]:
    """The address, if it is of another site."""
    return [] if url.startswith((f"{site}/", "data:")) else [url]


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def sign_in(live_server) -> Callable[..., None]:
    """Signs in, without the form, and opens the list, or another page; keywords are Playwright's for going there.

    The page for signing in leaves the browser's time zone behind: without it, the first list has another day than
    what its links lead to, for as many hours of each day as the zones are apart."""

    def sign(page: Page, reader, to: str = "/", **options) -> None:
        client = Client()
        client.force_login(reader)
        cookies = {"timezone": ZONE, settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
        page.context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        page.goto(to, **options)

    return sign


@pytest.fixture
def fill_in_sign_in_form() -> Callable[..., None]:
    """Signs in as a person would."""

    def sign(page: Page, reader) -> None:
        page.goto("/sign-in/")
        page.get_by_label("Username").fill(reader.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("/")

    return sign
