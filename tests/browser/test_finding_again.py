"""What a reader keeps and did comes back in one press, wide and on a phone, with and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists import reader_state
from articles.saved_searches.models import SavedSearch
from tests.articles.searching import make_found
from tests.factories import make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]
SCREENS = {
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def reader():
    return make_reader("ann")


@pytest.mark.parametrize(("screen", "has_javascript"), [("phone", True), ("wide", False)])
def test_a_search_is_saved_by_one_press_and_found_in_the_tree(open_page, sign_in, reader, screen, has_javascript):
    fog, _sun = make_found(title="Fog at the mole"), make_found(title="Sun", text="All day.")
    page = open_page(**SCREENS[screen], java_script_enabled=has_javascript)
    sign_in(page, reader, "/?q=harbour&show=unread")
    page.get_by_role("button", name="Save this search").click()
    expect(page.get_by_role("button", name="Save this search")).to_have_count(0)
    saved = SavedSearch.objects.get()
    page.goto("/")
    if screen == "phone":
        page.get_by_role("button", name="Feeds").click()
    row = page.locator(f'.tree a[href="/searches/{saved.pk}/"]')
    if has_javascript:
        expect(row.locator("b")).to_have_text("1")
        assert page.evaluate(FITS)
    row.click()
    expect(page).to_have_url(re.compile("q=harbour"))
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(f"#article-{fog.pk}")).to_be_visible()
    page.goto("/account/searches/")
    page.get_by_label("Name: harbour").fill("The mole")
    page.get_by_role("button", name="Rename harbour").click()
    page.get_by_role("button", name="Delete The mole").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
    assert page.evaluate(FITS) if has_javascript else True


def test_what_was_read_and_starred_last_stands_first(open_page, sign_in, reader):
    first, second, third = (make_found(title=title) for title in ("Fog", "Sun", "Snow"))
    for article in (second, third, first):
        reader_state.mark_read(reader, [article])
    for article in (first, third):
        reader_state.star(reader, article, on=True)
    page = open_page(**SCREENS["phone"])
    sign_in(page, reader, "/")
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recently read")
    expect(page.locator(".row h3")).to_have_text(["Fog", "Snow", "Sun"])
    page.get_by_role("navigation", name="Show").get_by_role("link", name="Starred").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recently starred")
    expect(page.locator(".row h3")).to_have_text(["Snow", "Fog"])
    assert page.evaluate(FITS)
    page.locator(".row").first.get_by_role("link", name="Snow", exact=True).click()
    expect(page.locator("h1")).to_have_text("Snow")
