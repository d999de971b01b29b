"""The line above what was there when one was here before, and empty lists that say what to do next."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.lists.pages import newest_id
from articles.lists.reader_state import mark_all_read
from articles.lists.selection import Selection
from articles.views.visit import AWAY, EVERY
from tests.effort import statements_asked
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def go_away(client, time):
    """As if the visit had been so long ago."""
    session = client.session
    session["visit"] = session["visit"] | {"at": int((timezone.now() - time).timestamp())}
    session.save()


def below_line(page):
    """The article right below the line; None without a line."""
    found = re.search(r'<li class="since">(?:(?!<li).)*<li class=row id=article-(\d+)>', page.text, re.S)
    return int(found[1]) if found else None


def test_the_line_stands_above_what_was_there_on_the_visit_before(client, reader):
    feed = make_feed()
    known = make_articles(3, feed)
    assert below_line(client.get("/")) is None
    go_away(client, AWAY + timedelta(minutes=1))
    assert below_line(client.get("/")) is None  # nothing is new
    go_away(client, AWAY + timedelta(minutes=1))
    make_articles(2, feed)
    assert below_line(client.get("/")) == known[-1].pk
    make_article(feed)
    assert below_line(client.get("/?show=unread")) == known[-1].pk  # the same visit
    assert below_line(client.get("/?order=oldest")) is None
    assert below_line(client.get("/?order=last_in")) == known[-1].pk
    assert below_line(client.get("/?order=first_in")) is None
    go_away(client, AWAY - timedelta(minutes=1))
    assert below_line(client.get("/")) == known[-1].pk


def test_a_visit_is_noted_once_in_some_minutes(client, reader):
    make_article()

    def writes():
        with statements_asked() as queries:
            client.get("/")
        return [query.sql for query in queries if query.sql.startswith(("UPDATE", "INSERT"))]

    assert writes()
    assert writes() == []
    go_away(client, EVERY + timedelta(seconds=1))
    assert writes()
    assert writes() == []


def test_an_anonymous_reader_has_no_visit(client, settings):
    settings.NEWSREADER_PUBLIC = True
    make_article()
    assert "sessionid" not in client.get("/").cookies


def test_an_empty_list_leads_to_the_next_category_with_unread_and_back(client, reader):
    arts, ports = make_category("Arts", slug="arts"), make_category("Ports", slug="ports")
    make_article(make_feed(category=arts))
    feed = make_article(make_feed(category=ports)).feed
    mark_all_read(reader, Selection(feed=feed), up_to=newest_id())
    page = client.get("/?category=ports&show=unread").text
    assert re.search(r'href="/\?category=arts&amp;show=unread">\s*Unread in Arts', page)
    assert 'href="/?category=ports">Read articles, too' in page
    assert 'href="/?show=unread">Back to all feeds' in page
