"""A whole article by a click, and the way back to what the feed gave."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests.articles.full_text.pages import TEASER, paragraphs
from tests.articles.full_text.pages import page as html_of
from tests.factories import make_article, make_feed, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("loopback_allowed")]


def test_a_reader_fetches_the_whole_article_and_looks_at_what_the_feed_gave(page, publisher, sign_in):
    cache.clear()
    url = publisher.serve("/story", html_of(paragraphs()), content_type="text/html")
    text = TEASER.removeprefix("<p>").removesuffix("</p>")
    article = make_article(
        make_feed(title="Harbour Notes"),
        url=url,
        title="The harbour lock is closed",
        content_html=TEASER,
        content_text=text,
    )
    sign_in(page, make_reader("ann"), f"/articles/{article.pk}/")
    page.get_by_role("button", name="Fetch the whole article").click()
    expect(page.get_by_text("Fishermen remember").first).to_be_visible()
    texts = page.get_by_role("navigation", name="Which text")
    expect(texts.locator("[aria-current]")).to_have_text("Whole article")
    texts.get_by_role("link", name="As in the feed").click()
    expect(page.locator(".prose")).to_have_text(text)
    expect(texts.locator("[aria-current]")).to_have_text("As in the feed")
    texts.get_by_role("link", name="Whole article").click()
    expect(page.get_by_text("Fishermen remember").first).to_be_visible()
