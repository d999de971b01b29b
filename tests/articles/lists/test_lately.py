"""Articles that were read and starred last, by when: each once, whatever happens between two pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.labels import own
from articles.lists import reader_state
from articles.lists.cursors import BadCursor
from articles.lists.lately import Deed, lately_page
from articles.lists.selection import Selection
from articles.models import ArticleState
from feeds.subscriptions import own as subscriptions
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ann():
    return make_reader("ann")


def ids(page):
    return [article.pk for article in page.articles]


def put_at(reader, what, articles):
    """The articles read or starred, two in each second."""
    for number, article in enumerate(articles):
        moment = NOW + timedelta(seconds=number // 2)
        fields = {"changed_at": moment, "is_read": True} if what is Deed.READ else {"starred_at": moment}
        ArticleState.objects.update_or_create(user=reader, article=article, defaults=fields)


@pytest.mark.parametrize("what", Deed)
def test_pages_have_each_once_in_the_order_of_the_moments_both_ways(ann, what):
    articles = make_articles(7)
    done = [articles[number] for number in (3, 0, 6, 1, 5, 2)]
    put_at(ann, what, done)
    expected = [pk for pair in (done[4:], done[2:4], done[:2]) for pk in sorted((a.pk for a in pair), reverse=True)]
    first = lately_page(what, ann, size=2)
    second = lately_page(what, ann, cursor=first.next_cursor, size=2)
    third = lately_page(what, ann, cursor=second.next_cursor, size=2)
    assert ids(first) + ids(second) + ids(third) == expected
    assert (first.previous_cursor, third.next_cursor) == ("", "")
    assert ids(lately_page(what, ann, cursor=third.previous_cursor, size=2)) == ids(second)
    assert ids(lately_page(what, ann, cursor=second.previous_cursor, size=2)) == ids(first)
    assert first.moments[expected[0]] == NOW + timedelta(seconds=2)


def test_what_happens_between_two_pages_neither_repeats_nor_hides(ann):
    articles = make_articles(6)
    put_at(ann, Deed.STARRED, articles[:5])
    first = lately_page(Deed.STARRED, ann, size=2)
    reader_state.star(ann, articles[5], on=True)
    reader_state.star(ann, articles[4], on=False)
    rest = lately_page(Deed.STARRED, ann, cursor=first.next_cursor, size=9)
    assert ids(first) + ids(rest) == [articles[number].pk for number in (4, 3, 2, 1, 0)]


def test_a_page_whose_articles_are_gone_leads_back(ann):
    articles = make_articles(4)
    put_at(ann, Deed.STARRED, articles)
    first = lately_page(Deed.STARRED, ann, size=2)
    for article in articles[:2]:
        reader_state.star(ann, article, on=False)
    gone = lately_page(Deed.STARRED, ann, cursor=first.next_cursor, size=2)
    assert (ids(gone), gone.next_cursor) == ([], "")
    assert ids(lately_page(Deed.STARRED, ann, cursor=gone.previous_cursor, size=2)) == ids(first)


def test_what_was_marked_with_many_or_put_back_is_not_read_lately(ann):
    one, two, three = make_articles(3)
    reader_state.mark_all_read(ann, Selection(), up_to=three.pk)
    reader_state.mark_read(ann, [one, two])
    reader_state.mark_read(ann, [two], read=False)
    assert ids(lately_page(Deed.READ, ann)) == [one.pk]


def test_nobody_sees_another_s_and_nobody_what_they_may_not_read_any_more(ann):
    feed = make_feed(is_shared=False)
    subscriptions.follow(ann, feed)
    subscriptions.follow(make_reader("bob"), feed)
    plain, kept, starred = make_articles(3, feed)
    reader_state.mark_read(ann, [plain, kept, starred])
    reader_state.star(ann, starred, on=True)
    own.add_labels([own.make_label(ann, "later").pk], [kept.pk])
    assert ids(lately_page(Deed.READ, make_reader("cat"))) == []
    subscriptions.unfollow(ann, feed)
    assert set(ids(lately_page(Deed.READ, ann))) == {kept.pk, starred.pk}


def test_a_page_names_those_beside_it_to_browsers_as_its_links_do(client, ann):
    client.force_login(ann)
    put_at(ann, Deed.READ, make_articles(60))
    page = client.get("/lately/read/").text
    named = re.findall(r'<(?:link|a)[^>]* rel="next"[^>]* href="([^"]*)"', page)
    assert len(named) == 2
    [address] = set(named)
    assert address.startswith("/lately/read/?cursor=")
    assert 'rel="prev"' in client.get(address).text


@pytest.mark.parametrize("what", Deed)
def test_the_pages_show_days_and_times_of_what_the_reader_did(client, ann, what):
    client.force_login(ann)
    article = make_article(title="Old news", published_at=NOW - timedelta(days=400))
    put_at(ann, what, [article])
    page = client.get(f"/lately/{what}/").text
    assert "Old news" in page
    assert "<b>Today</b>" in page
    assert 'href="/lately/read/" aria-current="page"' in page
    assert client.get(f"/lately/{what}/?cursor=x").status_code == 400
    with pytest.raises(BadCursor):
        lately_page(what, ann, cursor="x")
