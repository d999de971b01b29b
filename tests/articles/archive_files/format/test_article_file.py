"""One article file: what is read from it, however it looks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.archive_files.format.article_file import MAX_BYTES, ArticleFile, NotAnArticle, Reason, read
from tests.article_files import newer_form, older_form
from tests.effort import within

NINE = datetime(2026, 1, 1, 9, tzinfo=UTC)


def read_text(text: str, path: str = "archived/2026-01-01/harbour.md") -> ArticleFile:
    return read(text.encode(), PurePath(path))


def reason_of(data: bytes, path: str = "archived/x/y.md") -> Reason:
    with pytest.raises(NotAnArticle) as caught:
        read(data, PurePath(path))
    return caught.value.reason


def test_every_part_of_the_newer_form_is_read():
    assert read_text(newer_form()) == ArticleFile(
        source="The Paper",
        link="https://paper.example/harbour",
        title="Harbour reopens",
        author="M. Reed",
        published_at=NINE,
        html="<p>Ships are back.</p>",
    )


def test_the_older_form_takes_its_source_from_its_folder():
    article = read_text(older_form(), "articles/The Paper/1039976_Harbour reopens.md")
    assert article == ArticleFile(
        source="The Paper",
        link="https://paper.example/harbour",
        title="Harbour reopens",
        published_at=NINE,
        html="<p>Ships are back.</p>",
    )


def test_the_title_of_the_front_matter_wins_over_a_link_line_that_was_cut_short():
    article = read_text(newer_form(title="Harbour reopens after a long winter", line_title="Harbour reopens..."))
    assert article.title == "Harbour reopens after a long winter"


def test_without_a_title_in_the_front_matter_the_link_line_gives_it():
    assert read_text(newer_form(title="", line_title="Harbour")).title == "Harbour"


def test_without_a_link_line_the_link_is_what_from_says_and_the_html_is_taken_as_it_is():
    text = '---\ntitle: "Harbour"\nfrom: https://paper.example/a_(b)\ntags: [ Paper ]\n---\n\n<div>\n<p>x</p>\n</div>\n'
    article = read_text(text)
    assert (article.link, article.html) == ("https://paper.example/a_(b)", "<div>\n<p>x</p>\n</div>")


def test_the_link_of_the_link_line_wins_over_from():
    text = newer_form(link="https://paper.example/%E6%B8%AF").replace(
        "from: https://paper.example/%E6%B8%AF", "from: https://paper.example/港"
    )
    assert read_text(text).link == "https://paper.example/%E6%B8%AF"


@pytest.mark.parametrize(
    "title",
    [
        "[Harbour] Ships “are” back",
        "[[生活] 港口] 重開",
        'The "old" harbour',
        '"Quoted from end to end"',
        "It's 5 o'clock: ships [are] (nearly) back](no)",
        "Photo: Quay, by A. Nyman",
        "# - > Harbour | 'x'",
        "C:\\new\\table",
        "[x](https://elsewhere.example/y)",
    ],
)
@pytest.mark.parametrize("form", [newer_form, older_form])
def test_awkward_titles_come_through_whole(title, form):
    article = read_text(form(title=title))
    assert (article.title, article.link) == (title, "https://paper.example/harbour")


@pytest.mark.parametrize(
    "link",
    [
        "https://paper.example/wiki/Quay_(harbour)",
        "https://paper.example/a?b=[c](d)&e=1#f",
        "http://paper.example//cn/港口/20260101",
    ],
)
def test_addresses_with_brackets_and_other_scripts_come_through_whole(link):
    assert read_text(older_form(link=link)).link == link


def test_blanks_in_an_address_are_escaped():
    article = read_text(older_form(link="https://paper.example/a b? c"))
    assert article.link == "https://paper.example/a%20b?%20c"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "/relative", "", "https://", "ftp://a/b"])
def test_what_is_no_web_address_becomes_no_link(link):
    article = read_text(older_form(link=link))
    assert (article.link, article.title) == ("", "Harbour reopens")


def test_a_title_that_the_archive_kept_escaped_is_unescaped():
    assert read_text(newer_form(title="KM&#x27;s quay &amp; H&M")).title == "KM's quay & H&M"


def test_a_title_over_several_lines_is_joined():
    article = read_text(older_form(title="Harbour\nreopens"))
    assert (article.title, article.html) == ("Harbour reopens", "<p>Ships are back.</p>")
    text = newer_form(title="Harbour\nauthority: reopens", line_title="Harbour")
    assert read_text(text).title == "Harbour authority: reopens"


def test_an_untitled_article_has_an_empty_title():
    article = read_text(older_form(title=""), "articles/The Paper/1039961_.md")
    assert (article.title, article.link) == ("", "https://paper.example/harbour")


@pytest.mark.parametrize("form", [newer_form, older_form])
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(form):
    path = PurePath("articles/The Paper/1.md")
    plain = read(form().encode(), path)
    assert read(b"\xef\xbb\xbf" + form().replace("\n", "\r\n").encode(), path) == plain


def test_only_the_wrapper_is_taken_off():
    html = "<div>first</div>\n<div>\nsecond\n</div>"
    assert read_text(newer_form(html=html)).html == html
    assert read_text(older_form(html=f"<div>\n{html}\n</div>")).html == f"<div>\n{html}\n</div>"


def test_html_whose_tags_do_not_balance_keeps_them():
    assert read_text(newer_form(html="</div><p>x<div>\n")).html == "</div><p>x<div>\n"


def test_a_rule_inside_the_article_stays():
    html = "<pre>\n[a](https://b.example/)\n------\n---\n</pre>"
    assert read_text(newer_form(html=html)).html == html
    text = f'---\ntitle: "T"\nfrom: https://paper.example/1\ntags: [ P ]\n---\n{html}'
    assert read_text(text).html == html


@pytest.mark.parametrize(
    ("stamp", "date", "expected"),
    [
        (1767258000123, "2020-01-01T00:00:00Z", datetime(2026, 1, 1, 9, 0, 0, 123000, tzinfo=UTC)),
        (None, "2020-02-03T10:00:00+01:00", datetime(2020, 2, 3, 9, tzinfo=UTC)),
        (None, "2020-02-03 10:00:00 +0800", datetime(2020, 2, 3, 2, tzinfo=UTC)),
        (None, '"2020-02-03T10:00:00Z"', datetime(2020, 2, 3, 10, tzinfo=UTC)),
        (0, "2020-02-03T10:00:00Z", datetime(2020, 2, 3, 10, tzinfo=UTC)),
        (99999999999999999, "2020-02-03T10:00:00Z", datetime(2020, 2, 3, 10, tzinfo=UTC)),
        (None, "some day", datetime(2026, 1, 1, tzinfo=UTC)),  # the folder's
    ],
)
def test_the_time_stamp_wins_then_the_date_then_the_day_in_the_path(stamp, date, expected):
    assert read_text(newer_form(stamp=stamp, date=date)).published_at == expected


def test_an_undated_file_has_no_date():
    assert read_text(newer_form(stamp=None, date=""), "any/where.md").published_at is None


@pytest.mark.parametrize(
    ("tags", "source"),
    [
        ("[ 港口日報 ]", "港口日報"),
        ("[Harbour, Quay & Sons]", "Harbour, Quay & Sons"),
        ("The Paper", "The Paper"),
        ('[ "The Paper" ]', "The Paper"),
        ("[ (North) Paper ]", "(North) Paper"),
        ("\n  - The Paper", "The Paper"),
    ],
)
def test_the_source_is_what_tags_say(tags, source):
    assert read_text(newer_form().replace("tags: [ The Paper ]", f"tags: {tags}")).source == source


def test_without_tags_the_source_is_the_folder_then_the_host_then_unknown():
    text = older_form(link="https://www.paper.example/1")
    assert read_text(text, "articles/Quay/1_x.md").source == "Quay"
    assert read_text(text, "backup/2026/1_x.md").source == "paper.example"
    assert read_text(text.replace("https://www.paper.example/1", ""), "backup/2026/1_x.md").source == "unknown"


def test_one_name_in_two_spellings_of_unicode_is_one_source():
    assert read_text(older_form(), "articles/Cafe\u0301/1.md").source == "Caf\u00e9"


def test_categories_other_than_the_source_are_tags():
    text = newer_form().replace("categories: [ The Paper ]", "categories: [ The Paper, Sea, Trade ]")
    assert read_text(text).tags == ("Sea", "Trade")


def test_what_newsreader_writes_is_read_back():
    title = 'A "quoted" \\ title &amp; more'
    text = (
        f"---\ntitle: {json.dumps(title)}\ndate: 2026-01-01T09:00:00Z\n"
        'author: "M. \\"Red\\" Reed"\nfrom: https://paper.example/1\ntags: ["Harbour, Quay"]\n'
        'categories: ["a, b", "c &amp; d"]\nguid: "tag:paper.example,2026:\\u0031"\nfeed: https://paper.example/rss\n'
        "category: News / Asia\nupdated: 2026-01-02T09:00:00Z\nlanguage: zh_hant\n---\n<p>x</p>"
    )
    assert read_text(text) == ArticleFile(
        source="Harbour, Quay",
        link="https://paper.example/1",
        title=title,
        author='M. "Red" Reed',
        published_at=NINE,
        updated_at=datetime(2026, 1, 2, 9, tzinfo=UTC),
        tags=("a, b", "c &amp; d"),
        language="zh-Hant",
        html="<p>x</p>",
        guid="tag:paper.example,2026:1",
        feed_url="https://paper.example/rss",
        category=("News", "Asia"),
    )


def test_the_identity_is_the_guid_then_the_link_then_the_text():
    assert read_text(newer_form(more="guid: own\n")).identity == "own"
    assert read_text(newer_form()).identity == "https://paper.example/harbour"
    one, same, other = (read_text(older_form(link="", html=html)).identity for html in ("a", "a", "b"))
    assert one == same != other


def test_front_matter_that_is_never_closed_is_no_front_matter():
    article = read_text("---\ntitle: x\n<p>Ships</p>", "articles/P/1.md")
    assert (article.title, article.html) == ("", "---\ntitle: x\n<p>Ships</p>")


def test_gb18030_is_read_where_utf8_fails():
    article = read(older_form(title="港口今天重新开放", html="<p>船只回来了</p>").encode("gb18030"), PurePath("x.md"))
    assert (article.title, article.html) == ("港口今天重新开放", "<p>船只回来了</p>")


def test_a_few_damaged_bytes_do_not_turn_utf8_into_nonsense():
    whole = older_form(title="港口今天重新开放", html="<p>船只回来了，市民都很高兴。</p>").encode()
    article = read(whole[:-7] + b"\xe3\x80</p>", PurePath("x.md"))
    assert article.title == "港口今天重新开放"
    assert article.html == "<p>船只回来了，市民都很高兴\ufffd</p>"


def test_control_characters_that_no_database_takes_are_dropped():
    article = read_text(older_form(title="Har\0bour\x08", html="<p>a\0b</p>"))
    assert (article.title, article.html) == ("Harbour", "<p>ab</p>")


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\0\0\0", b"---\ntags: [ P ]\n---\n", b"<!--1-->"])
def test_a_file_that_says_nothing_is_refused(data):
    assert reason_of(data) is Reason.EMPTY


def test_a_wrapper_around_nothing_is_nothing():
    assert reason_of(newer_form(title="", link="", html="").encode()) is Reason.EMPTY


@pytest.mark.parametrize("data", [b"<p>caf\xe9 d\xe9j\xe0 vu</p>", b"\xff\xfe<\0p\0>\0", b"\x89PNG\xff\xff\xff"])
def test_what_is_neither_utf8_nor_gb18030_is_refused(data):
    assert reason_of(data) is Reason.NOT_TEXT


def test_a_file_above_the_limit_is_refused():
    assert reason_of(b"<p>" + b"a" * MAX_BYTES) is Reason.TOO_LARGE


def test_a_document_without_any_mark_of_an_article_is_refused():
    assert reason_of(b"# How to contribute\n\nSend patches.") is Reason.OTHER
    assert read_text("Plain words", "articles/The Paper/1.md").html == "Plain words"
    assert read_text("<p>HTML alone</p>").html == "<p>HTML alone</p>"


@pytest.mark.parametrize(
    "text",
    [
        "---\n" + "title: x\n" * 7000,
        "<!--1-->\n" + "[" * 20000,
        "<!--1-->\n" + "[" + "](" * 4000 + "\n------\n",
        "<!--1-->\n" + "[a](http://b" * 100000,
        "---\n" + '"' * 60000 + "\n---\n",
    ],
    ids=["keys", "brackets", "pairs", "links", "quotes"],
)
def test_no_text_takes_long(text):
    with within(1):
        read_text(text, "articles/P/1.md")


@given(
    st.one_of(st.binary(), st.text().map(str.encode), st.text(alphabet="-[]()\"'\\\n\r:<> !a1,http/").map(str.encode))
)
def test_any_bytes_are_an_article_or_refused(data):
    for prefix in (b"", b"---\ntitle: x\n---\n", b"---\nguid: x\ntitle: ", b"<!--1-->\n["):
        try:
            article = read(prefix + data, PurePath("articles/P/2026-99-99.md"))
        except NotAnArticle:
            continue
        assert article.source
        assert article.identity
        json.dumps([article.title, article.html, article.guid, article.author]).encode()
        assert "\0" not in article.html + article.title + article.source + article.identity
