"""Documents that say the same are the same, whenever they say that they were made."""

from __future__ import annotations

import pytest

from feeds.parse.fingerprint import fingerprint
from tests.documents import items, rss

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><updated>{}</updated>'
    "<entry><id>1</id><updated>{}</updated></entry></feed>"
)


def at(time: str, *numbers: int) -> bytes:
    return rss(items(*numbers), extra=f"<lastBuildDate>{time}</lastBuildDate><pubDate>{time}</pubDate>").encode()


def test_the_time_at_which_a_document_was_made_is_no_part_of_it():
    assert fingerprint(at("Mon, 02 Mar 2026", 1)) == fingerprint(at("Tue, 03 Mar 2026", 1))
    assert fingerprint(ATOM.format("2026-03-02", "x").encode()) == fingerprint(ATOM.format("2026-03-03", "x").encode())


@pytest.mark.parametrize(
    "other",
    [
        at("Mon, 02 Mar 2026", 1, 2),
        at("Mon, 02 Mar 2026", 2),
        at("Mon, 02 Mar 2026", 1).replace(b"<title>The Harbour Post", b"<title>The Other Post"),
        at("Mon, 02 Mar 2026", 1).replace(b"</lastBuildDate>", b"</lastBuildDate><ttl>60</ttl>"),
        at("Mon, 02 Mar 2026" + " and much more than a time" * 9, 1),
    ],
)
def test_everything_else_is(other):
    assert fingerprint(other) != fingerprint(at("Mon, 02 Mar 2026", 1))


def test_the_time_of_an_entry_is_part_of_the_document():
    assert fingerprint(ATOM.format("x", "2026-03-02").encode()) != fingerprint(ATOM.format("x", "2026-03-03").encode())


def test_a_document_without_entries_counts_to_the_letter():
    assert fingerprint(at("Mon, 02 Mar 2026")) != fingerprint(at("Tue, 03 Mar 2026"))
