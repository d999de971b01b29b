"""Fixtures of the tests with real apps."""

import pytest
from django.conf import settings


@pytest.fixture(scope="session", autouse=True)
def static_root() -> None:
    """Looked for when the live server starts, before the first test."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
