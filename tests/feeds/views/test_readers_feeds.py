from __future__ import annotations

import pytest

from feeds.subscriptions import own
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db


def feeds(page) -> list[str]:
    return [feed.name for feed in page.context["page"]]


def test_staff_find_what_readers_have_for_themselves(operator):
    ann, bob = make_reader("ann"), make_reader("bob")
    make_feed(title="Of the site")
    own.follow(bob, make_feed(title="Letters", url="mail:1/news", is_shared=False))
    mine = make_feed(title="Harbour", is_shared=False, failures=2, last_error="x.example answered 500.")
    make_feed(title="Left", is_shared=False)
    for reader in (bob, ann):
        own.follow(reader, mine)
    page = operator.get("/feeds/of-readers/")
    assert feeds(page) == ["Left", "Harbour"]
    assert "<bdi>bob</bdi>, <bdi>ann</bdi>" in page.text  # who added it first
    assert "x.example answered 500" in page.text
    assert "/feeds/of-readers/" in operator.get("/feeds/").text


def test_the_page_is_for_staff(client):
    client.force_login(make_reader())
    assert client.get("/feeds/of-readers/").status_code == 403
    assert "/feeds/of-readers/" not in client.get("/feeds/").text


def test_many_are_a_hundred_to_a_page_by_as_many_queries(operator, django_assert_num_queries):
    for number in range(102):
        own.follow(make_reader(), make_feed(title=f"n{number}", is_shared=False))
    assert len(feeds(operator.get("/feeds/of-readers/"))) == 100
    with django_assert_num_queries(5):
        assert feeds(operator.get("/feeds/of-readers/?page=2")) == ["n1", "n0"]


def test_none_is_said(operator):
    assert "No reader has a feed" in operator.get("/feeds/of-readers/").text
