"""This site's own hub: which documents name it, and what it is told when."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.db import connection
from django.utils import timezone

from articles.export import hub, secret_addresses
from articles.export.models import HubPing
from articles.lists.pages import Selection
from articles.search.find import Search
from feeds.http import Client
from feeds.models import Feed
from feeds.parse.links import relations
from tests.factories import make_article, make_category, make_feed, make_reader
from tests.hub import Hub

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
SITE = "https://news.example"


@pytest.fixture
def own_hub(publisher, settings) -> Hub:
    """The hub of a public site."""
    made = Hub(publisher)
    settings.WEBSUB_HUB, settings.NEWSREADER_PUBLIC, settings.NEWSREADER_URL = made.url, True, SITE
    settings.ALLOWED_HOSTS = ["news.example"]
    return made


@pytest.fixture
def get(client):
    """A document's answer, as the hub and its subscribers get it."""
    return lambda path: client.get(path, headers={"host": "news.example"})


def body(response) -> str:
    return b"".join(response.streaming_content).decode()


def tell(after: timedelta = timedelta(seconds=30)) -> None:
    with Client(django_settings.FETCH_POLICY) as client:
        hub.tell(client, timezone.now() + after)


def came_in(feed: Feed) -> None:
    Feed.objects.filter(pk=feed.pk).update(articles_changed_at=timezone.now())


def told(own_hub: Hub) -> list[str]:
    return [topic for form in own_hub.forms for topic in form["hub.url"]]


def test_every_format_names_hub_and_self(own_hub, get):
    make_article()
    for file in ("rss.xml", "atom.xml"):
        tree = ElementTree.fromstring(body(get(f"/{file}")))
        head = tree if file == "atom.xml" else tree[0]
        links = {link.get("rel"): link.get("href") for link in head.findall("{http://www.w3.org/2005/Atom}link")}
        assert (links["hub"], links["self"]) == (own_hub.url, f"{SITE}/{file}")
    document = json.loads(body(get("/feed.json")))
    assert document["hubs"] == [{"type": "WebSub", "url": own_hub.url}]


def test_the_answer_says_so_in_its_headers_and_a_304_does_too(own_hub, get, client):
    make_article()
    answer = get("/atom.xml")
    assert relations(answer["Link"], SITE) == {"hub": own_hub.url, "self": f"{SITE}/atom.xml"}
    again = client.get("/atom.xml", headers={"host": "news.example", "if-none-match": answer["ETag"]})
    assert (again.status_code, again["Link"]) == (304, answer["Link"])


def test_what_is_told_are_the_addresses_that_documents_give_themselves(own_hub, get):
    outer = make_category("Küste")
    feed = make_feed(category=make_category("Inner", parent=outer))
    make_article(feed)
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(feed)
    tell()
    [form] = own_hub.forms
    assert form["hub.mode"] == ["publish"]
    topics = form["hub.url"]
    assert len(topics) == len(set(topics)) == 12  # everything, the feed, both categories; three formats each
    for topic in topics:
        answer = get(topic.removeprefix(SITE))
        assert answer.status_code == 200
        assert relations(answer["Link"], SITE) == {"hub": own_hub.url, "self": topic}


def test_searches_and_older_pages_name_no_hub(own_hub, get):
    make_article(title="Ferry")
    for path in ("/rss.xml?q=ferry", "/rss.xml?n=10", "/rss.xml?archive=2026-01"):
        answer = get(path)
        assert not answer.has_header("Link")
        assert 'rel="hub"' not in body(answer)


def test_no_secret_address_names_a_hub_and_no_hub_learns_of_one(own_hub, get):
    reader, article = make_reader(), make_article()
    search = Search(selection=Selection(feed=article.feed), reader=reader, now=timezone.localtime())
    output, secret = secret_addresses.create(reader, search)
    answer = get(f"/outputs/{output.pk}/{secret}/atom.xml")
    assert answer.status_code == 200
    assert not answer.has_header("Link")
    assert own_hub.url not in body(answer)
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(article.feed)
    tell()
    assert not [topic for topic in told(own_hub) if re.search("outputs", topic)]


@pytest.mark.parametrize("missing", [{"NEWSREADER_PUBLIC": False}, {"NEWSREADER_URL": ""}, {"WEBSUB_HUB": ""}])
def test_a_private_site_has_no_hub(own_hub, settings, missing):
    for name, value in missing.items():
        setattr(settings, name, value)
    feed = make_feed()
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(feed)
    assert hub.hub_of({}, {}) == ""
    assert not hub.is_due(timezone.now() + timedelta(minutes=1))
    tell()
    assert own_hub.forms == []
    assert HubPing.objects.get().last_error == ""


