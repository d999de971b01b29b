"""The feeds that each reader follows over one archive: a choice of one's own, with titles, places and quiet feeds, beside another's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_reading import fits
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("forms and links know no database, and subscriptions have tests of their own on both"),
]
SCREENS = pytest.mark.parametrize(
    "screen",
    [{"viewport": {"width": 390, "height": 844}, "has_touch": True}, {"viewport": {"width": 1440, "height": 900}}],
    ids=["390", "1440"],
)


def tree_of(page, screen):
    """The names in the tree beside the list of all, in order."""
    page.goto("/")
    if "has_touch" in screen:
        page.get_by_role("button", name="Feeds").click()
    return page.locator("#tree .shelves .name").all_inner_texts()


def titles(page):
    page.goto("/")
    return page.locator(".row h3").all_inner_texts()


@SCREENS
def test_a_reader_leaves_renames_places_and_quiets_feeds_and_another_has_them_as_before(
    open_page, sign_in, live_server, screen
):
    ports = make_category("Ports")
    made = {name: make_feed(title=name, category=ports) for name in ("Ebb", "Flow", "Wharf")}
    for name, feed in made.items():
        make_article(feed, title=f"Of {name}")
    page, other = open_page(**screen), open_page(**screen)
    for each, name in ((page, "ann"), (other, "ben")):
        sign_in(each, make_reader(name))
        assert titles(each) == ["Of Wharf", "Of Flow", "Of Ebb"]

    page.goto(f"/feeds/{made['Ebb'].pk}/")
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("You no longer follow Ebb.")).to_be_visible()
    page.goto(f"/feeds/{made['Flow'].pk}/")
    page.get_by_label("Own title").fill("High water")
    page.get_by_label("Or a new category").fill("News / Asia")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("High water")
    assert fits(page)
    assert titles(page) == ["Of Wharf", "Of Flow"]
    assert tree_of(page, screen) == ["News", "Asia", "High water", "Ports", "Wharf"]
    page.goto(f"/feeds/{made['Wharf'].pk}/")
    page.get_by_label(re.compile("list of all")).uncheck()
    page.get_by_role("button", name="Save").first.click()
    assert titles(page) == ["Of Flow"]
    page.goto(f"/?feed={made['Wharf'].pk}")  # quiet, and still there
    expect(page.locator(".row h3")).to_have_text("Of Wharf")

    page.goto("/feeds/?of=others")
    expect(page.get_by_role("main").get_by_role("link", name="Ebb", exact=True)).to_be_visible()
    assert titles(other) == ["Of Wharf", "Of Flow", "Of Ebb"]
    assert tree_of(other, screen) == ["Ports", "Ebb", "Flow", "Wharf"]
