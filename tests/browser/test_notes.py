"""Writing notes and highlighting in a real browser, wide and on a phone, with and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import make_article, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]
SELECT = """() => {
    const text = document.querySelector(".prose p:nth-of-type(2)").firstChild;
    getSelection().setBaseAndExtent(text, 4, text, 16);
}"""


@pytest.mark.parametrize("width", [390, 1440])
def test_a_passage_is_highlighted_and_gets_a_note(open_page, sign_in, width):
    article = make_article(content_html="<p>The old mole.</p><p>Now the old mole is <b>gone</b>.</p>")
    page = open_page(viewport={"width": width, "height": 850})
    sign_in(page, make_reader("ann"), article.get_absolute_url())
    page.evaluate(SELECT)
    button = page.get_by_role("button", name="Highlight")
    expect(button).to_be_visible()
    button.click()
    marked = page.locator(".prose p:nth-of-type(2) mark.passage")
    expect(marked).to_have_text("the old mole")
    page.keyboard.press("c")
    expect(page.get_by_label("Note", exact=True)).to_be_focused()
    page.keyboard.type("Since when?")
    page.locator(".notes").get_by_role("button", name="Save").click()
    expect(page.locator(".notes li")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_note_is_written_without_javascript(open_page, sign_in):
    article = make_article(content_html="<p>Fog</p>")
    page = open_page(viewport={"width": 390, "height": 850}, java_script_enabled=False)
    sign_in(page, make_reader("ann"), article.get_absolute_url())
    page.get_by_text("Add a note").click()
    page.get_by_label("Note", exact=True).fill("Since when?")
    page.locator(".notes").get_by_role("button", name="Save").click()
    expect(page.locator(".notes li")).to_contain_text("Since when?")
