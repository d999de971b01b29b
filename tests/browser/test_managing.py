"""What staff do, in a real browser: its fixtures fail a test by any breach of the Content-Security-Policy."""

import re
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import BoilerplateRule
from feeds.models import Feed, Poll
from tests.browser.conftest import PHONE, WIDE
from tests.factories import FIRST_DAY, make_articles, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("forms and links know no database, and the views have tests of their own on both"),
]

RSS = """<rss version="2.0"><channel><title>Harbour Gazette</title><link>https://harbour.example/</link>
<description>News from the quay</description><item><title>The ferry is late</title>
<link>https://harbour.example/1</link></item></channel></rss>"""


@pytest.mark.parametrize("has_javascript", [True, False])
def test_a_feed_is_added_with_and_without_javascript(open_page, sign_in, publisher, has_javascript):
    make_category("News")
    page = open_page(java_script_enabled=has_javascript)
    sign_in(page, make_reader(staff=True), "/feeds/add/")
    page.get_by_label("Address").fill(publisher.serve("/feed", RSS))
    page.get_by_role("button", name="Find feeds").click()
    expect(page.get_by_text("The ferry is late")).to_be_visible()
    expect(page.get_by_label("Harbour Gazette")).to_be_checked()
    page.get_by_label("Category").select_option("News")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="The ferry is late", exact=True)).to_be_visible()
    assert str(Feed.objects.get().category) == "News"


def test_an_import_keeps_names_and_tells_by_itself_how_far_it_is(open_page, sign_in, tmp_path):
    file = tmp_path / "feeds.opml"
    outline = '<outline text="Ports"><outline text="Harbour" xmlUrl="https://a.example/rss"/></outline>'
    file.write_text(f'<opml version="2.0"><body>{outline}</body></opml>')
    page = open_page(**PHONE)
    page.clock.install()
    sign_in(page, make_reader("ann"), "/feeds/import/")
    page.get_by_label("OPML file").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Added: 1. Already subscribed: 0. Not imported: 0.")).to_be_visible()
    expect(page.get_by_text("Checked: 0 of 1, of which failed: 0.")).to_be_visible()
    Feed.objects.update(last_checked_at=timezone.now())
    page.clock.fast_forward(3_000)
    expect(page.get_by_text("All new feeds have been checked.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "1")
    page.goto("/feeds/")
    expect(page.get_by_role("heading", name="Ports")).to_be_visible()
    expect(page.get_by_role("link", name="Harbour", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("screen", "has_javascript"), [(PHONE, True), (WIDE, True), (PHONE, False)], ids=["390", "1440", "no script"]
)
def test_an_address_comes_from_anywhere_and_is_added_by_one_press(
    open_page, sign_in, publisher, screen, has_javascript
):
    address = publisher.serve("/feed", RSS)
    page = open_page(**screen, java_script_enabled=has_javascript)
    sign_in(page, make_reader("ann"), f"/feeds/add/?url={address}")
    expect(page.get_by_label("Address")).to_have_value(address)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="The ferry is late", exact=True)).to_be_visible()
    if has_javascript:
        page.goto(make_articles(1)[0].get_absolute_url())
        page.keyboard.press("+")
        expect(page.get_by_role("heading", level=1)).to_have_text("Add a feed")
        page.get_by_text("Add from anywhere").click()
        expect(page.get_by_role("link", name="Add to Newsreader")).to_have_attribute(
            "href", re.compile("^javascript:location")
        )
        expect(page.get_by_role("button", name="Open such links here")).to_be_visible()


@pytest.mark.parametrize(("width", "member"), [(390, "url"), (1440, "text")])
def test_what_is_shared_from_an_app_opens_the_form(open_page, sign_in, publisher, width, member):
    """As a browser does with the manifest's share target (W3C Web Share Target); some apps put the address into the text."""
    address = publisher.serve("/feed", RSS)
    page = open_page(viewport={"width": width, "height": 844})
    sign_in(page, make_reader("ann"))
    manifest = page.locator("link[rel=manifest]").get_attribute("href")
    target = page.request.get(manifest).json()["share_target"]
    shared = {"title": "Harbour Gazette", "text": "Look", member: f"Look: {address}" if member == "text" else address}
    assert target["method"] == "GET"
    page.goto(f"{target['action']}?{urlencode({target['params'][name]: value for name, value in shared.items()})}")
    expect(page.get_by_label("Address")).to_have_value(address)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="The ferry is late", exact=True)).to_be_visible()


def test_a_link_with_web_feed_opens_the_form(page, sign_in, live_server, publisher):
    """As a browser does that was asked to (HTML, 8.9.1.3), or that has installed the site by its manifest."""
    address = publisher.serve("/feed", RSS)
    page.add_init_script(
        "navigator.registerProtocolHandler = (...told) => { window.told = told }"
    )  # it would ask a person
    sign_in(page, make_reader("ann"), "/feeds/add/")
    page.get_by_text("Add from anywhere").click()
    page.get_by_role("button", name="Open such links here").click()
    scheme, template = page.evaluate("told")
    manifest = page.request.get(page.locator("link[rel=manifest]").get_attribute("href")).json()
    assert [{"protocol": scheme, "url": template.removeprefix(live_server.url)}] == manifest["protocol_handlers"]
    link = f"{scheme}{address.removeprefix('http')}"  # web+feed://…
    page.goto(template.replace("%s", quote(link, safe="")))
    expect(page.get_by_label("Address")).to_have_value(link)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="The ferry is late", exact=True)).to_be_visible()


