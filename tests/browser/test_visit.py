"""The line "New since you were here": where it stands on this visit and on the next, of each account and browser."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from articles.views.visit import AWAY
from newsreader.sessions import SessionStore
from tests.browser.conftest import PHONE
from tests.browser.test_reading import fits
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("lists and sessions are the same on both, and the line has tests of its own on both"),
]
ROWS = "(all) => all.map((each) => each.id || each.className)"


@pytest.fixture
def known(live_server):
    """The articles of the first visit, the newest first."""
    return make_articles(3, make_feed(), language="en")[::-1]


def shown(page, address="/"):
    """The rows of a list from the top on, and the line among them."""
    page.goto(address)
    return page.locator(".since, .row").evaluate_all(ROWS)


def rows(*articles):
    return [f"article-{article.pk}" for article in articles]


def go_away(page, time):
    """As if this browser had been here last so long ago. Returns when that was, by its clock."""
    at = timezone.now() - time
    keys = [each["value"] for each in page.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME]
    session = SessionStore(session_key=keys[0])
    session["visit"] = session["visit"] | {"at": int(at.timestamp())}
    session.save()
    return f"{at.astimezone(ZoneInfo('Asia/Taipei')):%H:%M}"


def test_a_line_stands_above_what_was_there_on_the_visit_before(open_page, sign_in, known):
    ann, feed = make_reader("ann"), known[0].feed
    page = open_page(**PHONE)
    sign_in(page, ann)
    assert shown(page) == rows(*known)
    at = go_away(page, AWAY + timedelta(minutes=1))
    second, first = make_articles(2, feed)[::-1]
    expected = [*rows(second, first), "since", *rows(*known)]
    assert shown(page) == expected
    expect(page.locator(".since")).to_have_text(re.compile(rf"^New since you were here: .*{at}$"))
    assert fits(page)

    third = make_article(feed)  # on the same visit, which goes on
    go_away(page, AWAY - timedelta(minutes=1))
    assert shown(page, "/?show=unread") == [*rows(third), *expected]
    assert shown(page, "/?order=oldest") == rows(*known[::-1], first, second, third)

    go_away(page, AWAY + timedelta(minutes=1))
    last = make_article(feed)
    assert shown(page) == [*rows(last), "since", *rows(third, second, first, *known)]
    go_away(page, AWAY + timedelta(minutes=1))
    assert "since" not in shown(page)  # nothing came

    for other in (ann, make_reader("ben")):  # whose first visit in another browser it is
        elsewhere = open_page(**PHONE)
        sign_in(elsewhere, other)
        assert "since" not in shown(elsewhere)
