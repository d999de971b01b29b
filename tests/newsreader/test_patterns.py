"""Every pattern of the project takes time in proportion to the text, whatever the text is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from articles.display.media import map_media
from articles.images.files.media_types import media_type_of
from articles.sanitize import Boilerplate, sanitize
from articles.sanitize.boilerplate import is_selector
from articles.search.query import matching
from feeds.http import target
from feeds.parse.xml_repair import repair
from tests import pumps
from tests.patterns import Used

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(600)  # some 10 s of one core
def test_no_pattern_takes_more_time_than_grows_with_the_text() -> None:
    at_least = {"feeds": 70, "articles": 100, "newsreader": 5}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.pumps", *at_least], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in told if "counts" not in one] == [], done.stderr
    counts = told[-1]["counts"]
    assert {package: counts[package] for package in at_least if counts[package] < at_least[package]} == {}, done.stderr


@pytest.mark.parametrize(
    "pattern",
    [
        re.compile("a+="),  # from each character anew, under search
        re.compile("a++="),  # possessive, and the same
        re.compile("//.*@", re.S),
        re.compile("(?:<!--.*?-->)*x", re.S),  # exponential
        re.compile("(a|ab?)*c"),
        re.compile(r"(\w+\s?)*$"),
        re.compile("<a>.*?</a>", re.S),
        re.compile(r"\A/\?(?:.*&)?source=film&(?:.*&)?name="),  # what it ends in comes again and again in the text
        re.compile(rb"=[ \t]*[^>]*[ \t]*!"),
        re.compile(r"\s+$"),
        re.compile("(?:[ab]{1,15}[ab]{1,15}){1,2}[ab]{0,10}c"),  # sees 70 characters, and takes too long for each
        re.compile("(?:a|a){30}c"),  # sees 31, and tries them in all ways
    ],
)
def test_a_pattern_that_grows_faster_is_found(pattern: re.Pattern[str]) -> None:
    assert pumps.fault(Used("here", pattern))


@pytest.mark.parametrize(
    "pattern", [re.compile("(?<!a)a++="), re.compile("a{1,60}="), re.compile("<[^<>]*+>"), re.compile("[ab]+c?")]
)
def test_a_pattern_that_does_not_passes(pattern: re.Pattern[str]) -> None:
    assert pumps.fault(Used("here", pattern)) is None


def test_a_pattern_that_is_only_matched_is_tried_at_the_beginning_only() -> None:
    assert pumps.fault(Used("here", re.compile("a++="), is_anchored=True)) is None


def test_a_pattern_that_takes_no_more_than_a_short_text_is_found_at_one() -> None:
    assert pumps.fault(Used("here", re.compile("(?=.{1,60}$)(?:a|a)*b"), is_anchored=True))


def _elapsed(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: media_type_of(b"<!---->" * 140 + b"x"), id="a drawing of comments"),
        pytest.param(lambda: media_type_of(b"<!-- -- -->" * 80 + b"<svg"), id="a drawing that is cut off"),
        pytest.param(
            lambda: repair(f'<rss version="2.0"><channel><item {"a" * 200_000}><title>x</item></channel></rss>'),
            id="a name without a value",
        ),
        pytest.param(lambda: repair(f"<rss {'A:' * 100_000}><a></rss>"), id="a name of colons"),
        pytest.param(lambda: target.shown("x:" + "/" * 300_000), id="an address of slashes"),
        pytest.param(lambda: target.shown("//a@" * 100_000), id="an address of passwords"),
        pytest.param(
            lambda: matching.matches(
                matching.Contains("aa aa aa aa zz"), matching.Text(title="", text="zz " + "aa_" * 30_000)
            ),
            id="a phrase in a text like it",
        ),
        pytest.param(lambda: is_selector("[ aa=" + " " * 30_000), id="a selector of blanks"),
        pytest.param(lambda: is_selector("[a" * 60_000), id="a selector of brackets"),
        pytest.param(
            lambda: sanitize(
                "<div>" * 90 + "x" + "</div>" * 90,
                base_url="",
                boilerplate=[Boilerplate("selector", " ".join(["div"] * 40) + " b")],
            ),
            id="a selector of many steps",
        ),
        pytest.param(
            lambda: sanitize(
                "<div>" * 90 + "x" + "</div>" * 90,
                base_url="",
                boilerplate=[Boilerplate("selector", "p " + "div > div " * 40)],
            ),
            id="a selector of parents and ancestors",
        ),
        pytest.param(lambda: map_media("<picture>" * 30_000, image=str, player=str), id="pictures that never end"),
    ],
)
def test_what_once_took_seconds_or_for_ever_takes_a_moment(call: Callable[[], object]) -> None:
    assert _elapsed(call) < 2
