from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from articles.decide import Decision, Known, decide, entry_hash, identities
from feeds.parse import ParsedEnclosure, ParsedEntry

ENTRY = ParsedEntry(guid="a", url="https://x.example/a", title="Title", content_html="<p>Text</p>")


def known(entry: ParsedEntry) -> Known:
    return Known(1, entry.guid, entry.url, entry_hash(entry))


def test_an_entry_that_was_never_seen_is_new():
    assert decide([ENTRY], []).new == (ENTRY,)


def test_a_known_entry_is_neither_new_nor_changed():
    decision = decide([ENTRY], [known(ENTRY)])
    assert (decision.new, decision.changed) == ((), ())


def test_another_text_is_a_change():
    later = replace(ENTRY, content_html="<p>Better text</p>")
    row = known(ENTRY)
    assert decide([later], [row]).changed == ((row, later),)


def test_another_date_or_tag_is_no_change():
    touched = replace(ENTRY, updated_at=datetime(2026, 1, 1, tzinfo=UTC), tags=("new",))
    assert entry_hash(touched) == entry_hash(ENTRY)


def test_an_added_enclosure_is_a_change():
    assert entry_hash(replace(ENTRY, enclosures=(ParsedEnclosure(url="https://x.example/a.mp3"),))) != entry_hash(ENTRY)


def test_text_that_moves_between_fields_changes_the_hash():
    assert entry_hash(replace(ENTRY, title="Title" + "x", author="")) != entry_hash(replace(ENTRY, author="x"))


def test_an_imported_article_is_found_by_its_link():
    polled = replace(ENTRY, guid="tag:x.example,2026:a", aliases=(ENTRY.url,))
    row = Known(7, ENTRY.url, ENTRY.url, entry_hash(polled))
    assert decide([polled], [row]).new == ()


def test_an_alias_with_another_link_is_another_article():
    polled = replace(ENTRY, guid="a#2", aliases=("a",), url="https://x.example/second")
    assert decide([polled], [known(ENTRY)]).new == (polled,)


def test_an_article_answers_to_one_entry_only():
    first = replace(ENTRY, guid="one", aliases=(ENTRY.url,))
    second = replace(ENTRY, guid="two", aliases=(ENTRY.url,))
    row = Known(7, ENTRY.url, ENTRY.url, entry_hash(first))
    assert decide([first, second], [row]).new == (second,)


def test_a_guid_wins_over_another_entrys_alias():
    thief = replace(ENTRY, guid="thief", aliases=("a",))
    assert decide([thief, ENTRY], [known(ENTRY)]).new == (thief,)


def test_an_entry_alone_with_its_guid_finds_the_row_it_had_beside_another():
    alone = replace(ENTRY, guid="a", aliases=("a#2",), url="https://x.example/second")
    others, own = known(ENTRY), Known(8, "a#2", alone.url, entry_hash(alone))
    assert decide([alone], [others, own]) == Decision()


def test_all_identities_are_asked_for():
    assert identities([replace(ENTRY, aliases=("b", "c")), replace(ENTRY, guid="d")]) == {"a", "b", "c", "d"}


def test_an_entry_whose_article_was_deleted_stays_away():
    assert decide([ENTRY], [], {ENTRY.guid}) == Decision()
    assert decide([replace(ENTRY, title="Other")], [known(ENTRY)], {ENTRY.guid}).changed
