"""Marking many and bringing them back, on a phone and on a wide screen, by finger, by keyboard, and without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.lists.pages import PAGE
from tests.browser.conftest import PHONE, WIDE
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]

WITHOUT_SCRIPTS = PHONE | {"java_script_enabled": False}
SCREENS = pytest.mark.parametrize("screen", [PHONE, WIDE, WITHOUT_SCRIPTS], ids=["390", "1440", "no script"])
MARKING = pytest.mark.parametrize("screen", [WIDE, WITHOUT_SCRIPTS], ids=["1440", "no script"])


@pytest.fixture
def articles(live_server):
    """The newest first."""
    return make_articles(PAGE + 20, make_feed())[::-1]


@pytest.fixture
def open_list(open_page, sign_in, live_server):
    def open_one(**screen):
        page = open_page(**screen)
        sign_in(page, make_reader("ann"))
        return page

    return open_one


def unread(page):
    return page.locator(".row [name=read]")


@SCREENS
def test_a_page_is_marked_from_the_menu_and_brought_back_from_a_later_page(open_list, articles, screen):
    page = open_list(**screen)
    page.locator(".mark-menu summary").click()
    expect(page.get_by_role("button", name="Older than a week")).to_be_in_viewport()
    page.get_by_role("button", name="This page", exact=True).click()
    expect(page.locator(".undo")).to_contain_text(f"{PAGE} articles marked as read.")
    expect(unread(page)).to_have_count(0)
    page.goto("/feeds/")
    undo = page.locator(".undo").get_by_role("button", name="Undo", exact=True)
    expect(undo).to_be_in_viewport()
    undo.click()
    expect(page.locator(".undo")).to_have_count(0)
    page.goto("/")
    expect(unread(page)).to_have_count(PAGE)


@MARKING
def test_one_marks_above_or_below_a_row(open_list, articles, screen):
    page = open_list(**screen)
    page.locator(".mark-menu summary").click()
    page.get_by_role("link", name="Above or below a row…").click()
    row = page.locator(f"#article-{articles[3].pk}")
    row.get_by_role("button", name="Mark above").click()
    expect(page.locator(".undo")).to_contain_text("3 articles marked as read.")
    expect(unread(page)).to_have_count(PAGE - 3)
    expect(page.locator(".row-picks")).to_have_count(0)
    page.locator(".undo .dismiss").click()
    expect(page.locator(".undo")).to_have_count(0)
    expect(unread(page)).to_have_count(PAGE - 3)

    page.locator(".mark-menu summary").click()
    page.get_by_role("link", name="Above or below a row…").click()
    page.locator(f"#article-{articles[9].pk}").get_by_role("button", name="Mark below").click()
    expect(page.locator(".undo")).to_contain_text(f"{PAGE + 10} articles marked as read.")
    assert unread(page).evaluate_all("(all) => all.map((each) => Number(each.value))") == [
        article.pk for article in articles[3:10]
    ]


@MARKING
def test_a_feed_and_all_are_marked_but_for_what_came_meanwhile(open_list, live_server, screen):
    harbour, letters = make_feed(title="Harbour"), make_feed(title="Letters")
    here, there = make_articles(2, harbour), make_articles(2, letters)
    page = open_list(**screen)

    def mark(name):
        page.locator(".mark-menu summary").click()
        page.get_by_role("button", name=name).click()
        expect(page.locator(".undo")).to_be_visible()

    def expect_unread(*articles):
        page.goto("/")
        shown = unread(page).evaluate_all("(all) => all.map((each) => Number(each.value))")
        assert sorted(shown) == sorted(article.pk for article in articles)

    page.goto(f"/?feed={harbour.pk}")
    late = make_article(harbour)
    mark("The whole feed")
    expect_unread(late, *there)
    later = make_article(letters)
    mark("All articles")
    expect(page.locator(".undo")).to_contain_text("All articles marked as read.")
    expect_unread(later)
    page.locator(".undo").get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".undo")).to_have_count(0)
    expect_unread(late, later, *there)
    assert here[0].pk not in unread(page).evaluate_all("(all) => all.map((each) => Number(each.value))")


@MARKING
def test_what_is_old_is_marked_and_each_mark_is_undone_until_the_next(open_list, live_server, screen):
    feed, now = make_feed(), timezone.now()
    days = (8, 4, 2, 0)
    old = {age: make_article(feed, published_at=now - timedelta(days=age)) for age in days}
    page = open_list(**screen)

    def expect_unread(*ages):
        for age, article in old.items():
            expect(page.locator(f"#article-{article.pk} > [name=read]")).to_have_count(int(age in ages))

    for name, *left in (("a week", 4, 2, 0), ("three days", 2, 0), ("a day", 0)):
        page.locator(".mark-menu summary").click()
        page.get_by_role("button", name=f"Older than {name}").click()
        expect(page.locator(".undo")).to_have_count(1)
        expect(page.locator(".undo")).to_contain_text("1 article marked as read.")
        expect_unread(*left)
    page.locator(".undo").get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".undo")).to_have_count(0)
    expect_unread(2, 0)  # the last mark alone is taken back


def test_what_is_old_is_marked_without_a_network_and_shown_so_at_once(chromium, live_server, sign_in):
    feed, now = make_feed(), timezone.now()
    old, young = (make_article(feed, published_at=now - timedelta(days=days)) for days in (5, 2))
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
    sign_in(page, make_reader("ann"))
    context.set_offline(True)
    page.locator(".mark-menu summary").click()
    page.get_by_role("button", name="Older than three days").click()
    expect(page.locator(f"#article-{old.pk} > [name$=read]")).to_have_attribute("name", "unread")
    expect(page.locator(f"#article-{young.pk} > [name$=read]")).to_have_attribute("name", "read")
    context.set_offline(False)
    expect(page.locator("#kept")).to_contain_text("saved now")
    page.reload()
    expect(page.locator(f"#article-{old.pk} > [name$=read]")).to_have_attribute("name", "unread")
    expect(page.locator(f"#article-{young.pk} > [name$=read]")).to_have_attribute("name", "read")
    expect(page.locator(".undo")).to_contain_text("1 article marked as read.")
    context.close()
