"""The places of things beside each other on a page."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.browser.conftest import PHONE, SCREENS
from tests.factories import make_article, make_feed, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.one_database("styles know no database")]


@SCREENS
def test_the_words_about_a_choice_stand_below_its_name(open_page, live_server, sign_in, screen):
    page = open_page(**screen)
    sign_in(page, make_reader("ann"), "/account/rules/new/?q=rain")
    field = page.locator("div:has(> #id_tells)")
    box, name, words = (field.locator(part).bounding_box() for part in ("input", "label", ".helptext"))
    assert box["x"] + box["width"] <= name["x"] == words["x"]
    assert name["y"] < box["y"] + box["height"] / 2 < name["y"] + name["height"] <= words["y"] + 10  # a finger's


def test_what_an_arabic_feed_says_of_itself_begins_below_its_name(page, live_server, sign_in):
    feed = make_feed(title="دفتر البحر", description="حكايات قصيرة من مدينة على الشاطئ", language="ar")
    make_article(feed)
    sign_in(page, make_reader("ann"), f"/?feed={feed.pk}")
    name, words = (page.locator(part).bounding_box() for part in (".list-head h1", ".feed-description"))
    assert abs(name["x"] + name["width"] - words["x"] - words["width"]) < 2


def test_name_time_and_label_of_a_row_are_one_line_on_a_phone(open_page, live_server, sign_in):
    feed = make_feed(title="A name that is longer than what a phone has room for")
    make_article(feed, published_at=timezone.now())
    page = open_page(**PHONE, locale="zh-CN")
    sign_in(page, make_reader("ann"), "/today/")
    name, time, label = (part.bounding_box() for part in page.locator(".row-facts > *").all())
    middles = [part["y"] + part["height"] / 2 for part in (name, time, label)]
    assert max(middles) - min(middles) < 6
    assert name["x"] + name["width"] < time["x"] < label["x"] < 390 - label["width"]


def test_the_letter_of_a_feed_fills_its_box_beside_a_heading_too(page, live_server, sign_in):
    article = make_article(make_feed(title="Harbour notes"))
    sign_in(page, make_reader("ann"), f"/?feed={article.feed_id}")
    letter = page.locator("h1 .feed-icon[data-letter]")
    drawn = letter.evaluate("(box) => [getComputedStyle(box).lineHeight, getComputedStyle(box).height]")
    assert drawn == ["24px", "24px"]


def test_a_date_and_a_number_are_asked_for_in_fields_no_wider_than_others(open_page, live_server, sign_in):
    make_article()
    page = open_page(viewport={"width": 1440, "height": 900})
    sign_in(page, make_reader("ann"), "/outputs/")
    fields = page.locator("#book :is(input[type=date], input[type=number])").all()
    assert len(fields) == 2
    assert all(field.bounding_box()["width"] <= 26 * 16 for field in fields)


@pytest.mark.parametrize("width", [320, 360])
def test_what_can_be_done_with_an_article_is_one_line_on_the_narrowest_phones(open_page, live_server, sign_in, width):
    feed = make_feed()
    article, *_ = (make_article(feed) for _ in range(3))
    page = open_page(viewport={"width": width, "height": 640}, has_touch=True)
    sign_in(page, make_reader("ann"), f"/articles/{article.pk}/")
    tops = {part.bounding_box()["y"] for part in page.locator(".toolbar .words:visible").all()}
    assert len(tops) == 1


def test_a_feed_s_icon_is_whole_beside_a_name_that_needs_room(open_page, live_server, sign_in):
    make_article(make_feed(title="Many words that the table has no room for on a phone"), received_at=timezone.now())
    page = open_page(viewport={"width": 320, "height": 640}, has_touch=True)
    sign_in(page, make_reader("ann"), "/statistics/")
    assert page.locator(".statistics .feed-icon").bounding_box()["width"] == 16
