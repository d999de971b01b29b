"""The layouts of a list: chosen with and without JavaScript, on a phone and wide, with titles of any length."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.lists.list_settings import Layout, keep
from articles.lists.pages import Selection
from tests.articles.images import pictures
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import hard_to_press, on_screens, violations
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]
TITLES = [
    ("en", "Spring tides, and what the harbour master writes in his book"),
    ("en", "A title that never ends " * 40),
    ("de", "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 12),
    ("zh-Hans", "中美发表格拉斯哥联合宣言，承诺强化气候行动" * 12),
    ("ar", "حركة المد في الميناء وما يكتبه مدير الميناء في دفتره " * 10),
]
SUMMARY = "The water came up to the third step, and the master wrote it down as he has done for forty years. " * 3
HIGHEST = {Layout.COMPACT: 60, Layout.COSY: 260, Layout.EXCERPT: 360, Layout.CARDS: 420}


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def articles(live_server, publisher, settings, tmp_path):
    images = {**settings.STORAGES["images"], "OPTIONS": {"location": tmp_path / "images"}}
    settings.STORAGES = {**settings.STORAGES, "images": images}
    settings.IMAGE_CACHE_DIR = tmp_path / "cache"
    settings.FETCH_POLICY = replace(settings.FETCH_POLICY, allowed_networks=(ip_network("127.0.0.0/8"),))
    publisher.serve("/wide.jpg", pictures.jpeg(1280, 720), content_type="image/jpeg")
    feed = make_feed(title="The Lighthouse Letter, a paper for those who live by the sea and for all others " * 3)
    return [
        make_article(
            feed, title=title, language=language, summary=SUMMARY, image_url=publisher.url("/wide.jpg") * (number % 2)
        )
        for number, (language, title) in enumerate(TITLES * 2)
    ]


@pytest.mark.parametrize("layout", Layout)
def test_no_row_runs_away_and_axe_finds_nothing(page, sign_in, reader, articles, layout):
    keep(reader, Selection(), layout=layout)
    sign_in(page, reader)
    for screen in on_screens(page):
        expect_rows(page, articles, layout, screen)


def expect_rows(page, articles, layout, screen):
    page.evaluate("document.documentElement.style.fontSize = ''")
    assert violations(page, None, schemes=["light"]) == []
    boxes = page.locator(".row").evaluate_all("(rows) => rows.map((row) => row.getBoundingClientRect().height)")
    assert len(boxes) == len(articles)
    assert max(boxes) <= HIGHEST[layout]
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["viewport"]["width"]
    if layout is Layout.COMPACT:
        assert max(boxes) - min(boxes) <= 1
    if layout is Layout.CARDS:
        picture = page.locator(".row > img").first
        assert picture.bounding_box()["width"] >= 150
        assert picture.bounding_box()["y"] < page.locator(".row:has(> img) h3").first.bounding_box()["y"]
    assert hard_to_press(page) == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    narrow = page.locator(".row-text").evaluate_all("(texts) => Math.min(...texts.map((text) => text.clientWidth))")
    assert narrow >= 140, "a title has a few letters in a line"


def test_a_whole_date_leaves_the_window_at_no_size_of_text(open_page, sign_in, reader):
    make_article(
        make_feed(title="The Lighthouse Letter"), published_at=timezone.now() - timedelta(hours=23, minutes=30)
    )
    page = open_page(**PHONE)
    sign_in(page, reader, "/today/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    expect(page.locator(".row-facts time")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_order_and_layout_are_chosen_from_menus_without_scripts_and_stay(open_page, sign_in, reader):
    rows = make_articles(60, make_feed(), language="en")
    page = open_page(**PHONE, java_script_enabled=False)
    sign_in(page, reader)
    page.get_by_text("Newest first").first.click()
    page.get_by_role("button", name="Oldest first").click()
    expect(page.locator(".row h3").first).to_have_text(rows[0].title)
    page.get_by_text("View", exact=True).click()
    page.get_by_role("button", name="Compact").click()
    expect(page.locator(".layout-compact .row")).to_have_count(50)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(".row h3").last).to_have_text(rows[-1].title)
    page.goto("/?show=unread")
    expect(page.locator(".layout-compact .row h3").first).to_have_text(rows[0].title)


def test_from_a_card_one_comes_to_the_article_and_back_and_marks_it(open_page, sign_in, reader, articles):
    keep(reader, Selection(), layout=Layout.CARDS)
    page = open_page(**PHONE)
    sign_in(page, reader)
    card = page.locator(".row").first
    card.locator("[name$=star]").click()
    expect(card.locator("[name=unstar]")).to_be_visible()
    card.locator("h3 a").click()
    page.wait_for_url("**/articles/**")
    page.go_back()
    expect(page.locator(".row").first.locator("h3 a")).to_be_focused()
