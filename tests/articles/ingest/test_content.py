"""Content derived from the HTML of articles, and from HTML that takes too much to read."""

from __future__ import annotations

import pytest

from articles.ingest import content
from articles.ingest.content import Source, derive, derive_all
from feeds import sandbox
from tests import poison


def given_up(monkeypatch: pytest.MonkeyPatch, *texts: str) -> list[bool]:
    """For each text of one document True where it has a sentence instead."""
    monkeypatch.setattr(content, "sanitize_all", poison.sanitize_all)
    made = derive_all([Source(f"<p>{text}</p>", "", "Title") for text in texts], ())
    return [each.content_html == f"<p>{each.content_text}</p>" and each.content_text not in texts for each in made]


def test_after_three_that_never_end_no_other_is_tried(monkeypatch):
    texts = (poison.POISON, "One", poison.POISON, "Two", poison.POISON, "Three")
    assert given_up(monkeypatch, *texts) == [True, False, True, False, True, True]


def test_what_somebody_ended_is_not_given_up(monkeypatch):
    with pytest.raises(sandbox.Interrupted):
        given_up(monkeypatch, "One", poison.KILLED)


@pytest.mark.parametrize(("length", "is_kept"), [(4000, True), (4001, False)])
def test_an_address_of_a_picture_that_is_too_long_for_its_column_is_none(length, is_kept):
    address = "https://a.example/".ljust(length, "x")
    derived = derive(f'<img src="{address}">', base_url="", title="", boilerplate=())
    assert derived.image_url == (address if is_kept else "")
