"""A page that a test before had is as a new one, or is not had again."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, WIDE
from tests.browser.shelf import IDLE, shelf_of

pytestmark = [pytest.mark.browser, pytest.mark.one_database("a browser's pages know no database")]

STORE = """async () => {
  localStorage.kept = sessionStorage.kept = name = "kept";
  document.cookie = "kept=kept";
  await new Promise((made) => { indexedDB.open("kept").onsuccess = made });
  await caches.open("kept");
}"""
STORED = """async () => [localStorage.length, sessionStorage.length, name, document.cookie.includes("kept"),
  (await indexedDB.databases()).length, (await caches.keys()).length, history.length]"""
PICTURE = "() => new Promise((end) => { Object.assign(new Image(), { onerror: end, src: '/images/1' }) })"
LASTING = {
    "a script before all": lambda page: page.add_init_script("window.kept = true"),
    "a script of the context": lambda page: page.context.add_init_script("window.kept = true"),
    "an answer of ours": lambda page: page.route("**/*", lambda route: route.abort()),
    "no network": lambda page: page.context.set_offline(True),
    "a clock": lambda page: page.clock.install(),
    "a permission": lambda page: page.context.grant_permissions(["notifications"]),
    "paper": lambda page: page.emulate_media(media="print"),
    "a picture": lambda page: page.evaluate(PICTURE),
    "its end": lambda page: page.close(),
}


@pytest.fixture
def shelf(chromium):
    with shelf_of(chromium) as shelf:
        yield shelf


@pytest.fixture
def take(shelf, live_server):
    return lambda **options: shelf.take(base_url=live_server.url, **options)


def test_nothing_is_left_of_the_test_before(shelf, take):
    kept, heard = take(**WIDE), []
    page = kept.page
    page.on("request", lambda request: heard.append(request.url))
    page.goto("/sign-in/")
    page.evaluate(STORE)
    page.goto("/robots.txt")
    page.goto("/sign-in/")
    assert page.evaluate(STORED) == [1, 1, "kept", True, 1, 1, 4]  # with about:blank
    page.set_viewport_size({"width": 300, "height": 300})
    page.context.new_page()
    shelf.put_back(kept)
    heard.clear()

    assert take(**WIDE).page is page
    assert (page.viewport_size, page.context.pages) == (WIDE["viewport"], [page])
    page.goto("/sign-in/")
    assert page.evaluate(STORED) == [0, 0, "", False, 0, 0, 2]
    assert heard == []


@pytest.mark.parametrize("done", LASTING)
def test_a_page_of_which_something_would_stay_goes(shelf, take, done):
    kept = take(**WIDE)
    kept.page.goto("/sign-in/")
    LASTING[done](kept.page)
    shelf.put_back(kept)
    assert kept.page.is_closed()
    assert shelf.idle == []


def test_pages_are_had_again_by_who_asks_for_the_like(shelf, take):
    wide, phone, other = take(**WIDE), take(**PHONE), take(**PHONE)
    for kept in (wide, phone, other):
        shelf.put_back(kept)
    assert take(**PHONE).page is other.page
    assert take(**PHONE).page is phone.page
    assert take(**WIDE).page is wide.page


def test_few_pages_wait(shelf, take):
    pages = [take(**WIDE) for _ in range(IDLE + 1)]
    for kept in pages:
        shelf.put_back(kept)
    assert pages[0].page.is_closed()
    assert shelf.idle == pages[1:]