def test_nobody_is_told_of_a_readers_own_feed_nor_of_nothing(own_hub):
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(make_feed(is_shared=False))
    assert not hub.is_due(timezone.now() + timedelta(seconds=15))
    tell()
    assert own_hub.forms == []


def test_the_hub_is_told_once_of_a_change_and_not_more_than_once_a_minute(own_hub):
    feed, other = make_feed(), make_feed()
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(feed)
    assert not hub.is_due(timezone.now())  # it may not be committed yet
    assert hub.is_due(timezone.now() + timedelta(seconds=15))
    tell()
    Feed.objects.filter(pk=other.pk).update(articles_changed_at=timezone.now() + timedelta(seconds=45))
    tell(timedelta(seconds=60))
    assert len(own_hub.forms) == 1
    Feed.objects.filter(pk=other.pk).update(articles_changed_at=timezone.now() + timedelta(seconds=50))
    tell(timedelta(seconds=120))
    assert len(own_hub.forms) == 2
    assert f"{SITE}/rss.xml?feed={other.pk}" in own_hub.forms[1]["hub.url"]
    assert f"{SITE}/rss.xml?feed={feed.pk}" not in own_hub.forms[1]["hub.url"]


def test_a_hub_that_fails_is_told_again_of_the_same(own_hub):
    feed = make_feed()
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(feed)
    own_hub.status = 500
    tell()
    ping = HubPing.objects.get()
    assert ping.failures == 1
    assert "500" in ping.last_error
    assert timedelta(minutes=5) <= ping.next_try_at - timezone.now() <= timedelta(minutes=6)
    tell(timedelta(minutes=6))
    later = HubPing.objects.get().next_try_at
    assert timedelta(minutes=15) <= later - timezone.now() <= timedelta(minutes=17)
    own_hub.status = 204
    tell(timedelta(hours=1))
    assert own_hub.forms[0] == own_hub.forms[1] == own_hub.forms[2]
    ping.refresh_from_db()
    assert (ping.failures, ping.last_error) == (0, "")


@pytest.mark.parametrize(("status", "failures"), [(200, 0), (299, 0), (300, 1), (404, 1)])
def test_any_answer_of_success_will_do_and_no_other(own_hub, status, failures):
    feed = make_feed()
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(feed)
    own_hub.status = status
    tell()
    ping = HubPing.objects.get()
    assert (ping.failures, ping.last_error) == (failures, f"The hub answered {status}." if failures else "")


def test_a_hub_without_effect_is_pointed_out(settings):
    settings.WEBSUB_HUB, settings.NEWSREADER_PUBLIC = "https://hub.example/", False
    ids = [message.id for message in run_checks(include_deployment_checks=True)]
    assert "newsreader.W002" in ids


def test_a_clock_that_was_ahead_does_not_keep_the_hub_from_being_told(own_hub):
    now = timezone.now()
    HubPing.objects.create(pk=1, told_until=now + timedelta(days=400), next_try_at=now + timedelta(days=400))
    assert not hub.is_due(now)  # notes that the times are wrong
    feed = make_feed(articles_changed_at=now + timedelta(minutes=1))
    tell(timedelta(minutes=2))
    assert f"{SITE}/rss.xml?feed={feed.pk}" in told(own_hub)


def test_what_comes_in_while_the_hub_is_told_is_told_next_and_only_once(own_hub):
    feed, moment = make_feed(), timezone.now() + timedelta(seconds=25)
    Feed.objects.filter(pk=feed.pk).update(articles_changed_at=moment)
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(make_feed())
    tell(timedelta(seconds=30))
    tell(timedelta(minutes=2))
    assert [f"{SITE}/rss.xml?feed={feed.pk}" in form["hub.url"] for form in own_hub.forms] == [False, True]
    HubPing.objects.update(told_until=moment)
    assert not hub.is_due(moment + timedelta(hours=1))


def test_of_many_documents_so_many_are_told_at_once(own_hub, monkeypatch):
    monkeypatch.setattr(hub, "TOPICS_AT_ONCE", 5)
    hub._ping(timezone.now() - timedelta(hours=1))
    for _ in range(3):
        came_in(make_feed())
    tell()
    assert [len(form["hub.url"]) for form in own_hub.forms] == [5, 5, 2]
    assert len(set(told(own_hub))) == 12


def test_of_two_workers_one_tells_the_hub(own_hub):
    hub._ping(timezone.now() - timedelta(hours=1))
    came_in(make_feed())
    others: list[str] = []

    def another_was_faster(execute, sql, *arguments):
        if sql.startswith("UPDATE") and 'SET "next_try_at"' in sql and not others:
            others.append(sql)
            HubPing.objects.update(next_try_at=timezone.now() + hub.PAUSE)
        return execute(sql, *arguments)

    with connection.execute_wrapper(another_was_faster):
        tell()
    assert others
    assert own_hub.forms == []
