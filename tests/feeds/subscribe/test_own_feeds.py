"""Feeds that readers add for themselves."""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.auth.models import User

from feeds.models import Category, Feed, FormerAddress, Subscription
from feeds.subscribe.outlines import export_opml, import_opml_for
from feeds.subscribe.own_feeds import NoRoom, add_for, may_add
from feeds.subscriptions import own
from feeds.subscriptions.visibility import followed_feeds, visible_feeds
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
ADDRESS = "https://harbour.example/feed"
OPML = b"""<opml version="2.0"><body><outline text="News"><outline text="Asia">
<outline type="rss" text="My harbour" title="Harbour" xmlUrl="https://harbour.example/feed"/></outline></outline>
<outline type="rss" text="Quay" xmlUrl="https://quay.example/feed"/>
<outline type="rss" text="Again" xmlUrl="http://harbour.example/feed"/>
<outline type="rss" text="None" xmlUrl="ftp://x.example/"/></body></opml>"""


def add(reader: User, **options: object) -> tuple[Feed, bool]:
    return add_for(reader, url=ADDRESS, title="Harbour", **{"for_site": False, **options})


def test_a_readers_feed_is_theirs_alone_and_polled_like_any() -> None:
    reader, other = make_reader(), make_reader()
    feed, is_new = add(reader)
    assert (is_new, feed.is_shared, feed.state) == (True, False, Feed.State.ACTIVE)
    assert list(followed_feeds(reader)) == [feed]
    assert not visible_feeds(other).exists()


def test_a_second_reader_gets_the_same_feed() -> None:
    reader, other = make_reader(), make_reader()
    feed, _new = add(reader)
    assert add(other) == (feed, True)
    assert add(other) == (feed, False)
    assert Feed.objects.count() == 1
    assert list(followed_feeds(other)) == [feed]


def test_one_of_the_sites_feeds_is_followed_already_or_joins_the_choice() -> None:
    feed, reader = make_feed(url=ADDRESS), make_reader()
    assert add(reader) == (feed, False)
    own.unfollow(reader, feed)
    assert add(reader) == (feed, True)
    feed.refresh_from_db()
    assert feed.is_shared


def test_what_staff_add_for_the_site_is_shared() -> None:
    reader, staff, category = make_reader(), make_reader(staff=True), make_category()
    feed, _new = add(reader)
    shared, _new = add(staff, for_site=True, category=category)
    feed.refresh_from_db()
    assert (shared, feed.is_shared, feed.category) == (feed, True, category)


def test_an_opml_file_becomes_subscriptions_in_categories_of_ones_own() -> None:
    make_category("News")
    reader, other = make_reader(), make_reader()
    results = import_opml_for(reader, OPML)
    assert [result.outcome for result in results] == ["added", "added", "known", "refused"]
    assert {feed.is_shared for feed in Feed.objects.all()} == {False}
    assert {feed.category for feed in Feed.objects.all()} == {None}
    harbour = Subscription.objects.get(feed__url=ADDRESS)
    assert (harbour.title, harbour.category.name, harbour.category.parent.name) == ("My harbour", "Asia", "News")
    assert {category.owner for category in Category.objects.filter(name__in=["Asia"])} == {reader}
    assert not visible_feeds(other).exists()
    assert Counter(result.outcome for result in import_opml_for(reader, OPML)) == {"known": 3, "refused": 1}
    assert Counter(result.outcome for result in import_opml_for(other, OPML)) == {"added": 2, "known": 1, "refused": 1}
    assert Feed.objects.count() == 2


def test_an_opml_file_finds_feeds_that_moved_and_the_sites() -> None:
    moved, reader = make_feed(url="https://new.example/feed"), make_reader()
    FormerAddress.objects.create(url=ADDRESS, feed=moved)
    import_opml_for(reader, OPML)
    assert {feed.url for feed in followed_feeds(reader)} == {moved.url, "https://quay.example/feed"}
    assert Subscription.objects.count() == 1


