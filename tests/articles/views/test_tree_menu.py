"""The menus of feeds and categories: what is offered to whom, and what it does."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from articles.models import ReadMark
from feeds.models import Category, Feed
from feeds.subscriptions import own
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def menu(client, thing):
    """The words on the buttons and links of the menu of a feed or a category."""
    name = "category_menu" if isinstance(thing, Category) else "feed_menu"
    text = client.get(reverse(name, args=[thing.pk]), headers={"HX-Request": "true"}).text
    assert text.startswith('\n<div class="tree-menu">')
    words = ("Mark all as read", "Move up", "Rename", "Check now", "Pause", "Resume", "Fetch older", "Unsubscribe")
    return [word for word in words if f">{word}" in text]


def test_a_reader_of_all_of_the_sites_feeds_renames_and_leaves(client, reader):
    feed = make_feed(category=make_category("News"))
    assert menu(client, feed) == ["Mark all as read", "Rename", "Unsubscribe"]
    assert menu(client, feed.category) == ["Mark all as read"]


def test_who_chooses_moves_too_also_categories(client, reader):
    feed = make_feed(category=make_category("News"))
    own.choose_own(reader)
    assert menu(client, feed) == ["Mark all as read", "Move up", "Rename", "Unsubscribe"]
    mine = Category.objects.get(owner=reader)
    assert menu(client, mine) == ["Mark all as read", "Move up", "Rename"]


def test_staff_and_who_is_alone_with_a_feed_tend_it(client, reader):
    private = make_feed(is_shared=False)
    own.follow(reader, private)
    assert {"Check now", "Pause"} <= {*menu(client, private)}
    client.force_login(make_reader(staff=True))
    shared = make_feed(state=Feed.State.PAUSED)
    assert {"Resume", "Fetch older"} <= {*menu(client, shared)}
    assert "Check now" not in menu(client, shared)


def test_the_menu_is_a_page_where_no_script_asks(client, reader):
    feed = make_feed(title="Harbour Notes")
    page = client.get(reverse("feed_menu", args=[feed.pk])).text
    assert "<h1" in page
    assert f'href="/?feed={feed.pk}">Harbour Notes' in page


def test_what_a_reader_may_not_see_has_no_menu(client, reader):
    hidden, theirs = make_feed(is_shared=False), make_category(owner=make_reader())
    assert client.get(reverse("feed_menu", args=[hidden.pk])).status_code == 404
    assert client.get(reverse("category_menu", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("change_category", args=[theirs.pk]), {"name": "x"}).status_code == 404
    assert client.post(reverse("pause_feed", args=[hidden.pk])).status_code == 404
    client.logout()
    assert client.get(reverse("feed_menu", args=[make_feed().pk])).status_code == 302


def test_readers_do_not_tend_what_is_everybodys(client, reader):
    feed = make_feed()
    assert client.post(reverse("pause_feed", args=[feed.pk]), {"paused": "1"}).status_code == 403
    assert Feed.objects.get().state == Feed.State.ACTIVE


def test_a_feed_is_paused_and_resumed(client):
    client.force_login(make_reader(staff=True))
    feed = make_feed(failures=3)
    client.post(reverse("pause_feed", args=[feed.pk]), {"paused": "1"})
    assert Feed.objects.get().state == Feed.State.PAUSED
    client.post(reverse("pause_feed", args=[feed.pk]), {"paused": "0"})
    feed.refresh_from_db()
    assert (feed.state, feed.failures) == (Feed.State.ACTIVE, 0)


def test_a_category_of_ones_own_gets_another_name_and_place(client, reader):
    for name in ("A", "B"):
        make_feed(category=make_category(name))
    own.choose_own(reader)
    first, second = Category.objects.filter(owner=reader)
    address = reverse("change_category", args=[second.pk])
    client.post(address, {"down": "0", "next": "/"})
    assert [*Category.objects.filter(owner=reader).order_by("position")] == [second, first]
    client.post(address, {"name": " \x00C\n"})  # PostgreSQL takes no text with a NUL in it
    assert Category.objects.get(pk=second.pk).name == "C"
    answer = client.post(address, {"name": "A"}, follow=True)
    assert "There is a category of that name already" in answer.text
    assert Category.objects.get(pk=second.pk).name == "C"


def test_the_sites_categories_are_no_readers_to_change(client, reader):
    news = make_category("News")
    assert client.post(reverse("change_category", args=[news.pk]), {"name": "x"}).status_code == 403


def test_a_feed_is_marked_as_read_and_the_reader_stays(client, reader):
    feed = make_feed()
    article = make_article(feed)
    page = client.get(reverse("feed_menu", args=[feed.pk])).text
    form = page.partition('class="tree-menu"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', form))
    assert int(fields["latest_id"]) >= article.pk
    assert client.post(re.findall(r'action="([^"]+)"', form)[0], fields).status_code == 302
    assert ReadMark.objects.get().feed == feed


def test_moving_a_feed_leads_back_to_where_one_was(client, reader):
    feed = make_feed()
    own.choose_own(reader)
    address = reverse("move_feed", args=[feed.pk])
    assert client.post(address, {"down": "1", "next": "/?show=unread"}).url == "/?show=unread"
    assert client.post(address, {"down": "1"}).url == f"/feeds/{feed.pk}/"
    assert client.post(address, {"down": "1", "next": "https://evil.example/"}).url == "/"
