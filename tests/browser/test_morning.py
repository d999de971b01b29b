"""A morning's reading from end to end: by keys alone, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists.pages import PAGE
from tests.browser.conftest import PHONE, WIDE
from tests.factories import make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def feeds(live_server):
    """Two categories, Arts before Ports in the tree; of each feed the newest article comes first."""
    arts, ports = make_category("Arts", slug="arts"), make_category("Ports", slug="ports")
    dance, harbour = make_feed(title="Dance", category=arts), make_feed(title="Harbour notes", category=ports)
    return {feed.title: make_articles(n, feed, language="en")[::-1] for feed, n in ((dance, 3), (harbour, PAGE + 5))}


def press(page, *keys):
    page.wait_for_load_state()  # the keys are there when the page's modules have run
    for key in keys:
        page.keyboard.press(key)


def test_by_keys_alone(open_page, reader, feeds, sign_in):
    page = open_page(**WIDE)
    sign_in(page, reader)
    harbour, dance = feeds["Harbour notes"], feeds["Dance"]
    heading = page.get_by_role("heading", level=1)
    press(page, "g", "u")
    page.wait_for_url("**/?show=unread")
    press(page, "j", "j", "s")
    expect(page.locator(f"#article-{harbour[1].pk} > [name$=star]")).to_have_attribute("name", "unstar")
    press(page, "Enter")
    expect(heading).to_have_text(harbour[1].title)
    press(page, "End")
    page.wait_for_function("() => innerHeight + scrollY >= document.documentElement.scrollHeight - 2")
    press(page, " ")  # at the end of an article the next unread
    expect(heading).to_have_text(harbour[2].title)
    press(page, "u")
    expect(page.locator(f"#article-{harbour[2].pk} .row-text > :is(h2, h3) > a")).to_be_focused()
    press(page, "a")
    expect(page.locator(".undo")).to_contain_text("articles marked as read.")
    press(page, "J")  # the next feed with unread, as the tree has them
    expect(heading).to_have_text(re.compile("Dance"))
    press(page, "A")
    expect(page.locator(".nothing")).to_have_text("Nothing unread here.")
    undo = page.get_by_role("button", name="Undo", exact=True)
    for _ in range(60):
        if undo.evaluate("(button) => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(undo).to_be_focused()
    press(page, "Enter")
    expect(page.locator(f"#article-{dance[0].pk} > [name$=read]")).to_have_attribute("name", "read")
    press(page, "g", "s")
    expect(page.locator(".row h3")).to_have_text([harbour[1].title])


def test_without_scripts(open_page, reader, feeds, sign_in):
    page = open_page(**PHONE, java_script_enabled=False)
    sign_in(page, reader)
    harbour, dance = feeds["Harbour notes"], feeds["Dance"]
    heading = page.get_by_role("heading", level=1)
    page.get_by_role("button", name="Feeds").click()
    page.get_by_role("navigation", name="Feeds and unread articles").get_by_role("link", name="Ports").first.click()
    page.get_by_role("navigation", name="Show").get_by_role("link", name="Unread").click()
    page.wait_for_url("**/?category=ports&show=unread")
    page.get_by_text("Newest first").first.click()
    page.get_by_role("button", name="Oldest first").click()
    expect(page.locator(".row h3").first).to_have_text(harbour[-1].title)
    page.locator(".row-text > :is(h2, h3) > a").nth(1).click()
    expect(heading).to_have_text(harbour[-2].title)
    page.locator(".toolbar [name$=star]").click()
    expect(page.locator(".toolbar [name$=star]")).to_have_text("Remove star")
    page.get_by_role("link", name="Next unread article").click()
    expect(heading).to_have_text(harbour[-3].title)
    page.locator(".toolbar").get_by_role("link", name="List").click()
    page.locator(".mark-menu summary").click()
    page.get_by_role("button", name="The whole category").click()
    expect(page.locator(".nothing")).to_have_text("Nothing unread here.")
    page.get_by_role("link", name="Unread in Arts").click()
    expect(page.locator(".row h3").first).to_have_text(dance[0].title)
    page.get_by_role("button", name="Undo", exact=True).click()
    page.goto("/?category=ports&show=unread")
    expect(page.locator(".row")).to_have_count(PAGE)
