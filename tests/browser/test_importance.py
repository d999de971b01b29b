"""Feeds of high and low importance, and the river of today, as one sees and presses them on a phone and a wide screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.lists.unread_counts import unread_counts
from articles.search import index
from feeds.subscriptions.visibility import importance_of
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_accessibility import on_screens, violations
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.one_database("templates and styles know no database")]


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def feeds(live_server):
    """An important feed, one as others are, and one of low importance with ten articles of one day."""
    category, now = make_category("Ports"), timezone.now()
    high = make_feed(title="Harbour Notes", importance="high", category=category)
    usual = make_feed(title="Letters", category=category)
    low = make_feed(title="The Wire of " + "Long Names " * 12, importance="low", category=category)
    made = [
        make_article(feed, published_at=now - timedelta(minutes=5 + number))
        for number in range(3)
        for feed in (high, usual)
    ]
    made += [make_article(low, published_at=now - timedelta(milliseconds=number)) for number in range(10)]
    index.index(made)
    return high, usual, low


def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(page, sign_in, reader, feeds):
    sign_in(page, reader)
    found = []
    for address in ("/", "/today/?show=unread", f"/feeds/{feeds[2].pk}/menu/"):
        for screen in on_screens(page):
            found += violations(page, address if screen is WIDE else None)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert found == []


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
def test_the_row_of_a_day_leads_to_it_and_marks_it(open_page, sign_in, reader, feeds, scripts):
    page = open_page(java_script_enabled=scripts)
    sign_in(page, reader, "/?show=unread")
    line = page.locator(".row-low").first
    expect(line).to_contain_text("more from The Wire")
    line.get_by_role("link").click()
    page.wait_for_url("**q=date**")
    page.go_back()
    line.get_by_role("button", name="Mark as read").click()
    expect(page.locator(".undo, .messages, [role=status]").first).to_be_visible()
    assert feeds[2].pk not in unread_counts(reader)


def test_keys_stop_at_the_row_of_a_day_open_it_and_mark_it(page, sign_in, reader, feeds):
    sign_in(page, reader, "/?show=unread")
    page.keyboard.press("j")
    line = page.locator(".row-low")
    expect(line.get_by_role("link")).to_be_focused()
    page.keyboard.press("v")  # it has no original
    page.keyboard.press("j")
    expect(page.locator(".row").first.get_by_role("link").first).to_be_focused()
    page.keyboard.press("k")
    expect(line.get_by_role("link")).to_be_focused()
    page.keyboard.press("o")
    page.wait_for_url("**q=date**")
    page.wait_for_load_state()
    expect(page.locator(".row")).to_have_count(10)
    page.go_back()
    expect(line.get_by_role("link")).to_be_focused()
    page.keyboard.press("m")
    expect(line).to_have_count(0)
    assert feeds[2].pk not in unread_counts(reader)


def test_articles_of_today_lead_on_as_its_rows_stand_and_back_to_them(open_page, sign_in, reader, feeds):
    page = open_page(**PHONE)
    sign_in(page, reader, "/today/")
    rows = page.locator(".row")
    ids = rows.evaluate_all("rows => rows.map(({ id }) => id.split('-')[1])")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/articles/{ids[0]}/**")
    for following in ids[1:4]:
        page.wait_for_load_state()
        page.keyboard.press("j")
        page.wait_for_url(f"**/articles/{following}/**")
    page.wait_for_load_state()
    page.keyboard.press("k")
    page.wait_for_url(f"**/articles/{ids[2]}/**")
    page.wait_for_load_state()
    page.keyboard.press("h")  # the next one that is unread
    page.wait_for_url(f"**/articles/{ids[4]}/**")
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.wait_for_url("**/today/?**")
    expect(page.locator(f"#article-{ids[4]} a").first).to_be_focused()


def test_keys_lead_to_today_and_down_its_rows(page, reader, feeds, sign_in):
    sign_in(page, reader)
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/today/")
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page.locator(".row").first.get_by_role("link").first).to_be_focused()
    expect(page.locator(".row").first).to_contain_text("Harbour Notes")
    page.keyboard.press("m")
    expect(page.locator(".row").first.locator("[name=read]")).to_have_count(0)


def test_the_menu_of_a_feed_sets_its_importance(page, reader, feeds, sign_in):
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, reader, f"/feeds/{feeds[1].pk}/menu/")
    page.get_by_role("button", name="Low").click()
    page.wait_for_url(f"**feed={feeds[1].pk}")
    assert importance_of(reader, feeds[1]) == "low"
