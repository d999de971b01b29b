"""Passages are found by their words, and by what stands around them, in the article as it is now."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.display.script import text_in
from articles.notes.models import Note
from articles.notes.passages import Passage, places
from articles.notes.shown import with_passages


def found(text, *passages):
    return [(text[start:end], number) for start, end, number in places(text, passages)]


def test_words_are_found_whatever_the_blanks_between_them():
    assert found("The fog\n came  in", Passage("fog came\nin")) == [("fog\n came  in", 0)]
    assert found("霧が\n深い", Passage("霧が深い")) == [("霧が\n深い", 0)]


@pytest.mark.parametrize(
    ("before", "after", "start"), [("one ", " a", 4), ("two ", " b", 14), ("", " b", 14), ("two", "", 14), ("", "", 4)]
)
def test_of_the_same_words_those_are_meant_that_stand_between_the_same_others(before, after, start):
    text = "one rain a two rain b"
    ((place, end, _),) = places(text, [Passage("rain", before, after)])
    assert text[place:end] == "rain"
    assert place == (start if start == 4 else 15)


def test_a_passage_survives_changes_elsewhere_and_not_of_itself():
    passage = Passage("the harbour is closed", "Since Monday ", " to ships")
    assert found("NEW. Since Tuesday the harbour is closed to all ships", passage) == [("the harbour is closed", 0)]
    assert found("Since Monday the harbour is open to ships", passage) == []


CHINESE = "他看着窗外，了解到卫生系统的复杂：台湾的面条好像很干净，头发后面的象征在叙述里反复出现。"


@pytest.mark.parametrize("script", ["hant-tw", "hant-hk"])
def test_a_passage_is_found_in_either_way_of_writing_chinese(script):
    other = text_in(CHINESE, script)
    assert other != CHINESE
    for start in range(0, len(CHINESE) - 4, 3):
        part = slice(start, start + 4)
        for marked, shown in ((CHINESE, other), (other, CHINESE), (other, text_in(other, "hans"))):
            assert places(shown, [Passage(marked[part])]) == [(part.start, part.stop, 0)]


@given(st.text(max_size=40))
def test_places_are_those_of_the_text_whatever_its_characters(text):
    words = f"{text}.{text}".split()[0]
    ((start, end, _),) = places(f" {words}", [Passage(words)])
    assert (start, end) == (1, 1 + len(words))


def test_what_begins_inside_another_is_left_out():
    assert found("fog at the mole", Passage("at the mole"), Passage("fog at the")) == [("fog at the", 1)]


@given(st.text(alphabet="ab \n", max_size=60), st.integers(0, 60), st.integers(1, 20))
def test_what_was_marked_in_a_text_is_found_in_it(text, start, length):
    words = text[start : start + length].strip()
    passage = Passage(words, text[:start][-64:], text[start + length :][:64])
    spans = places(text, [passage])
    assert bool(spans) is bool(words)
    for begin, end, _ in spans:
        assert "".join(text[begin:end].split()) == "".join(words.split())


def test_marks_go_around_text_and_leave_the_html_as_it_is():
    html = (
        '<p>Fog at <a href="https://x.example/?a=1&amp;b=2">the <em>mole</em></a> &amp; rain</p><ul><li>one</li></ul>'
    )
    notes = [
        Note(pk=7, passage="at the mole & rain"),
        Note(pk=8, passage="one"),
        Note(pk=9, passage="snow"),
        Note(pk=10),
    ]
    shown, ids = with_passages(html, notes)
    assert ids == {7, 8}
    assert shown == (
        '<p>Fog <mark class="passage" id="passage-7">at </mark><a href="https://x.example/?a=1&amp;b=2">'
        '<mark class="passage">the </mark><em><mark class="passage">mole</mark></em></a>'
        '<mark class="passage"> &amp; rain</mark></p><ul><li><mark class="passage" id="passage-8">one</mark></li></ul>'
    )
