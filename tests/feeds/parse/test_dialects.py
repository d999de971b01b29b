"""What publishers write otherwise than the formats ask: authors, origins, roots, packings, links."""

import gzip
import json
import pickle

import pytest

from feeds.parse import NotAFeed, parse

URL = "https://feed.example/f"
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:googleplay="http://www.google.com/schemas/play-podcasts/1.0" xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(item, head=""):
    document = f'<rss version="2.0" {NAMESPACES}><channel>{head}<item><guid>1</guid>{item}</item></channel></rss>'
    return parse(document.encode(), url=URL)


def only(item, head=""):
    return rss(item, head).entries[0]


# --- authors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "author"),
    [
        (
            '&lt;a href="http://x.example/1"&gt;Tie Luo&lt;/a&gt;, &lt;a href="/2"&gt;Leonit Z&lt;/a&gt;',
            "Tie Luo, Leonit Z",
        ),
        ("&amp;lt;b&amp;gt;Jo&amp;lt;/b&amp;gt;", "Jo"),
        ("Jane Doe (jane@news.example)", "Jane Doe"),
        ("Jane Doe (mailto:jane@news.example)", "Jane Doe"),
        ("jane@news.example (Jane Doe)", "Jane Doe"),
        ("mailto:jane@news.example (Jane Doe)", "Jane Doe"),
        ("Jane Doe &lt;jane@news.example&gt;", "Jane Doe"),
        ("mailto:jane@news.example", "jane@news.example"),
        ("jane@news.example", "jane@news.example"),
        ("jane@news.example (Jane Doe (Paper))", "Jane Doe (Paper)"),
        ("&amp;quot;Jane Doe&amp;quot; &lt;jane@news.example&gt;", "Jane Doe"),
        ("(Jane Doe)", "Jane Doe"),
        ("jane@news.example (Jane Doe), al@news.example (Al)", "Jane Doe, Al"),
        ("Jane Doe (jane@news.example), Al (al@news.example)", "Jane Doe, Al"),
        ("jane at news.example (Jane Doe)", "Jane Doe"),
        ("Jane at Sea (and elsewhere)", "Jane at Sea (and elsewhere)"),
        ("Jane (the Younger)", "Jane (the Younger)"),
        ("Jane (the Younger), Al (jun.)", "Jane (the Younger), Al (jun.)"),
        ("I &lt;3 cats", "I <3 cats"),
        ("https://forum.example/u/ann", "ann"),
        ("https://social.example/@ann@other.example/", "ann"),
        ("https://site.example/", "site.example"),
        ("Duet ! (https://photos.example/people/jo/)", "Duet !"),
    ],
)
@pytest.mark.parametrize("element", ["author", "dc:creator", "itunes:author"])
def test_an_author_is_a_name(element, written, author):
    assert only(f"<{element}>{written}</{element}>").author == author


def test_names_that_have_commas_are_parted_by_semicolons():
    assert only("<dc:creator>Lee, Ann</dc:creator><dc:creator>Ray, Bob</dc:creator>").author == "Lee, Ann; Ray, Bob"


def test_a_json_feeds_authors_are_names_too():
    items = [{"id": "1", "authors": [{"name": "<a href='/x'>Jo</a>"}, {"name": "Al (al@x.example)"}]}]
    document = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    assert parse(json.dumps(document).encode(), url=URL).entries[0].author == "Jo, Al"


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("<itunes:author>The Gulls</itunes:author>", "The Gulls"),
        ("<googleplay:author>The Gulls</googleplay:author>", "The Gulls"),
        ("<managingEditor>ed@x.example (Ed Itor)</managingEditor>", "Ed Itor"),
        ("<managingEditor>ed@x.example</managingEditor>", ""),
        ("<managingEditor>Ed</managingEditor><itunes:author>The Gulls</itunes:author>", "The Gulls"),
        ("<itunes:author>ed@x.example</itunes:author><managingEditor>Ed</managingEditor>", "Ed"),
    ],
)
def test_what_nobody_signs_is_by_whoever_makes_the_channel(head, author):
    entry = only("<title>T</title>", head)
    assert (entry.author, entry.is_author_of_feed) == (author, bool(author))
    signed = only("<author>Jo</author>", head)
    assert (signed.author, signed.is_author_of_feed) == ("Jo", False)


@pytest.mark.parametrize(
    ("head", "description"),
    [
        ("<itunes:summary>All about gulls</itunes:summary>", "All about gulls"),
        ("<itunes:subtitle>Gulls</itunes:subtitle>", "Gulls"),
        ("<itunes:subtitle>Gulls</itunes:subtitle><description>Real</description>", "Real"),
        ("<description>Real</description><itunes:subtitle>Gulls</itunes:subtitle>", "Real"),
    ],
)
def test_a_channel_without_description_says_it_elsewhere(head, description):
    assert rss("", head).description == description


# --- origins -----------------------------------------------------------------------------------------------------


