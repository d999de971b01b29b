from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b

import pytest

from articles.ingest.entries.decide import Decision, Known, decide, entry_hash, identities
from feeds.parse.document import ParsedEnclosure, ParsedEntry, parse

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


def test_any_text_has_a_hash_also_one_that_no_database_takes():
    assert entry_hash(replace(ENTRY, title="\ud800")) != entry_hash(replace(ENTRY, title="\ud801"))


def test_text_that_moves_between_fields_changes_the_hash():
    assert entry_hash(replace(ENTRY, title="Title" + "x", author="")) != entry_hash(replace(ENTRY, author="x"))


def test_an_imported_article_is_found_by_its_link():
    polled = replace(ENTRY, guid="tag:x.example,2026:a", aliases=(ENTRY.url,))
    row = Known(7, ENTRY.url, ENTRY.url, entry_hash(polled))
    assert decide([polled], [row]).new == ()


def test_an_imported_article_is_found_where_its_name_is_the_link_though_it_says_another():
    polled = replace(ENTRY, guid="tag:x.example,2026:a", aliases=(ENTRY.url,))
    row = Known(7, ENTRY.url, "https://x.example/moved", entry_hash(polled))
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


def test_an_entry_that_moved_to_another_page_keeps_its_row_where_no_other_is_its_own():
    moved = replace(ENTRY, aliases=("a#2",), url="https://x.example/second")
    assert decide([moved], [known(ENTRY)]).changed == ((known(ENTRY), moved),)


def test_all_identities_are_asked_for():
    assert identities([replace(ENTRY, aliases=("b", "c")), replace(ENTRY, guid="d")]) == {"a", "b", "c", "d"}


def test_an_entry_whose_article_was_deleted_stays_away():
    assert decide([ENTRY], [], {ENTRY.guid}) == Decision()
    assert decide([replace(ENTRY, title="Other")], [known(ENTRY)], {ENTRY.guid}).changed


# --- spellings ---------------------------------------------------------------------------------------------------


def http(entry: ParsedEntry) -> ParsedEntry:
    return replace(entry, guid=entry.guid.replace("https:", "http:"), url=entry.url.replace("https:", "http:"))


LINKED = replace(ENTRY, guid="https://x.example/a")


def row_of(entry: ParsedEntry, pk: int = 1) -> Known:
    return replace(known(entry), id=pk)


@pytest.mark.parametrize("stored", [http(LINKED), replace(LINKED, guid="http://x.example/a"), http(ENTRY)])
@pytest.mark.parametrize("turned", [False, True])
def test_another_scheme_makes_no_other_entry_and_no_change(stored, turned):
    entry = replace(LINKED, guid=ENTRY.guid) if stored.guid == ENTRY.guid else LINKED
    stored, entry = (entry, stored) if turned else (stored, entry)
    assert stored.guid in identities([entry])
    assert decide([entry], [known(stored)]) == Decision()


def test_an_alias_is_found_in_another_scheme_too():
    polled = replace(ENTRY, guid="tag:1", aliases=(ENTRY.url,))
    imported = replace(ENTRY, guid="http://x.example/a", url="http://x.example/a")
    assert imported.guid in identities([polled])
    assert decide([polled], [known(imported)]) == Decision()


def test_a_link_with_other_trackers_is_the_same_where_there_is_no_guid():
    first = parse_item("<link>https://x.example/a?utm_source=1</link>")
    assert decide([parse_item("<link>http://x.example/a?utm_source=2</link>")], [known(first)]) == Decision()
    before = Known(1, "https://x.example/a?utm_source=1", first.url, entry_hash(first))  # as earlier versions stored it
    assert decide([first], [before]) == Decision()


def parse_item(item: str) -> ParsedEntry:
    return parse(f"<rss><channel><item>{item}</item></channel></rss>".encode(), url="https://f.example/").entries[0]


def test_two_that_are_stored_in_both_schemes_stay_two_and_each_has_its_own():
    secure, plain = LINKED, replace(http(LINKED), content_html="<p>Another</p>")
    rows = [row_of(plain, 1), row_of(secure, 2)]
    for entries in ([secure, plain], [plain, secure], [secure], [plain]):
        assert decide(entries, rows) == Decision()
    later = replace(secure, content_html="<p>Changed</p>")
    assert decide([plain, later], rows).changed == ((rows[1], later),)
    assert decide([later], rows).changed == ((rows[1], later),)


