"""The page of notices in a real browser: channels with and without JavaScript, and a browser that may not show any."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from articles.models import Channel
from tests.factories import make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]


@pytest.mark.parametrize(("width", "has_javascript"), [(390, True), (1440, False)])
def test_a_channel_is_added_tried_and_removed(open_page, sign_in, publisher, width, has_javascript):
    publisher.serve("/", "{}", content_type="application/json")
    page = open_page(viewport={"width": width, "height": 850}, java_script_enabled=has_javascript)
    sign_in(page, make_reader("ann"), "/account/")
    page.get_by_role("link", name="Notices", exact=True).click()
    page.get_by_role("link", name="Add: ntfy").click()
    page.get_by_label("Address of the topic").fill(publisher.url("/harbour"))
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Phone")).to_be_visible()
    page.get_by_role("button", name="Send a test Phone").click()
    expect(page.get_by_text("The test was sent: 127.0.0.1 answered 200 (OK)")).to_be_visible()
    [request] = publisher.requests
    assert json.loads(request.body)["topic"] == "harbour"
    publisher.serve("/", "closed", status=403)
    Channel.objects.update(tested_at=None)
    page.get_by_role("button", name="Send a test Phone").click()
    expect(page.get_by_text("The test did not arrive: 127.0.0.1 answered 403 (Forbidden): closed")).to_be_visible()
    if has_javascript:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Remove Phone").click()
    expect(page.get_by_role("heading", name="Phone")).to_have_count(0)


def test_without_permission_the_page_says_so(open_page, sign_in):
    page = open_page(viewport={"width": 390, "height": 850})
    sign_in(page, make_reader("ann"), "/account/notices/")
    page.get_by_role("button", name="Show them in this browser").click()
    expect(page.get_by_text("The browser did not allow it")).to_be_visible()
    assert not Channel.objects.exists()
