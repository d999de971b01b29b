from __future__ import annotations

import pytest

from tests.factories import make_reader


@pytest.fixture
def operator(client):
    client.force_login(make_reader(staff=True))
    return client
