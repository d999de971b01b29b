"""The menu of a feed in the tree, and all that it does, from a list, wide and from a phone's sheet."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from feeds.models import Feed
from feeds.subscribe.outlines import category_at
from feeds.subscriptions import own
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_tree import sheet
from tests.documents import item, rss
from tests.factories import make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]


def test_a_feed_is_moved_checked_paused_asked_for_older_renamed_and_left(open_page, live_server, sign_in, publisher):
    ann = make_reader("ann", staff=True)
    own.choose_own(ann)
    feed = make_feed(title="Harbour Notes", url=publisher.serve("/feed", rss([item(1)], title="Harbour Notes")))
    own.follow(ann, make_feed(title="Of Arts"), category=category_at("Arts", owner=ann))
    own.follow(ann, feed, category=category_at("Ports", owner=ann))
    page = open_page(**PHONE)
    sign_in(page, ann)

    def menu(name="Harbour Notes"):
        sheet(page, PHONE).get_by_role("link", name=f"Menu of {name}").click()
        return page.locator("#tree-menu")

    def names():
        return page.locator("#tree .shelves .name").all_text_contents()

    at = menu()
    at.get_by_label("Move to").select_option("Arts")
    at.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Moved.")).to_be_visible()
    assert names() == ["Arts", "Of Arts", "Harbour Notes"]
    with page.expect_navigation():
        menu().get_by_role("button", name="Move up").click()
    assert names() == ["Arts", "Harbour Notes", "Of Arts"]
    menu().get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Checked: 1 new article.")).to_be_visible()
    expect(page.locator(".row")).to_have_count(1)
    menu().get_by_role("button", name="Pause").click()
    expect(menu().get_by_role("button", name="Resume")).to_be_visible()
    with page.expect_navigation():
        page.locator("#tree-menu").get_by_role("button", name="Resume").click()
    assert Feed.objects.get(pk=feed.pk).state == Feed.State.ACTIVE
    menu().get_by_role("button", name="Fetch older articles").click()
    expect(page.get_by_text("Older articles come one document at a time.")).to_be_visible()
    page.goto("/")
    menu().get_by_role("link", name="Rename…").click()
    page.get_by_label("Own title").fill("High water")
    page.get_by_role("button", name="Save").first.click()
    page.goto("/")
    menu("High water").get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("You no longer follow")).to_be_visible()
    page.goto("/")
    assert names() == ["Arts", "Of Arts"]


def test_a_category_is_renamed_and_moved(open_page, live_server, sign_in):
    ann = make_reader("ann")
    own.choose_own(ann)
    for name in ("Arts", "News"):
        own.follow(ann, make_feed(title=f"Of {name}"), category=category_at(name, owner=ann))
    page = open_page(**WIDE)
    sign_in(page, ann)

    def menu(name):
        sheet(page, WIDE).get_by_role("link", name=f"Menu of {name}").click()
        return page.locator("#tree-menu")

    menu("News").get_by_label("Name").fill("Ports")
    with page.expect_navigation():
        page.locator("#tree-menu").get_by_role("button", name="Rename").click()
    menu("Ports").get_by_label("Move to").select_option("Arts")
    page.locator("#tree-menu").get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Moved.")).to_be_visible()
    names = page.locator("#tree .shelves .name").all_text_contents()
    assert sorted(names) == ["Arts", "Of Arts", "Of News", "Ports"]
    assert names.index("Ports") == names.index("Of News") - 1 > 0
