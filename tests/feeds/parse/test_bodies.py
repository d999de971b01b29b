from html import unescape

import pytest

from feeds.parse import parse
from feeds.parse.bodies import is_summary_better, shows_anything

URL = "https://feed.example/f"
LONG = "A hand-written excerpt that says in some words what the pictures below show."


def rss(*parts):
    item = "".join(parts)
    document = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>'
        f"<item><guid>1</guid>{item}</item></channel></rss>"
    )
    return parse(document.encode(), url=URL).entries[0]


def content(html):
    return f"<content:encoded><![CDATA[{html}]]></content:encoded>"


def description(html):
    return f"<description><![CDATA[{html}]]></description>"


@pytest.mark.parametrize(
    "html",
    [
        '<figure><img src="/1.jpg"></figure><p>Two photos.</p>',
        '<img src="/comic.png" width="10" height="100">',
        '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>',
        '<video src="/a.mp4"></video>',
        '<audio controls><source src="/a.mp3"></audio>',
        '<object data="/a.svg"></object>',
        '<embed src="/a">',
        "<picture><source srcset='/a.webp'></picture>",
        '<lite-youtube videoid="x"></lite-youtube>',
        '<p><a href="/x">Example of it</a>.</p>',
        "<p>Some twenty letters here.</p>",
    ],
)
def test_the_content_is_shown_whatever_it_shows_and_the_excerpt_is_kept(html):
    for parts in ([content(html), description(LONG[:40])], [description(LONG[:40]), content(html)]):
        entry = rss(*parts)
        assert (entry.content_html, entry.other_html, entry.is_summary) == (html, LONG[:40], False)


@pytest.mark.parametrize(
    "html",
    [
        '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/A/"></blockquote>',
        '<div class="latex-rendered" data-attrs="{&quot;persistentExpression&quot;:&quot;x&quot;}"></div>',
        '<blockquote data-x="1" class="a twitter-tweet"><a href="https://x.com/u/status/1">today</a></blockquote>',
        '<div class="fb-post" data-href="https://www.facebook.com/a/posts/1"></div>',
        '<figure><oembed url="https://vimeo.com/1"></oembed></figure>',
        '<youtube-video src="https://youtube.com/watch?v=abcdefghijk"></youtube-video>',
        '<script src="https://gist.github.com/u/0a1b.js"></script>',
    ],
)
def test_a_content_that_a_script_would_fill_is_one(html):
    entry = rss(content(html), description(LONG * 9))
    assert (entry.content_html, entry.is_summary) == (html, False)


@pytest.mark.parametrize(
    "html",
    [
        "<div>\n</div>",
        "&nbsp;",
        "<p></p><script>count()</script>",
        '<script src="https://x.example/twitter-tweet.js"></script>',
        '<img src="/c.gif" width="1" height="1">',
        '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>',
        "…",
    ],
)
def test_a_content_with_nothing_in_it_gives_way(html):
    picture = '<img src="/c.png">'
    assert rss(content(html), description(LONG)).content_html == LONG
    if html != "…":
        assert rss(content(html), description(picture)).content_html == picture


def test_a_stub_gives_way_and_is_kept():
    entry = rss(content('<a href="/1">Read more</a>'), description(LONG))
    assert (entry.content_html, entry.other_html, entry.is_summary) == (LONG, '<a href="/1">Read more</a>', True)


@pytest.mark.parametrize("excerpt", ["One two", "<p>One, two […]</p>", "One two three", "One two&#8230;"])
def test_an_excerpt_that_is_the_contents_beginning_is_not_kept_again(excerpt):
    assert rss(content("<p>One, two three</p><p>four</p>"), description(excerpt)).other_html == ""


def test_of_two_summaries_the_fuller_one_counts_and_neither_is_the_content():
    short, long = description("<p>Short</p>"), "<itunes:summary>A longer text about the same</itunes:summary>"
    for parts in ([short, long], [long, short]):
        entry = rss(*parts)
        assert (entry.content_html, entry.is_summary) == ("A longer text about the same", True)
        assert rss(content("<p>All of it is here</p>"), *parts).content_html == "<p>All of it is here</p>"


