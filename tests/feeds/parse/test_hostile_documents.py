"""Documents that were made to harm whoever reads them."""

import contextlib
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.request import OpenerDirector

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.parse import NotAFeed, parse, xml, xml_repair
from tests.effort import within

DATA = Path(__file__).parents[1] / "data"
URL = "https://feed.example/dir/feed.xml"


def test_no_entity_is_expanded_and_nothing_opened(tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    document = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}<!ENTITY x SYSTEM "{secret.as_uri()}">'
        f'<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]>'
        "<rss><channel><title>&l29;&x;</title><item><title>&x;</title></item></channel></rss>"
    )
    opened = []
    monkeypatch.setattr(io, "open", lambda *a, **k: opened.append(a))
    monkeypatch.setattr(OpenerDirector, "open", lambda *a, **k: opened.append(a))
    feed = parse(document.encode(), url=URL)
    assert (feed.title, feed.entries[0].title, opened) == ("&l29;&x;", "&x;", [])


@pytest.mark.parametrize("body", [b"http://127.0.0.1:9/feed", b"/etc/passwd", b"file:///etc/passwd", __file__.encode()])
def test_a_body_is_never_taken_for_an_address_or_a_path(body):
    with pytest.raises(NotAFeed, match="starts with"):
        parse(body, url=URL)


ITEM = b"<item><title>t%d</title><guid>%d</guid><pubDate>Fri, 05 Nov 2021 14:30:00 GMT</pubDate></item>"
HOSTILE = {
    "15,000 entries": lambda: item(b"</item>" + b"".join(ITEM % (n, n) for n in range(15_000)) + b"<item>"),
    "10,000 nested elements": lambda: item(b"<description>" + b"<div>" * 10_000 + b"x" + b"</div>" * 10_000),
    "nested and never ended": lambda: item(b"<description>" + b"<div>" * 400_000),
    "an attribute of 1 MB": lambda: item(b'<link href="' + b"a" * 2**20 + b'"/>'),
    "an author of 1 MB": lambda: item(b"<author>" + b"a@" * 2**19 + b"</author>"),
    "100,000 tags": lambda: item(b"".join(b"<category>%d</category>" % n for n in range(100_000))),
    "100,000 links": lambda: item(b"<link>http://x.example/</link>" * 100_000),
    "100,000 attributes": lambda: item(b"<enclosure " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"/>"),
    "100,000 namespaces": lambda: b"<rss " + b" ".join(b'xmlns:a%d="u"' % n for n in range(100_000)) + b"/>",
    "2 MB of <": lambda: item(b"<" * 2**21),
    "2 MB of &": lambda: item(b"&" * 2**21),
    "2 MB of half a comment": lambda: item(b"<description>" + b"<!-- " * 2**19),
    "2 MB of half a comment in CDATA": lambda: item(b"<title><![CDATA[" + b"<!--" * 2**19 + b"]]></title>"),
    "1 MB of half a tag": lambda: item(b'<a b="' * 2**17),
    "2 MB of half a page": lambda: b"<html>" + b"<title" * 2**18,
    "2 MB of CDATA": lambda: item(b"<![CDATA[" * 2**17),
    "2 MB of empty elements": lambda: item(b"<a/>" * 2**19),
    "3 MB of text": lambda: item(b"<description>" + "字\n".encode() * 750_000 + b"</description>"),
    "8 MB of wrong bytes": lambda: bytes(range(128, 256)) * 64_000,
    "2 MB of text in paragraphs": lambda: (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><content>" + b"x\n\n" * 700_000 + b"</content></entry></feed>"
    ),
    "1,000,000 processing instructions": lambda: b"<?a?>" * 1_000_000 + item(b""),
    "60 entries of 480 tags": lambda: item(
        b"</item>" + (b"<item>" + b"".join(b"<category>%d</category>" % n for n in range(480)) + b"</item>") * 60
    ),
    "one guid 2,500 times": lambda: item(b"</item>" + b"".join(ITEM % (n, 1) for n in range(2_500)) + b"<item>"),
}  # fmt: skip


def item(content):
    return b"<rss><channel><item>" + content + b"</item></channel></rss>"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_document_takes_long(name):
    body = HOSTILE[name]()
    with within(4), contextlib.suppress(NotAFeed):
        parse(body, url=URL)


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        (b"<rss><channel>", b"<item><title>x"),
        (b"<rss><channel>", b"<a>"),
        (b"<rss><channel><item><description>", b"<div>"),
        (b"<rss><channel><item>&", b"<title>"),
        (b"<feed><entry><content type='xhtml'>", b"<b>"),
    ],
)
def test_what_is_never_ended_is_looked_at_only_so_far(start, unit, monkeypatch):
    seen = []
    see = xml._Events.start

    def counted(*event):
        seen.append(1)
        see(*event)

    monkeypatch.setattr(xml._Events, "start", counted)
    monkeypatch.setattr(xml_repair, "MAX_MARKUP", 10_000)
    parse(start + unit * 20_000, url=URL)
    assert len(seen) <= xml.MAX_DEPTH + 1 + xml_repair.MAX_MARKUP


