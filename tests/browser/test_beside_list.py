"""Articles beside the list and in their rows: by mouse and by keys, Back, focus and place, at any width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists.list_settings import Opening, keep
from articles.lists.selection import Selection
from tests.articles.searching import make_harbours
from tests.browser.test_accessibility import on_screens, violations
from tests.browser.test_aloud import VOICES
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WIDE = {"viewport": {"width": 1440, "height": 900}}
LONG = "<p>The water came up to the third step, and the master wrote it down.</p>" * 60
TEXT = '<h2><a href="https://harbour.example/">Tides</a></h2><p>Es regnet.</p><p>The rain is over.</p>'
HARBOUR = "<p>The harbour sleeps.</p>"
HERE = ".row > .row-text > :is(h2, h3) > [aria-current]"


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def articles(live_server):
    """The newest first."""
    return make_articles(60, make_feed(title="Harbour notes"), language="en", content_html=LONG)[::-1]


def link(page, article):
    return page.locator(f"#article-{article.pk} .row-text > :is(h2, h3) > a")


def write(page, note):
    page.keyboard.press("c")
    expect(page.get_by_label("Note", exact=True)).to_be_focused()
    page.keyboard.type(note)
    page.locator(".opened .notes").get_by_role("button", name="Save").click()


def expect_open(page, article):
    expect(page.locator("#reading h1")).to_have_text(article.title)
    expect(page).to_have_url(re.compile(rf"/articles/{article.pk}/.*in=pane"))
    expect(page).to_have_title(re.compile(rf"^\(\d+\) {re.escape(article.title)} · Articles · Newsreader$"))
    expect(page.locator(HERE)).to_have_text(article.title)
    expect(page.locator(f"#article-{article.pk} > [name$=read]")).to_have_attribute("name", "unread")


def test_articles_open_beside_the_list_and_back_leads_back(open_page, reader, articles, sign_in):
    keep(reader, Selection(), opening=Opening.BESIDE)
    page = open_page(**WIDE)
    sign_in(page, reader)
    page.wait_for_load_state()
    link(page, articles[2]).click()
    expect_open(page, articles[2])
    expect(page.locator("#reading h1")).to_be_focused()
    expect(page.locator("#tree")).to_be_visible()
    page.keyboard.press("j")
    expect_open(page, articles[3])
    expect(link(page, articles[3])).to_be_focused()
    page.keyboard.press("n")  # goes on, and opens nothing
    expect(link(page, articles[4])).to_be_focused()
    expect_open(page, articles[3])
    page.keyboard.press("s")
    expect(page.locator(f"#article-{articles[4].pk} > [name$=star]")).to_have_attribute("name", "unstar")
    page.keyboard.press("k")
    expect_open(page, articles[3])
    page.locator("#reading [name$=star]").click()  # both buttons of the article show it
    for button in (page.locator("#reading [name$=star]"), page.locator(f"#article-{articles[3].pk} > [name$=star]")):
        expect(button).to_have_attribute("name", "unstar")
    page.go_back()
    expect_open(page, articles[2])
    page.go_back()
    expect(page).to_have_url(re.compile(rf"/#article-{articles[2].pk}$"))
    expect(page.locator("#reading")).to_contain_text("An article that you open is shown here.")
    expect(link(page, articles[2])).to_be_focused()
    page.go_forward()
    expect_open(page, articles[2])
    page.reload()
    expect_open(page, articles[2])
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect_open(page, articles[3])
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(rf"/#article-{articles[3].pk}$"))
    expect(link(page, articles[3])).to_be_focused()


def test_space_goes_down_an_article_and_on_to_the_next_unread(open_page, reader, articles, sign_in):
    keep(reader, Selection(), opening=Opening.BESIDE)
    page = open_page(**WIDE)
    sign_in(page, reader)
    page.wait_for_load_state()
    page.locator(f"#article-{articles[1].pk} > [name$=read]").click()
    expect(page.locator(f"#article-{articles[1].pk} > [name$=read]")).to_have_attribute("name", "unread")
    page.keyboard.press("k")
    expect_open(page, articles[0])
    pane = page.locator("#reading")
    for _ in range(20):
        if pane.evaluate("(pane) => pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 2"):
            break
        before = pane.evaluate("(pane) => pane.scrollTop")
        page.keyboard.press(" ")
        page.wait_for_function("(before) => document.getElementById('reading').scrollTop > before", arg=before)
        expect_open(page, articles[0])
    page.keyboard.press(" ")
    expect_open(page, articles[2])
    assert pane.evaluate("(pane) => pane.scrollTop") == 0


def test_on_a_narrow_screen_the_article_has_its_page(open_page, reader, articles, sign_in):
    keep(reader, Selection(), opening=Opening.BESIDE)
    page = open_page(**PHONE)
    sign_in(page, reader)
    link(page, articles[1]).click()
    expect(page).to_have_url(re.compile(rf"/articles/{articles[1].pk}/$"))
    expect(page.locator(".article-page h1")).to_have_text(articles[1].title)
    page.goto(f"/articles/{articles[2].pk}/?in=pane")
    expect(page.locator(".article-page h1")).to_have_text(articles[2].title)


def test_hits_open_beside_their_list_with_what_was_found_marked(open_page, reader, sign_in):
    hits = make_harbours(40, content_html=HARBOUR)[::-1]
    keep(reader, Selection(), opening=Opening.BESIDE)
    page = open_page(**WIDE)
    sign_in(page, reader, "/?q=harbour")
    page.wait_for_load_state()
    link(page, hits[1]).click()
    shown = page.locator("#reading")
    expect(shown.locator("h1")).to_have_text(hits[1].title)
    expect(page).to_have_url(re.compile(rf"/articles/{hits[1].pk}/\?q=harbour&in=pane"))
    page.keyboard.press("n")
    expect(shown.locator("mark.current").first).to_have_text("harbour", ignore_case=True)
    page.keyboard.press("j")
    expect(shown.locator("h1")).to_have_text(hits[2].title)
    expect(shown.locator(".matches-first")).to_be_hidden()
    page.keyboard.press("n")
    expect(shown.locator("mark.current").first).to_be_visible()
    page.keyboard.press("m")
    expect(page.locator(f"#article-{hits[2].pk} > [name$=read]")).to_have_attribute("name", "read")
    page.go_back()
    expect(shown.locator("h1")).to_have_text(hits[1].title)
    page.reload()
    page.wait_for_load_state()
    expect(shown.locator("h1")).to_have_text(hits[1].title)
    expect(page.locator(".row")).to_have_count(30)
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(rf"/\?q=harbour#article-{hits[1].pk}$"))
    expect(link(page, hits[1])).to_be_focused()
    box = page.locator(".found .rows").bounding_box()
    assert page.locator(".facets").bounding_box()["y"] < box["y"]  # above the rows: there is no room beside them


@pytest.mark.parametrize("screen", [PHONE, WIDE], ids=["390", "1440"])
def test_hits_open_in_their_row(open_page, reader, sign_in, screen):
    hits = make_harbours(4, content_html=HARBOUR)[::-1]
    keep(reader, Selection(), opening=Opening.ROW)
    page = open_page(**screen)
    sign_in(page, reader, "/?q=harbour")
    page.wait_for_load_state()
    link(page, hits[1]).click()
    opened = page.locator(f"#article-{hits[1].pk} .row-article")
    expect(opened.locator(".prose mark").first).to_be_visible()
    opened.get_by_role("button", name="Next", exact=True).click()
    expect(opened.locator("mark.current").first).to_be_visible()
    link(page, hits[1]).click()
    expect(opened).to_have_count(0)


def test_enter_in_a_field_of_an_article_in_its_row_presses_nothing_of_the_list(page, reader, articles, sign_in):
    keep(reader, Selection(), opening=Opening.ROW)
    sign_in(page, reader)
    page.wait_for_load_state()
    link(page, articles[1]).click()
    opened = page.locator(f"#article-{articles[1].pk} .row-article")
    opened.locator(".share summary").click()
    opened.get_by_label("Permalink").press("Enter")
    link(page, articles[2]).click()  # by now a press would be shown
    expect(page.locator(f"#article-{articles[2].pk} > [name=unread]")).to_be_visible()
    expect(page.locator(f"#article-{articles[0].pk} > [name=read]")).to_be_visible()


@pytest.mark.parametrize("opening", [Opening.BESIDE, Opening.ROW])
def test_without_scripts_the_links_lead_to_the_articles_pages(open_page, reader, articles, sign_in, opening):
    keep(reader, Selection(), opening=opening)
    page = open_page(**WIDE, java_script_enabled=False)
    sign_in(page, reader)
    expect(page.locator(".row").first).to_be_visible()
    assert page.locator(".row").first.bounding_box()["width"] > 600
    link(page, articles[1]).click()
    expect(page).to_have_url(re.compile(rf"/articles/{articles[1].pk}/$"))
    expect(page.locator(".article-page h1")).to_have_text(articles[1].title)


@pytest.mark.parametrize("screen", [PHONE, WIDE], ids=["390", "1440"])
def test_articles_open_in_their_row_and_shut(open_page, reader, articles, sign_in, screen):
    keep(reader, Selection(), opening=Opening.ROW)
    page = open_page(**screen)
    sign_in(page, reader)
    page.wait_for_load_state()
    opened = page.locator(".row-article")
    link(page, articles[1]).click()
    expect(page.locator(f"#article-{articles[1].pk} .row-article")).to_contain_text("the third step")
    expect(page.locator(f"#article-{articles[1].pk} > [name$=read]")).to_have_attribute("name", "unread")
    page.keyboard.press("j")
    expect(page.locator(f"#article-{articles[2].pk} .row-article")).to_be_in_viewport()
    expect(link(page, articles[2])).to_be_focused()
    expect(opened).to_have_count(1)
    link(page, articles[2]).click()
    expect(opened).to_have_count(0)
    expect(link(page, articles[2])).to_be_focused()
    expect(page).to_have_url(re.compile(rf"/#article-{articles[2].pk}$"))


PLACES = [(Opening.BESIDE, WIDE), (Opening.ROW, PHONE)]


@pytest.mark.parametrize(("opening", "screen"), PLACES)
def test_a_look_is_chosen_and_notes_are_written_there_too(open_page, reader, sign_in, opening, screen):
    article = make_article(title="雨停了", language="zh", content_html=TEXT)
    keep(reader, Selection(), opening=opening)
    page = open_page(**screen)
    sign_in(page, reader)
    page.wait_for_load_state()
    link(page, article).click()
    opened = page.locator(".opened")
    expect(opened.locator(".prose")).to_be_visible()
    # A headline's link fills its row, one in the text nothing.
    assert opened.locator("h2 a").evaluate("(link) => getComputedStyle(link, '::after').content") == "none"
    page.keyboard.press("z")
    look = page.locator("#look")
    expect(look.get_by_text("Chinese characters")).to_be_visible()
    look.get_by_role("radio", name="Sepia").check(force=True)
    expect(page.locator("html")).to_have_attribute("data-theme", "sepia")
    page.keyboard.press("Escape")
    expect(look).to_be_hidden()

    opened.locator(".prose p").last.evaluate("(text) => getSelection().selectAllChildren(text)")
    page.get_by_role("button", name="Highlight").click()
    expect(opened.locator("mark.passage")).to_have_text("The rain is over.")
    write(page, "Since when?")
    expect(opened.locator(".notes li")).to_have_count(2)
    expect(link(page, article)).to_have_attribute("aria-current", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("opening", "screen"), PLACES)
def test_it_is_read_aloud_until_it_makes_room(open_page, reader, sign_in, opening, screen):
    article = make_article(language="en", content_html=LONG)
    keep(reader, Selection(), opening=opening)
    page = open_page(**screen)
    page.add_init_script(VOICES)
    sign_in(page, reader)
    page.wait_for_load_state()
    link(page, article).click()
    opened, spoken = page.locator(".opened"), page.locator(".spoken")
    opened.get_by_role("button", name="Read aloud").click()
    expect(spoken).to_have_text(article.title)
    write(page, "So high?")
    expect(opened.locator(".notes li")).to_have_count(1)
    expect(spoken).to_have_count(0)
    opened.get_by_role("button", name="Read aloud").click()
    expect(spoken).to_have_text(article.title)
    page.keyboard.press("u" if opening is Opening.BESIDE else "o")
    expect(opened).to_have_count(0)
    expect(spoken).to_have_count(0)


def test_axe_finds_nothing(page, reader, sign_in):
    feed = make_feed(title="Harbour notes")
    make_articles(8, feed, language="en")
    article = make_article(feed, content_html=LONG, language="en", title="The crane moves")
    keep(reader, Selection(), opening=Opening.BESIDE)
    sign_in(page, reader)
    hit = make_harbours(3, feed, content_html=HARBOUR)[1]
    beside = (f"/articles/{article.pk}/?in=pane", f"/articles/{hit.pk}/?q=harbour&in=pane")
    found = [each for address in beside for each in violations(page, address)]
    keep(reader, Selection(), opening=Opening.ROW)
    page.goto("/")
    page.wait_for_load_state()
    link(page, article).click()
    page.locator(".row-article").wait_for()
    for _screen in on_screens(page):
        found += violations(page, None)
    assert found == []
