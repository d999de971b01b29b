"""An account and its own: settings that go along to another browser, and all that goes when it is deleted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists import reader_state
from feeds.subscriptions import own
from tests.browser.conftest import PASSWORD, PHONE
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("forms and links know no database, and the views have tests of their own on both"),
]


def test_settings_go_along_to_another_browser_of_the_account(open_page, sign_in, live_server):
    articles = make_articles(60, make_feed(), language="en", published_at="2020-03-01T20:30:00Z")
    ann = make_reader("ann")
    page = open_page(**PHONE)
    sign_in(page, ann)
    expect(page.locator(".row")).to_have_count(50)
    page.get_by_text("View", exact=True).click()
    page.get_by_role("button", name="Compact").click()
    expect(page.locator(".layout-compact .row")).to_have_count(50)
    page.get_by_text("View", exact=True).click()
    page.get_by_role("button", name="200 a page").click()
    expect(page.locator(".layout-compact .row")).to_have_count(60)
    page.goto("/account/")
    page.get_by_label("Shortcuts of your own").fill("x=s  d")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write each as x=s")).to_be_visible()
    page.get_by_label("Shortcuts of your own").fill("x=s")
    page.get_by_label("Time zone").select_option("America/New_York")
    page.get_by_label("Language").select_option("zh-hant")
    page.locator("form.stacked button.primary").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hant")

    there = open_page(**PHONE)  # another browser
    sign_in(there, ann)
    there.reload()  # the page that brings the cookies was made without them
    expect(there.locator("html")).to_have_attribute("lang", "zh-hant")
    expect(there.locator(".layout-compact .row")).to_have_count(60)
    expect(there.locator(".row time").first).to_have_text("15:30")
    star = there.locator(f"#article-{articles[-1].pk} > [name$=star]")
    there.wait_for_load_state()  # the keys are there when the page's modules have run
    there.keyboard.press("j")
    there.keyboard.press("s")
    expect(star).to_have_attribute("name", "star")
    there.keyboard.press("x")
    expect(star).to_have_attribute("name", "unstar")

    there.keyboard.press("?")
    expect(there.get_by_role("dialog").locator("kbd", has_text=re.compile("^x$"))).to_be_visible()

    there.goto("/account/")
    there.locator("[name=shortcuts]").uncheck()
    there.locator("form.stacked button.primary").click()
    there.goto("/")
    there.wait_for_load_state()
    there.keyboard.press("x")
    there.keyboard.press("j")
    assert there.evaluate("document.activeElement === document.body")


def test_the_page_says_what_goes_with_an_account_and_what_stays(open_page, fill_in_sign_in_form, sign_in, live_server):
    ann, shared = make_reader("ann"), make_feed(title="Harbour Notes")
    own.choose_own(ann)
    own.follow(ann, mine := make_feed(title="Letters", is_shared=False))
    make_articles(3, mine)
    reader_state.star(ann, make_article(shared, title="The crane moves"), on=True)
    page = open_page(**PHONE)
    fill_in_sign_in_form(page, ann)
    page.goto("/account/")
    page.get_by_role("link", name="Delete account").click()
    goes = page.locator("main li")
    expect(goes.nth(0)).to_contain_text("2 subscriptions of your own")
    expect(goes.nth(1)).to_contain_text("1 feed that nobody else follows, with 3 articles")
    expect(goes.nth(2)).to_contain_text("1 star, and all marks")
    expect(page.get_by_text("Feeds that are shared with the site stay")).to_be_visible()
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Delete account").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Delete account").click()
    expect(page.get_by_text("The account is deleted.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, make_reader("ben"))
    expect(page.locator(".row h3")).to_have_text(["The crane moves"])


def test_an_administrator_makes_an_account_gives_it_rights_and_switches_it_off(open_page, sign_in, live_server):
    page, there = open_page(**PHONE), open_page(**PHONE)
    sign_in(page, make_reader("root", staff=True), "/account/")
    page.get_by_role("link", name="Accounts").click()
    page.get_by_label("User").fill("bob")
    page.keyboard.press("Enter")
    expect(page.get_by_text("chooses the password")).to_be_visible()
    there.goto(page.locator("main code").inner_text())
    for field in ("#id_new_password1", "#id_new_password2"):
        there.locator(field).fill(PASSWORD)
    there.get_by_role("button", name="Save").click()
    there.wait_for_url("**/sign-in/**")
    there.get_by_label("Username").fill("bob")
    there.get_by_label("Password").fill(PASSWORD)
    there.get_by_role("button", name="Sign in").click()
    there.wait_for_url("**/")
    assert there.request.get("/feeds/mailboxes/").status == 403
    page.get_by_role("radio", name=re.compile("^staff")).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("radio", name=re.compile("^staff"))).to_be_checked()
    assert there.request.get("/feeds/mailboxes/").status == 200
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Switched off: nobody can sign in with it.")).to_be_visible()
    there.goto("/account/")
    expect(there.get_by_role("heading", level=1)).to_have_text("Sign in")
