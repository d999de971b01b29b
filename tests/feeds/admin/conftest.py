"""The operator of the tests of the admin."""

import pytest

from tests.factories import make_reader


@pytest.fixture
def operator(client):
    client.force_login(make_reader(staff=True))
    return client