@pytest.mark.parametrize(("screen", "has_javascript"), [(PHONE, False), (WIDE, True)], ids=["390, no script", "1440"])
def test_what_is_broken_stands_by_how_long_and_is_paused_together(open_page, sign_in, screen, has_javascript):
    for days, name in ((2, "Harbour"), (9, "Quay"), (5, "Mole")):
        since = timezone.now() - timedelta(days=days)
        make_feed(title=name, failures=1, last_error="x.example answered 500", last_success_at=since)
    page = open_page(**screen, java_script_enabled=has_javascript)
    sign_in(page, make_reader(staff=True), "/feeds/broken/")
    expect(page.locator(".broken .feed-name")).to_have_text([re.compile(name) for name in ("Quay", "Mole", "Harbour")])
    for name in ("Harbour", "Quay"):
        page.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("2 feeds are paused.")).to_be_visible()
    expect(page.locator(".broken .feed-name")).to_have_text(re.compile("Mole"))


def test_the_admin_keeps_the_policy_and_the_width(page, sign_in):
    feed = make_articles(3)[0].feed
    Poll.objects.create(feed=feed, started_at=FIRST_DAY, outcome="failed", duration_ms=5, error="gone " * 60)
    rule = BoilerplateRule.objects.create(name="Footer", value="Read more")
    sign_in(page, make_reader(staff=True))
    for path in (
        "", "feeds/feed/", f"feeds/feed/{feed.pk}/change/", f"feeds/feed/{feed.pk}/delete/", "feeds/category/",
        "feeds/category/add/", "articles/article/", f"articles/article/{feed.articles.all()[0].pk}/change/",
        "articles/boilerplaterule/", f"articles/boilerplaterule/{rule.pk}/change/",
        f"articles/boilerplaterule/{rule.pk}/preview/",
    ):  # fmt: skip
        page.goto(f"/admin/{path}")
        expect(page).to_have_title(re.compile("Newsreader"))
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_feeds_on_all_pages_of_the_list_move_at_once(page, sign_in):
    make_category("News")
    for _ in range(101):
        make_feed()
    sign_in(page, make_reader(staff=True), "/admin/feeds/feed/")
    page.locator("#action-toggle").check()
    page.get_by_text("Select all 101 feeds").click()
    page.locator("select[name=action]").select_option("Move to category…")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Category").select_option("News")
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text("101 feeds are in News now.")).to_be_visible()


def test_a_rule_chooses_its_feed_from_a_search(page, sign_in):
    make_feed(title="Harbour Gazette")
    rule = BoilerplateRule.objects.create(name="Footer", value="Read more")
    sign_in(page, make_reader(staff=True), f"/admin/articles/boilerplaterule/{rule.pk}/change/")
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("harb")
    page.get_by_role("option", name="Harbour Gazette").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("manage.py resanitize")).to_be_visible()
    rule.refresh_from_db()
    assert str(rule.feed) == "Harbour Gazette"


@pytest.mark.parametrize(("screen", "has_javascript"), [(WIDE, True), (PHONE, False)], ids=["1440", "no script"])
def test_a_feeds_page_says_how_it_is_doing_and_finds_it_again(open_page, sign_in, publisher, screen, has_javascript):
    publisher.serve("/new.xml", RSS)
    named = '<html><head><link rel="alternate" type="application/rss+xml" href="/new.xml"></head></html>'
    site = publisher.serve("/", named, content_type="text/html")
    feed = make_feed(url=publisher.serve("/old.xml", "", status=404), site_url=site, failures=3, last_error="x")
    make_articles(3, feed)
    for hours, outcome, new in ((30, "updated", 3), (3, "failed", 0)):
        Poll.objects.create(
            feed=feed,
            started_at=timezone.now() - timedelta(hours=hours),
            outcome=outcome,
            duration_ms=5,
            new_articles=new,
        )
    page = open_page(**screen, java_script_enabled=has_javascript)
    sign_in(page, make_reader(staff=True), f"/feeds/{feed.pk}/")
    expect(page.get_by_role("link", name="3 articles")).to_be_visible()
    expect(
        page.get_by_role("img", name="The last 30 days: new articles 3, checks 2, of which failed 1.")
    ).to_be_visible()
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("The check failed")).to_be_visible()
    expect(page.locator(".trouble").first).to_contain_text("404")
    page.get_by_role("button", name="Find it again").click()
    expect(page.get_by_text("The ferry is late")).to_be_visible()
    page.get_by_role("button", name="Use this address").click()
    expect(page.get_by_text("Checked: 1 new article.")).to_be_visible()
    feed.refresh_from_db()
    assert feed.url == publisher.url("/new.xml")

    page.goto(f"/feeds/{feed.pk}/")
    expect(page.locator(".trouble")).to_have_count(0)
    page.get_by_text("Address and checks").click()
    upkeep = page.get_by_role("region", name="Address and checks")
    upkeep.locator("[name=check_every_minutes]").fill("90")
    upkeep.locator("[name=images]").select_option("proxy")
    upkeep.get_by_role("button", name="Save").click()
    page.get_by_text("Address and checks").click()
    expect(upkeep.locator("[name=check_every_minutes]")).to_have_value("90")
    feed.refresh_from_db()
    assert (feed.check_every_minutes, feed.images) == (90, "proxy")
