"""Staff who keep demands, and a feed that has them."""

import pytest

from tests.factories import make_feed, make_reader
from tests.feeds.access.demands import RSS


@pytest.fixture
def staff(client):
    reader = make_reader(staff=True)
    client.force_login(reader)
    return reader


@pytest.fixture
def feed(publisher):
    return make_feed(url=publisher.serve("/feed", RSS))
