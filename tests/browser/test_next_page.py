"""A list that goes on at its end: by scrolling and by keys, its address and Back, and marks of what came."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists.list_settings import AtEnd, Opening, keep
from articles.lists.pages import PAGE
from articles.lists.selection import Selection
from articles.models import Article
from tests.browser.conftest import PHONE, SCREENS
from tests.browser.history import go_back
from tests.factories import make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]
ROWS = ".row"
FOOT = "window.scrollTo(0, document.documentElement.scrollHeight)"


@pytest.fixture
def reader(live_server):
    reader = make_reader("ann")
    keep(reader, Selection(), at_end=AtEnd.ON)
    return reader


@pytest.fixture
def articles(live_server):
    """The newest first."""
    made = make_articles(2 * PAGE + 20, make_feed(), language="en")[::-1]
    Article.objects.filter(pk=made[-1].pk).update(title="旧码头的起重机又动了", language="zh")
    return made


def link(page, article):
    return page.locator(f"#article-{article.pk} .row-text > :is(h2, h3) > a")


@SCREENS
def test_the_next_page_comes_when_the_end_is_in_sight_and_its_rows_are_as_all(
    open_page, reader, articles, sign_in, screen
):
    page = open_page(**screen)
    sign_in(page, reader)
    expect(page.locator(ROWS)).to_have_count(PAGE)
    for count in (2 * PAGE, len(articles)):
        page.evaluate(FOOT)
        expect(page.locator(ROWS)).to_have_count(count)
    expect(page.locator(".pages [rel=next]")).to_have_count(0)
    expect(link(page, articles[-1])).to_have_class("phrased")
    ids = page.locator(ROWS).evaluate_all("(rows) => rows.map((row) => row.id)")
    assert ids == [f"article-{article.pk}" for article in articles]
    days = page.locator(".day").evaluate_all("(days) => days.map((day) => day.querySelector('time').dateTime)")
    assert len(days) == len(set(days))
    page.locator(f"#article-{articles[PAGE + 3].pk} > [name$=read]").click()
    expect(page.locator(f"#article-{articles[PAGE + 3].pk} > [name$=read]")).to_have_attribute("name", "unread")
    expect(page).to_have_url(re.compile(r"\?cursor="))
    left = articles[PAGE + 10]
    link(page, left).click()
    page.wait_for_url("**/articles/**")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(link(page, left)).to_be_focused()
    expect(page.locator(ROWS).first).to_have_id(f"article-{articles[PAGE].pk}")  # the page that it is on
    go_back(page, 2)  # to the list as it was left, which may load itself again
    expect(link(page, left)).to_be_in_viewport()
    page.locator(".mark-menu summary").click()
    page.get_by_role("button", name="This page", exact=True).click()
    expect(page.locator(".undo")).to_be_visible()


@pytest.mark.parametrize("opening", [Opening.PAGE, Opening.BESIDE])
def test_j_goes_on_past_the_end(open_page, reader, articles, sign_in, opening):
    keep(reader, Selection(), opening=opening)
    page = open_page(viewport={"width": 1440, "height": 900})
    sign_in(page, reader)
    page.wait_for_load_state()
    last = page.locator(ROWS).nth(PAGE - 1).locator(".row-text > :is(h2, h3) > a")
    last.focus()
    page.keyboard.press("j")
    expect(link(page, articles[PAGE])).to_be_focused()
    if opening is Opening.BESIDE:
        expect(page.locator("#reading h1")).to_have_text(articles[PAGE].title)
        page.keyboard.press("u")
        expect(page).to_have_url(re.compile(rf"\?cursor=.*#article-{articles[PAGE].pk}$"))
        page.reload()
        expect(link(page, articles[PAGE])).to_be_focused()


def test_without_scripts_the_end_is_a_link(open_page, reader, articles, sign_in):
    page = open_page(**PHONE, java_script_enabled=False)
    sign_in(page, reader)
    page.get_by_role("link", name="Older").click()
    expect(page.locator(ROWS).first).to_have_id(f"article-{articles[PAGE].pk}")
