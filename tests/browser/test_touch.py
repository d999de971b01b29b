"""A finger on a row, and rows that are scrolled past."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.lists.list_settings import Opening, keep
from articles.lists.selection import Selection
from articles.models import ArticleState
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def articles(live_server):
    """The newest first."""
    return make_articles(40, make_feed())[::-1]


def draw(page, article, x, y=0):
    """A finger that is put on a row, drawn so far, and lifted."""
    draw_on(page, page.locator(f"#article-{article.pk} .row-text"), x, y)


def draw_on(page, what, x, y=0):
    """A finger on anything, as the browser tells of one."""
    box = what.bounding_box()
    fingers = page.context.new_cdp_session(page)
    start = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [start]})
    for step in range(1, 9):
        point = {"x": start["x"] + x * step / 8, "y": start["y"] + y * step / 8}
        fingers.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize("reduced", ["reduce", "no-preference"])
def test_a_row_is_drawn_to_mark_and_to_star(open_page, articles, sign_in, reduced):
    page = open_page(**PHONE, reduced_motion=reduced)
    sign_in(page, make_reader("ann"))
    page.wait_for_load_state()
    draw(page, articles[1], 120)
    expect(page.locator(f"#article-{articles[1].pk} > [name$=read]")).to_have_attribute("name", "unread")
    expect(page.locator("#said")).to_have_text(f"Marked as read: {articles[1].title}")
    draw(page, articles[2], -120)
    expect(page.locator(f"#article-{articles[2].pk} > [name$=star]")).to_have_attribute("name", "unstar")
    draw(page, articles[3], 40)  # not far enough
    expect(page.locator(".drawn")).to_have_count(0)
    draw(page, articles[4], 20, -300)
    page.wait_for_function("() => scrollY > 50")
    assert page.url.endswith("/")
    assert set(ArticleState.objects.values_list("article", flat=True)) == {articles[1].pk, articles[2].pk}


def test_a_list_drawn_down_from_its_top_is_loaded_again(open_page, articles, sign_in):
    page = open_page(**PHONE)
    sign_in(page, make_reader("ann"))
    page.wait_for_load_state()
    loads = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    new = make_article(articles[0].feed)
    draw(page, articles[0], 0, 60)  # not far enough
    expect(page.locator(".pull")).to_have_count(0)
    page.locator(f"#article-{articles[12].pk}").evaluate("(row) => row.scrollIntoView({ block: 'center' })")
    before = page.evaluate("scrollY")
    draw(page, articles[12], 0, 200)  # to what stands above
    page.wait_for_function("(before) => scrollY < before", arg=before)
    page.wait_for_function("() => { scrollTo(0, 0); return scrollY === 0 }")
    draw(page, articles[0], 0, 200)
    expect(page.locator(f"#article-{new.pk}")).to_be_visible()
    assert len(loads) == 1
    page.get_by_role("button", name="Feeds").click()
    draw_on(page, page.locator("#tree .tops li").first, 0, 200)
    page.keyboard.press("Escape")
    expect(page.locator("#tree")).to_be_hidden()
    assert len(loads) == 1


def test_on_a_wide_screen_neither_a_mouse_nor_what_stands_beside_the_list_loads_it_again(open_page, articles, sign_in):
    reader = make_reader("ann")
    keep(reader, Selection(), opening=Opening.BESIDE)
    page = open_page(viewport={"width": 1440, "height": 900}, has_touch=True)
    sign_in(page, reader)
    page.wait_for_load_state()
    loads = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    page.mouse.move(500, 200)
    page.mouse.down()
    page.mouse.move(500, 700, steps=8)
    page.mouse.up()
    page.locator(f"#article-{articles[0].pk} .row-text > :is(h2, h3) > a").click()
    expect(page.locator("#reading h1")).to_have_text(articles[0].title)
    draw_on(page, page.locator("#reading h1"), 0, 400)
    draw_on(page, page.locator("#tree .tops li").first, 0, 400)
    page.locator(f"#article-{articles[1].pk} .row-text > :is(h2, h3) > a").click()
    expect(page.locator("#reading h1")).to_have_text(articles[1].title)
    assert loads == []


@pytest.mark.parametrize("screen", [PHONE, {"viewport": {"width": 1440, "height": 900}}], ids=["390", "1440"])
def test_what_is_scrolled_past_is_read_where_that_is_wanted(open_page, articles, sign_in, screen):
    page = open_page(**screen)
    reader = make_reader("ann")
    sign_in(page, reader, "/account/")
    page.get_by_label("Mark as read what is scrolled past in lists").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto("/")
    first, last = (page.locator(f"#article-{articles[at].pk} > [name$=read]") for at in (0, -1))
    expect(first).to_have_attribute("name", "read")
    page.locator(f"#article-{articles[12].pk}").evaluate("(row) => row.scrollIntoView()")
    expect(first).to_have_attribute("name", "unread")
    expect(last).to_have_attribute("name", "read")
    expect(page.locator("#kept")).to_be_empty()
    # Rows are shown as read before the server has it: the next page shall be asked for after that.
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('marks:'))")
    page.goto("/?show=unread")
    expect(page.locator(f"#article-{articles[20].pk} > [name$=read]")).to_be_visible()
    expect(page.locator(f"#article-{articles[0].pk} > [name$=read]")).to_have_count(0)
    expect(page.locator(".undo")).to_contain_text("marked as read.")
