"""Marks and stars without a network: they are kept, told of, and sent once it is back."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import ArticleState
from tests.browser.conftest import PHONE, SCREENS
from tests.factories import make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]

KEPT = "kept in this browser"


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def articles(live_server):
    """The newest first."""
    return make_articles(4, make_feed())[::-1]


@pytest.fixture
def open_list(chromium, live_server, sign_in, reader):
    """Opens the list with a policy that is not broken, whatever the console says of requests that failed."""
    contexts, breaches = [], []

    def open_one(**options):
        context = chromium.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: breaches.extend([said.text] if "Content Security" in said.text else []))
        page.on("pageerror", lambda error: breaches.append(str(error)))
        sign_in(page, reader)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not breaches


def button(page, article, name):
    return page.locator(f"#article-{article.pk} > [name$={name}]")


def posts(page):
    """The requests that change something and were answered, from here on: without a network some are tried in vain."""
    answered = []
    page.on("response", lambda answer: answered.append(answer.request) if answer.request.method == "POST" else None)
    return answered


def test_what_the_tree_could_not_send_is_said_and_not_kept(open_list, articles):
    page = open_list()
    page.clock.install()
    only_unread = page.get_by_role("button", name="only unread")
    for before, after in (("false", "true"), ("true", "false")):  # where htmx has yet to come, and where it is there
        page.context.set_offline(True)
        only_unread.click()
        expect(page.locator("#kept")).to_contain_text("Not done: the server can't be reached")
        expect(only_unread).to_have_attribute("aria-pressed", before)
        page.context.set_offline(False)
        only_unread.click()
        expect(only_unread).to_have_attribute("aria-pressed", after)
        expect(page.locator("#kept")).to_be_visible()
        page.clock.fast_forward(10_000)
        expect(page.locator("#kept")).to_be_hidden()


@SCREENS
def test_what_is_marked_without_a_network_is_sent_when_it_is_back(open_list, reader, articles, screen):
    page = open_list(**screen)
    page.context.set_offline(True)
    button(page, articles[0], "star").click()
    expect(page.locator("#kept")).to_contain_text(KEPT)
    expect(page.locator("#kept")).to_be_in_viewport()
    expect(button(page, articles[0], "star")).to_have_attribute("name", "unstar")
    expect(page.get_by_role("button", name=f"Remove star {articles[0].title}")).to_be_visible()
    button(page, articles[1], "read").click()
    expect(page.get_by_role("button", name=f"Mark as unread {articles[1].title}")).to_have_count(1)
    assert not ArticleState.objects.exists()
    sent = posts(page)
    page.context.set_offline(False)
    expect(page.locator("#kept")).to_contain_text("saved now")
    assert ArticleState.objects.get(article=articles[0], user=reader).starred_at
    assert ArticleState.objects.get(article=articles[1], user=reader).is_read
    assert [request.post_data for request in sent] == [f"star={articles[0].pk}", f"read={articles[1].pk}"]


def test_the_last_wish_counts_and_is_sent_once(open_list, reader, articles):
    page = open_list(**PHONE)
    page.context.set_offline(True)
    for _ in range(3):
        button(page, articles[0], "star").click()
        expect(page.locator("#kept")).to_contain_text(KEPT)
    expect(button(page, articles[0], "star")).to_have_attribute("name", "unstar")
    sent = posts(page)
    page.context.set_offline(False)
    expect(page.locator("#kept")).to_contain_text("saved now")
    assert len(sent) == 1
    assert ArticleState.objects.get(article=articles[0]).starred_at


def test_what_fails_while_the_network_comes_back_is_sent_at_once(open_list, articles):
    """The request began without a network and ends after the browser has told of one; no timer runs here."""
    page = open_list()
    page.clock.install()
    page.reload()
    page.clock.pause_at(timezone.now() + timedelta(hours=1))
    held = []
    page.route("**/articles/act/", lambda route: route.abort() if not held else route.continue_())
    with page.expect_event("requestfailed"):  # what is pressed before then waits for a timer
        button(page, articles[0], "star").click()
    page.route("**/articles/act/", lambda route: held.append(route), times=1)
    with page.expect_request("**/articles/act/"):
        button(page, articles[1], "read").click()
    page.evaluate("dispatchEvent(new Event('online'))")
    wanted = [f"star={articles[0].pk}", f"read={articles[1].pk}"]
    with contextlib.ExitStack() as both:
        for body in wanted:
            both.enter_context(page.expect_response(lambda answer, body=body: answer.request.post_data == body))
        held[0].abort()


def test_what_the_server_could_not_save_is_sent_from_the_next_page(open_list, reader, articles):
    page = open_list(**PHONE)
    page.route("**/articles/act/", lambda route: route.fulfill(status=503, body="busy"))
    button(page, articles[2], "star").click()
    expect(page.locator("#kept")).to_contain_text(KEPT)
    page.unroute("**/articles/act/")
    page.goto("/feeds/")
    expect(page.locator("#kept")).to_contain_text("saved now")
    assert ArticleState.objects.get(article=articles[2]).starred_at
    page.goto("/")
    expect(button(page, articles[2], "star")).to_have_attribute("name", "unstar")
    expect(page.locator("#kept")).to_be_empty()


def test_a_page_that_loads_before_shows_what_is_kept(open_list, reader, articles):
    page = open_list()
    page.route("**/articles/act/", lambda route: route.fulfill(status=500))
    button(page, articles[0], "read").click()
    expect(page.locator("#kept")).to_contain_text(KEPT)
    page.goto("/")
    expect(page.locator("#kept")).to_contain_text(KEPT)
    expect(button(page, articles[0], "read")).to_have_attribute("name", "unread")


def test_nobody_sends_what_another_reader_marked(open_list, reader, articles, sign_in):
    page = open_list()
    wish = {"id": "1", "path": "/articles/act/", "body": f"star={articles[0].pk}", "hasFailed": True}
    sign_in(page, make_reader("bob"))
    page.evaluate("([name, value]) => localStorage.setItem(name, value)", [f"marks:{reader.pk}", json.dumps([wish])])
    sent = posts(page)
    page.reload()
    expect(page.locator("#kept")).to_be_empty()
    assert not sent
    sign_in(page, reader)
    expect(page.locator("#kept")).to_contain_text("saved now")
    assert ArticleState.objects.get(article=articles[0]).user == reader


def test_a_page_is_marked_without_a_network(open_list, reader, articles):
    page = open_list(**PHONE)
    page.context.set_offline(True)
    page.locator(".pages .at-end").click()
    expect(page.locator(".row [name=read]")).to_have_count(0)
    expect(page.locator("#kept")).to_contain_text(KEPT)
    page.context.set_offline(False)
    expect(page.locator("#kept")).to_contain_text("saved now")
    assert ArticleState.objects.filter(user=reader, is_read=True).count() == 4


def test_a_screen_reader_hears_what_a_button_did(open_list, reader, articles):
    page = open_list(**PHONE)
    button(page, articles[0], "star").click()
    expect(page.locator("#said")).to_have_text(f"Starred: {articles[0].title}")
    button(page, articles[1], "read").click()
    expect(page.locator("#said")).to_have_text(f"Marked as read: {articles[1].title}")
