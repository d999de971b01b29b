"""The share of the tests of each run, where the suite runs on two databases: a pytest plugin."""

from __future__ import annotations

import pytest

DATABASE = {"db", "transactional_db", "live_server"}
SHARES = ("first", "second")


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "first: leave out what is marked one_database; second: what is not and uses no database of the run"
    parser.addoption("--share", choices=SHARES, help=text)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Pure code, and processes that bring a database of their own, do the same whatever database a run is on; so does
    what is marked `one_database`, each with its reason. The latter is left to the second run, on SQLite: no time goes to
    a server, which is a fourth of the work of a test in a browser, and the half of a simulated week. Where a module is
    marked, those of its tests that alone run some of its statements are marked `both_databases`."""
    if share := config.getoption("--share"):
        left_out: list[pytest.Item] = []
        kept: list[pytest.Item] = []
        for item in items:
            (kept if _belongs(item, share) else left_out).append(item)
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def _belongs(item: pytest.Item, share: str) -> bool:
    is_same = item.get_closest_marker("one_database") is not None and not item.get_closest_marker("both_databases")
    if share == "first":
        return not is_same
    uses_it = item.get_closest_marker("django_db") or DATABASE & set(getattr(item, "fixturenames", ()))
    return is_same or bool(uses_it)
