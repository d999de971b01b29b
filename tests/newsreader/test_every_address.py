"""What is one account's own is shown to nobody else at any address that there is: the addresses are walked, so that a new
one can't be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from articles.api import app_passwords
from articles.export import secret_addresses
from articles.labels import own as labels
from articles.lists import reader_state
from articles.lists.selection import Selection
from articles.models import ArticleVersion, Channel, Notice
from articles.notes import own as notes
from articles.rules import own as rules
from articles.saved_searches import own as saved_searches
from articles.search import index
from articles.search.find import Search
from feeds.models import Mailbox, Newsletter
from feeds.subscriptions import own
from tests.articles.notices.telling import channel_of
from tests.browser.test_accessibility import PAGES, VISITORS, views_of
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
MARKER = "kranichpost"
NOBODYS = 987_654_321
# Staff are told whose own a feed is, and may share it.
TOLD_TO_STAFF, DONE_BY_STAFF = "/feeds/of-readers/", "share_feed"
# What is the site's, for staff.
OF_SITE = ("/account/accounts/", "/account/invitations/")
OTHERS = {"secret": "x", "token": "x", "uidb64": "x", "kind": "webhook"}  # parameters that are no row's id
# Addresses that a pattern has no form for.
BY_EXPRESSION = {
    "^websub/": ["websub/x/"],
    "^(?P<file>rss": ["rss.xml", "atom.xml", "feed.json"],
    "^outputs/(?P<pk>[1-9][0-9]{0,17})/(?P<secret>[A-Za-z0-9_-]{1,100})/(?P<file>": ["outputs/{outputs/}/x/rss.xml"],
    "^outputs/(?P<pk>[1-9][0-9]{0,17})/(?P<secret>[A-Za-z0-9_-]{1,100})/book": ["outputs/{outputs/}/x/book.epub"],
    "^fever/?$": ["fever/"],
}
# What is not there without more than an address, and is no page; or, a film's, one that shows another site's.
NO_PAGES = {"own_font", "websub", "secret_feed_out", "secret_book", "frame"}
OF_APPS = ("reader/api/", "reader/atom/", "api/", "^reader/", "accounts/ClientLogin")  # by passwords for apps alone


@dataclass
class House:
    """Things of ann's, each with MARKER in it, by what their addresses begin with."""

    ann: User
    ids: dict[str, int] = field(default_factory=dict)
    version: int = 0


@pytest.fixture
def house(settings) -> House:
    ann = make_reader("ann", staff=True)  # who may read mailboxes
    house = House(ann)
    feed = make_feed(title=f"{MARKER} press", url=f"https://{MARKER}.example/rss", is_shared=False)
    category = make_category(MARKER, owner=ann)
    own.follow(ann, feed)
    article = make_article(
        feed, title=MARKER, content_html=f"<p>{MARKER}</p>", content_text=MARKER, url=f"https://{MARKER}.example/1"
    )
    index.index([article])
    house.version = ArticleVersion.objects.create(
        article=article, replaced_at=timezone.now(), title=MARKER, html_zlib=b"", entry_hash="0"
    ).pk
    reader_state.star(ann, article, on=True)
    selection = Selection(query=MARKER)
    label = labels.make_label(ann, MARKER)
    labels.add_labels([label.pk], [article.pk])
    saved = saved_searches.save_search(ann, selection)
    rule = rules.save_rule(ann, rules.Draft(selection=selection, stars=True, label=MARKER, tells=True))
    Notice.objects.create(user=ann, article=article, rule=rule)
    channel = channel_of(ann, Channel.Kind.WEBHOOK, {"address": f"https://{MARKER}.example/", "key": "k"}, name=MARKER)
    note = notes.add_note(ann, article.pk, MARKER)
    search = Search(selection=selection, reader=ann, now=timezone.localtime())
    output, _secret = secret_addresses.create(ann, search, name=MARKER)
    app, _password = app_passwords.create(ann, MARKER)
    mailbox = Mailbox.objects.create(owner=ann, host=f"imap.{MARKER}.example", user_name="ann")
    letter = Newsletter.objects.create(mailbox=mailbox, feed=feed, key=MARKER, title=MARKER)
    house.ids = {
        "articles/": article.pk,
        "feeds/": feed.pk,
        "feeds/mailboxes/": mailbox.pk,
        "feeds/mailboxes/newsletters/": letter.pk,
        "categories/": category.pk,
        "account/labels/": label.pk,
        "account/searches/": saved.pk,
        "searches/": saved.pk,
        "account/rules/": rule.pk,
        "account/notices/": channel.pk,
        "account/notes/": note.pk,
        "outputs/": output.pk,
        "account/apps/": app.pk,
        "account/sessions/": 3_333_333,
        "account/accounts/": ann.pk,
        "account/invitations/": 3_333_333,
    }
    return house


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each route but the admin's, and its name."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif not route.startswith("admin/"):
            yield route, str(pattern.name or route)


