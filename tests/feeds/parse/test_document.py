from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from feeds.parse.document import NotAFeed, ParsedEnclosure, ParsedFeed, parse

DATA = Path(__file__).parents[1] / "data"
URL = "https://feed.example/dir/feed.xml"
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'


MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


def parse_file(name):
    return parse((DATA / name).read_bytes(), url=URL)


def channel(*items, attributes=CONTENT, head="<link>https://site.example/</link>"):
    body = "".join(f"<item>{item}</item>" for item in items)
    return parse(f'<rss version="2.0" {attributes}><channel>{head}{body}</channel></rss>'.encode(), url=URL)


def only(*parts, **more):
    [entry] = channel("".join(parts), **more).entries
    return entry


def test_an_atom_feed_tells_all_of_itself():
    feed = parse_file("atom.xml")
    assert (feed.title, feed.description, feed.language) == ("Lantern & Wick", "Notes by lamplight", "zh-TW")
    assert (feed.site_url, feed.self_url) == ("https://lantern.example/", "https://lantern.example/base/atom.xml")
    assert (feed.hub_url, feed.icon_url) == ("https://hub.example/", "https://lantern.example/base/fav.ico")


def test_an_atom_entry_tells_all_of_itself():
    entry = parse_file("atom.xml").entries[0]
    assert (entry.guid, entry.title) == ("tag:lantern.example,2021:1", "1 < 2")
    assert entry.url == "https://lantern.example/base/sub/post/1"
    assert entry.content_html == '<p>Hi &lt; <b>bold</b><br><img src="x.png"></p>'
    assert entry.base_url == "https://lantern.example/base/sub/"
    assert (entry.author, entry.tags, entry.language) == ("Ada, Bo", ("Oil",), "zh-TW")
    assert entry.published_at == datetime(2021, 11, 5, 2, tzinfo=UTC)
    assert entry.updated_at == datetime(2021, 11, 6, 10, tzinfo=UTC)
    assert entry.enclosures == (
        ParsedEnclosure(
            url="https://lantern.example/base/sub/a.mp3", media_type="audio/mpeg", length=12, title="Listen"
        ),
    )


