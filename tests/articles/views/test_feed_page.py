"""A feed as one reader has it: its name, its place, and leaving it."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from articles.ingest.feed_deletion import leave_for_now
from articles.labels.own import make_label, put_labels
from articles.lists.reader_state import star
from articles.models import Article, Tombstone
from articles.notes.own import add_note
from feeds.models import Category, Feed, Subscription
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    made = make_reader("ann")
    client.force_login(made)
    return made


def shelves(client, address="/feeds/"):
    return [(path, [feed.name for feed in feeds]) for path, _category, feeds in client.get(address).context["groups"]]


def test_a_feed_is_called_and_placed_as_the_reader_wants(client, reader):
    feed, other = make_feed(title="Times"), make_reader()
    own.choose_own(reader)
    told = {"title": "Gazette", "category": "", "new_category": "News / Asia"}
    assert client.post(f"/feeds/{feed.pk}/", told).status_code == 302
    row = Subscription.objects.get()
    assert (row.title, row.category.name, row.category.parent.name, row.in_all) == ("Gazette", "Asia", "News", False)
    assert shelves(client) == [("News / Asia", ["Gazette"])]
    assert client.get(f"/?category={row.category.slug}").status_code == 200
    client.force_login(other)
    assert shelves(client) == [("Without a category", ["Times"])]
    assert client.get(f"/?category={row.category.slug}").status_code == 404


def test_a_category_goes_with_its_last_feed(client, reader):
    feed = make_feed()
    own.choose_own(reader)
    client.post(f"/feeds/{feed.pk}/", {"new_category": "News / Asia", "in_all": "on"})
    client.post(f"/feeds/{feed.pk}/", {"category": Category.objects.get(name="News").pk, "in_all": "on"})
    assert list(Category.objects.values_list("name", flat=True)) == ["News"]
    client.post(f"/feeds/{feed.pk}/", {"in_all": "on"})
    assert not Category.objects.exists()


def test_anothers_category_is_no_place(client, reader):
    feed, other = make_feed(), make_reader()
    own.choose_own(reader)
    theirs = Category.objects.create(owner=other, name="Theirs", slug="theirs")
    response = client.post(f"/feeds/{feed.pk}/", {"category": theirs.pk, "in_all": "on"})
    assert response.status_code == 200
    assert "category" in response.context["form"].errors
    assert "Theirs" not in response.content.decode()
    assert Subscription.objects.get().category is None


def test_who_follows_all_can_rename_and_no_more(client, reader):
    feed = make_feed(title="Times", category=make_category("World"))
    client.post(f"/feeds/{feed.pk}/", {"title": "Gazette"})
    assert shelves(client) == [("World", ["Gazette"])]
    assert own.follows_all(reader)
    own.choose_own(reader)
    assert shelves(client) == [("World", ["Gazette"])]
    own.follow_all(reader)
    client.post(f"/feeds/{feed.pk}/", {"title": "Gazette"})
    client.post(f"/feeds/{feed.pk}/", {"title": ""})
    assert not Subscription.objects.exists()


def test_feeds_move_up_and_down_in_their_category(client, reader):
    feeds = {name: make_feed(title=name) for name in ("b", "a", "c")}
    own.choose_own(reader)

    def order():
        return shelves(client)[0][1]

    assert order() == ["a", "b", "c"]
    client.post(f"/feeds/{feeds['c'].pk}/move/", {"down": "0"})
    assert order() == ["a", "c", "b"]
    client.post(f"/feeds/{feeds['a'].pk}/move/", {"down": "1"})
    assert order() == ["c", "a", "b"]
    client.post(f"/feeds/{feeds['c'].pk}/move/", {"down": "0"})
    assert order() == ["c", "a", "b"]


def test_leaving_one_of_the_sites_feeds_keeps_its_articles(client, reader):
    left, kept = make_feed(title="left"), make_feed(title="kept")
    make_article(left)
    assert "your own choice" in client.get(f"/feeds/{left.pk}/").content.decode()
    client.post(f"/feeds/{left.pk}/unfollow/")
    assert shelves(client) == [("Without a category", ["kept"])]
    assert shelves(client, "/feeds/?of=others") == [("Without a category", ["left"])]
    assert Article.objects.count() == 1
    assert client.get(f"/?feed={left.pk}").status_code == 200
    client.post(f"/feeds/{left.pk}/follow/")
    assert {*followed_feeds(reader)} == {left, kept}


def test_the_last_to_leave_a_private_feed_is_warned_and_its_articles_go(client, reader):
    feed = make_feed(title="mine", is_shared=False)
    make_articles(3, feed)
    own.follow(reader, feed)
    assert "will be deleted for good." in client.get(f"/feeds/{feed.pk}/").text
    page = client.post(f"/feeds/{feed.pk}/unfollow/")
    assert "Its 3 articles will be deleted" in page.content.decode()
    assert Subscription.objects.exists()
    page = client.post(f"/feeds/{feed.pk}/unfollow/", {"confirmed": "1"}, follow=True)
    assert "3 articles are deleted." in page.content.decode()
    assert not Feed.objects.exists()
    assert not Article.objects.exists()


def test_while_somebody_else_has_it_a_private_feed_stays(client, reader):
    feed, other = make_feed(is_shared=False), make_reader()
    make_article(feed)
    for each in (reader, other):
        own.follow(each, feed)
    client.post(f"/feeds/{feed.pk}/unfollow/", {"confirmed": "1"})
    assert Article.objects.count() == 1
    assert client.get(f"/feeds/{feed.pk}/").status_code == 404
    assert list(followed_feeds(other)) == [feed]


def test_what_somebody_labelled_or_wrote_on_is_not_among_what_would_be_deleted(client, reader):
    feed = make_feed(is_shared=False)
    labelled, noted, *_others = make_articles(4, feed)
    own.follow(reader, feed)
    put_labels(reader, labelled.pk, [make_label(reader, "later")])
    add_note(reader, noted.pk, "Since when?")
    page = client.post(f"/feeds/{feed.pk}/unfollow/").text
    assert "Its 2 articles will be deleted" in page
    assert "2 articles with a star, a label or a note stay." in page
    assert "2 articles are deleted." in client.post(f"/feeds/{feed.pk}/unfollow/", {"confirmed": "1"}, follow=True).text


def test_what_somebody_starred_stays_and_the_feed_can_be_had_again(client, reader):
    feed = make_feed(is_shared=False, etag="1", body_hash="1")
    starred, plain = make_articles(2, feed)
    own.follow(reader, feed)
    star(reader, starred, on=True)
    assert (
        "1 article with a star, a label or a note stays." in client.post(f"/feeds/{feed.pk}/unfollow/").content.decode()
    )
    client.post(f"/feeds/{feed.pk}/unfollow/", {"confirmed": "1"})
    assert list(Article.objects.all()) == [starred]
    feed.refresh_from_db()
    assert (feed.state, feed.etag, feed.body_hash, feed.article_count) == (Feed.State.PAUSED, "", "", 1)
    assert not Tombstone.objects.filter(guid=plain.guid).exists()
    assert client.get(starred.get_absolute_url()).status_code == 200
    before = timezone.now()
    own.follow(make_reader(), feed)
    feed.refresh_from_db()
    assert feed.state == Feed.State.ACTIVE
    assert feed.next_check_at >= before


def test_feeds_of_the_site_are_followed_where_they_are_listed(client, reader):
    feeds = [make_feed(title=f"Feed {number}") for number in range(3)]
    own.choose_own(reader)
    Subscription.objects.all().delete()
    page = client.get("/feeds/?of=others").text
    told = dict(re.findall(r'name="(next)" value="([^"]+)"', page))
    addresses = re.findall(r'form="follow" formaction="([^"#]+)(?:#(feed-\d+))?"', page)
    assert addresses == [
        (f"/feeds/{feeds[0].pk}/follow/", ""),
        (f"/feeds/{feeds[1].pk}/follow/", f"feed-{feeds[0].pk}"),
        (f"/feeds/{feeds[2].pk}/follow/", f"feed-{feeds[1].pk}"),
    ]
    assert f'id="feed-{feeds[1].pk}"' in page
    assert client.post(addresses[2][0], told)["Location"] == "/feeds/?of=others"
    assert shelves(client, "/feeds/?of=others") == [("Without a category", ["Feed 0", "Feed 1"])]
    assert followed_feeds(reader).get() == feeds[2]


def test_only_staff_share_a_feed(client, reader):
    feed = make_feed(is_shared=False)
    own.follow(reader, feed)
    assert client.post(f"/feeds/{feed.pk}/share/").status_code == 403
    staff, other = make_reader(staff=True), make_feed(is_shared=False)
    client.force_login(staff)
    shared = client.post(f"/feeds/{feed.pk}/share/", {"next": "/feeds/of-readers/"})
    assert shared["Location"] == "/feeds/of-readers/"
    client.post("/admin/feeds/feed/", {"action": "share", "_selected_action": other.pk})
    assert set(Feed.objects.values_list("is_shared", flat=True)) == {True}


def test_nobody_shares_anothers_letters(client):
    letters = make_feed(url="mail:1/news", is_shared=False)
    own.follow(make_reader(), letters)
    client.force_login(make_reader(staff=True))
    assert client.post(f"/feeds/{letters.pk}/share/").status_code == 404
    client.post("/admin/feeds/feed/", {"action": "share", "_selected_action": letters.pk})
    assert not Feed.objects.get().is_shared


def test_staff_share_their_own(client):
    staff, feed = make_reader(staff=True), make_feed(is_shared=False)
    own.follow(staff, feed)
    client.force_login(staff)
    client.post(f"/feeds/{feed.pk}/share/")
    feed.refresh_from_db()
    assert feed.is_shared


def test_the_choice_as_a_whole(client, reader):
    feed = make_feed()
    client.post("/feeds/choice/", {"follows": "own"})
    assert not own.follows_all(reader)
    assert Subscription.objects.get().feed == feed
    assert client.post("/feeds/choice/").status_code == 400
    assert not own.follows_all(reader)
    client.post("/feeds/choice/", {"follows": "all"})
    assert own.follows_all(reader)


@pytest.mark.parametrize("page", ["", "follow/", "unfollow/", "move/", "try/", "pause/"])
def test_nobody_reaches_anothers_private_feed(client, reader, page):
    feed = make_feed(is_shared=False)
    client.force_login(make_reader(staff=True))
    response = client.post(f"/feeds/{feed.pk}/{page}") if page else client.get(f"/feeds/{feed.pk}/")
    assert response.status_code == 404


def test_visitors_are_asked_to_sign_in(client, settings):
    settings.NEWSREADER_PUBLIC = True
    feed = make_feed()
    assert client.get(f"/feeds/{feed.pk}/").headers["Location"].startswith("/sign-in/")
    assert "Settings" not in client.get("/feeds/").content.decode()


def test_two_readers_lists_are_two_feeds_to_a_feed_reader_and_the_sites_is_one(client, reader):
    """An Atom id is of one feed in the world (RFC 4287, 4.2.6)."""

    def ident() -> bytes:
        found = re.search(rb"<id>[^<]+", b"".join(client.get("/atom.xml")))
        assert found
        return found[0]

    other, third = make_reader(), make_reader()
    make_feed()
    of_site = ident()
    client.force_login(other)
    assert ident() == of_site
    own.choose_own(other)
    own.choose_own(third)
    of_other = ident()
    client.force_login(third)
    assert len({of_site, of_other, ident()}) == 3


def test_categories_nest_only_so_deep(client, reader):
    feed = make_feed()
    own.choose_own(reader)
    page = client.post(f"/feeds/{feed.pk}/", {"new_category": " / ".join("abcdefghijk"), "in_all": "on"})
    assert "Categories nest 10 deep at most." in page.text
    client.post(f"/feeds/{feed.pk}/", {"new_category": " / ".join("abcdefghij"), "in_all": "on"})
    assert Category.objects.count() == 10


def test_who_left_by_an_app_comes_back_within_some_days(client, reader):
    feed, other = make_feed(title="mine", is_shared=False), make_reader()
    make_articles(3, feed)
    own.follow(reader, feed)
    leave_for_now(reader, feed)
    page = client.get("/feeds/").text
    assert "An app has unsubscribed you from mine." in page
    assert "its 3 articles will be deleted on" in page
    client.force_login(other)
    assert "mine" not in client.get("/feeds/").text
    assert client.post(f"/feeds/{feed.pk}/follow/").status_code == 404
    client.force_login(reader)
    client.post(f"/feeds/{feed.pk}/follow/")
    assert feed in followed_feeds(reader)
    assert "An app has unsubscribed you" not in client.get("/feeds/").text
    feed.refresh_from_db()
    assert feed.state == Feed.State.ACTIVE
