"""A test that fails runs once more, and counts when it fails again; each is in the run on one of the databases, or on both."""

from __future__ import annotations

import re

import pytest

from tests.suite import NO_TESTS_COLLECTED, clean_environment, code_of, run_twice

PASSES_AT_THE_SECOND_RUN = """
from pathlib import Path

def test_of_a_place_that_fills():
    place = Path(__file__).with_name("was-here")
    was_here = place.exists()
    place.touch()
    assert was_here

def test_of_nothing():
    pass
"""
ALWAYS_FAILS = """
def test_of_what_is_broken():
    assert False
"""
OF_ALL_KINDS = """
import pytest

@pytest.fixture
def db():
    pass

def test_of_pure_code():
    pass

@pytest.mark.django_db
def test_with_the_mark():
    pass

def test_with_the_fixture(db):
    pass

@pytest.mark.one_database("a reason")
def test_with_the_fixture_on_one(db):
    pass

@pytest.mark.one_database("a reason")
def test_with_a_database_of_its_own():
    pass
"""
OF_A_MARKED_MODULE = """
import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("a reason")]

def test_of_files():
    pass

@pytest.mark.both_databases
def test_that_goes_the_whole_way():
    pass
"""
KINDS = "[pytest]\nmarkers = django_db\n one_database(reason)\n both_databases"


@pytest.fixture
def run(tmp_path):
    """Runs tests with these texts, apart from the project's own."""

    def run_one(*texts, options=()):
        (tmp_path / "pytest.ini").write_text(KINDS)
        for number, text in enumerate(texts):
            (tmp_path / f"test_{number}.py").write_text(text)
        place = ["--rootdir", str(tmp_path), "-c", str(tmp_path / "pytest.ini"), str(tmp_path)]
        # No worker, and of the plugins none but the one that knows of them: tests of nothing need no more.
        environment = clean_environment() | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return run_twice(["-p", "xdist", "-n", "0", *options, *place], environment)

    return run_one


def test_what_passes_when_it_runs_again_is_named_and_fails_nothing(run, capfd):
    ended = run(PASSES_AT_THE_SECOND_RUN)
    assert ended.code == 0
    assert "1 failed, 1 passed" in ended.summary
    assert "test_0.py::test_of_a_place_that_fills: passed only when it ran again" in capfd.readouterr().out


def test_what_fails_twice_fails_the_run(run, capfd):
    ended = run(PASSES_AT_THE_SECOND_RUN, ALWAYS_FAILS)
    assert ended.code == 1
    assert [name.split("/")[-1] for name in ended.failed] == ["test_1.py::test_of_what_is_broken"]
    assert "UNSTABLE" not in capfd.readouterr().out


def test_each_test_is_in_one_share_and_on_both_databases_what_uses_them_unlike(run, capfd):
    everywhere = {"test_with_the_mark", "test_with_the_fixture", "test_that_goes_the_whole_way"}
    on_one = {"test_with_the_fixture_on_one", "test_with_a_database_of_its_own", "test_of_files"}
    shares = {"first": {"test_of_pure_code", *everywhere}, "second": on_one | everywhere}
    for share, names in shares.items():
        assert run(OF_ALL_KINDS, OF_A_MARKED_MODULE, options=["-p", "tests.shares", "-v", f"--share={share}"]).code == 0
        printed = capfd.readouterr().out
        assert set(re.findall(r"::(\w+) PASSED", printed)) == names


def test_a_run_without_a_test_is_a_failure_only_where_the_other_has_none_either():
    none = NO_TESTS_COLLECTED
    assert [code_of(codes) for codes in ([0, 0], [none, 0], [0, none], [none, 1], [2, 1], [none, none], [none])] == [
        0, 0, 0, 1, 2, none, none,
    ]  # fmt: skip
