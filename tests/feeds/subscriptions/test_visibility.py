"""The one place that says who sees and follows what: each of its answers for visitors, readers of either choice,
other readers, and the operator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser, User

from feeds.models import MAIL_SCHEME, Feed, ReaderSettings, Subscription
from feeds.subscriptions.visibility import (
    Operator,
    Reader,
    Sight,
    categories_for,
    categories_in,
    categories_of,
    category_called,
    feed_ids_of_importance,
    feeds_in,
    feeds_of_importance,
    feeds_of_readers,
    feeds_within,
    followed_feeds,
    followers_of,
    forget_sight,
    importance_of,
    importances_of,
    keeping_sight,
    places_of,
    sees,
    sight_of,
    visible_feeds,
    visible_rows,
    within_among,
)
from tests.factories import make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
ANYBODY = AnonymousUser()


@pytest.fixture
def ann() -> User:
    return make_reader("ann")


@pytest.fixture
def bob() -> User:
    return make_reader("bob")


def follow(reader: User, feed: Feed, **fields: object) -> Subscription:
    return Subscription.objects.create(user=reader, feed=feed, **fields)


def choose_own(reader: User) -> None:
    ReaderSettings.objects.create(user=reader, follows=ReaderSettings.Follows.OWN)


# --- the view ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subscription", "is_whole"), [(None, False), ({"in_all": False}, False), ({}, True)], ids=["none", "quiet", "loud"]
)
def test_a_view_is_whole_where_each_feed_that_is_not_shared_is_in_the_readers_list(ann, bob, subscription, is_whole):
    make_feed()
    assert {sight_of(reader).is_whole for reader in (ann, bob, ANYBODY)} == {True}
    private = make_feed(is_shared=False)
    if subscription is not None:
        follow(ann, private, **subscription)
    assert [sight_of(reader).is_whole for reader in (ann, bob, ANYBODY)] == [is_whole, False, False]
    assert sight_of(ann).is_all is is_whole


def test_a_view_is_its_readers(ann, bob):
    feed = make_feed()
    follow(ann, feed, title="Mine", importance="low")
    ReaderSettings.objects.create(user=ann, follows=ReaderSettings.Follows.OWN, doubles=ReaderSettings.Doubles.APART)
    assert sight_of(ann) == Sight(ann.pk, False, True, True, True, ReaderSettings.Doubles.APART)
    assert not sight_of(ann).is_all
    assert sight_of(bob) == Sight(bob.pk)
    assert sight_of(ANYBODY) == Sight()
    assert sight_of(Operator()) == Sight(doubles=ReaderSettings.Doubles.APART)


def test_an_importance_of_the_sites_is_everybodys(ann):
    assert not sight_of(ann).has_importances
    make_feed(importance="low")
    assert sight_of(ann).has_importances
    assert sight_of(ANYBODY).has_importances


def test_readers_who_see_alike_share_a_shape(ann, bob):
    follow(ann, make_feed(), title="Mine", importance="low")
    assert sight_of(ann).shape == sight_of(bob).shape != sight_of(ANYBODY).shape
    assert sight_of(ANYBODY).shape.reader_id is None
    choose_own(bob)
    assert sight_of(ann).shape != sight_of(bob).shape


def test_a_request_asks_once_until_its_reader_chooses_anew(ann, django_assert_num_queries):
    make_feed()
    assert keeping_sight(ann) is ann
    with django_assert_num_queries(1):
        assert [sight_of(ann).follows_all for _ in range(3)] == [True] * 3
    choose_own(ann)
    assert sight_of(ann).follows_all
    forget_sight(ann)
    with django_assert_num_queries(1):
        assert [sight_of(ann).follows_all for _ in range(3)] == [False] * 3


def test_a_reader_who_is_kept_longer_than_a_request_is_asked_for_each_time(ann):
    forget_sight(ann)
    assert sight_of(ann).follows_all
    choose_own(ann)
    assert not sight_of(ann).follows_all


# --- feeds ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def site(ann: User, bob: User) -> dict[str, Feed]:
    """Feeds that are shared and not, and who subscribes to them."""
    feeds = {name: make_feed(title=name, is_shared=name.startswith("shared")) for name in NAMES}
    for name, feed in feeds.items():
        if name.endswith(("anns", "anns quiet")):
            follow(ann, feed, in_all=not name.endswith("quiet"))
        if name.endswith("bobs"):
            follow(bob, feed)
    return feeds


NAMES = ("shared", "shared anns", "shared anns quiet", "own", "own anns", "own anns quiet", "own bobs")
SHARED = {"shared", "shared anns", "shared anns quiet"}


def readers(ann: User, bob: User) -> Iterator[tuple[Reader, set[str]]]:
    """Each with the feeds that they may see."""
    yield ANYBODY, SHARED
    yield ann, SHARED | {"own anns", "own anns quiet"}
    yield bob, SHARED | {"own bobs"}
    yield make_reader(staff=True), SHARED
    yield Operator(), set(NAMES)


def test_all_ways_to_ask_what_a_reader_may_see_agree(ann, bob, site):
    category = make_category()
    Feed.objects.update(category=category)
    for reader, names in readers(ann, bob):
        assert {feed.title for feed in visible_feeds(reader)} == names
        assert {name for name, feed in site.items() if sees(reader, feed)} == names
        assert {feed.title for feed in feeds_within(category, reader)} == names
        if not isinstance(reader, Operator):
            ids = [feed.pk for feed in site.values()]
            assert {title for (title,) in visible_rows(reader, ids, "title")} == names
            assert within_among(category, reader, ids) == {site[name].pk for name in names}


def test_staff_know_of_the_feeds_that_are_not_shared_but_for_letters_and_nobody_else_does(ann, site):
    make_feed(url=f"{MAIL_SCHEME}1", is_shared=False)
    staff = make_reader(staff=True)
    assert {feed.title for feed in feeds_of_readers(staff)} == {*NAMES} - SHARED
    assert [feeds_of_readers(reader).exists() for reader in (ann, ANYBODY)] == [False, False]


def test_of_some_feeds_no_others_are_told(ann, site):
    category, ids = make_category(), [site["shared"].pk, site["own"].pk]
    Feed.objects.update(category=category)
    assert within_among(category, ann, ids) == {site["shared"].pk}
    assert visible_rows(ann, ids, "pk", "title") == [(site["shared"].pk, "shared")]


def test_whether_a_shared_feed_is_seen_costs_no_query(ann, site, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert all(sees(reader, site["shared"]) for reader in (ann, ANYBODY, Operator()))
        assert not sees(ANYBODY, site["own"])


def test_who_follows_all_has_what_is_shared_and_what_is_theirs(ann, bob, site):
    titles = lambda feeds: {feed.title for feed in feeds}  # noqa: E731
    assert titles(followed_feeds(ann)) == SHARED | {"own anns"}
    assert titles(followed_feeds(ann, quiet=True)) == SHARED | {"own anns", "own anns quiet"}
    assert titles(followed_feeds(bob)) == SHARED | {"own bobs"}
    assert titles(followed_feeds(ANYBODY)) == titles(followed_feeds(ANYBODY, quiet=True)) == SHARED
    assert titles(followed_feeds(Operator())) == set(NAMES)
    choose_own(ann)
    assert titles(followed_feeds(ann)) == {"shared anns", "own anns"}
    assert titles(followed_feeds(ann, quiet=True)) == {name for name in NAMES if "anns" in name}
    assert titles(feeds_in(sight_of(bob))) == SHARED | {"own bobs"}


def test_followers_are_those_who_follow_a_feed_and_may_sign_in(ann, bob, site):
    """The same as `followed_feeds`, from the other side."""
    choose_own(ann)
    everybody = [ann, bob, make_reader("eve")]
    User.objects.create_user("away", is_active=False)
    for feed in site.values():
        following = {reader for reader in everybody if feed in followed_feeds(reader, quiet=True)}
        assert {*followers_of(feed.pk, is_shared=feed.is_shared)} == following


# --- categories -------------------------------------------------------------------------------------------------------


def test_a_category_holds_what_is_inside_those_inside_it(ann, bob):
    outer = make_category()
    inner = make_category(parent=make_category(parent=outer))
    feed, elsewhere = make_feed(category=inner), make_feed(category=make_category())
    assert list(feeds_within(outer, ann)) == list(feeds_within(inner, ANYBODY)) == [feed]
    own = make_category(owner=ann)
    inside = make_category(owner=ann, parent=own)
    private = make_feed(is_shared=False)
    for each in (elsewhere, private):
        follow(ann, each, category=inside)
    follow(ann, feed, category=make_category(owner=ann))
    follow(bob, feed, category=make_category(owner=bob))
    assert set(feeds_within(own, ann)) == {elsewhere, private}
    assert list(feeds_within(own, bob)) == [elsewhere]
    ids = [feed.pk, elsewhere.pk, private.pk]
    for category in (outer, inner, own, inside):
        for reader in (ann, bob, ANYBODY):
            assert within_among(category, reader, ids) == {each.pk for each in feeds_within(category, reader)}


def test_categories_are_the_sites_and_ones_own_and_never_anothers(ann, bob):
    site, anns, bobs = make_category("Site"), make_category("Ann", owner=ann), make_category("Bob", owner=bob)
    choose_own(bob)
    assert set(categories_for(ann)) == {site, anns}
    assert set(categories_for(bob)) == {bobs}
    assert set(categories_for(ANYBODY)) == set(categories_in(sight_of(ANYBODY))) == {site}
    for reader in (ann, bob, ANYBODY):
        assert {*categories_of(reader)} == {*categories_for(reader)}


def test_a_name_in_an_address_means_ones_own_category_before_the_sites(ann, bob):
    anns, site = make_category("N", slug="n", owner=ann), make_category("N", slug="n")
    make_category("Bob", slug="bobs", owner=bob)
    other = make_category("Other", slug="other")
    assert [category_called("n", reader) for reader in (ann, bob, ANYBODY)] == [anns, site, site]
    assert category_called("other", ann) == other
    assert category_called("bobs", ann) is category_called("bobs", ANYBODY) is category_called("othe", ann) is None


def test_places_are_the_readers_before_the_sites(ann, bob):
    site, own = make_category(), make_category(owner=ann)
    placed, moved, nowhere = make_feed(category=site), make_feed(category=site), make_feed()
    follow(ann, moved, category=own)
    follow(ann, nowhere)
    follow(bob, placed, category=make_category(owner=bob))
    assert places_of(ann) == {placed.pk: site.pk, moved.pk: own.pk}
    assert places_of(ann, iter([moved.pk, nowhere.pk])) == {moved.pk: own.pk}
    assert places_of(ANYBODY) == {placed.pk: site.pk, moved.pk: site.pk}
    assert places_of(ANYBODY, [placed.pk]) == {placed.pk: site.pk}
    choose_own(ann)
    assert places_of(ann) == {moved.pk: own.pk}
    assert places_of(ann, [placed.pk]) == {}


# --- importance -------------------------------------------------------------------------------------------------------


def test_an_importance_is_the_readers_choice_else_the_sites(ann, bob, django_assert_num_queries):
    plain = make_feed()
    with django_assert_num_queries(1):
        assert feed_ids_of_importance(ann, "normal") == frozenset()
    low, lifted = make_feed(importance="low"), make_feed(importance="low")
    follow(ann, lifted, importance="high")
    follow(ann, low)
    follow(bob, plain, importance="low")
    of = lambda reader, importance: {*feeds_of_importance(reader, importance)}  # noqa: E731
    assert [of(ann, importance) for importance in ("high", "normal", "low")] == [{lifted}, {plain}, {low}]
    assert [of(bob, importance) for importance in ("high", "normal", "low")] == [set(), set(), {plain, low, lifted}]
    assert [of(ANYBODY, importance) for importance in ("high", "low")] == [set(), {low, lifted}]
    assert [importance_of(ann, feed) for feed in (plain, low, lifted)] == ["normal", "low", "high"]
    assert [importance_of(bob, feed) for feed in (plain, low, lifted)] == ["low", "low", "low"]
    assert importance_of(ANYBODY, lifted) == "low"
    for reader in (ann, bob, ANYBODY):
        assert importances_of(reader, [plain.pk, lifted.pk]) == {
            feed.pk: importance_of(reader, feed) for feed in (plain, lifted)
        }
    assert feed_ids_of_importance(ann, "low") == {low.pk}


def test_rows_are_of_visible_feeds_whether_the_view_is_known_or_not() -> None:
    reader, feed, hidden = make_reader(), make_feed(), make_feed()
    ids = [feed.pk, hidden.pk]
    for is_shared in (True, False):
        Feed.objects.filter(pk=hidden.pk).update(is_shared=is_shared)
        expected = {(feed.pk,), (hidden.pk,)} if is_shared else {(feed.pk,)}
        known = keeping_sight(User.objects.get(pk=reader.pk))
        sight_of(known)
        assert {*visible_rows(reader, ids, "pk")} == {*visible_rows(known, ids, "pk")} == expected
