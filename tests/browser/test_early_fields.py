"""Text that stands in a field before the script that listens to it comes counts as if it were typed afterwards."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import Route, expect

from tests.factories import make_article, make_feed, make_reader
from tests.feeds.pages.layouts import LAYOUTS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts know no database"),
    pytest.mark.usefixtures("loopback_allowed"),
]


@pytest.fixture
def come(page):
    """Lets the scripts come that the page has asked for, and all after them."""
    held = []
    hold = held.append
    page.route(re.compile(r"/static/(js|django_htmx)/"), lambda route: hold(route))

    def let_come():
        nonlocal hold
        hold = Route.continue_
        for route in held:
            route.continue_()

    return let_come


@pytest.fixture
def marked(publisher):
    """A feed that is made from a page of nine articles."""
    news = publisher.serve("/news/", LAYOUTS["cards"], content_type="text/html")
    return make_feed(url=news, recipe={"kind": "css", "items": "article.card"})


def test_a_preview_is_of_what_was_filled_in_before(page, sign_in, come, marked):
    sign_in(page, make_reader("ann", staff=True), f"/feeds/{marked.pk}/recipe/", wait_until="commit")
    page.get_by_label("Articles", exact=True).fill(".card-first")
    come()
    expect(page.locator("#preview")).to_contain_text("1 article found.")


def test_a_search_is_suggested_for_what_was_typed_before(page, sign_in, come):
    make_article(title="The crane moves")
    sign_in(page, make_reader("ann"), wait_until="commit")
    page.get_by_role("searchbox", name="Search").fill("cran")
    come()
    expect(page.get_by_role("option", name="The crane moves")).to_be_visible()


def test_a_look_that_was_chosen_before_is_shown_and_kept(page, sign_in, come):
    article = make_article(language="en")
    sign_in(page, make_reader("ann"), article.get_absolute_url(), wait_until="commit")
    page.get_by_role("button", name="Aa").click()
    page.locator("#look").get_by_role("radio", name="Black").check(force=True)
    come()
    expect(page.locator("html")).to_have_attribute("data-theme", "black")
    page.wait_for_function("() => document.cookie.includes('theme=black')")


def test_a_passage_that_was_selected_before_can_be_highlighted(page, sign_in, come):
    article = make_article(content_html="<p>The old mole.</p>")
    sign_in(page, make_reader("ann"), article.get_absolute_url(), wait_until="commit")
    page.locator(".prose p").select_text()
    come()
    expect(page.get_by_role("button", name="Highlight")).to_be_visible()


# Its fields come by themselves, with the script that listens to them.
LATER = {"listening.js"}
LISTENING = re.compile(r'addEventListener\("(input|change)"')


def test_every_script_that_listens_to_fields_looks_what_stands_in_them_first():
    scripts = {path.name: path.read_text() for path in (settings.BASE_DIR / "static/js").glob("*.js")}
    listening = {name for name, text in scripts.items() if LISTENING.search(text)}
    looking = {name for name, text in scripts.items() if "import { isChanged }" in text}
    assert listening > LATER
    assert listening - LATER <= looking
    templates = [path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    triggers = {kind for text in templates for kind in re.findall(r'hx-trigger="(\w+)', text)}
    # "suggest" is the search field's own event; what listens to "input" is looked at once htmx is there.
    assert triggers == {"input", "suggest", "load", "every"}
