"""The reader of the tests of notices."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.factories import make_reader


@pytest.fixture
def ann() -> User:
    return make_reader("ann")