def test_atom_text_is_no_markup_and_the_feeds_author_signs_what_nobody_else_does():
    entry = parse_file("atom.xml").entries[1]
    assert (entry.guid, entry.url, entry.title) == ("2", "", "two lines here")
    assert entry.content_html == "<p>a &lt;b&gt; &amp; c</p>\n<p>second</p>"
    assert (entry.author, entry.published_at) == ("The House", datetime(2021, 11, 6, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    "document",
    [
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>1</a:id><a:title>T</a:title></a:entry></a:feed>',
        '<r:rss xmlns:r="http://purl.org/rss/1.0/"><r:item><r:guid>1</r:guid><r:title>T</r:title></r:item></r:rss>',
        "<RSS><CHANNEL><ITEM><GUID>1</GUID><TITLE>T</TITLE></ITEM></CHANNEL></RSS>",
    ],
)
def test_entries_are_found_under_any_prefix_and_in_any_case(document):
    assert [(entry.guid, entry.title) for entry in parse(document.encode(), url=URL).entries] == [("1", "T")]


def test_atom_0_3_is_read():
    [entry] = parse(
        b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title><entry><id>x</id>'
        b'<title mode="escaped" type="text/html">T &amp;lt;i&amp;gt;</title>'
        b'<link rel="alternate" type="text/html" href="/1"/><issued>2004-01-02T03:04:05Z</issued>'
        b'<modified>2004-01-03T03:04:05Z</modified><content mode="escaped" type="text/html">&lt;p&gt;x</content>'
        b"</entry></feed>",
        url=URL,
    ).entries
    assert (entry.url, entry.title, entry.content_html) == ("https://feed.example/1", "T <i>", "<p>x")
    assert (entry.published_at.day, entry.updated_at.day) == (2, 3)


def test_rdf_is_read_with_its_modules():
    feed = parse_file("rdf.xml")
    [entry] = feed.entries
    assert (feed.title, feed.site_url, feed.language, feed.ttl_minutes) == ("蔵", "https://kura.example/", "ja", 30)
    assert (entry.guid, entry.url, entry.title) == ("https://kura.example/1", "https://kura.example/1", "一")
    assert (entry.author, entry.tags, entry.content_html) == ("杜氏", ("米",), "<p>ずっと長い文章</p>")
    assert entry.published_at == datetime(2021, 11, 5, 1, tzinfo=UTC)


def test_a_podcast_is_read_with_its_modules():
    feed = parse_file("podcast.xml")
    assert (feed.self_url, feed.site_url, feed.hub_url) == (
        "https://gull.example/rss",
        "https://gull.example",
        "https://hub.example/",
    )
    assert (feed.icon_url, feed.ttl_minutes) == ("https://gull.example/cover.jpg", 90)
    episode = feed.entries[0]
    assert (episode.title, episode.author, episode.tags) == ("RSS & chips", "Jo Gull", ("Sea", "Chips"))
    assert (episode.url, episode.guid, episode.language) == ("https://gull.example/episodes/1", "e1", "de")
    assert episode.content_html == "First line<br>\nsecond line"
    assert episode.image_url == "https://gull.example/e1.jpg"
    assert episode.enclosures == (
        ParsedEnclosure(url="https://gull.example/e1.mp3", media_type="audio/mpeg", length=123),
    )
    assert episode.published_at == datetime(2021, 3, 5, 13, 30, tzinfo=UTC)


def test_media_rss_gives_text_files_and_the_largest_picture():
    film = parse_file("podcast.xml").entries[1]
    assert (film.title, film.url) == ("Film", "https://gull.example/film")
    assert film.content_html == "What is <i>in</i> it"
    assert film.image_url == "https://gull.example/large.jpg"
    assert [(e.url.rpartition("/")[2], e.media_type, e.length) for e in film.enclosures] == [
        ("film.mp4", "video/mp4", 9),
    ]


def test_what_templates_break_is_read_as_it_was_meant():
    feed = parse_file("broken.xml")
    first, second, third = feed.entries
    assert feed.title == "Salt & Vinegar © é &nosuch;"
    assert (first.title, first.url, first.author) == ("A < B", "http://fry.example/?a=1&b=2", "Undeclared")
    assert first.content_html.startswith("<p>un<b>closed <br> text<img src=")
    assert first.published_at == datetime(2021, 11, 5, 10, tzinfo=UTC)
    assert (second.title, second.url) == ("Never ended before the next", "http://fry.example/2")
    assert second.enclosures[0].url == "http://fry.example/a.mp3"
    assert (third.title, third.content_html) == ("Two", "<p>cut off")


@pytest.mark.parametrize("opened", ["<title>F", "<description>d", "<image><url>u</url>", "<textInput><title>t</title>"])
def test_what_never_ends_before_the_entries_takes_none_of_them(opened):
    items = "<item><title>One</title></item><item><title>Two</title></item>"
    feed = parse(f"<rss><channel>{opened}{items}</channel></rss>".encode(), url=URL)
    assert [entry.title for entry in feed.entries] == ["One", "Two"]


@pytest.mark.parametrize("version", ["0.90", "0.91", "0.92", "0.93", "0.94", "2.0", "", "9"])
def test_every_version_of_rss_is_rss(version):
    document = f'<rss version="{version}"><channel><title>T</title><item><title>x</title></item></channel></rss>'
    assert parse(document.encode(), url=URL).entries[0].title == "x"


@pytest.mark.parametrize("junk", [b"\n\n  ", b"\xef\xbb\xbf\n", b"junk ", b"<!-- c -->\n", b"\xef\xbb\xbf\xef\xbb\xbf"])
def test_junk_before_the_declaration_is_no_part_of_the_feed(junk):
    document = junk + b'<?xml version="1.0"?><rss><channel><title>T</title><item><guid>1</guid></item></channel></rss>'
    assert parse(document, url=URL).title == "T"


def test_what_follows_the_feed_does_not_matter():
    feed = parse(b"<rss><channel><title>T &amp; C</title></channel></rss><script>counter()</script> & more", url=URL)
    assert feed.title == "T & C"


def test_control_characters_and_nul_reach_no_string():
    entry = only("<title>a\0b\x01c&#0;&#1;d</title><description>x\0y &#150; z\x0b</description><guid>g\0\x1f</guid>")
    assert (entry.title, entry.content_html, entry.guid) == ("abcd", "xy – z", "g")


# ---- content ----


def test_the_fullest_content_wins():
    full = "<content:encoded>&lt;p&gt;all of the words&lt;/p&gt;</content:encoded>"
    teaser = "<description>some words</description>"
    assert only(teaser, full).content_html == only(full, teaser).content_html == "<p>all of the words</p>"
    assert only("<description>all of the words</description><content:encoded>x</content:encoded>").content_html == (
        "all of the words"
    )


@pytest.mark.parametrize("name", ["dc:title", "media:title"])
def test_an_entrys_own_title_goes_before_those_of_modules(name):
    own, other = "<title>Own</title>", f"<{name}>Other</{name}>"
    namespaces = f'{MEDIA} xmlns:dc="http://purl.org/dc/elements/1.1/"'
    for parts in ((own, other), (other, own)):
        assert only(*parts, attributes=namespaces).title == "Own"
    assert only(other, attributes=namespaces).title == "Other"


@pytest.mark.parametrize(
    "around", ["%s", "<media:content url='https://a.example/1.jpg' medium='image'>%s</media:content>"]
)
def test_the_caption_of_a_picture_is_no_content_where_there_is_other(around):
    caption = around % "<media:description>Somebody in front of something, on a day in May</media:description>"
    for parts in ([caption, "<description>Short.</description>"], ["<description>Short.</description>", caption]):
        assert only(*parts, attributes=MEDIA).content_html == "Short."
    assert only("<description/>", caption, attributes=MEDIA).content_html.startswith("Somebody")


def test_plain_descriptions_keep_their_lines_and_markup_its_own():
    assert only("<description>one\ntwo\n\n\nthree &amp;amp; four</description>").content_html == (
        "<p>one<br>\ntwo</p>\n<p>three &amp; four</p>"
    )
    assert only("<description>&lt;p&gt;one\n\ntwo&lt;/p&gt;</description>").content_html == "<p>one\n\ntwo</p>"


def test_markup_that_nobody_escaped_is_kept():
    assert only("<description>a <b>b</b> &lt; c<br/></description>").content_html == "a <b>b</b> &lt; c<br>"


@pytest.mark.parametrize(
    "markup",
    [
        '<video><source src="https://a.example/1.mp4"></video>',
        "<details><summary>More</summary><p>two</p></details>",
        "<svg><title>One</title><desc>two</desc></svg>",
        "<div>one</div><div>two</div>",
        "<content>one</content><description>two</description><item>three</item>",
    ],
)
@pytest.mark.parametrize("kind", ["text", "html", "xhtml", "application/xml"])
def test_markup_whose_names_the_formats_use_too_is_markup(markup, kind):
    markup += "<p>the rest</p>"
    xml = markup.replace('.mp4">', '.mp4"/>')
    entry = only(f"<guid>1</guid><title>T</title><description>{xml}</description><link>https://a.example/</link>")
    assert (entry.guid, entry.title, entry.content_html, entry.url) == ("1", "T", markup, "https://a.example/")
    assert entry.source is None
    content = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="{kind}">{xml}</content></entry></feed>'
    assert parse(content.encode(), url=URL).entries[0].content_html == markup


def test_long_text_inside_markup_comes_through_unchanged():
    text = "长文 & <字> " * 200
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    document = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">'
        f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escaped}</p></div></content></entry></feed>'
    )
    assert parse(document.encode(), url=URL).entries[0].content_html == f"<p>{escaped}</p>"
    assert only(f"<description><![CDATA[<p>{text}</p>]]></description>").content_html == f"<p>{text}</p>"
    assert only(f"<title>{'长' * 2000}</title>").title == "长" * 1000


