"""Exported feeds as a person meets them: as a page, and where their addresses are made."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Download

from tests.articles.book.structure import HTML, Book, faults
from tests.factories import make_article, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]


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
    sign_in(page, reader, f"/?feed={feed.pk}")
    page.get_by_role("link", name="Share as feed").click()
    page.get_by_role("button", name="Create secret address").click()
    address = page.locator("code.address").first.inner_text()
    assert "The crane" in page.request.get(address, headers={"Cookie": ""}).text()
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Share as feed").click()
    assert address not in page.content()
    heading = page.get_by_role("columnheader", name="Last used")
    assert heading.bounding_box()["height"] > 10
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("The address has been revoked").wait_for()
    assert page.request.get(address).status == 404


def test_the_address_of_an_article_is_copied(open_page, sign_in):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, make_reader("ann"))
    article = make_article(title="The crane", url="")
    page.goto(f"/articles/{article.pk}/?show=unread")
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith(f"/articles/{article.pk}/")
    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("Permalink").input_value()


def test_without_scripts_the_address_can_be_seen_and_the_original_reached(open_page, sign_in):
    page = open_page(java_script_enabled=False)
    sign_in(page, make_reader("ann"))
    article = make_article(title="The crane", url="https://harbour.example/crane")
    page.goto(f"/articles/{article.pk}/?show=unread")
    share = page.locator("details.share")
    assert not share.get_by_label("Permalink").is_visible()
    share.get_by_text("Share", exact=True).click()
    address = share.get_by_label("Permalink").input_value()
    assert address.endswith(f"/articles/{article.pk}/")
    assert not share.get_by_role("button", name="Copy").is_visible()
    assert share.get_by_role("link", name="The original").get_attribute("href") == "https://harbour.example/crane"
    page.goto(address)
    assert page.get_by_role("heading", name="The crane").is_visible()


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_reader_takes_a_list_and_a_day_of_it_along(open_page, sign_in, with_scripts):
    page = open_page(java_script_enabled=with_scripts)
    sign_in(page, make_reader("ann"))
    feed = make_feed(title="Harbour Notes")
    make_article(feed, title="The crane", published_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    make_article(feed, title="The mole", published_at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    make_article(title="Elsewhere")
    page.goto(f"/?feed={feed.pk}")
    with page.expect_download() as list_book:
        page.get_by_role("link", name="Export as EPUB").click()
    assert list_book.value.suggested_filename == "harbour-notes.epub"
    assert titles_in(list_book.value) == ["The mole", "The crane"]
    page.get_by_role("link", name="Share as feed").click()
    page.get_by_label("Only this day").fill("2026-03-01")
    with page.expect_download() as day_book:
        page.get_by_role("button", name="Download EPUB").click()
    assert titles_in(day_book.value) == ["The crane"]


def titles_in(download: Download) -> list[str]:
    data = download.path().read_bytes()
    assert faults(data) == []
    book = Book(data)
    return [book.tree(name).findtext(f".//{HTML}h1") for name in book.chapters]
