"""Leaving out what a document had last time: only where reading all of it would give the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from feeds.parse import ParsedFeed, parse
from feeds.parse.unchanged_entries import MAX_ENTRIES
from tests.documents import item, items, rss

URL = "https://harbour.example/feed.xml"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour</title>{head}
{entries}</feed>"""


def read(text: str, last: ParsedFeed | None = None) -> ParsedFeed:
    return parse(text.encode(), url=URL, seen=last.seen if last else b"")


def atom(*numbers: int, head: str = "") -> str:
    entry = "<entry><id>tag:{0}</id><title>Story {0}</title><updated>2026-03-0{0}T10:00:00Z</updated></entry>"
    return ATOM.format(head=head, entries="\n".join(entry.format(number) for number in numbers))


def test_only_the_new_entry_is_read():
    first = read(rss(items(1, 2, 3)))
    second = read(rss(items(1, 2, 3, 4)), first)
    assert [entry.title for entry in second.entries] == ["Story 4"]
    assert len(second.left_out) == 3


def test_an_entry_is_read_as_it_would_be_in_the_whole_document():
    text = rss([item(1, guid="a"), item(2, guid="b"), item(3, guid="c", body="<p>Long</p>")])
    assert read(text, read(rss([item(1, guid="a"), item(2, guid="b")]))).entries == read(text).entries[-1:]


def test_the_feed_itself_is_described_as_ever():
    first = read(rss(items(1, 2)))
    second = read(rss(items(1, 2, 3)), first)
    whole = read(rss(items(1, 2, 3)))
    assert replace(second, entries=(), left_out=None, seen=b"") == replace(whole, entries=(), seen=b"")
    assert second.seen == whole.seen


def test_the_dates_of_what_is_left_out_are_known():
    first = read(atom(1, 2))
    second = read(atom(1, 2, 3), first)
    assert second.left_out == (datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert read(atom(1, 2, 3, 4), second).left_out[-1] == datetime(2026, 3, 3, 10, tzinfo=UTC)


def test_an_entry_without_a_date_is_counted_among_what_is_left_out():
    undated = ATOM.replace("{head}", "").format(entries="<entry><id>1</id></entry><entry><id>2</id></entry>{more}")
    first = read(undated.format(more=""))
    assert read(undated.format(more="<entry><id>3</id></entry>"), first).left_out == (None, None)


def test_nothing_is_read_again_where_only_the_documents_own_date_differs():
    first = read(rss(items(1, 2), extra="<lastBuildDate>Mon, 02 Mar 2026 10:00:00 GMT</lastBuildDate>"))
    second = read(rss(items(1, 2), extra="<lastBuildDate>Tue, 03 Mar 2026 11:00:00 GMT</lastBuildDate>"), first)
    assert second.entries == ()


def test_all_is_read_where_most_entries_have_changed():
    first = read(rss(items(1, 2, 3)))
    assert read(rss([item(1, title="A"), item(2, title="B"), item(3)]), first).left_out is None


def test_all_is_read_where_the_feeds_language_has_changed():
    first = read(rss(items(1, 2), extra="<language>en</language>"))
    second = read(rss(items(1, 2), extra="<language>zh</language>"), first)
    assert second.left_out is None
    assert {entry.language for entry in second.entries} == {"zh"}


def test_all_is_read_where_the_feeds_author_has_changed():
    first = read(atom(1, 2, head="<author><name>Ada</name></author>"))
    second = read(atom(1, 2, head="<author><name>Bo</name></author>"), first)
    assert [entry.author for entry in second.entries] == ["Bo", "Bo"]


@pytest.mark.parametrize(
    "entry",
    [
        "<item><guid>9</guid><description><![CDATA[about </item> tags]]></description></item>",
        "<item><guid>9</guid><description><![CDATA[about <item> tags]]></description></item>",
        "<item><guid>9</guid><description><![CDATA[<item>both</item>]]></description></item>",
        "<!-- </item> --><item><guid>9</guid></item>",
        "<item><guid>9</guid><entry>inside</entry></item>",
        "<item /><item><guid>9</guid></item>",
    ],
)
def test_entries_that_can_not_be_told_apart_are_all_read(entry):
    text = rss([*items(1, 2), entry])
    first = read(text)
    assert (first.seen, read(text, first).entries) == (b"", first.entries)


def test_what_is_left_has_to_be_well_formed():
    first = read(rss(items(1, 2)))
    broken = rss([*items(1, 2), "<item><guid>9</guid><title>Fish & chips</title></item>"])
    second = read(broken, first)
    assert second.left_out is None
    assert [entry.title for entry in second.entries] == ["Story 2", "Story 1", "Fish & chips"]


def test_a_document_that_repeats_an_entry_is_read_whole():
    first = read(rss([item(1), item(1), item(2)]))
    assert first.seen == b""


def test_a_guid_that_two_entries_share_is_looked_at_with_both():
    first = read(rss(items(1, 2)))
    second = read(rss([item(3, guid="guid-1"), *items(1, 2)]), first)
    assert (second.left_out, len(second.entries), second.seen) == (None, 3, b"")


def test_a_very_long_document_is_not_remembered():
    assert read(rss(items(*range(MAX_ENTRIES)))).seen
    assert read(rss(items(*range(MAX_ENTRIES + 1)))).seen == b""


@pytest.mark.parametrize("seen", [b"", b"short", b"12345678" + b"x" * 7, b"12345678" + b"x" * 40])
def test_what_is_remembered_wrongly_leaves_nothing_out(seen):
    parsed = parse(rss(items(1, 2)).encode(), url=URL, seen=seen)
    assert (len(parsed.entries), parsed.left_out) == (2, None)


def test_dates_that_four_bytes_do_not_hold_are_no_dates():
    old = atom(1, 2).replace("2026-03", "1911-10")
    assert read(old.replace("</feed>", "<entry><id>3</id></entry></feed>"), read(old)).left_out == (None, None)
