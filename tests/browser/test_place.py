"""Coming back from an article: to the page and to the row where one was, whatever leads back."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from articles.lists.pages import PAGE
from articles.search import index
from tests.factories import make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WIDE = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def articles(live_server):
    """The newest first."""
    articles = make_articles(PAGE + 20, make_feed(category=make_category("Ports", slug="ports")), language="en")
    index.index(articles)
    return articles[::-1]


def rows(page):
    return page.locator(".row").evaluate_all("(all) => all.map((row) => row.id)")


def expect_row(page, article):
    row = page.locator(f"#article-{article.pk}")
    expect(row.get_by_role("link").first).to_be_focused()
    expect(row).to_be_in_viewport()


WAYS = [
    ("/", "link"),
    ("/", "back"),
    ("/?category=ports&show=unread", "back"),
    ("/?category=ports&show=unread", "u"),
    ("/?q=body", "link"),
]


@pytest.mark.parametrize(
    ("list_shown", "way", "screen"), [*((*way, WIDE) for way in WAYS), *((*way, PHONE) for way in WAYS[:2])]
)
def test_one_comes_back_to_the_row_one_left(open_page, reader, articles, sign_in, list_shown, way, screen):
    page = open_page(**screen)
    sign_in(page, reader, list_shown)
    page.locator(".pages [rel=next]").click()
    page.wait_for_url("**cursor=**")
    before = rows(page)
    row = page.locator(".row").nth(15)
    left = next(article for article in articles if f"article-{article.pk}" == before[15])
    row.locator(".row-text > :is(h2, h3) > a").click()
    page.wait_for_url("**/articles/**")
    if way == "back":
        page.go_back()
    elif way == "u":
        page.keyboard.press("u")
    else:
        page.locator('.toolbar [data-key="u"]').click()
    page.wait_for_url(re.compile(r"^[^?]*[0-9]/\?.*cursor=.*#"))
    expect_row(page, left)
    assert rows(page) == before


def test_one_comes_back_to_the_row_of_the_article_that_one_came_to(page, reader, articles, sign_in):
    sign_in(page, reader, "/?show=unread")
    page.locator(".row-text > :is(h2, h3) > a").nth(PAGE - 2).click()
    for here, beside in pairwise(articles[PAGE - 2 : PAGE + 2]):
        expect(page.get_by_role("heading", level=1)).to_have_text(here.title)
        page.wait_for_load_state()  # the keys are there when the page's modules have run
        page.keyboard.press("j")
        expect(page.get_by_role("heading", level=1)).to_have_text(beside.title)
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.wait_for_url("**/?show=unread**")
    expect_row(page, articles[PAGE + 1])
    page.keyboard.press("j")
    expect(page.locator(f"#article-{articles[PAGE + 2].pk}").get_by_role("link").first).to_be_focused()
