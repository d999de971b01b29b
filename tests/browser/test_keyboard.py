"""The keyboard alone: through lists, pages, feeds and articles, and keys that a reader has changed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists.pages import PAGE
from articles.lists.reader_state import mark_all_read
from articles.lists.selection import Selection
from tests.browser.conftest import SCREENS, WIDE
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def feed(live_server):
    return make_feed(title="Harbour notes", category=make_category("Ports"))


def press(page, *keys):
    page.wait_for_load_state()  # the keys are there when the page's modules have run
    for key in keys:
        page.keyboard.press(key)


def expect_focus(page, article):
    expect(page.locator(f"#article-{article.pk}").get_by_role("link").first).to_be_focused()


@SCREENS
def test_rows_are_gone_through_read_starred_labelled_and_opened(open_page, reader, feed, sign_in, screen):
    page = open_page(**screen)
    third, second, first = make_articles(3, feed)
    sign_in(page, reader)

    def expect_buttons(article, read, star):
        for name, value in (("read", read), ("star", star)):
            expect(page.locator(f"#article-{article.pk} > [name$={name}]")).to_have_attribute("name", value)

    press(page, "j")
    expect_focus(page, first)
    press(page, "n")
    expect_focus(page, second)
    press(page, "p")
    expect_focus(page, first)
    press(page, "j", "j", "k", "m", "s")
    expect_focus(page, second)
    expect_buttons(first, "read", "star")
    expect_buttons(second, "unread", "unstar")
    expect_buttons(third, "read", "star")
    press(page, "m")
    expect_buttons(second, "read", "unstar")
    press(page, "l")
    expect(page.get_by_label("New label")).to_be_focused()
    page.keyboard.type("later")
    press(page, "Enter")
    expect(page.locator(f"#article-{second.pk} .chip")).to_have_text("later")
    expect_focus(page, second)
    press(page, "j", "o")
    expect(page.get_by_role("heading", level=1)).to_have_text(third.title)
    press(page, "k")
    expect(page.get_by_role("heading", level=1)).to_have_text(second.title)
    press(page, "e")
    expect(page.get_by_role("link", name="By e-mail")).to_be_in_viewport()
    press(page, "l")
    expect(page.get_by_label("later")).to_be_checked()


@SCREENS
def test_at_the_end_of_a_list_the_next_page_comes_and_back(open_page, reader, feed, sign_in, screen):
    page = open_page(**screen)
    articles = make_articles(PAGE + 5, feed)[::-1]
    sign_in(page, reader)
    press(page, *["j"] * PAGE)
    expect_focus(page, articles[PAGE - 1])
    press(page, "n")
    page.wait_for_url("**cursor=**")
    expect_focus(page, articles[PAGE])
    press(page, "k")
    expect_focus(page, articles[PAGE - 1])
    press(page, "End")
    page.wait_for_function("() => scrollY > 0 && innerHeight + scrollY >= document.documentElement.scrollHeight - 2")
    press(page, " ")
    page.wait_for_url("**cursor=**")
    expect_focus(page, articles[PAGE])


def test_one_goes_on_to_what_is_unread_in_other_feeds(page, reader, feed, sign_in):
    read, (older, newest) = make_articles(2, feed), make_articles(2, make_feed(title="Letters"))
    mark_all_read(reader, Selection(feed=feed), up_to=read[-1].pk)
    here = make_article(feed, published_at=older.published_at.replace(year=older.published_at.year - 1))
    sign_in(page, reader)
    press(page, "h")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(newest.title)
    press(page, "End")
    page.wait_for_function("() => innerHeight + scrollY >= document.documentElement.scrollHeight - 2")
    press(page, " ")
    expect(heading).to_have_text(older.title)
    press(page, "h")
    expect(heading).to_have_text(here.title)
    press(page, "h")
    expect(page.get_by_text("Nothing else is unread.")).to_be_visible()
    page.goto(f"/?feed={feed.pk}")
    make_article(older.feed)
    press(page, "J")
    expect(heading).to_have_text(re.compile("Letters"))
    press(page, "K")
    expect(page.get_by_text("No other feed has unread articles.")).to_be_visible()


def test_lists_are_marked_and_gone_to(page, reader, feed, sign_in):
    make_articles(PAGE + 5, feed)
    sign_in(page, reader)
    press(page, "a")
    expect(page.locator(".undo")).to_contain_text(f"{PAGE} articles marked as read.")
    press(page, "A")
    expect(page.locator(".undo")).to_contain_text("All articles marked as read.")
    for keys, address in (("gu", "/?show=unread"), ("gs", "/?show=starred"), ("gf", "/feeds/"), ("gt", "/?q=after:1d")):
        press(page, *keys)
        page.wait_for_url(f"**{address}")
    press(page, "g", "a")
    page.wait_for_url(re.compile("/$"))
    page.goto(f"/?feed={feed.pk}")
    press(page, "#")
    page.wait_for_url(f"**/feeds/{feed.pk}/")
    page.goto("/")
    press(page, "?", "j")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    press(page, "/", "+")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    expect(page.get_by_role("combobox", name="Search")).to_have_value("+")  # typed
    page.evaluate("document.activeElement.blur()")
    with page.expect_navigation():
        press(page, "r")
    press(page, "+")
    page.wait_for_url("**/feeds/add/")


def test_the_original_opens_in_a_tab_of_its_own(whole_chromium, live_server, reader, feed, sign_in):
    behind, before = (make_article(feed, url=f"https://harbour.example/{number}") for number in (1, 2))
    context = whole_chromium.new_context(base_url=live_server.url, **WIDE)
    context.route("https://harbour.example/**", lambda route: route.fulfill(body="The original"))
    page = context.new_page()
    sign_in(page, reader)
    for key, article in (("v", before), ("b", behind)):
        press(page, "j")
        with context.expect_page() as opened:
            press(page, key)
        opened.value.wait_for_url(article.url)
        expect(page.locator(f"#article-{article.pk} > [name$=read]")).to_have_attribute("name", "unread")
    for key in ("v", "b"):
        page.goto(before.get_absolute_url())
        with context.expect_page() as opened:
            press(page, key)
        opened.value.wait_for_url(before.url)
    context.close()


def test_the_ways_on_are_links_without_scripts(open_page, reader, feed, sign_in):
    newest = make_articles(3, feed)[-1]
    page = open_page(java_script_enabled=False)
    sign_in(page, reader)
    page.get_by_role("link", name="Next feed with unread").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(feed.title))
    page.get_by_role("link", name="Next unread article").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(newest.title)
