"""Back out of the browser's memory: the page is there at once, and shows what was done since."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.history import go_back
from tests.browser.shelf import shelf_of
from tests.factories import make_articles, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]


@pytest.fixture(scope="module")
def shelf(whole_chromium):
    with shelf_of(whole_chromium) as shelf:
        yield shelf


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def articles(live_server):
    """The newest first."""
    return make_articles(3)[::-1]


def button(page, article, name):
    return page.locator(f"#article-{article.pk} > [name$={name}]")


def open_row(page, article):
    """Opens the article and leaves a mark in the page that only its own memory keeps."""
    page.evaluate("window.isKept = true")
    page.locator(f"#article-{article.pk} .row-text > :is(h2, h3) > a").click()
    page.wait_for_url("**/articles/**")
    page.wait_for_load_state()


def test_back_shows_the_page_from_memory_with_what_was_done(page, reader, articles, sign_in):
    sign_in(page, reader)
    expect(button(page, articles[0], "read")).to_have_attribute("name", "read")
    open_row(page, articles[0])
    page.locator("[name$=star]").click()
    expect(page.locator("[name$=star]")).to_have_attribute("name", "unstar")
    page.go_back(wait_until="commit")  # a page out of memory is not loaded
    expect(button(page, articles[1], "star")).to_be_visible()
    expect(button(page, articles[0], "star")).to_have_attribute("name", "unstar")
    expect(button(page, articles[0], "read")).to_have_attribute("name", "unread")
    expect(button(page, articles[1], "read")).to_have_attribute("name", "read")
    expect(page.locator(f"#article-{articles[0].pk} .row-text > :is(h2, h3) > a")).to_be_focused()
    assert page.evaluate("window.isKept === true")


def test_after_a_whole_list_was_marked_back_asks_anew(page, reader, articles, sign_in):
    sign_in(page, reader)
    open_row(page, articles[0])
    page.get_by_role("link", name="Articles").click()
    page.locator(".mark-menu summary").click()
    page.get_by_role("button", name="All articles").click()
    page.locator(".undo").wait_for()
    go_back(page, 3)
    expect(button(page, articles[2], "read")).to_be_visible()
    expect(button(page, articles[2], "read")).to_have_attribute("name", "unread")
    assert not page.evaluate("window.isKept === true")


def test_back_shows_nothing_to_who_has_signed_out(page, reader, articles, sign_in):
    sign_in(page, reader)
    page.get_by_role("link", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    page.go_back()
    page.go_back()
    page.wait_for_url("**/sign-in/**")
    expect(page.locator(".row")).to_have_count(0)
