"""Articles that a rule hides are in no list and no count, wherever these are, and are still found and read."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from articles.api.fever.items import Walk, fed_ids
from articles.lists.pages import Selection, Show, finder, list_page, neighbours, unread_among
from articles.lists.reader_state import mark_all_read, mark_read, mark_these_read, star, undo
from articles.lists.scope import Scope, Span
from articles.lists.selection import Order
from articles.lists.stream_keys import Stream, stream_keys
from articles.lists.unread_counts import unread_counts
from articles.models import Article, ArticleState
from articles.rules import deeds, own
from articles.rules.models import Rule, RuleHit
from articles.search.find import Search, found_ids
from tests.articles.searching import make_found, make_harbours
from tests.factories import make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
ALL = Span(key=None, newer=False, limit=1000)


def hiding(reader, query="rain", **fields):
    return own.save_rule(reader, own.Draft(selection=Selection(query=query), hides=True, **fields))


def hide(reader, articles, **fields):
    rule = hiding(reader, **fields)
    deeds.act(reader, {rule: [article.pk for article in articles]}, timezone.now())
    return rule


def found(reader, query):
    return set(found_ids(Search(selection=Selection(query=query), reader=reader, now=timezone.localtime()), size=1000))


def listed(reader, **fields):
    return {pk for _, pk in finder(Selection(**fields), reader)(ALL)}


TOUCHES = ("read", "unread", "star", "unstar", "mark", "these", "undo", "hide", "hide", "hide", "take back")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_done_lists_and_counts_agree(seed):
    """Hidden articles are neither unread nor starred, in no list that shows what is read, and nothing else is missing."""
    drawn = Random(seed)
    reader, articles = make_reader(), make_harbours(8)
    rule, made = hiding(reader), None
    for number in range(24):
        touch, article = drawn.choice(TOUCHES), drawn.choice(articles)
        if touch in {"read", "unread"}:
            mark_read(reader, [article], read=touch == "read")
        elif touch in {"star", "unstar"}:
            star(reader, article, on=touch == "star")
        elif touch == "mark":
            mark_all_read(reader, Selection(), up_to=article.pk)
        elif touch == "these":
            made = mark_these_read(reader, [other.pk for other in articles if other.pk >= article.pk]) or made
        elif touch == "undo" and made:
            undo(reader, made.batch)
        elif touch == "hide":
            deeds.act(reader, {rule: [article.pk]}, timezone.now(), again=True)
        elif touch == "take back":
            deeds.undo_on(reader, article.pk)
        if number % 6 == 5:
            _agree(reader, articles)


def _agree(reader, articles):
    pks = {article.pk for article in articles}
    hidden = set(ArticleState.objects.filter(user=reader, is_hidden=True).values_list("article", flat=True))
    unread, starred = unread_among(pks, reader), found(reader, "is:starred")
    assert not hidden & (unread | starred)
    assert listed(reader) == listed(reader, feed=articles[0].feed) == pks - hidden
    assert listed(reader, show=Show.UNREAD) == unread
    assert sum(unread_counts(reader).values()) == len(unread)
    assert found(reader, "is:hidden") == hidden
    assert found(reader, "-is:hidden") == pks - hidden
    assert found(reader, "is:read") == pks - unread
    yesterday = timezone.now() - timedelta(days=1)
    for since in (None, yesterday):
        for is_read, wanted in ((None, pks - hidden), (True, pks - unread - hidden), (False, unread)):
            stream = Stream(scope=Scope(), is_read=is_read, since=since)
            assert {pk for _, pk in stream_keys(stream, reader, ALL)} == wanted, (since, is_read)
    assert set(fed_ids(reader, Walk(start=0, is_up=True), timezone.now(), is_whole=True)) == pks - hidden


@pytest.mark.parametrize("order", [Order.DATE, Order.LAST_IN])
def test_pages_are_full_and_neighbours_are_shown_however_much_is_hidden(monkeypatch, order):
    monkeypatch.setattr("articles.lists.hidden.MOST_AT_ONCE", 16)
    reader = make_reader()
    articles = make_harbours(60)
    hide(reader, articles[5:55])
    visible = [article.pk for article in reversed([*articles[:5], *articles[55:]])]
    page = list_page(Selection(order=order), reader, size=4)
    assert [article.pk for article in page.articles] == visible[:4]
    onwards = list_page(Selection(order=order), reader, cursor=page.next_cursor, size=4)
    assert [article.pk for article in onwards.articles] == visible[4:8]
    back = list_page(Selection(order=order), reader, cursor=onwards.previous_cursor, size=4)
    assert [article.pk for article in back.articles] == visible[:4]
    before, after = neighbours(articles[30], Selection(order=order), reader)
    assert (before.pk, after.pk) == (articles[55].pk, articles[4].pk)
    assert len(list_page(Selection(order=order), make_reader(), size=100).articles) == 60


ADDRESSES = ("/", "/?show=unread", "/?feed={feed}", "/rss.xml", "/atom.xml?feed={feed}", "/feed.json", "/lately/read/")


def test_what_is_hidden_is_in_no_list_and_still_found_and_read(client):
    reader, feed = make_reader(), make_feed()
    article = make_found(feed, title="Kranichpost")
    make_found(feed, title="Zugvogel")
    client.force_login(reader)
    hide(reader, [article])
    for address in ADDRESSES:
        body = b"".join(client.get(address.format(feed=feed.pk))).decode()
        assert "Kranichpost" not in body, address
        assert ("Zugvogel" in body) is (address != "/lately/read/"), address
    for address in ("/?q=harbour", "/?q=is:hidden", f"/articles/{article.pk}/"):
        assert "Kranichpost" in client.get(address).text, address
    assert "Hidden from lists by the rule" in client.get(f"/articles/{article.pk}/").text
    assert f"/articles/{article.pk}/" not in client.get("/").text  # opened by its address, it stays hidden
    client.post(f"/articles/{article.pk}/rules/undo/")
    assert "Kranichpost" in client.get("/").text
    assert Article.objects.count() == 2


@pytest.mark.parametrize("done", ["star", "unread"])
def test_a_star_or_unread_brings_it_back_and_no_rule_hides_it_again(done):
    reader = make_reader()
    article = make_found(text="rain")
    rule = hide(reader, [article])
    if done == "star":
        star(reader, article, on=True)
    else:
        mark_read(reader, [article], read=False)
    deeds.act(reader, {rule: [article.pk]}, timezone.now(), again=True)
    assert listed(reader) == {article.pk}


def test_a_rule_that_stars_wins_over_one_that_hides():
    reader = make_reader()
    article = make_found(text="rain")
    rules = [hiding(reader), own.save_rule(reader, own.Draft(selection=Selection(query="rain"), stars=True))]
    deeds.act(reader, {rule: [article.pk] for rule in rules}, timezone.now())
    assert listed(reader) == listed(reader, show=Show.STARRED) == {article.pk}


def test_taking_back_leaves_what_was_read_before_read():
    reader = make_reader()
    read, marked, fresh = (make_found(text="rain") for _ in range(3))
    mark_read(reader, [read])
    mark_all_read(reader, Selection(), up_to=marked.pk)
    rule = hide(reader, [read, marked, fresh])
    assert listed(reader) == set()
    assert deeds.undo_all(rule) == 3
    assert listed(reader) == {read.pk, marked.pk, fresh.pk}
    assert unread_among([read.pk, marked.pk, fresh.pk], reader) == {fresh.pk}


def test_visitors_miss_what_a_rule_of_the_site_hides_and_nothing_else():
    hidden, starred, a_readers = make_articles(3)
    site = Rule.objects.create(name="rain", text="rain", hides=True)
    of_reader = Rule.objects.create(user=make_reader("eve"), name="rain", text="rain", hides=True)
    RuleHit.objects.create(rule=site, article=hidden, hidden=True)
    RuleHit.objects.create(rule=site, article=starred, hidden=False)
    RuleHit.objects.create(rule=of_reader, article=a_readers, hidden=True)
    assert {article.pk for article in list_page(Selection(), AnonymousUser()).articles} == {starred.pk, a_readers.pk}
