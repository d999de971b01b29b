"""Feeds and categories drawn to another place in the tree, with a mouse and with a finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from feeds.models import Category, Subscription
from feeds.subscribe.outlines import category_at
from feeds.subscriptions import own
from tests.factories import make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]
WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def reader(live_server):
    reader = make_reader("ann")
    own.choose_own(reader)
    for name in ("Arts", "News", "Zoo"):
        own.follow(reader, make_feed(title=f"Of {name}"), category=category_at(name, owner=reader))
    return reader


def tree(page):
    return page.get_by_role("navigation", name="Feeds and unread articles")


def row(page, name):
    return tree(page).get_by_role("link", name=re.compile(f"^{name}( |$)"))


def names(page):
    return tree(page).locator(".shelves .name")


def middle(locator, part=0.5):
    box = locator.bounding_box()
    return box["x"] + 60, box["y"] + part * box["height"]


def test_a_mouse_draws_a_feed_into_a_category_and_a_category_before_another(open_page, reader, sign_in):
    page = open_page(**WIDE)
    sign_in(page, reader)
    expect(names(page)).to_have_text(["Arts", "Of Arts", "News", "Of News", "Zoo", "Of Zoo"])
    page.wait_for_function("() => document.querySelector('#tree').dataset.isMovable")
    page.mouse.move(*middle(row(page, "Of Zoo")))
    page.mouse.down()
    page.mouse.move(*middle(row(page, "Of Arts"), 0.8), steps=5)
    expect(tree(page).locator(".put-after")).to_have_count(1)
    page.mouse.up()
    expect(names(page)).to_have_text(["Arts", "Of Arts", "Of Zoo", "News", "Of News"])
    page.mouse.move(*middle(row(page, "News")))
    page.mouse.down()
    page.mouse.move(*middle(row(page, "Arts"), 0.1), steps=5)
    expect(tree(page).locator(".put-before")).to_have_count(1)
    page.mouse.up()
    expect(names(page)).to_have_text(["News", "Of News", "Arts", "Of Arts", "Of Zoo"])
    page.mouse.move(*middle(row(page, "Arts")))
    page.mouse.down()
    page.mouse.move(*middle(row(page, "News")), steps=5)
    page.mouse.up()
    expect(names(page)).to_have_text(["News", "Arts", "Of Arts", "Of Zoo", "Of News"])
    assert Category.objects.get(name="Arts").parent.name == "News"
    expect(page).to_have_url(re.compile(r"/$"))  # nothing was pressed


def test_a_finger_that_rests_draws_a_feed_and_one_that_moves_scrolls(open_page, reader, sign_in):
    page = open_page(**PHONE)
    sign_in(page, reader)
    page.get_by_role("button", name="Feeds").click()
    page.wait_for_function("() => document.querySelector('#tree').dataset.isMovable")
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *points):
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    start, end = middle(row(page, "Of Zoo")), middle(row(page, "News"))
    touch("touchStart", start)
    expect(tree(page)).to_have_class(re.compile("is-moving"))
    touch("touchMove", end)
    expect(tree(page).locator(".put-into")).to_have_count(1)
    touch("touchEnd")
    expect(names(page)).to_have_text(["Arts", "Of Arts", "News", "Of News", "Of Zoo"])
    assert Subscription.objects.get(feed__title="Of Zoo").category.name == "News"


def test_who_draws_nothing_moves_by_the_menu_without_scripts_too(open_page, reader, sign_in):
    page = open_page(**WIDE, java_script_enabled=False)
    sign_in(page, reader)
    tree(page).get_by_role("link", name="Menu of Of Zoo").click()
    page.get_by_label("Move to").select_option("Arts")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("Moved.")).to_be_visible()
    assert Subscription.objects.get(feed__title="Of Zoo").category.name == "Arts"