def test_utf_8_that_somebody_took_for_latin_1_is_put_right():
    garbled = "déjà vu ".encode().decode("latin-1")
    assert only(f"<description>{garbled * 100}</description>").content_html.startswith("déjà vu déjà")
    assert only(f"<title>{garbled}</title>").title == "déjà vu"


def test_titles_are_one_line_of_plain_text():
    assert only("<title> a\n\tb </title>").title == "a b"
    assert only("<title>&lt;b&gt;bold&lt;/b&gt; &amp;amp; &amp;#8220;x&amp;#8221;</title>").title == "bold & “x”"
    assert only("<title>if a &lt; b and b &gt; c</title>").title == "if a < b and b > c"
    assert only("<title>How to use &lt;video&gt;</title>").title == "How to use <video>"


@pytest.mark.parametrize(
    "markup", ["<script>steal()</script>", "<img src=x onerror=steal()>", "<svg><script>steal()</script></svg>"]
)
def test_what_is_active_is_no_part_of_a_title(markup):
    assert only(f"<title>{escape(f'{markup} <b>bold</b> move')}</title>").title == "bold move"
    assert only("<title>AT&amp;T &amp;c</title>").title == "AT&T &c"


# ---- addresses ----


def test_relative_addresses_are_relative_to_the_site():
    entry = only('<link>/a b</link><enclosure url="x.mp3"/>', head="<link>//site.example/news/</link>")
    assert entry.url == "https://site.example/a%20b"
    assert entry.enclosures[0].url == "https://site.example/news/x.mp3"
    assert only("<title>t</title>").base_url == "https://site.example/"
    assert only("<title>t</title>", head="").base_url == URL


