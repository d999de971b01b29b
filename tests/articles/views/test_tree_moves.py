"""Moving feeds and categories in the tree, by the menu and by what a script sends."""

from __future__ import annotations

import pytest
from django.urls import reverse

from articles.lists.way_on import feed_beside
from feeds.models import Category, Feed, Subscription
from feeds.subscribe.outlines import category_at
from feeds.subscriptions import own
from tests.articles.views.list_page import HTMX
from tests.factories import make_article, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    own.choose_own(reader)
    for name in ("News", "Arts"):
        own.follow(reader, make_feed(title=f"Of {name}"), category=category_at(name, owner=reader))
    client.force_login(reader)
    return reader


def move(client, headers=None, **fields):
    return client.post(reverse("move_in_tree"), fields, headers=headers)


def test_the_menu_moves_a_feed_and_leads_back(client, reader):
    feed, news = Feed.objects.get(title="Of Arts"), Category.objects.get(name="News")
    page = client.get(reverse("feed_menu", args=[feed.pk])).text
    assert f'<option value="{news.pk}">News</option>' in page
    assert "selected>Arts</option>" in page
    answer = move(client, moved_feed=feed.pk, into=news.pk, next="/?show=unread")
    assert answer.url == "/?show=unread"
    assert Subscription.objects.get(feed=feed).category == news
    assert "Moved." in client.get("/").text
    move(client, moved_feed=feed.pk, into="")
    assert Subscription.objects.get(feed=feed).category is None


def test_the_menu_of_a_category_names_no_place_inside_it(client, reader):
    arts, news = (Category.objects.get(name=name) for name in ("Arts", "News"))
    move(client, moved_category=arts.pk, into=news.pk)
    arts.refresh_from_db()
    assert arts.parent == news
    page = client.get(reverse("category_menu", args=[news.pk])).text
    assert "News / Arts" not in page
    page = client.get(reverse("category_menu", args=[arts.pk])).text
    assert f'<option value="{news.pk}" selected>News</option>' in page


def test_a_script_gets_the_tree_again(client, reader):
    arts, news = (Category.objects.get(name=name) for name in ("Arts", "News"))
    answer = move(client, HTMX, moved_category=news.pk, into="", before=arts.pk, show="unread")
    assert answer.status_code == 200
    assert answer.text.index(">News<") < answer.text.index(">Arts<")
    assert "/?show=unread" in answer.text
    assert reverse("move_in_tree") in client.get("/").text


def test_what_can_not_be_is_said_on_the_page(client, reader):
    news = Category.objects.get(name="News")
    answer = move(client, HTMX, moved_category=news.pk, into=news.pk)
    assert answer.headers["HX-Refresh"] == "true"
    assert "be inside itself." in client.get("/").text


def test_what_is_not_theirs_is_not_there(client, reader):
    other = make_reader()
    own.choose_own(other)
    theirs, hidden, left = category_at("Theirs", owner=other), make_feed(is_shared=False), make_feed()
    news, feed = Category.objects.get(name="News"), Feed.objects.get(title="Of News")
    for fields in (
        {"moved_feed": hidden.pk}, {"moved_feed": left.pk}, {"moved_feed": ""}, {"moved_category": theirs.pk},
        {"moved_feed": feed.pk, "into": theirs.pk}, {"moved_category": news.pk, "into": theirs.pk},
    ):  # fmt: skip
        assert move(client, **fields).status_code == 404
    assert client.get(reverse("move_in_tree")).status_code == 405
    client.logout()
    assert move(client, moved_feed=feed.pk).url.startswith("/sign-in/")


def test_staff_order_the_sites_feeds_by_the_menu_and_by_drawing_for_all_who_follow_them(client):
    site = make_category("Site")
    feeds = {name: make_feed(title=name, category=site) for name in ("Ebb", "Flow", "Tide")}
    reader, staff = make_reader(), make_reader(staff=True)

    def shown(at):
        page = client.get(at).text
        page = page[page.index('class="shelves"') :] if at == "/" else page[page.index("<table") :]
        return sorted(
            feeds, key=lambda name: page.index(f">{name}<") if f">{name}<" in page else page.index(f"{name}</")
        )

    client.force_login(staff)
    page = client.get(reverse("feed_menu", args=[feeds["Tide"].pk])).text
    assert "where it stands changes for everybody" in page
    assert reverse("move_feed", args=[feeds["Tide"].pk]) in page
    client.post(reverse("move_feed", args=[feeds["Tide"].pk]), {"down": "0", "next": "/"})
    assert shown("/") == ["Ebb", "Tide", "Flow"]
    move(client, HTMX, moved_feed=feeds["Flow"].pk, into=site.pk, before=feeds["Ebb"].pk)
    for account in (staff, reader):
        client.force_login(account)
        assert shown("/") == shown(reverse("feeds")) == ["Flow", "Ebb", "Tide"]
    for name in ("Tide", "Ebb"):  # K from Tide leads to Ebb, and to Flow from there
        make_article(feeds[name])
    make_article(feeds["Flow"])
    assert feed_beside(reader, feeds["Tide"].pk, step=-1) == feeds["Ebb"].pk
    assert feed_beside(reader, feeds["Flow"].pk, step=1) == feeds["Ebb"].pk
    page = client.get(reverse("feed_menu", args=[feeds["Tide"].pk])).text
    assert reverse("move_feed", args=[feeds["Tide"].pk]) not in page
    client.post(reverse("move_feed", args=[feeds["Tide"].pk]), {"down": "0", "next": "/"})
    assert shown("/") == ["Flow", "Ebb", "Tide"]


def test_who_follows_all_has_a_tree_that_stands(client):
    make_feed(category=make_category("Site"))
    client.force_login(make_reader())
    assert reverse("move_in_tree") not in client.get("/").text
    client.force_login(make_reader(staff=True))
    assert reverse("move_in_tree") in client.get("/").text
    site = Category.objects.get()
    page = client.get(reverse("category_menu", args=[site.pk])).text
    assert "changes for everybody" in page
    client.post(reverse("change_category", args=[site.pk]), {"name": "World"})
    site.refresh_from_db()
    assert site.name == "World"