def test_only_the_formats_own_source_is_an_origin():
    assert only("<dc:source>Journal of Things; doi:10.1038/1</dc:source>").source is None
    assert only('<x:source xmlns:x="urn:x" url="https://o.example/">O</x:source>').source is None
    source = only('<source url="https://o.example/rss">O &lt;i&gt;one&lt;/i&gt;</source>').source
    assert (source.title, source.url) == ("O one", "https://o.example/rss")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">History of &lt;b&gt;</div></title>',
            "History of <b>",
        ),
        ("<title>History of &lt;b&gt;</title>", "History of <b>"),
        ('<title type="html">History of &lt;b&gt;all&lt;/b&gt;</title>', "History of all"),
        ('<title mode="base64" type="text/html">SGVsbG8=</title>', "Hello"),
        ('<title mode="base64">\xff</title>', "\xff"),
        ('<title type="application/octet-stream">\n SGlzdG9yeSBvZiA8Yj5hbGw8L2I+\n</title>', "History of all"),
        ('<title type="application/octet-stream">plain words</title>', "plain words"),
        ('<title type="text/plain">SGVsbG8=</title>', "SGVsbG8="),
        ('<title type="application/xhtml+xml">History</title>', "History"),
    ],
)
def test_a_sources_title_is_read_as_its_type_says(title, expected):
    document = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><source>{title}</source></entry></feed>'
    assert parse(document.encode(), url=URL).entries[0].source.title == expected


# --- what comes instead of a feed, or around it ------------------------------------------------------------------

FEED = '<rss version="2.0"><channel><title>T</title><item><guid>1</guid></item></channel></rss>'
DOCTYPE = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/t.dtd">'


@pytest.mark.parametrize("between", ["", "\n", "<!-- c -->", "<?xml-stylesheet href='x'?>\n"])
@pytest.mark.parametrize("doctype", [DOCTYPE, "<!doctype html>"])
def test_a_web_pages_document_type_before_a_feed_is_ignored(doctype, between):
    assert parse(f"<?xml version='1.0'?>{doctype}{between}{FEED}".encode(), url=URL).title == "T"
    atom = '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title></a:feed>'
    assert parse(f"{doctype}{between}{atom}".encode(), url=URL).title == "T"


@pytest.mark.parametrize("body", ["<html><rss/></html>", "<!-- <rss> --><body>x", "<p>x", "hello"])
def test_a_web_page_is_one_whatever_is_in_it(body):
    with pytest.raises(NotAFeed, match="web page"):
        parse(f"{DOCTYPE}{body}".encode(), url=URL)


@pytest.mark.parametrize("start", ["", "<?xml version='1.0'?>\n", "<?xml version='1.0'?><!-- c -->"])
@pytest.mark.parametrize("content_type", ["", "text/html", "text/xml"])
def test_a_list_of_feeds_is_told_from_a_page(start, content_type):
    opml = '<opml version="2.0"><head><title>Subs</title></head><body><outline text="a"/></body></opml>'
    with pytest.raises(NotAFeed, match="import it as OPML"):
        parse(f"{start}{opml}".encode(), url=URL, content_type=content_type)


def test_a_feed_that_is_kept_packed_is_unpacked():
    assert parse(gzip.compress(FEED.encode()), url=URL, content_type="application/gzip").title == "T"
    utf_16 = FEED.encode("utf-16")
    assert parse(gzip.compress(utf_16), url=URL).title == "T"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (gzip.compress(b"x" * 21 * 2**20, mtime=0), "more than 20 MiB"),
        (gzip.compress(FEED.encode(), mtime=0)[:-10], "compressed data, not a feed"),
        (b"\x1f\x8b\x08rubbish", "compressed data, not a feed"),
        (gzip.compress(gzip.compress(FEED.encode(), mtime=0), mtime=0), "not a feed"),
        (gzip.compress(b"", mtime=0), "empty"),
    ],
)
def test_what_is_packed_is_bounded_and_whole_or_no_feed(body, what):
    with pytest.raises(NotAFeed, match=what):
        parse(body, url=URL)


def test_rss_in_json_is_rss():
    item = {
        "title": "One & two",
        "link": "https://s.example/1",
        "description": "<p>Text</p>",
        "pubDate": "Mon, 02 Nov 2026 10:00:00 GMT",
        "guid": {"#value": "https://s.example/g", "isPermaLink": False},
        "enclosure": {"url": "https://s.example/a.mp3", "type": "audio/mpeg", "length": 3},
        "category": ["Sea", "Boats"],
        "dc:creator": "Jo",
        "bad name<": "x",
    }
    document = {"rss": {"version": "2.0", "channel": {"title": "T", "link": "https://s.example/", "item": [item]}}}
    feed = parse(json.dumps(document).encode(), url=URL)
    [entry] = feed.entries
    assert (feed.title, feed.site_url) == ("T", "https://s.example/")
    assert (entry.guid, entry.url, entry.title) == ("https://s.example/g", "https://s.example/1", "One & two")
    assert (entry.content_html, entry.author, entry.tags) == ("<p>Text</p>", "Jo", ("Sea", "Boats"))
    assert (entry.published_at.hour, entry.enclosures[0].url) == (10, "https://s.example/a.mp3")
    document["rss"]["channel"]["item"] = item  # a single one needs no list
    assert len(parse(json.dumps(document).encode(), url=URL).entries) == 1


