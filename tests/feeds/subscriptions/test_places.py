"""Places of feeds and categories: whose they are to choose, and which there are."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from feeds.categories import MAX_DEPTH, read_tree
from feeds.models import Category, Feed, Subscription
from feeds.subscribe.outlines import category_at
from feeds.subscriptions import own, places
from feeds.subscriptions.places import NoPlace
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    """A reader with the feeds a, b and c in News, and d in Asia inside News."""
    reader = make_reader("ann")
    own.choose_own(reader)
    news, asia = category_at("News", owner=reader), category_at("News", "Asia", owner=reader)
    for name in "abcd":
        own.follow(reader, make_feed(title=name), category=asia if name == "d" else news)
    return reader


def feed(name: str) -> Feed:
    return Feed.objects.get(title=name)


def category(name: str, owner: User | None) -> Category:
    return Category.objects.get(name=name, owner=owner)


def order(reader: User, name: str | None) -> str:
    rows = Subscription.objects.filter(user=reader, category__name=name).select_related("feed")
    return "".join(row.feed.title for row in sorted(rows, key=lambda row: (row.position, row.feed.title)))


def paths(owner: User | None) -> list[str]:
    return [path for _pk, path in read_tree(owner.pk if owner else None).choices()]


def test_a_feed_is_put_before_another_behind_all_and_elsewhere(reader):
    news = category("News", reader)
    places.put_feed(reader, feed("c"), news, before=feed("a").pk)
    assert order(reader, "News") == "cab"
    places.put_feed(reader, feed("c"), news)
    assert order(reader, "News") == "abc"
    places.put_feed(reader, feed("d"), news, before=feed("b").pk)
    assert order(reader, "News") == "adbc"
    assert paths(reader) == ["News"]  # a category goes with its last feed
    places.put_feed(reader, feed("d"), None, before=987654)
    assert (order(reader, "News"), order(reader, None)) == ("abc", "d")


def test_an_order_is_one_readers_alone(reader):
    other = make_reader()
    own.choose_own(other)
    places.put_feed(reader, feed("c"), category("News", reader), before=feed("a").pk)
    assert order(other, None) == "abcd"


def test_a_category_is_put_inside_another_and_back_in_its_order(reader):
    for name in ("Zoo", "Arts"):
        own.follow(reader, make_feed(), category=category_at(name, owner=reader))
    zoo = category("Zoo", reader)
    places.put_category(reader, zoo, None, before=category("Arts", reader).pk)
    assert paths(reader) == ["Zoo", "Arts", "News", "News / Asia"]
    places.put_category(reader, category("News", reader), zoo)
    assert paths(reader) == ["Zoo", "Zoo / News", "Zoo / News / Asia", "Arts"]
    places.put_category(reader, category("Asia", reader), None)
    assert paths(reader) == ["Zoo", "Zoo / News", "Arts", "Asia"]
    places.step(reader, category("Asia", reader), down=False)
    assert paths(reader) == ["Zoo", "Zoo / News", "Asia", "Arts"]


def test_there_are_no_rings(reader):
    news = category("News", reader)
    for inside in (news, category("Asia", reader)):
        with pytest.raises(NoPlace, match="inside itself"):
            places.put_category(reader, news, inside)
    assert paths(reader) == ["News", "News / Asia"]


def test_categories_nest_only_so_deep(reader):
    deep = category_at(*"abcdefghijklmnop"[: MAX_DEPTH - 1], owner=reader)
    own.follow(reader, make_feed(), category=deep)
    with pytest.raises(NoPlace, match=f"{MAX_DEPTH} deep"):
        places.put_category(reader, category("News", reader), deep)  # which has another inside it
    places.put_category(reader, category("Asia", reader), deep)
    assert len(paths(reader)[-2].split(" / ")) == MAX_DEPTH


def test_two_of_one_name_stand_in_no_place(reader):
    own.follow(reader, make_feed(), category=category_at("Asia", owner=reader))
    inside = Category.objects.get(name="Asia", owner=reader, parent=category("News", reader))
    with pytest.raises(NoPlace, match="of that name"):
        places.put_category(reader, inside, None)


def test_nobody_moves_anothers_categories_nor_into_them(reader):
    other, site = make_reader(), make_category("Site")
    own.choose_own(other)
    theirs = category_at("Theirs", owner=other)
    for moved, into in (
        (theirs, None),
        (category("News", reader), theirs),
        (site, None),
        (category("News", reader), site),
    ):
        with pytest.raises(NoPlace):
            places.put_category(reader, moved, into)
    assert not places.rename(reader, site, "Mine")
    places.step(reader, theirs, down=True)
    assert Category.objects.get(pk=theirs.pk).position == 0


def test_staff_arrange_the_sites(reader):
    staff, first, second = make_reader(staff=True), make_category("A"), make_category("B")
    placed = make_feed(category=first)
    places.put_feed(staff, placed, second)
    assert Feed.objects.get(pk=placed.pk).category == second
    places.put_category(staff, first, second)
    assert paths(None) == ["B", "B / A"]  # also where it holds nothing
    assert places.rename(staff, second, "C")
    assert paths(None) == ["C", "C / A"]
    with pytest.raises(NoPlace):
        places.put_feed(staff, placed, category("News", reader))


def of_the_site(name: str | None) -> str:
    rows = Feed.objects.filter(is_shared=True, category__name=name).order_by("position", "title")
    return "".join(row.title for row in rows)


def test_staff_give_the_sites_feeds_an_order(reader):
    staff, site = make_reader(staff=True), make_category("Site")
    for name in "wxyz":
        make_feed(title=name, category=site)
    make_feed(title="p", category=site, is_shared=False)
    places.put_feed(staff, feed("z"), site, before=feed("x").pk)
    assert of_the_site("Site") == "wzxy"
    places.put_feed(staff, feed("a"), site, before=feed("w").pk)
    assert of_the_site("Site") == "awzxy"
    places.put_feed(staff, feed("w"), site)
    assert of_the_site("Site") == "azxyw"
    places.step_feed(staff, feed("y"), down=False)
    places.step_feed(staff, feed("a"), down=True)
    places.step_feed(staff, feed("w"), down=True)  # at the end
    assert of_the_site("Site") == "zayxw"
    assert order(reader, "News") == "abc"  # a choice of one's own stays as it was
    for other in (reader, make_reader()):
        places.step_feed(other, feed("y"), down=False)
    assert of_the_site("Site") == "zayxw"


def test_a_choice_of_ones_own_begins_in_the_sites_order():
    staff, reader, outer = make_reader(staff=True), make_reader(), make_category("Outer")
    for name in ("A", "B"):
        make_category(name, parent=outer)
    for name in "xyz":
        make_feed(title=name, category=outer)
    own.change(reader, feed("z"), title="Called otherwise")
    places.put_feed(staff, feed("z"), outer, before=feed("x").pk)
    places.put_category(staff, category("B", None), outer, before=category("A", None).pk)
    own.choose_own(reader)
    assert order(reader, "Outer") == "zxy"
    assert paths(reader) == ["Outer", "Outer / B", "Outer / A"]


def test_who_follows_all_moves_what_is_theirs_alone():
    reader, site = make_reader(), make_category("Site")
    shared, mine = make_feed(), make_feed(is_shared=False)
    own.follow(reader, mine)
    with pytest.raises(NoPlace, match="You follow all of the site's feeds"):
        places.put_feed(reader, shared, site)
    places.put_feed(reader, mine, site)
    assert Subscription.objects.get(user=reader).category == site
