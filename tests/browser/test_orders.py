"""The order of a list, chosen from its menu: kept for that list alone, and what its links say of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists.list_settings import keep
from articles.lists.selection import Order, Selection
from tests.browser.conftest import PHONE, WIDE
from tests.factories import FIRST_DAY, make_article, make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("menus and links know no database, and orders have tests of their own on both"),
]


@pytest.fixture
def ports(live_server):
    return make_category("Ports", slug="ports")


def shown(page):
    return page.locator(".row").evaluate_all("(all) => all.map((row) => Number(row.id.split('-')[1]))")


def choose(page, name):
    page.locator("form[action='/lists/choice/'] summary").first.click()
    page.get_by_role("button", name=name).click()


def order_of(page, address):
    page.goto(address)
    return page.locator("form[action='/lists/choice/'] summary").first.inner_text()


def test_the_order_of_arrival_is_chosen_and_kept_for_each_list(open_page, sign_in, ports):
    ann, feed = make_reader("ann"), make_feed(category=ports)
    first, second = make_articles(2, feed)
    late = make_article(feed, published_at=FIRST_DAY)  # which its publisher dates back
    page = open_page(**WIDE)
    sign_in(page, ann, "/?category=ports&show=unread")
    assert shown(page) == [second.pk, first.pk, late.pk]
    choose(page, "Newest arrivals first")
    expect(page).to_have_url(re.compile(r"/\?category=ports&show=unread$"))
    assert shown(page) == [late.pk, second.pk, first.pk]
    assert order_of(page, f"/?feed={feed.pk}") == "Newest first"
    choose(page, "Oldest arrivals first")
    expect(page).to_have_url(re.compile(rf"/\?feed={feed.pk}$"))
    assert shown(page) == [first.pk, second.pk, late.pk]

    elsewhere = open_page(**WIDE)  # another browser of the account
    sign_in(elsewhere, ann)
    assert order_of(elsewhere, "/") == "Newest first"
    assert order_of(elsewhere, f"/?feed={feed.pk}") == "Oldest arrivals first"
    assert order_of(elsewhere, "/?category=ports") == "Newest arrivals first"
    assert shown(elsewhere) == [late.pk, second.pk, first.pk]
    sign_in(elsewhere, make_reader("ben"))
    assert order_of(elsewhere, "/?category=ports") == "Newest first"


def test_each_link_of_a_list_keeps_what_is_shown_and_its_order(open_page, sign_in, ports):
    """An order that the address gives is kept by all that leads to the same articles; another list has its own."""
    ann, feed = make_reader("ann"), make_feed(title="Harbour Notes", category=ports)
    make_articles(60, feed)
    keep(ann, Selection(), order=Order.LAST_IN)
    page = open_page(**PHONE)
    sign_in(page, ann, "/?show=unread&order=date")
    tree = page.get_by_role("navigation", name="Feeds and unread articles", include_hidden=True)

    def addresses(links):
        return {each.get_attribute("href") for each in links.all()}

    def expect_links():
        assert addresses(page.locator(".filters a")) == {
            "/?order=date", "/?show=unread&order=date", "/?show=starred&order=date"
        }  # fmt: skip
        assert addresses(page.locator(".pages [rel=next]")).pop().startswith("/?show=unread&order=date&cursor=")
        for name in ("Ports", "Harbour Notes"):
            address = tree.get_by_role("link", name=re.compile(f"^{name}"), include_hidden=True).get_attribute("href")
            assert address.endswith("show=unread&order=date"), address

    expect_links()
    page.get_by_role("button", name="Feeds").click()
    tree.get_by_role("button", name="Close Ports").click()
    tree.get_by_role("button", name="Open Ports").click()
    expect(tree.get_by_role("button", name="Close Ports")).to_be_visible()
    expect_links()