def addresses(house: House) -> Iterator[tuple[str, str, bool]]:
    """Each address with ann's things in it, its name, and True where it names one of them."""
    for route, name in routes(get_resolver().url_patterns):
        if route.startswith(OF_APPS):
            continue
        if "(" in route or route.startswith("^"):
            known = next((some for start, some in BY_EXPRESSION.items() if route.startswith(start)), None)
            assert known is not None, f"{route}: BY_EXPRESSION has no address of it"
            for address in known:
                yield "/" + address.format(**house.ids), name, "{" in address
        else:
            yield "/" + filled(route, house), name, "<int:pk>" in route


def filled(route: str, house: House) -> str:
    def value(match: re.Match[str]) -> str:
        kind = match[1].rpartition(":")[2]
        if kind == "version":
            return str(house.version)
        if kind == "pk":
            known = [start for start in house.ids if route.startswith(start)]
            assert known, f"{route}: the fixture has no thing that its number is of"
            return str(house.ids[max(known, key=len)])
        assert kind in OTHERS, f"{route}: OTHERS has no {kind}"
        return OTHERS[kind]

    return re.sub(r"<([^>]+)>", value, route)


def nobody_s(address: str, house: House) -> str:
    """The same address of what is not there."""
    there, found = re.subn(r"/\d+/", f"/{NOBODYS}/", address, count=1)  # the first number: a version has the second
    assert found, address
    return there


def body_of(response) -> str:
    body = b"".join(response).decode("utf-8", "replace").lower()
    if file := getattr(response, "file_to_stream", None):
        file.close()  # of the response, which would close the database, too
    return body


@dataclass
class Walk:
    """The findings of a visitor at all addresses."""

    told: list[str] = field(default_factory=list)  # those that show MARKER, where it is not asked for
    statuses: dict[str, int] = field(default_factory=dict)  # by the address of something of ann's
    shown: set[str] = field(default_factory=set)  # names of pages
    missing: set[str] = field(default_factory=set)  # names of what is not there for this visitor


def walk(client: Client, house: House) -> Walk:
    found = Walk()
    for address, name, names_thing in addresses(house):
        for more in ("", f"?q={MARKER[:6]}", "?show=starred") if address == "/" else ("",):
            response = client.get(address + more)
            body = body_of(response)
            if MARKER in body and MARKER not in more:
                found.told.append(address + more)
        if names_thing and not address.startswith(OF_SITE):
            found.statuses[address] = response.status_code
        if "<html" in body and response.status_code == 200:
            found.shown.add(name)
        elif response.status_code in {400, 403, 404}:
            found.missing.add(name)
    return found


def test_nobody_else_is_shown_what_is_one_account_s_own(house, settings):
    """And each page is among those that axe looks at: of those that a visitor is shown, a reader, or staff; a page that
    leads on or is a part of one is none. What is not there for ann, whose house it is, nor for a visitor may be a page for
    whom it is there."""
    pages = set()
    for who in ("anonymous", "other", "staff"):
        client = Client()
        if who != "anonymous":
            client.force_login(make_reader(who, staff=who == "staff"))
        for is_public in (True, False):
            settings.NEWSREADER_PUBLIC = is_public
            found = walk(client, house)
            assert found.told == ([TOLD_TO_STAFF] if who == "staff" else []), (who, is_public)
            of_nobody = {address: client.get(nobody_s(address, house)).status_code for address in found.statuses}
            assert found.statuses == of_nobody, (who, is_public)
        if who != "other":
            pages |= found.shown
        if who == "anonymous":
            pages |= found.missing
    settings.NEWSREADER_PUBLIC = False
    client = Client()
    client.force_login(house.ann)
    found = walk(client, house)
    assert found.told  # or nothing of what was looked for is anywhere
    assert (pages | found.shown | found.missing) - views_of(PAGES + VISITORS) == NO_PAGES


@pytest.mark.parametrize("who", ["other", "staff"])
def test_nobody_else_changes_what_is_one_account_s_own(house, who):
    client = Client()
    client.force_login(make_reader("ben", staff=who == "staff"))
    statuses = {}
    for address, name, names_thing in addresses(house):
        if names_thing and not address.startswith(OF_SITE) and (who, name) != ("staff", DONE_BY_STAFF):
            statuses[address] = client.post(address, {}).status_code
    assert statuses == {address: client.post(nobody_s(address, house), {}).status_code for address in statuses}
