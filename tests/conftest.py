"""Fixtures for all tests. Servers are started by bin/test, which tells of them through the environment."""

from tests.publisher import publisher

__all__ = ["publisher"]
