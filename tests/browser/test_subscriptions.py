"""The feeds that each reader follows over one archive: a choice of one's own, with titles, places and quiet feeds, beside another's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.labels import own as labels
from articles.models import Article
from articles.search import index
from feeds.models import Feed
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_reading import fits
from tests.documents import item, rss
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("forms and links know no database, and subscriptions have tests of their own on both"),
]


def tree_of(page, screen):
    """The names in the tree beside the list of all, in order."""
    page.goto("/")
    if screen is PHONE:
        page.get_by_role("button", name="Feeds").click()
    return page.locator("#tree .shelves .name").all_inner_texts()


def titles(page):
    page.goto("/")
    return page.locator(".row h3").all_inner_texts()


def test_a_reader_leaves_renames_places_and_quiets_feeds_and_another_has_them_as_before(
    open_page, sign_in, live_server
):
    ports = make_category("Ports")
    made = {name: make_feed(title=name, category=ports) for name in ("Ebb", "Flow", "Wharf")}
    labelled = make_article(made["Ebb"], title="Ebb again")
    for name, feed in made.items():
        make_article(feed, title=f"Of {name}")
    ann, ben = make_reader("ann"), make_reader("ben")
    index.index([labelled])
    labels.put_labels(ann, labelled.pk, [labels.make_label(ann, "later")])
    page, other = open_page(**PHONE), open_page(**PHONE)
    for each, reader in ((page, ann), (other, ben)):
        sign_in(each, reader)
        assert titles(each) == ["Of Wharf", "Of Flow", "Of Ebb", "Ebb again"]
    with page.expect_response("**/articles/act/"):  # it shows at once, and is sent then
        page.get_by_role("button", name="Star Of Ebb").click()
    expect(page.locator("[name=unstar]")).to_have_count(1)

    page.goto(f"/feeds/{made['Ebb'].pk}/")
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("You no longer follow Ebb.")).to_be_visible()
    page.goto(f"/feeds/{made['Flow'].pk}/")
    page.get_by_label("Own title").fill("High water")
    page.get_by_label("Or a new category").fill("News / Asia")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("High water")
    assert fits(page)
    assert titles(page) == ["Of Wharf", "Of Flow"]
    assert tree_of(page, PHONE) == ["News", "Asia", "High water", "Ports", "Wharf"]
    page.goto(f"/feeds/{made['Wharf'].pk}/")
    page.get_by_label(re.compile("list of all")).uncheck()
    page.get_by_role("button", name="Save").first.click()
    assert titles(page) == ["Of Flow"]
    page.goto(f"/?feed={made['Wharf'].pk}")  # quiet, and still there
    expect(page.locator(".row h3")).to_have_text("Of Wharf")

    for address, title in (("/?show=starred", "Of Ebb"), ("/?q=label:later", "Ebb again")):  # of the feed that was left
        page.goto(address)
        page.get_by_role("link", name=title, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator(".prose")).to_contain_text("The body of article")
    page.goto("/feeds/?of=others")
    expect(page.get_by_role("main").get_by_role("link", name="Ebb", exact=True)).to_be_visible()
    assert titles(other) == ["Of Wharf", "Of Flow", "Of Ebb", "Ebb again"]
    assert tree_of(other, PHONE) == ["Ports", "Ebb", "Flow", "Wharf"]


def test_a_feed_of_ones_own_is_seen_by_nobody_else_until_staff_share_it(
    open_page, sign_in, live_server, publisher, loopback_allowed, settings
):
    def site(name):
        entries = [item(1, title=f"Of {name}"), item(2, title=f"{name} again")]
        publisher.serve(f"/{name}.xml", rss(entries, title=name))
        alternate = f'<html><head><link rel="alternate" type="application/rss+xml" href="/{name}.xml"></head></html>'
        return publisher.serve(f"/{name}", alternate, content_type="text/html")

    page, other, staff = (open_page(**WIDE) for _ in range(3))
    for each, reader in ((page, make_reader("ann")), (other, make_reader("ben")), (staff, make_reader(staff=True))):
        sign_in(each, reader)
    for name in ("Ebb", "Flow"):
        page.goto("/feeds/add/")
        page.get_by_label("Address").fill(site(name))
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=f"Of {name}", exact=True)).to_be_visible()
    article, feed = (Article.objects.get(title="Of Ebb"), Feed.objects.get(title="Ebb"))
    assert titles(other) == []
    other.goto("/?q=Ebb")
    expect(other.get_by_role("heading", name="No hits")).to_be_visible()
    for address in (article.get_absolute_url(), f"/?feed={feed.pk}", f"/feeds/{feed.pk}/"):
        assert other.request.get(address).status == 404
    staff.goto("/admin/feeds/feed/")
    staff.get_by_role("row").filter(has=staff.get_by_role("link", name="Ebb")).get_by_role("checkbox").check()
    staff.locator("select[name=action]").select_option("share")
    staff.get_by_role("button", name="Go").click()
    expect(staff.get_by_text("1 feed is shared with the site.")).to_be_visible()
    assert titles(other) == ["Ebb again", "Of Ebb"]

    page.goto("/")
    with page.expect_response("**/articles/act/"):  # it shows at once, and is sent then
        page.get_by_role("button", name="Star Of Flow").click()
    expect(page.locator("[name=unstar]")).to_have_count(1)
    page.goto(f"/feeds/{Feed.objects.get(title='Flow').pk}/")
    expect(page.locator("#what-goes")).to_contain_text("Its 1 article will be deleted for good.")
    expect(page.locator("#what-goes")).to_contain_text("1 article with a star, a label or a note stays.")
    page.get_by_role("button", name="Unsubscribe and delete").click()
    expect(page.get_by_text("You no longer follow Flow.")).to_be_visible()
    page.goto("/?show=starred")
    page.get_by_role("link", name="Of Flow", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Of Flow")
    page.goto(f"/feeds/{feed.pk}/")
    expect(page.locator("#what-goes")).to_have_count(0)
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("You no longer follow Ebb.")).to_be_visible()
    assert set(Article.objects.values_list("title", flat=True)) == {"Ebb again", "Of Ebb", "Of Flow"}
    settings.READERS_ADD_FEEDS = False
    page.goto("/feeds/")
    expect(page.get_by_role("link", name="Add a feed")).to_have_count(0)
    assert page.request.get("/feeds/add/").status == 403
