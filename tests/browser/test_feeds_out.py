"""Exported feeds as a person meets them: as a page, and where their addresses are made."""

from __future__ import annotations

import pytest

from tests.factories import make_article, make_feed, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("file", ["rss.xml", "atom.xml"])
def test_a_browser_shows_a_feed_as_a_readable_page(page, settings, file):
    settings.NEWSREADER_PUBLIC = True
    make_article(
        make_feed(title="Harbour Notes"), title="The crane", summary="It turns.", content_html="<p>It <b>turns</b>.</p>"
    )
    page.goto(f"/{file}")
    text = page.evaluate(
        "document.documentElement.innerText ?? getSelection().selectAllChildren(document.documentElement)"
    )
    shown = text or page.evaluate("getSelection().toString()")
    for words in ("The crane", "It turns.", "Harbour Notes"):
        assert words in shown
    for hidden in ("<b>", "urn:uuid"):
        assert hidden not in shown


def test_a_reader_makes_a_secret_address_and_revokes_it(page, sign_in):
    reader = make_reader("ann")
    feed = make_feed(title="Harbour Notes")
    make_article(feed, title="The crane")
    sign_in(page, reader)
    page.goto(f"/?feed={feed.pk}")
    page.get_by_role("link", name="Follow this list with another program").click()
    page.get_by_role("button", name="Make a secret address").click()
    address = page.locator("code.address").first.inner_text()
    assert "The crane" in page.request.get(address, headers={"Cookie": ""}).text()
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Feeds for other programs").click()
    assert address not in page.content()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("The address is revoked").wait_for()
    assert page.request.get(address).status == 404


def test_the_address_of_an_article_is_copied(open_page, sign_in):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, make_reader("ann"))
    article = make_article(title="The crane", url="")
    page.goto(f"/articles/{article.pk}/?show=unread")
    page.get_by_text("Share").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/articles/{article.pk}/")
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Permanent address").input_value()