def test_base_and_language_are_those_of_the_chosen_text():
    entry = parse(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><entry><id>1</id>
        <summary xml:base="https://s.example/" xml:lang="de">Ein Satz, der um einiges mehr zu sagen hat</summary>
        <content type="html" xml:base="https://c.example/" xml:lang="fr">&lt;img src="1.png"/&gt;</content>
        </entry></feed>""",
        url=URL,
    ).entries[0]
    assert (entry.base_url, entry.language) == ("https://c.example/", "fr")


@pytest.mark.parametrize(
    ("feed", "entry", "text", "expected"),
    [
        ("", 'xml:lang="fr"', "", "fr"),
        ('xml:lang="en"', 'xml:lang="fr"', "", "fr"),
        ('xml:lang="en"', 'xml:lang="fr"', "<summary>x</summary>", "fr"),
        ('xml:lang="en"', "", "<summary>x</summary>", "en"),
        ('xml:lang="en"', 'xml:lang=""', "", ""),
        ('xml:lang="en"', "", '<summary xml:lang="">x</summary>', ""),
        ('xml:lang="en"', 'xml:lang="fr"', '<summary xml:lang="de">x</summary>', "de"),
        ('xml:lang="en"', "", "<dc:language>it</dc:language>", "it"),
        ('xml:lang="en"', 'xml:lang="en"', "<dc:language>it</dc:language><summary>x</summary>", "it"),
        ('xml:lang="en"', 'xml:lang="zh_tw"', "", "zh-TW"),
    ],
)
def test_the_nearest_language_counts(feed, entry, text, expected):
    document = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" {feed}>'
        f"<entry {entry}><id>1</id><title>T</title>{text}</entry></feed>"
    )
    assert parse(document.encode(), url=URL).entries[0].language == expected


def test_a_json_feeds_texts_are_chosen_in_the_same_way():
    def only(**item):
        import json

        document = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", **item}]}
        return parse(json.dumps(document).encode(), url=URL).entries[0]

    entry = only(content_html='<img src="/a.png">', summary=LONG)
    assert (entry.content_html, entry.other_html) == ('<img src="/a.png">', LONG)
    assert only(content_html="<div></div>", content_text="Words").content_html == "Words"
    assert only(content_text="Read more", summary=LONG).content_html == LONG


def test_a_picture_that_counts_readers_is_none():
    assert not shows_anything('<img src="/c" height=1 width="1">')
    assert not shows_anything('<img width="0" src="/c"/>')
    assert shows_anything('<img width="10" height="100" src="/c">')
    assert not shows_anything("<image-list> <imgs>")


@pytest.mark.parametrize(
    "html", ["<img " * 50_000, "<" * 100_000, "<img width=" * 30_000, "…" * 100_000, "[ " * 100_000]
)
def test_no_text_takes_long(html):
    is_summary_better(html, html)
    rss(content(html[:60_000]), description(html[:60_000]))


FULL = "The whole text, which is longer than the words that stand above it in the feed.\n\nAnd a second paragraph."
AS_HTML = "<p>" + FULL.replace("\n\n", "</p>\n<p>") + "</p>"


@pytest.mark.parametrize(
    "element",
    ["yandex:full-text", "r:fulltext", "full-text", "turbo:content"],
)
def test_the_text_for_an_aggregator_stands_where_there_is_no_other_whole_one(element):
    names = (
        'xmlns:yandex="http://news.yandex.ru" xmlns:r="http://news.rambler.ru" xmlns:turbo="http://turbo.yandex.ru"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    full = f"<{element}><![CDATA[{FULL}]]></{element}>"

    def entry(*parts):
        document = f"<rss version='2.0' {names}><channel><item><guid>1</guid>{''.join(parts)}</item></channel></rss>"
        return parse(document.encode(), url=URL).entries[0]

    for parts in ([description("Short."), full], [full, description("Short.")]):
        assert (entry(*parts).content_html, entry(*parts).other_html) == (AS_HTML, "Short.")
    assert entry(full).content_html == AS_HTML
    rich = f'<img src="/p.png"><p>{FULL}</p>'
    assert entry(full, description(rich)).content_html == rich
    assert entry(full, content("<p>Words.</p>"), description("Short.")).content_html == "<p>Words.</p>"


@pytest.mark.parametrize("order", [1, -1])
def test_a_summary_that_is_the_title_is_no_text_beside_another(order):
    title = "Tickets are printed twice on the evening ferry"
    parts = ["<description>It drops ink.</description>", f"<summary>{title}</summary>", "<reporter>Ann Lee</reporter>"]
    entry = rss(f"<title>[FERRY-12] {title}</title>", *parts[::order])
    assert (entry.content_html, entry.author) == ("It drops ink.", "Ann Lee")
    assert rss(f"<title>[FERRY-12] {title}</title>", parts[1]).content_html == title


WRAPPED = """We show that each ferry that leaves the harbour at night is late if
the tide is low and the moon is new, and that no ferry is late where
it is high. Our proof is short."""


def test_lines_of_one_width_are_a_paragraph():
    entry = rss(f"<description>{WRAPPED}\n\nWe thank\nthe harbour.</description>")
    assert entry.content_html == f"<p>{WRAPPED}</p>\n<p>We thank<br>\nthe harbour.</p>"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"- {line}" for line in WRAPPED.split("\n")),
        "\n".join(f"&gt; {line}" for line in WRAPPED.split("\n")),
        "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n"
        "Rough winds do shake the darling buds of May,\nAnd summer's lease hath all too short a date.",
        "The first line of the programme begins at nine o'clock in the hall\nThe second one at ten\nThe third at noon",
    ],
)
def test_lines_that_somebody_wrote_stay(text):
    assert rss(f"<description>{text}</description>").content_html == unescape(text).replace("\n", "<br>\n")