def test_feedburner_names_the_real_link():
    entry = only(
        "<link>https://redirect.example/1</link><feedburner:origLink>https://real.example/1</feedburner:origLink>",
        attributes='xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
    )
    assert entry.url == "https://real.example/1"


def test_a_guid_is_a_link_only_where_it_is_one():
    assert only("<guid>https://site.example/1</guid>").url == "https://site.example/1"
    assert only("<guid>1</guid>").url == ""
    assert only('<guid isPermaLink="false">https://site.example/1</guid>').url == ""


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b", "data:text/html,x", "http://", "http://[", "file:///x"]
)
def test_an_address_that_no_page_has_is_none(link):
    entry = only(f'<link>{link}</link><enclosure url="{link}"/><guid>1</guid>')
    assert (entry.url, entry.enclosures) == ("", ())


def test_an_address_longer_than_its_column_is_dropped_and_never_cut():
    assert only(f"<link>https://x.example/{'a' * 3900}</link>").url.endswith("a" * 3900)
    assert only(f"<link>https://x.example/{'a' * 4000}</link><guid>1</guid>").url == ""


def test_strings_fit_their_columns():
    tags = "".join(f"<category>{n}{'t' * 300}</category>" for n in range(60))
    entry = only(f"<title>{'x' * 3000}</title><author>{'y' * 3000}</author><guid>{'z' * 3000}</guid>{tags}")
    assert (len(entry.title), len(entry.author), len(entry.tags)) == (1000, 500, 50)
    assert max(map(len, entry.tags)) == 200
    assert entry.guid.startswith("sha256:")


# ---- identity ----