@pytest.mark.parametrize(
    "document",
    [
        '<?xml version="1.0"?><!DOCTYPE rss><rss><?style a?><title>a & b</title></rss>',
        "<rss><title>a & b</title><?php",
        "<rss><title>a & b</title><!DOC",
    ],
)
def test_instructions_and_declarations_are_left_out_of_what_is_mended(document):
    assert xml_repair.repair(document) == "<rss><title>a &amp; b</title></rss>"


def test_malformed_markup_is_mended_only_so_far():
    mended = xml_repair.repair("<rss>&" + "<b/>" * (2 * xml_repair.MAX_MARKUP))
    assert mended.count("<b/>") == xml_repair.MAX_MARKUP - 1
    assert mended.endswith("</rss>")
    mended = xml_repair.repair("<rss " + "".join(f"a{n}='' " for n in range(9_000)) + ">")
    assert mended.count("=") == xml_repair.MAX_ATTRIBUTES


def test_elements_that_nobody_wants_are_counted_too():
    late = b"</item><item><guid>late</guid>"
    assert [entry.guid for entry in parse(item(b"<x/>" * 1_000 + late), url=URL).entries][1:] == ["late"]
    assert len(parse(item(b"<x/>" * xml.MAX_SEEN + late), url=URL).entries) == 1


def test_however_much_comes_before_the_newest_entries_they_are_read(monkeypatch):
    monkeypatch.setattr(xml, "MAX_SEEN", 50_000)
    old = b"<item><guid>%d</guid><pubDate>2001-01-01</pubDate><x/><x/><x/></item>"
    items = b"".join(old % n for n in range(xml.MAX_SEEN // 5))
    new = b"<item><guid>new</guid><pubDate>2020-01-01</pubDate></item>"
    assert parse(b"<rss><channel>" + items + new + b"</channel></rss>", url=URL).entries[-1].guid == "new"


def test_text_that_lies_deeper_than_anybody_nests_is_kept():
    body = b"<b>" * 2_000 + b"deep" + b"</b>" * 2_000
    content = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>%s</content></entry></feed>"
    assert "deep" in parse(content % body, url=URL).entries[0].content_html


def test_of_a_long_document_the_newest_entries_are_kept(monkeypatch):
    def document(days):
        items = "".join(f"<item><guid>{d}</guid><pubDate>{2000 + d // 300}-01-01</pubDate></item>" for d in days)
        return f"<rss><channel>{items}</channel></rss>".encode()

    from_old = [entry.guid for entry in parse(document(range(5_500)), url=URL).entries]
    assert (from_old[0], from_old[-1], len(from_old)) == ("500", "5499", 5000)
    monkeypatch.setattr(xml, "MAX_ENTRIES", 500)
    from_new = [entry.guid for entry in parse(document(reversed(range(550))), url=URL).entries]
    assert (from_new[0], from_new[-1], len(from_new)) == ("549", "50", 500)


SEEDS = [path.read_bytes() for path in sorted(DATA.glob("*.xml"))]
SCRAPS = [
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"<item>",
    b"</item>",
    b"</channel>",
    b"<entry>",
    b"\0",
    b"\xff",
    b'"',
]
SCRAPS += [
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"&#x110000;",
    b"&#55296;",
    b"xmlns='",
    b"<a:b:c/>",
    b" xml:base='http://['",
    b"<svg>",
]


@st.composite
def mutations(draw):
    body = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 12))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.sampled_from([start, start + 1, start + 10, len(body)]))
        body[start:end] = draw(st.one_of(st.sampled_from(SCRAPS), st.binary(max_size=6)))
    return bytes(body)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.one_of(mutations(), st.binary(max_size=300)), st.sampled_from(["", "text/xml; charset=gbk", "application/json"])
)
def test_whatever_the_bytes_a_feed_comes_out_or_not_a_feed(body, content_type):
    try:
        feed = parse(body, url=URL, content_type=content_type)
    except NotAFeed:
        return
    assert len({entry.guid for entry in feed.entries}) == len(feed.entries)
    for entry in feed.entries:
        assert 0 < len(entry.guid) <= 600
        assert entry.guid not in entry.aliases
        assert "\n" not in entry.title
        assert not entry.url or entry.url.startswith(("http://", "https://"))
    texts = repr(replace(feed, seen=b""))
    texts.encode()  # no lone surrogate
    assert "\\x00" not in texts


def test_a_number_of_a_character_that_never_ends_costs_no_other_entry():
    endless = f"&amp;#{'1' * 5000};"
    body = item(f"<title>{endless}</title></item><item><title>two</title>".encode())
    assert [entry.title for entry in parse(body, url=URL).entries] == ["\ufffd", "two"]


@pytest.mark.parametrize("element", ["category", "keywords", "dc:subject", "author", "link", "media:group"])
def test_an_entry_that_begins_inside_an_element_is_an_entry(element):
    body = item(f"<guid>1</guid><{element}>x<entry><guid>2</guid><title>two".encode())
    assert [entry.title for entry in parse(body, url=URL).entries] == ["", "two"]


def test_a_fault_of_ours_is_a_document_that_cannot_be_read(monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(xml, "read", fail)
    with pytest.raises(NotAFeed, match="Newsreader failed on this feed: RuntimeError"):
        parse(item(b""), url=URL)
    assert "can't be read" in caplog.text


def test_feedparser_is_loaded_only_when_there_is_something_to_parse():
    script = "import feeds.parse.document, sys; assert not {'feedparser', 'feeds.parse.xml', 'lxml', 'django'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[3])
