"""A real Chromium in front of the real site. A page fails its test by any request to another site, any breach of the
Content-Security-Policy and any error on the console."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, expect, sync_playwright

# The engine without a window of its own, where it is there: a page of it takes half of the processor time.
WITHOUT_WINDOW = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSWORD = "correct horse battery"
WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SCREENS = pytest.mark.parametrize("screen", [PHONE, WIDE], ids=["390", "1440"])


@pytest.fixture(scope="session", autouse=True)
def static_root() -> None:
    """The live server starts before any other fixture, and with it WhiteNoise, which looks for this folder."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture(scope="package")
def launcher() -> Iterator[BrowserType]:
    """Playwright, started once. While it runs, its event loop does too, in this thread; Django would take that for
    asynchronous code and refuse the database, though no test here awaits anything."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=30_000)  # as everything else in Playwright: a loaded machine takes its time
        yield playwright.chromium
        connections.close_all()  # those of this loop, which nobody finds once it has ended


@pytest.fixture(scope="package")
def chromium(launcher) -> Iterator[Browser]:
    """The system's Chromium, started once."""
    browser = launcher.launch(executable_path=shutil.which(WITHOUT_WINDOW) or _path(), args=ARGUMENTS)
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


@pytest.fixture
def open_page(chromium, live_server) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a browser profile of its own, wide ones; keywords are Playwright's for a new context."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(**options):
        context = chromium.new_context(**{"base_url": live_server.url, "timezone_id": "Asia/Taipei"} | WIDE | options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: faults.extend(_foreign(request.url, live_server.url)))
        page.on("console", lambda message: faults.extend(_error(message)))
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
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
    """Signs in, without the form, and opens the list."""

    def sign(page: Page, reader) -> None:
        client = Client()
        client.force_login(reader)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page.goto("/")

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