@pytest.mark.parametrize("raw", [{"rss": 1}, {"rss": {"channel": []}}, {"rss": {}}, [1], {"rss": [{"channel": {}}]}])
def test_other_json_is_none(raw):
    with pytest.raises(NotAFeed, match="not a JSON Feed"):
        parse(json.dumps(raw).encode(), url=URL)


@pytest.mark.parametrize(
    ("end", "is_cut_off"),
    [("", False), ("<script>x()</script> & more", False), ("</item>", False)],
)
def test_what_follows_a_feed_is_no_damage(end, is_cut_off):
    assert parse(f"{FEED}{end}".encode(), url=URL).is_cut_off is is_cut_off


@pytest.mark.parametrize("length", [30, 60, 70, 80, len(FEED) - 1, len(FEED) - 6])
def test_a_feed_that_is_cut_off_says_so_and_is_read_as_far_as_it_goes(length):
    feed = parse(FEED[:length].encode(), url=URL)
    assert feed.is_cut_off
    assert feed.title in {"T", ""}


def test_a_template_that_forgets_an_end_is_no_damage():
    assert not parse(b"<rss><channel><item><title>A</title></channel></rss> & c", url=URL).is_cut_off


# --- links and icons ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("href", ["", " ", "\n"])
def test_an_empty_link_is_none(href):
    document = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://s.example/wp-atom.php">
    <entry><id>tag:1</id><link rel="alternate" href="{href}"/></entry>
    <entry><id>http://s.example/2</id><link href="{href}"/><link href="two"/></entry></feed>"""
    first, second = parse(document.encode(), url=URL).entries
    assert (first.url, second.url) == ("", "http://s.example/two")


@pytest.mark.parametrize("link", ["<link/>", "<link></link>", "<link> </link>", "<link/><link/>"])
@pytest.mark.parametrize("order", ["{0}{1}", "{1}{0}"])
def test_an_empty_link_beside_a_permalink_is_none(link, order):
    def url(guid):
        document = f"<rss><channel><item><title>T</title>{order.format(link, guid)}</item></channel></rss>"
        return parse(document.encode(), url=URL).entries[0].url

    assert url("<guid>https://s.example/1</guid>") == "https://s.example/1"
    assert url('<guid isPermaLink="false">https://s.example/1</guid>') == ""


def test_old_forms_of_a_feeds_picture_are_its_icon():
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
    <channel><title>T</title><link>https://s.example/</link></channel>
    <image><title>Not the feed</title><url>https://s.example/i.png</url><link>https://i.example/</link></image>
    <item rdf:about="https://s.example/1"><title>One</title><link>https://s.example/1</link></item></rdf:RDF>"""
    feed = parse(rdf.encode(), url=URL)
    assert (feed.title, feed.site_url, feed.icon_url) == ("T", "https://s.example/", "https://s.example/i.png")
    assert [entry.title for entry in feed.entries] == ["One"]
    link = '<itunes:link rel="image" href="https://s.example/p.png"/><title>T</title>'
    assert (rss("", link).icon_url, rss("", link).title) == ("https://s.example/p.png", "T")
    assert rss("", '<itunes:link rel="other" href="https://s.example/p.png"/>').icon_url == ""


def test_all_that_is_parsed_can_be_handed_to_another_process():
    item = '<source url="https://o.example/">O</source><enclosure url="/a.mp3"/><description>x</description>'
    feed = rss(item, "<itunes:author>A</itunes:author>")
    assert pickle.loads(pickle.dumps(feed)) == feed
    assert pickle.loads(pickle.dumps(parse(FEED[:80].encode(), url=URL))).is_cut_off


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("<title>On &lt;em&gt;Danio rerio&lt;/em&gt; &amp;amp; others</title>", "On Danio rerio & others"),
        ('<title type="text">On &lt;em&gt;Danio rerio&lt;/em&gt;</title>', "On <em>Danio rerio</em>"),
        ("<title>When to use &lt;em&gt;</title>", "When to use <em>"),
    ],
)
def test_an_atom_title_of_no_type_has_its_italics_as_html(written, title):
    document = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>{written}</entry></feed>'
    assert parse(document.encode(), url=URL).entries[0].title == title


@pytest.mark.parametrize("element", ["tag", "keywords"])
def test_words_between_commas_are_tags(element):
    assert only(f"<category>Life</category><{element}>Busan, Port</{element}>").tags == ("Life", "Busan", "Port")