def test_without_guid_the_link_is_the_identity_then_the_words():
    assert only("<link>https://x.example/1</link>").guid == "https://x.example/1"
    # The same in every process: by it an article is known again.
    assert only("<title>a</title>").guid == "sha256:ffe9aaeaa2a2d5048174df0b80599ef0197ec024c4b051bc9860cff58ef7f9f3"
    assert only("<title>a</title>").guid != only("<title>b</title>").guid


def test_two_entries_with_one_guid_are_two():
    first, second, third = channel(
        "<guid>1</guid><link>/a</link><title>a</title>",
        "<guid>1</guid><link>/b</link><title>b</title>",
        "<guid>1</guid><link>/a</link><title>a</title>",  # the first once more
        "<guid>2</guid><link>/c</link>",
    ).entries
    assert first.guid.startswith("1#")
    assert second.guid.startswith("1#")
    assert first.guid != second.guid
    assert first.aliases == ("1", "https://site.example/a")
    assert third.guid == "2"


def test_entries_that_share_guid_and_link_differ_by_what_they_say():
    guids = {e.guid for e in channel(*(f"<guid>1</guid><link>/a</link><title>{t}</title>" for t in "abc")).entries}
    assert len(guids) == 3


def test_an_entry_is_recognized_when_another_takes_its_guid_and_when_that_goes_again():
    alone = only("<guid>1</guid><link>/a</link><title>a</title>")
    shared = channel("<guid>1</guid><link>/a</link><title>a</title>", "<guid>1</guid><link>/b</link>").entries[0]
    assert shared.guid in alone.aliases
    assert alone.guid in shared.aliases


def test_a_guid_that_looks_like_anothers_does_not_take_its_place():
    first, second = channel("<guid>1</guid><link>/a</link>", "<guid>1</guid><link>/b</link>").entries
    forged = channel(
        "<guid>1</guid><link>/a</link>",
        "<guid>1</guid><link>/b</link>",
        f"<guid>{first.guid}</guid><link>/c</link>",
        f"<guid>{second.guid}</guid><link>/d</link>",
    ).entries
    assert len({entry.guid for entry in forged}) == 4


def test_a_link_that_many_have_is_nobodys_identity():
    everywhere = channel(
        "<guid>1</guid><link>/</link>", "<guid>2</guid><link>/x</link>", "<guid>3</guid><link>/x</link>"
    )
    assert all(not alias.startswith("https") for entry in everywhere.entries for alias in entry.aliases)


# ---- what is no feed ----


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><html><head><title>My &amp; page</title><body><rss></rss>", "a web page titled “My & page”"),
        (b"<!-- x --><HTML><p>hi", "a web page, not a feed"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><title>X</title></html>', "“X”"),
        (b"<opml version='2.0'><body/></opml>", "import it as OPML"),
        (b"<?xml version='1.0'?><!DOCTYPE opml><!-- x --><opml version='2.0'><body/></opml>", "import it as OPML"),
        (b"<!DOCTYPE html>\n<opml version='1.0'><body/></opml>", "import it as OPML"),
        (b"<?xml version='1.0'?><urlset/>", "sitemap"),
        (b"hello there", "starts with “hello there”"),
        (b"%PDF-1.4", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"<rss", "<rss>"),
        (b"\0\0\0\0", "binary"),
    ],
)
def test_what_is_no_feed_is_named(body, what):
    with pytest.raises(NotAFeed) as raised:
        parse(body, url=URL)
    assert what in str(raised.value)


def test_a_feed_without_entries_is_a_feed():
    assert parse(b'<rss version="2.0"><channel><title>E</title></channel></rss>', url=URL) == ParsedFeed(title="E")


def test_a_title_that_was_broken_between_wide_characters_has_no_blank_there():
    document = "<rss><channel><title>今年的\n  新闻</title><item><title>经济增长\r\n超过预期 in\n2021\n年</title></item></channel></rss>"
    feed = parse(document.encode(), url=URL)
    assert feed.title == "今年的新闻"
    assert feed.entries[0].title == "经济增长超过预期 in 2021 年"
