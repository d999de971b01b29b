"""Searching, as a person with a browser does it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.search import index
from tests.browser.test_reading import CONTRASTS, PHONE, fits, focused, in_each_scheme, unread
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]

TEXT = "<p>The old harbour sleeps.</p>" + "<p>Nothing here.</p>" * 60 + "<p>A <b>har</b>bour again, and harbours.</p>"


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def harbour(live_server):
    return make_feed(title="Harbour Notes", category=make_category("Ports"))


def make_found(feed, title="The crane moves", html="<p>In the harbour it moved.</p>"):
    text = re.sub("<[^>]*>", "", html.replace("</p>", "\n"))
    article = make_article(feed, title=title, content_html=html, content_text=text, language="en")
    index.index([article])
    return article


def make_harbours(n, feed):
    index.index(make_articles(n, feed, content_text="The harbour sleeps.", language="en"))


def ask(page, query):
    page.get_by_role("search").get_by_label("Search").fill(query)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))


def in_view(page, selector):
    return page.locator(selector).evaluate(
        "(element) => { const box = element.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
    )


def test_a_reader_searches_opens_a_hit_and_walks_through_its_matches(page, reader, harbour, sign_in):
    make_found(harbour, "A field", "<p>Wheat.</p>")
    article = make_found(harbour, html=TEXT)
    sign_in(page, reader)
    page.keyboard.press("/")
    page.keyboard.type("harbour")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^“harbour” · "))
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row-snippet mark").first).to_have_text("harbour")
    expect(page.get_by_text("1 hit", exact=True)).to_be_visible()
    page.get_by_role("link", name=article.title, exact=True).click()
    page.wait_for_url("**/articles/**")
    expect(page.get_by_text("3 matches of “harbour”")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#match-1")).to_have_class(re.compile("current"))
    page.keyboard.press("n")
    expect(page.get_by_role("status")).to_have_text("2 of 3")
    assert page.locator("mark.current").all_inner_texts() == ["har", "bour"]
    assert in_view(page, "#match-2")
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_have_text("3 of 3")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("status")).to_have_text("1 of 3")
    page.keyboard.press("u")
    expect(page.locator(".row")).to_have_count(1)
    expect(unread(page)).to_have_count(0)


def test_the_hits_beside_a_found_article_are_a_key_away(page, reader, harbour, sign_in):
    titles = ["First", "Second", "Third"]
    for title in titles:
        make_found(harbour, title)
        make_found(harbour, "A field", "<p>Wheat.</p>")
    sign_in(page, reader)
    ask(page, "harbour")
    page.get_by_role("link", name="Third", exact=True).click()
    page.wait_for_url("**/articles/**")
    for key, title in (("j", "Second"), ("j", "First"), ("k", "Second")):
        page.keyboard.press(key)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.wait_for_load_state()


def test_the_facets_come_by_themselves_and_narrow(page, reader, harbour, sign_in):
    make_harbours(3, harbour)
    make_found(make_feed(title="Dock News"))
    sign_in(page, reader)
    ask(page, "harbour")
    facets = page.get_by_role("complementary", name="Filter results")
    facets.get_by_role("link", name="Dock News").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("“harbour” in Dock News")
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("link", name="Search everywhere").click()
    expect(page.locator(".row")).to_have_count(4)


def test_the_number_of_hits_becomes_exact_with_the_facets(page, reader, harbour, sign_in):
    make_harbours(45, harbour)
    sign_in(page, reader)
    ask(page, '"the harbour sleeps"')
    expect(page.locator("#hits")).to_have_text("45 hits")


def test_a_search_stays_here_or_goes_everywhere(page, reader, harbour, sign_in):
    make_found(harbour)
    make_found(make_feed(title="Dock News"))
    sign_in(page, reader, f"/?feed={harbour.pk}")
    ask(page, "harbour")
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("search").get_by_label("Where").select_option("Everywhere")
    ask(page, "harbour")
    expect(page.locator(".row")).to_have_count(2)


def test_titles_are_suggested_and_taken_with_the_keyboard(page, reader, harbour, sign_in):
    make_found(harbour, "A crane arrives")
    make_found(harbour, "A crane leaves")
    sign_in(page, reader)
    page.keyboard.press("/")
    page.keyboard.type("crane")
    field = page.get_by_role("combobox", name="Search")
    expect(page.get_by_role("option")).to_have_count(2)
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("crane")
    page.keyboard.type("s")
    page.keyboard.press("Backspace")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "suggestion-2"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text('“"A crane arrives"”')
    expect(page.locator(".row")).to_have_count(1)


def test_a_suggestion_is_taken_with_the_mouse(page, reader, harbour, sign_in):
    make_found(harbour, "A crane arrives")
    sign_in(page, reader)
    page.get_by_label("Search", exact=True).press_sequentially("cran")
    page.get_by_role("option", name="A crane arrives").click()
    expect(page.locator(".row")).to_have_count(1)


def test_enter_without_a_choice_searches(page, reader, harbour, sign_in):
    make_found(harbour, "A crane arrives")
    sign_in(page, reader)
    page.get_by_label("Search", exact=True).press_sequentially("cran")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=cran")


def test_searching_works_without_javascript(open_page, reader, harbour, sign_in):
    page = open_page(java_script_enabled=False)
    make_harbours(40, harbour)
    make_found(make_feed(title="Dock News"), html=TEXT)
    sign_in(page, reader)
    page.get_by_label("Search", exact=True).fill("harbour")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".row")).to_have_count(30)
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".row")).to_have_count(11)
    page.get_by_role("link", name="Most relevant first").click()
    page.get_by_role("link", name="Filter by feed, category or time").click()
    page.get_by_role("link", name="Dock News").click()
    page.get_by_role("link", name="The crane moves", exact=True).click()
    page.get_by_role("link", name="First match").click()
    assert page.url.endswith("#match-1")


def test_every_example_of_the_help_runs(page, reader, harbour, sign_in):
    make_found(harbour)
    sign_in(page, reader)
    ask(page, "harbour")
    page.get_by_role("link", name="How to search").click()
    page.get_by_role("link", name="(rain OR snow) -storm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("“(rain OR snow) -storm”")
    expect(page.get_by_role("search").get_by_label("Search")).to_have_value("(rain OR snow) -storm")


def test_a_whole_text_that_is_pasted_is_answered_with_a_note(page, reader, harbour, sign_in):
    sign_in(page, reader)
    page.get_by_role("search").get_by_label("Search").focus()
    page.keyboard.insert_text("中国 " * 10_000)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Only the first 2000 characters of the query were read.")).to_be_visible()


def test_markup_in_a_query_is_only_text(page, reader, harbour, sign_in):
    make_found(harbour)
    sign_in(page, reader)
    ask(page, "<img src=x onerror=alert(1)> harbour")
    expect(page.get_by_role("heading", level=1)).to_have_text("“<img src=x onerror=alert(1)> harbour”")


def test_no_page_is_wider_than_a_phone(open_page, reader, harbour, sign_in):
    article = make_found(harbour, "W" * 200, html=f"<p>harbour {'x' * 300}</p>")
    make_found(make_feed(title="Long" * 60))
    page = open_page(**PHONE)
    sign_in(page, reader)
    of_hit = f"{article.get_absolute_url()}?q=harbour&feed={harbour.pk}"
    for address in ("/?q=harbour", "/?q=" + "z" * 300, "/search/help/", "/search/narrow/?q=harbour", of_hit):
        page.goto(address)
        assert fits(page), address


def test_a_phone_shows_what_narrows_when_it_is_asked_to(open_page, reader, harbour, sign_in):
    make_harbours(3, harbour)
    make_found(make_feed(title="Dock News"))
    page = open_page(**PHONE)
    sign_in(page, reader, "/?q=harbour")
    facets = page.get_by_role("complementary", name="Filter results")
    expect(facets.get_by_text("Feed", exact=True)).to_be_visible()
    expect(facets.get_by_role("link", name="Dock News")).to_be_hidden()
    facets.get_by_text("Feed", exact=True).click()
    expect(facets.get_by_role("link", name="Dock News")).to_be_visible()


MARK_CONTRASTS = CONTRASTS.replace(
    'querySelectorAll("main :is(h1, h2 span, h3 a, p, time, a, summary, button.quiet)")',
    'querySelectorAll("main mark")',
).replace("getComputedStyle(document.documentElement)", 'getComputedStyle(document.querySelector("main mark"))')


def test_hits_and_matches_stand_out_as_wcag_aa_asks(page, reader, harbour, sign_in):
    article = make_found(harbour, html=TEXT)
    make_found(make_feed())
    sign_in(page, reader, "/?q=harbour")
    expect(page.locator(".facet")).to_have_count(1)
    found = in_each_scheme(page, CONTRASTS, MARK_CONTRASTS)
    page.goto(f"{article.get_absolute_url()}?q=harbour")
    found += in_each_scheme(page, CONTRASTS, MARK_CONTRASTS)
    page.keyboard.press("n")
    found += in_each_scheme(page, MARK_CONTRASTS.replace("main mark", "main mark.current"))
    assert len(found) > 40
    assert [contrast for contrast in found if contrast[1] < 4.5] == []


def test_hits_are_read_with_the_keyboard_alone(page, reader, harbour, sign_in):
    make_harbours(2, harbour)
    sign_in(page, reader)
    ask(page, "harbour")
    page.keyboard.press("j")
    first = focused(page)
    page.keyboard.press("s")
    expect(page.locator("[name=unstar]")).to_have_count(1)
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)


def test_the_header_is_one_row_beside_its_search_field(page, sign_in, reader):
    sign_in(page, reader)
    for width in (640, 720, 800, 960):
        page.set_viewport_size({"width": width, "height": 700})
        parts = (".site-nav", ".wordmark", ".search-box input")
        nav, mark, field = (page.locator(name).bounding_box() for name in parts)
        assert abs(nav["y"] - mark["y"]) < nav["height"] / 2, width
        assert field["x"] + field["width"] <= nav["x"], width
        assert field["width"] >= 120, width
        assert fits(page), width
