"""The steps that weekly jobs take: presses of keys, buttons and links, and the pages that are loaded for them. Typing is
none; what sends it is. No job may become longer."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from articles.lists.list_settings import Opening, keep
from articles.lists.selection import Selection
from feeds.models import Feed, Subscription
from feeds.subscribe.outlines import category_at
from feeds.subscriptions import own
from tests.articles.searching import make_harbours
from tests.browser.conftest import PHONE, SCREENS, WIDE
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("presses and pages are counted, which know no database"),
]
RSS = """<rss version="2.0"><channel><title>Harbour Gazette</title><link>https://harbour.example/</link>
<item><title>The ferry is late</title><link>https://harbour.example/1</link></item></channel></rss>"""


class Steps:
    """Counts what a reader does on a page, and the documents that the browser loads for it."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses, self.pages = page, 0, 0
        page.wait_for_load_state()
        page.on("request", self._count)

    def _count(self, request):
        if request.is_navigation_request() and request.frame == self.page.main_frame and not request.redirected_from:
            self.pages += 1

    def press(self, what: Locator | str) -> None:
        """A key, or something on the page."""
        self.presses += 1
        if isinstance(what, str):
            self.page.keyboard.press(what)
        else:
            what.click()

    @property
    def taken(self) -> tuple[int, int]:
        return self.presses, self.pages


@pytest.fixture
def steps(open_page, sign_in):
    def begin(reader, address="/", **options):
        page = open_page(**(options or WIDE))
        sign_in(page, reader)
        if address != "/":
            page.goto(address)
        return page, Steps(page)

    return begin


def tree(page):
    return page.get_by_role("navigation", name="Feeds and unread articles")


def test_the_first_article_of_a_new_site(steps, publisher):
    page, done = steps(make_reader("ann"))
    done.press(page.get_by_role("main").get_by_role("link", name="Add a feed"))
    expect(page.get_by_label("Address")).to_be_focused()
    page.keyboard.type(publisher.serve("/feed", RSS))
    done.press("Enter")
    expect(page.get_by_role("link", name="The ferry is late", exact=True)).to_be_visible()
    assert done.taken == (2, 2)


def test_a_feed_by_the_address_of_its_site(steps, publisher):
    make_articles(1)
    publisher.serve("/feed", RSS)
    alternate = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    page, done = steps(make_reader("ann"))
    done.press("+")
    expect(page.get_by_label("Address")).to_be_focused()
    page.keyboard.type(publisher.serve("/", alternate, content_type="text/html"))
    done.press("Enter")
    expect(page.get_by_role("link", name="The ferry is late", exact=True)).to_be_visible()
    assert done.taken == (2, 2)


def test_an_opml_list(steps, tmp_path):
    file = tmp_path / "feeds.opml"
    file.write_text('<opml version="2.0"><body><outline text="A" xmlUrl="https://a.example/rss"/></body></opml>')
    make_articles(1)
    page, done = steps(make_reader("ann"))
    done.press(page.get_by_role("banner").get_by_role("link", name="Feeds"))
    done.press(page.get_by_role("link", name="Import OPML"))
    page.get_by_label("OPML file").set_input_files(file)
    done.press(page.get_by_role("button", name="Import"))
    expect(page.get_by_text("Added: 1.")).to_be_visible()
    assert done.taken == (3, 3)


def test_two_hundred_unread_by_keys(steps):
    feed = make_feed(title="Harbour notes")
    make_articles(200, feed, language="en")
    reader = make_reader("ann")
    page, done = steps(reader, "/?show=unread")
    while page.locator(".row").count():
        before = page.locator(".row").first.get_attribute("id")
        done.press("a")
        expect(page.locator(f"#{before}")).to_have_count(0)
        page.wait_for_load_state()
    assert done.taken == (4, 4)
    make_articles(200, feed, language="en")
    page.goto("/?show=unread")
    page.wait_for_load_state()
    done = Steps(page)
    done.press("A")
    expect(page.locator(".nothing")).to_be_visible()
    assert done.taken == (1, 1)


@pytest.mark.parametrize("opening", [Opening.ROW, Opening.BESIDE])
def test_articles_are_read_one_after_the_other_by_a_key_each_and_no_page(steps, opening):
    articles = make_articles(6, make_feed(title="Harbour notes"), language="en")[::-1]
    reader = make_reader("ann")
    keep(reader, Selection(), opening=opening)
    page, done = steps(reader)
    for article in articles:
        done.press("j")
        expect(page.locator(".opened")).to_contain_text(article.content_text)
        expect(page.locator(f"#article-{article.pk} > [name$=read]")).to_have_attribute("name", "unread")
    assert done.taken == (6, 0)


def test_two_hundred_unread_by_thumb(steps):
    make_articles(200, make_feed(title="Harbour notes"), language="en")
    page, done = steps(make_reader("ann"), "/?show=unread", **PHONE)
    while page.locator(".row").count():
        before = page.locator(".row").first.get_attribute("id")
        done.press(page.locator(".at-end"))
        expect(page.locator(f"#{before}")).to_have_count(0)
        page.wait_for_load_state()
    assert done.taken == (4, 4)


def test_what_is_unread_in_one_category(steps):
    reader = make_reader("ann")
    own.choose_own(reader)
    for name in ("News", "Arts"):
        feed = make_feed(title=f"Of {name}")
        own.follow(reader, feed, category=category_at(name, owner=reader))
        make_articles(2, feed)
    page, done = steps(reader, "/?show=unread")
    done.press(tree(page).get_by_role("link", name=re.compile("^Arts")))
    page.wait_for_url(re.compile("category=arts.*show=unread"))
    assert done.taken == (1, 1)
    page, done = steps(reader, "/?show=unread", **PHONE)
    done.press(page.get_by_role("button", name="Feeds"))
    done.press(tree(page).get_by_role("link", name=re.compile("^Arts")))
    page.wait_for_url(re.compile("category=arts.*show=unread"))
    assert done.taken == (2, 1)


def test_an_article_for_later(steps):
    article = make_article()
    page, done = steps(make_reader("ann"), article.get_absolute_url())
    done.press("s")
    expect(page.locator(".toolbar [name$=star]")).to_have_text("Remove star")
    assert done.taken == (1, 0)


def test_an_article_of_last_month(steps):
    make_harbours(4, published_at=datetime(2026, 2, 3, tzinfo=UTC))
    page, done = steps(make_reader("ann"))
    done.press("/")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("date:2026-02 harbour")
    done.press("Enter")
    expect(page.locator("#hits")).to_have_text("4 hits")
    assert done.taken == (2, 1)


def test_a_whole_feed_is_read(steps):
    feed = make_feed(title="Harbour notes")
    make_articles(4, feed)
    page, done = steps(make_reader("ann"))
    item = tree(page).locator("li", has=page.get_by_role("link", name=re.compile("^Harbour notes"))).last
    item.hover()
    done.press(item.locator(".more"))
    done.press(page.get_by_role("button", name="Mark all as read"))
    expect(page.locator(".undo")).to_be_visible()
    assert done.taken == (2, 1)
    feed = make_articles(4, feed)[0].feed
    page, done = steps(make_reader("bob"))
    done.press(tree(page).get_by_role("link", name=re.compile("^Harbour notes")))
    page.wait_for_load_state()
    done.press("A")
    expect(page.locator(".undo")).to_be_visible()
    assert done.taken == (2, 2)


def test_a_broken_feed_is_mended(steps, publisher):
    feed = make_feed(url=publisher.serve("/old.xml", "", status=404), title="Harbour", failures=3, last_error="404")
    page, done = steps(make_reader(staff=True))
    done.press(tree(page).get_by_role("link", name="1 feed needs a look"))
    done.press(page.get_by_role("main").get_by_role("link", name="Harbour"))
    page.get_by_label("Address", exact=True).fill(publisher.serve("/new.xml", RSS))
    done.press("Enter")
    expect(page.get_by_text("1 new article")).to_be_visible()
    assert done.taken == (3, 3)
    feed.refresh_from_db()
    assert feed.url == publisher.url("/new.xml")


@SCREENS
def test_a_feed_of_the_site_is_followed(steps, screen):
    reader = make_reader("ann")
    for name in ("Harbour", "Ferry"):
        make_feed(title=name)
    own.choose_own(reader)
    Subscription.objects.all().delete()
    page, done = steps(reader, "/feeds/", **screen)
    done.press(page.get_by_role("link", name="More feeds of this site"))
    done.press(page.get_by_role("button", name="Subscribe Harbour"))
    expect(page.get_by_text("You follow Harbour now.")).to_be_visible()
    expect(page.locator("tbody .feed-name")).to_have_text("Ferry")
    assert done.taken == (2, 2)


@pytest.mark.parametrize("is_last", [False, True])
def test_a_feed_is_left(steps, is_last):
    reader = make_reader("ann")
    own.choose_own(reader)
    feed = make_feed(title="Harbour notes", is_shared=not is_last)
    own.follow(reader, feed)
    make_articles(3, feed)
    page, done = steps(reader, f"/?feed={feed.pk}")
    done.press("#")
    done.press(page.get_by_role("button", name="Unsubscribe"))
    expect(page.get_by_text("You no longer follow Harbour notes.")).to_be_visible()
    assert done.taken == (2, 2)
    assert Feed.objects.count() == (0 if is_last else 1)


def test_feeds_are_put_in_another_order(steps):
    site = make_category("Site")
    for name in ("Ebb", "Flow"):
        make_feed(title=name, category=site)
    page, done = steps(make_reader(staff=True))
    page.wait_for_function("() => document.querySelector('#tree').dataset.isMovable")
    ebb, flow = (tree(page).get_by_role("link", name=re.compile(f"^{name}")).bounding_box() for name in ("Ebb", "Flow"))
    page.mouse.move(flow["x"] + 60, flow["y"] + 10)
    page.mouse.down()
    page.mouse.move(ebb["x"] + 60, ebb["y"] + 4, steps=5)
    page.mouse.up()
    expect(tree(page).locator(".shelves .name")).to_have_text(["Site", "Flow", "Ebb"])
    assert done.taken == (0, 0)  # drawn, once


def test_text_and_theme(steps):
    page, done = steps(make_reader("ann"), make_article().get_absolute_url())
    done.press("z")
    done.press(page.get_by_label("Sepia"))
    expect(page.locator("html")).to_have_attribute("data-theme", "sepia")
    assert done.taken == (2, 0)


def test_a_feed_of_a_search(steps):
    make_harbours(3)
    page, done = steps(make_reader("ann"), "/?q=harbour")
    done.press(page.get_by_role("contentinfo").get_by_role("link", name="Share as feed"))
    done.press(page.get_by_role("button", name="Create secret address"))
    expect(page.get_by_role("button", name="Copy RSS")).to_be_visible()
    assert done.taken == (2, 2)


def test_an_article_is_shared(steps):
    page, done = steps(make_reader("ann"), make_article().get_absolute_url())
    done.press(page.locator(".share summary"))
    expect(page.locator(".share").get_by_role("button", name="Copy")).to_be_visible()
    assert done.taken == (1, 0)


@SCREENS
def test_a_second_account(steps, screen):
    make_articles(1)
    admin = make_reader("root", staff=True)
    admin.is_superuser = True
    admin.save()
    page, done = steps(admin, **screen)
    done.press(page.get_by_role("banner").get_by_role("link", name="Account"))
    done.press(page.get_by_role("link", name="Accounts"))
    page.get_by_label("User").fill("bob")
    done.press("Enter")
    expect(page.get_by_text("chooses the password")).to_be_visible()
    assert done.taken == (3, 3)


def test_an_app_is_let_in(steps):
    page, done = steps(make_reader("ann"))
    done.press(page.get_by_role("banner").get_by_role("link", name="Account"))
    done.press(page.get_by_role("link", name="Apps"))
    page.get_by_label("Name").fill("phone")
    done.press("Enter")
    expect(page.locator("#app-password")).to_be_visible()
    assert done.taken == (3, 3)