def test_an_export_is_what_the_reader_follows_as_they_have_it() -> None:
    reader, other = make_reader(), make_reader()
    import_opml_for(reader, OPML)
    document = export_opml(reader).decode()
    assert 'text="My harbour"' in document
    assert document.index('text="News"') < document.index('text="Asia"') < document.index(ADDRESS)
    assert "harbour" not in export_opml(other).decode()
    own_again = make_reader()
    import_opml_for(own_again, document.encode())
    assert export_opml(own_again).decode().split("<body>")[1] == document.split("<body>")[1]


def test_who_may_add_feeds_is_a_setting(settings) -> None:
    reader, staff = make_reader(), make_reader(staff=True)
    assert [may_add(each) for each in (reader, staff)] == [True, True]
    settings.READERS_ADD_FEEDS = False
    assert [may_add(each) for each in (reader, staff)] == [False, True]


@pytest.mark.parametrize(("begin", "names"), [("all", {"a", "b"}), ("starter", {"a"}), ("nothing", set())])
def test_new_accounts_begin_as_the_site_has_it(settings, begin: str, names: set[str]) -> None:
    before = make_reader()
    make_feed(title="a", is_starter=True, category=make_category("News"))
    make_feed(title="b")
    settings.NEW_ACCOUNTS = begin
    assert {feed.title for feed in followed_feeds(make_reader())} == names
    for old in (before, make_reader(staff=True)):
        assert {feed.title for feed in followed_feeds(old)} == {"a", "b"}
    assert [each.name for each in Category.objects.exclude(owner=None)] == (["News"] if begin == "starter" else [])


def test_a_reader_adds_as_many_feeds_as_the_site_lets_them(settings) -> None:
    settings.FEEDS_PER_READER = 1
    reader, staff = make_reader(), make_reader(staff=True)
    make_feed(url="https://shared.example/feed")
    own.choose_own(reader)
    add(reader)
    with pytest.raises(NoRoom, match="You have 1 feeds of your own"):
        add_for(reader, url="https://second.example/feed", for_site=False)
    assert not Feed.objects.filter(url="https://second.example/feed").exists()
    add_for(reader, url="https://shared.example/feed", for_site=False)  # the site has it in any case
    assert add(reader)[1] is False
    for name in ("b", "c"):
        add_for(staff, url=f"https://{name}.example/", for_site=False)
    assert followed_feeds(staff).count() == 4 - 1
    settings.FEEDS_PER_READER = 0
    add_for(reader, url="https://second.example/feed", for_site=False)


def test_what_an_opml_file_has_beyond_that_is_refused_with_its_reason(settings) -> None:
    settings.FEEDS_PER_READER = 1
    reader = make_reader()
    results = import_opml_for(reader, OPML)
    assert [result.outcome for result in results] == ["added", "refused", "known", "refused"]
    assert results[1].url == "https://quay.example/feed"
    assert "the most that this site allows" in results[1].reason
    assert [feed.url for feed in Feed.objects.all()] == [ADDRESS]


def test_the_sites_feeds_in_an_opml_file_need_no_room(settings) -> None:
    settings.FEEDS_PER_READER = 1
    make_feed(url=ADDRESS)
    reader = make_reader()
    own.choose_own(reader)
    own.unfollow(reader, Feed.objects.get())
    assert [result.outcome for result in import_opml_for(reader, OPML)] == ["added", "added", "known", "refused"]


def test_what_a_list_calls_a_feed_is_its_readers_own_name_for_it_and_nobody_elses() -> None:
    reader, other = make_reader(), make_reader()
    import_opml_for(reader, OPML)
    quay = Subscription.objects.get(feed__url="https://quay.example/feed")
    assert (quay.title, quay.feed.title, quay.feed.custom_title) == ("Quay", "", "")
    add_for(other, url=quay.feed.url, for_site=False)
    assert not own.own_titles(other)