def test_the_guid_in_another_scheme_wins_over_another_entrys_alias():
    thief = replace(http(LINKED), guid="thief", aliases=("http://x.example/a",))
    assert decide([thief, LINKED], [row_of(replace(LINKED, guid="http://x.example/a"))]) == Decision((thief,))


def test_two_in_both_schemes_are_two_when_they_first_come():
    secure, plain = LINKED, replace(http(LINKED), content_html="<p>Another</p>")
    assert decide([secure, plain], []).new == (secure, plain)
    assert decide([secure, plain], [row_of(plain)]).new == (secure,)
    assert decide([plain, secure], [row_of(secure)]).new == (plain,)


def test_what_was_deleted_stays_away_in_every_scheme():
    assert decide([LINKED], [], {http(LINKED).guid}) == Decision()
    plain = replace(http(LINKED), content_html="<p>Another</p>")
    assert decide([LINKED, plain], [], {plain.guid}).new == (LINKED,)


def test_entries_that_share_a_guid_are_found_by_their_links_in_the_other_scheme():
    items = "".join(f"<item><guid>1</guid><link>http://x.example/{n}</link><title>{n}</title></item>" for n in "ab")
    document = f"<rss><channel>{items}</channel></rss>"
    before = parse(document.encode(), url="https://f.example/").entries
    after = parse(document.replace("http:", "https:").encode(), url="https://f.example/").entries
    rows = [row_of(entry, pk) for pk, entry in enumerate(before, start=1)]
    assert decide(after, rows) == Decision()
    assert {row.guid for row in rows} <= identities(after)


# --- digests of before -------------------------------------------------------------------------------------------


def former_hash(entry: ParsedEntry) -> str:
    """As version 1 made it."""
    fields = {"url": entry.url, "title": entry.title, "author": entry.author, "content": entry.content_html}
    fields |= {f"enclosure {number}": file.url for number, file in enumerate(entry.enclosures)}
    digest = blake2b(b"1", digest_size=16)
    for name, value in fields.items():
        if value:
            digest.update(f"\0{name}\0{value}".encode())
    return digest.hexdigest()


def test_what_an_earlier_version_stored_is_not_changed():
    picture = ParsedEnclosure(url="https://x.example/a.jpg", media_type="image/*", alt="Words", width=3)
    entry = replace(
        ENTRY, enclosures=(picture,), other_html="<p>Excerpt</p>", author="The House", is_author_of_feed=True
    )
    row = Known(1, entry.guid, entry.url, former_hash(replace(entry, author="")))
    assert decide([entry], [row]) == Decision()
    assert decide([replace(entry, title="Other")], [row]).changed


def test_the_feeds_author_is_no_part_of_the_digest_but_in_an_archives_file():
    entry = replace(ENTRY, author="The House", is_author_of_feed=True)
    assert entry_hash(entry) == entry_hash(replace(entry, author="The New House"))
    assert decide([entry], [known(entry)]) == Decision()
    assert (
        decide([entry], [Known(1, entry.guid, entry.url, entry_hash(replace(entry, is_author_of_feed=False)))])
        == Decision()
    )


def test_other_words_for_a_picture_are_a_change():
    picture = ParsedEnclosure(url="https://x.example/a.jpg", alt="Words")
    entry = replace(ENTRY, enclosures=(picture,))
    assert entry_hash(entry) != entry_hash(replace(entry, enclosures=(replace(picture, alt="Other words"),)))
    assert entry_hash(entry) == entry_hash(replace(entry, enclosures=(replace(picture, url="http://x.example/a.jpg"),)))


def test_the_digests_stay_what_they_are():
    """Another digest of the same entry would make every stored article look changed once."""
    sound = ParsedEnclosure(url="https://a.example/b.mp3", alt="words")
    entry = ParsedEntry(
        guid="g",
        url="http://a.example/1?utm_source=x",
        title="Title",
        author="Ann",
        content_html="<p>x</p>",
        enclosures=(sound,),
    )
    assert entry_hash(entry) == "7fc982a57ab383f8e9de21d1923590f9"
    assert decide([entry], [Known(1, "g", entry.url, former_hash(entry))]) == Decision()
    assert former_hash(entry) == "9104e17b34502807c7e52dccfa6ebd30"
