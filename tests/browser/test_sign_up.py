"""Accounts that readers make for themselves, from the link to the first page, and the browsers of one reader."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from newsreader import sign_up
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import OUTSIDE
from tests.browser.test_reading import fits
from tests.factories import make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("forms and links know no database, and the views have tests of their own on both"),
]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def visitor(chromium, live_server):
    """A browser that has never been here. A page that is not there is an error on its console."""
    contexts = []

    def open_one(**screen):
        contexts.append(chromium.new_context(base_url=live_server.url, **screen))
        return contexts[-1].new_page()

    yield open_one
    for context in contexts:
        context.close()


def make_account(page, name):
    page.get_by_label("Username").fill(name)
    page.locator("#id_password1").fill("stapled to a horse")
    page.locator("#id_password2").fill("stapled to a horse")
    page.get_by_role("button", name="Make an account").click()


def test_a_link_lets_one_stranger_in_and_then_says_that_it_is_used(open_page, visitor, sign_in, settings):
    settings.SIGN_UP, settings.NEW_ACCOUNTS = "invitation", "nothing"
    make_articles(3, make_feed(title="Harbour Notes"))
    administrator, page = open_page(**PHONE), open_page(**PHONE)
    inviting = make_reader(staff=True)
    sign_in(administrator, inviting, "/account/")
    administrator.get_by_role("link", name="Invitations").click()
    administrator.get_by_role("button", name="Make a link").click()
    link = administrator.locator("main code").inner_text()
    assert administrator.evaluate(OUTSIDE, "200%") == []

    page.goto(link)
    make_account(page, "ben")
    expect(page.get_by_text("You follow no feeds yet.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Add a feed")).to_be_visible()
    page.get_by_role("link", name="Choose from this site's feeds").click()
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_text("You follow Harbour Notes now.")).to_be_visible()
    page.goto(link)  # again, from the mail that it came with
    expect(page.locator(".row")).to_have_count(3)

    expired = sign_up.invite(inviting, timezone.now() - sign_up.GOOD_FOR - timedelta(seconds=1))
    late = visitor(**PHONE)
    for address in (link, f"/sign-up/{expired}/"):
        late.goto(address)
        expect(late.get_by_role("alert")).to_contain_text("This invitation is not good any more.")
        expect(late.get_by_role("button", name="Make an account")).to_have_count(0)
    late.get_by_role("main").get_by_role("link", name="Sign in").click()
    expect(late.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_an_open_site_lets_everybody_in_and_a_closed_one_nobody(open_page, visitor, live_server, settings):
    make_articles(3)
    settings.SIGN_UP = "open"
    page = open_page(**PHONE)
    page.goto("/")
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Username").fill("ann")
    page.locator("#id_password1").fill("stapled to a horse")
    page.locator("#id_password2").fill("stapled to a house")
    page.get_by_role("button", name="Make an account").click()
    expect(page.locator(".errorlist")).to_contain_text("match")
    make_account(page, "ann")
    expect(page.locator(".row")).to_have_count(3)

    settings.NEW_ACCOUNTS = "starter"
    make_articles(2, make_feed(is_starter=True))
    next_one = open_page(**PHONE)
    next_one.goto("/sign-up/")
    make_account(next_one, "ben")
    expect(next_one.locator(".row")).to_have_count(2)
    page.reload()
    expect(page.locator(".row")).to_have_count(5)

    settings.SIGN_UP = "off"
    late = visitor(**PHONE)
    late.goto("/sign-in/")
    expect(late.get_by_text("Ask this site's administrator")).to_be_visible()
    expect(late.get_by_role("link", name="Make an account")).to_have_count(0)
    late.goto("/sign-up/")
    expect(late.get_by_role("heading", level=1)).to_have_text("Page not found")


def test_another_browser_is_listed_and_signed_out_from_here(open_page, fill_in_sign_in_form, live_server, settings):
    ann = make_reader("ann")
    make_articles(3)
    here, there = open_page(**PHONE), open_page(**PHONE, user_agent=FIREFOX)
    for page in (here, there):
        fill_in_sign_in_form(page, ann)
    here.goto("/account/")
    here.get_by_role("link", name="Signed-in browsers").click()
    expect(here.get_by_role("row", name="this browser")).to_contain_text("Chrome, Linux")
    assert fits(here)
    here.get_by_role("row", name="Firefox, Linux").get_by_role("button", name="Sign out").click()
    expect(here.get_by_text("The browser is signed out.")).to_be_visible()
    expect(here.get_by_role("row", name="Firefox, Linux")).to_have_count(0)
    there.locator("[name$=star]").first.click()  # of a page from before
    expect(there).to_have_url(re.compile("/sign-in/"))
    here.reload()
    expect(here.get_by_role("row", name="this browser")).to_be_visible()
