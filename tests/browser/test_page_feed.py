"""A feed made from a page, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_reader
from tests.feeds.pages.layouts import LAYOUTS

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("loopback_allowed")]


@pytest.mark.one_database("what the page does in a browser knows no database")
def test_a_page_is_marked_with_its_preview_beside_and_added(open_page, sign_in, publisher):
    news = publisher.serve("/news/", LAYOUTS["cards"], content_type="text/html")
    page = open_page(viewport={"width": 1440, "height": 900})
    sign_in(page, make_reader("ann", staff=True), f"/feeds/from-page/?address={news}")
    page.get_by_role("button", name="Look at the page").click()
    expect(page.locator("#preview")).to_contain_text("9 articles found.")
    articles = page.get_by_label("Articles", exact=True)
    expect(articles).to_have_value("article.card")
    articles.fill(".card-first")  # the preview follows
    expect(page.locator("#preview")).to_contain_text("1 article found.")
    articles.fill("article.card")
    expect(page.locator("#preview")).to_contain_text("9 articles found.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(
        page.get_by_role("link", name="Berth 3 of the old harbour opens to fishing boats again", exact=True)
    ).to_be_visible()
