"""The feeds beside a list, wide and on a phone: with a mouse, with a finger, with the keyboard, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists.unread_counts import unread_counts
from feeds.models import Category, Feed
from tests.browser.conftest import PHONE, SCREENS, WIDE
from tests.factories import FIRST_DAY, make_article, make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def harbour(live_server):
    feed = make_feed(title="Harbour Notes", category=make_category("Ports"))
    make_articles(3, feed)
    make_article(make_feed(title="Other", category=make_category("Rest")))
    return feed


def tree(page):
    return page.get_by_role("navigation", name="Feeds and unread articles")


def sheet(page, screen):
    """The tree, which a phone's bar opens."""
    if screen is PHONE:
        page.get_by_role("button", name="Feeds", exact=True).click()
    return tree(page)


def row(page, name):
    return tree(page).get_by_role("link", name=re.compile(rf"^{re.escape(name)}( |$)"))


def test_the_numbers_follow_what_is_marked(open_page, reader, harbour, sign_in):
    make_articles(996, Feed.objects.get(title="Other"), published_at=FIRST_DAY)
    page = open_page(**PHONE)
    sign_in(page, reader)
    expect(page).to_have_title("(999+) Articles · Newsreader")
    sheet(page, PHONE)
    for name in ("Unread 999+", "Ports 3", "Harbour Notes 3", "Rest 997"):
        expect(row(page, name)).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(f"#article-{harbour.articles.latest('pk').pk} > [name$=read]").click()
    expect(page).to_have_title("(999) Articles · Newsreader")
    sheet(page, PHONE)
    for name in ("Unread 999", "Ports 2", "Harbour Notes 2", "Rest 997"):
        expect(row(page, name)).to_be_visible()
    row(page, "Harbour Notes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Notes")
    expect(page).to_have_title("(2) Harbour Notes · Newsreader")
    sheet(page, PHONE)
    expect(row(page, "Harbour Notes")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    for left in (1, 0):
        page.locator(".row [name=read]").first.click()
        expect(page.locator(".row [name=read]")).to_have_count(left)
    expect(page).to_have_title("Harbour Notes · Newsreader")


def test_a_category_shuts_by_the_keyboard_where_one_is_and_stays_shut(open_page, reader, harbour, sign_in):
    page = open_page(**WIDE)
    sign_in(page, reader)
    tree(page).get_by_role("button", name="Close Ports").press("Enter")
    expect(row(page, "Harbour Notes")).to_have_count(0)
    expect(tree(page).get_by_role("button", name="Open Ports")).to_be_focused()
    page.reload()
    expect(row(page, "Ports")).to_be_visible()
    expect(row(page, "Harbour Notes")).to_have_count(0)


def test_on_a_phone_the_tree_is_a_sheet_that_the_bar_opens(open_page, reader, harbour, sign_in):
    page = open_page(**PHONE)
    sign_in(page, reader)
    expect(tree(page)).to_be_hidden()
    page.get_by_role("button", name="Feeds").click()
    tree(page).get_by_role("button", name="Close Rest").click()
    expect(tree(page).get_by_role("button", name="Open Rest")).to_be_visible()
    assert all(box["height"] >= 44 for box in (link.bounding_box() for link in tree(page).get_by_role("link").all()))
    row(page, "Harbour Notes").click()
    page.wait_for_url(f"/?feed={harbour.pk}")
    expect(tree(page)).to_be_hidden()
    page.get_by_role("button", name="Feeds").click()
    expect(tree(page).get_by_role("button", name="Open Rest")).to_be_visible()  # as it was left
    page.keyboard.press("Escape")
    expect(tree(page)).to_be_hidden()


@SCREENS
def test_all_of_it_works_without_scripts(open_page, reader, harbour, sign_in, screen):
    page = open_page(**screen, java_script_enabled=False)
    sign_in(page, reader)
    sheet(page, screen).get_by_role("button", name="Close Ports").click()
    expect(row(page, "Harbour Notes")).to_have_count(0)
    sheet(page, screen).get_by_role("button", name="only unread").click()
    expect(sheet(page, screen).get_by_role("button", name="only unread")).to_have_attribute("aria-pressed", "true")
    row(page, "Rest").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rest")


@SCREENS
def test_a_long_tree_stays_at_its_place_with_what_is_current_in_view(open_page, reader, sign_in, screen):
    for number in range(60):
        make_article(make_feed(title=f"Letter {number:02}", category=Category.objects.first() or make_category("Post")))
    make_article(make_feed(title="Zoo", category=make_category("Zoos")))
    page = open_page(**screen)
    sign_in(page, reader)
    sheet(page, screen).get_by_role("button", name="Open Post").click()
    expect(row(page, "Letter 59")).to_be_attached()
    page.goto(f"/?feed={Feed.objects.get(title='Letter 40').pk}")
    sheet(page, screen)
    expect(row(page, "Letter 40")).to_be_in_viewport()
    before = row(page, "Letter 44").bounding_box()["y"]
    row(page, "Letter 44").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Letter 44")
    sheet(page, screen)
    assert abs(row(page, "Letter 44").bounding_box()["y"] - before) <= 1
    zoos = row(page, "Zoos")
    zoos.scroll_into_view_if_needed()
    before = zoos.bounding_box()["y"]
    tree(page).get_by_role("button", name="Open Zoos").click()
    expect(row(page, "Zoo")).to_be_attached()
    page.wait_for_function("() => !document.querySelector('.htmx-settling, .htmx-request')")
    assert abs(zoos.bounding_box()["y"] - before) <= 1


def test_a_tree_stays_where_it_is_scrolled_to_while_something_else_comes(page, reader, sign_in):
    for number in range(60):
        make_article(make_feed(category=make_category(f"Shelf {number}")))
    sign_in(page, reader)
    shelves = tree(page).locator("form")
    shelves.evaluate("(form) => { form.scrollTop = 300 }")
    page.get_by_role("combobox").press_sequentially("arti")
    expect(page.get_by_role("option").first).to_be_visible()
    page.wait_for_function("() => !document.querySelector('.htmx-settling, .htmx-request')")
    assert shelves.evaluate("(form) => form.scrollTop") == 300


def test_the_tree_and_the_keys_do_their_work_where_the_browser_stores_nothing(page, reader, harbour, sign_in):
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError') } })"
    )
    sign_in(page, reader)
    tree(page).get_by_role("button", name="Close Ports").click()
    expect(row(page, "Harbour Notes")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator(":is(.row, .row *):focus")).to_have_count(1)


def test_nothing_runs_out_of_the_page(page, reader, harbour, sign_in):
    make_feed(title="A name that is far too long for a column beside a list of articles", category=harbour.category)
    sign_in(page, reader)
    for width in (320, 390, 800, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), width


@SCREENS
def test_a_feed_has_a_menu_that_the_keyboard_opens_and_leaves(open_page, reader, harbour, sign_in, screen):
    page = open_page(**screen)
    sign_in(page, reader)
    opener = sheet(page, screen).get_by_role("link", name="Menu of Harbour Notes")
    opener.press("Enter")
    menu = page.locator("#tree-menu")
    expect(menu.get_by_role("button", name="Mark all as read")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()
    opener.press("Enter")
    with page.expect_navigation():
        menu.get_by_role("button", name="Mark all as read").click()
    assert list(unread_counts(reader, Feed.objects.all()).values()) == [1]
