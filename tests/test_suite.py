"""A test that fails runs once more, and counts when it fails again."""

from __future__ import annotations

import pytest

from tests.suite import clean_environment, run_twice

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


@pytest.fixture
def run(tmp_path):
    """Runs tests with these texts, apart from the project's own."""

    def run_one(*texts):
        (tmp_path / "pytest.ini").write_text("[pytest]")
        for number, text in enumerate(texts):
            (tmp_path / f"test_{number}.py").write_text(text)
        place = ["--rootdir", str(tmp_path), "-c", str(tmp_path / "pytest.ini"), str(tmp_path)]
        # One worker, and of the plugins none but the one that starts it: two tests of nothing need no more.
        environment = clean_environment() | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return run_twice(["-p", "xdist", "-n", "1", *place], environment)

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
