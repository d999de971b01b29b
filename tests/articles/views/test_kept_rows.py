"""The rows of labels and saved searches beside a list."""

from __future__ import annotations

import re

import pytest
from django.test.utils import override_script_prefix

from articles.kept_counts.models import KeptCounts
from articles.labels import own as labels
from articles.lists.selection import Selection
from articles.saved_searches import own as searches
from articles.saved_searches.models import SavedSearch
from tests.effort import calls_of
from tests.factories import make_article, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def article():
    return make_article()


def signed_in(client, name):
    reader = make_reader(name)
    client.force_login(reader)
    return reader


def saved(reader, name):
    return SavedSearch.objects.create(user=reader, name=name, text=name, show="all", order="date")


def names_in(page):
    return re.findall(r'<span class="name"><bdi>([^<]*)</bdi>', page)


def test_they_stand_by_name_as_on_their_own_pages(client):
    reader = signed_in(client, "ann")
    for name in ("zebra", "Äpfel", "Beet"):
        labels.make_label(reader, name)
        saved(reader, f"of {name}")
    shown = names_in(client.get("/").text)
    assert shown == ["Äpfel", "Beet", "zebra", "of Äpfel", "of Beet", "of zebra"]
    assert [label.name for label in labels.labels_of(reader)] == shown[:3]
    assert [row.name for row in searches.saved_searches(reader)] == shown[3:]


def test_each_change_is_there_in_the_next_page(client):
    reader = signed_in(client, "ann")
    label, search = labels.make_label(reader, "later"), saved(reader, "rain")
    numbers = KeptCounts.objects.create(user=reader)
    for change in (
        lambda: labels.change_label(label, "soon", 1, 7),
        lambda: labels.change_label(label, "soon", 2, None),
        lambda: searches.rename(search, "snow"),
        lambda: KeptCounts.objects.update(labels={str(label.pk): 8}),
        lambda: KeptCounts.objects.update(searches={str(search.pk): 9}),
        lambda: numbers.delete(),
        lambda: search.delete(),
        lambda: label.delete(),
    ):
        before = client.get("/").text
        change()
        assert rows_of(client.get("/").text) != rows_of(before)


def rows_of(page):
    return re.findall(r'<li><a href="[^"]*"[^>]*><span class="name"><bdi>.*?</li>', page)


def test_another_reader_s_lead_elsewhere_though_they_are_called_the_same(client):
    ann, bob = make_reader("ann"), make_reader("bob")
    theirs = {}
    for reader in (ann, bob):
        labels.make_label(reader, "later")
        saved(reader, "rain")
        client.force_login(reader)
        theirs[reader] = client.get("/").text
    assert names_in(theirs[ann]) == names_in(theirs[bob])
    for reader, other in ((ann, bob), (bob, ann)):
        (search,) = searches.saved_searches(reader)
        assert f'href="/searches/{search.pk}/"' in theirs[reader]
        assert f'href="/searches/{search.pk}/"' not in theirs[other]


def test_addresses_are_below_the_path_that_the_site_stands_at(client):
    reader = signed_in(client, "ann")
    label, search = labels.make_label(reader, "later"), searches.save_search(reader, Selection(query="rain"))
    for prefix in ("/", "/news/", "/"):
        with override_script_prefix(prefix):
            page = client.get("/").text
        assert re.findall(r'href="([^"]*)"[^>]*><span class="name"><bdi>', page) == [
            f"{prefix}?q=label%3A{label.name}",
            f"{prefix}searches/{search.pk}/",
        ]


def test_two_hundred_cost_a_page_next_to_nothing(client):
    def calls(reader):
        client.force_login(reader)
        client.get("/")
        # What pages remember for some seconds may be over at one of them.
        return min(calls_of(lambda: client.get("/")) for _ in range(3))

    plain, keeper = make_reader("plain"), make_reader("keeper")
    for number in range(50):
        labels.make_label(keeper, f"label {number}")
    for number in range(searches.MOST_SAVED):
        saved(keeper, f"rain {number}")
    pks = [*SavedSearch.objects.values_list("pk", flat=True)]
    KeptCounts.objects.create(user=keeper, searches={str(pk): 3 for pk in pks})
    assert calls(keeper) - calls(plain) < 400
