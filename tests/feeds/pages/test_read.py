"""Pages to feeds by recipes."""

import json

import pytest

from feeds import sandbox
from feeds.pages.php_dates import parsed
from feeds.pages.read import marked, read
from feeds.pages.recipe import Kind, Recipe, kept, recipe_of
from feeds.parse import NotAFeed
from tests.documents import items, rss
from tests.feeds.pages.layouts import LAYOUTS, URL

CARDS = LAYOUTS["cards"].encode()
XML = b"""<?xml version="1.0" encoding="gb2312"?><!DOCTYPE log [<!ENTITY x "boom">]>
<log xmlns:w="urn:weather"><w:report no="1"><w:place>Quay</w:place><when>02/03/2026</when><to>/r/1</to></w:report>
<w:report no="2"><w:place>&x;Pier</w:place><when>03/03/2026</when><to>/r/2</to></w:report></log>"""


def css(**parts: str) -> Recipe:
    return Recipe(kind=Kind.CSS, **{"items": "article.card", **parts})


def xpath(**parts: str) -> Recipe:
    return Recipe(kind=Kind.XPATH, **{"items": "//article", **parts})


def test_selectors_find_the_parts_of_each_item():
    recipe = css(title="h2", link="h2 a", date="time", content=".excerpt", picture="img", tags=".meta a")
    feed = marked(CARDS, url=URL, recipe=recipe)
    entry = feed.entries[1]
    assert (feed.title, feed.language, feed.site_url) == ("Harbour News", "en", URL)
    assert entry.title == "Berth 1 of the old harbour opens to fishing boats again"
    assert (entry.url, entry.image_url) == ("https://harbour.example/story/1", "https://harbour.example/p/1.jpg")
    assert entry.content_html.startswith('<p class="excerpt">What the master')
    assert (f"{entry.published_at:%Y-%m-%d %H}", entry.tags) == ("2026-03-02 08", ("Harbour and all its berths",))


def test_what_is_not_named_is_found_where_it_usually_is():
    entry = marked(CARDS, url=URL, recipe=css()).entries[0]
    assert entry.title.startswith("Berth 0")
    assert entry.url == "https://harbour.example/story/0"  # that of the title, not the picture's or the topic's
    assert entry.published_at is not None


def test_xpath_finds_attributes_texts_and_constants():
    recipe = xpath(
        title="normalize-space(descendant::h2)",
        link="descendant::h2/a/@href",
        date="descendant::time/@datetime",
        author='"The harbour master"',
        content=".",
        guid="concat('berth-', count(preceding-sibling::article))",
    )
    entry = marked(CARDS, url=URL, recipe=recipe).entries[2]
    assert (entry.url, entry.author, entry.guid) == ("https://harbour.example/story/2", "The harbour master", "berth-2")
    assert entry.content_html.startswith("<article")


def test_an_xml_document_is_read_in_its_encoding_and_no_entity_of_its_own_is_expanded():
    recipe = Recipe(
        kind=Kind.XML, items="//w:report", title="w:place", link="to", date="when", guid="@no", date_format="d/m/Y"
    )
    feed = marked(XML, url=URL, recipe=recipe)
    assert [(each.title, each.url, each.guid) for each in feed.entries] == [
        ("Quay", "https://harbour.example/r/1", "1"), ("&x;Pier", "https://harbour.example/r/2", "2"),
    ]  # fmt: skip
    assert f"{feed.entries[0].published_at:%Y-%m-%d}" == "2026-03-02"


def test_paths_find_the_parts_of_json():
    document = {
        "name": "Log",
        "days": [
            {
                "reports": [
                    {"id": 7, "at": 1772000000, "text": "One\nline", "by": [{"name": "Ann"}], "tags": ["sea", "fog"]}
                ]
            },
            {"reports": [{"id": 8, "text": "<p>Two</p>"}]},
        ],
    }
    recipe = Recipe(
        kind=Kind.JSON, items="days[*].reports", title='"Report " & id', link='"https://log.example/" & id', date="at",
        content="text", author="by[0].name", tags="tags", feed_title="name",
    )  # fmt: skip
    feed = marked(json.dumps(document).encode(), url=URL, recipe=recipe)
    first, second = feed.entries
    assert (feed.title, first.title, first.url) == ("Log", "Report 7", "https://log.example/7")
    assert (first.author, first.tags, first.published_at.year) == ("Ann", ("sea", "fog"), 2026)
    assert (second.content_html, second.published_at) == ("<p>Two</p>", None)


def test_json_inside_a_web_page_is_read():
    page = f"<title>Log</title><script type=application/json>{json.dumps({'a': [{'t': 'One', 'u': '/1'}]})}</script>"
    recipe = Recipe(kind=Kind.JSON, items="a", title="t", link="u", json_at="//script[@type='application/json']")
    feed = marked(page.encode(), url=URL, recipe=recipe)
    assert (feed.title, feed.entries[0].url) == ("Log", "https://harbour.example/1")


def test_addresses_are_relative_to_what_the_page_says():
    page = b'<base href="/archive/"><ul><li><a href="1.html">The first story</a></ul>'
    entry = marked(page, url=URL, recipe=css(items="li")).entries[0]
    assert (entry.url, entry.base_url) == ("https://harbour.example/archive/1.html", "https://harbour.example/archive/")


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        (css(items=".nothing"), "There is nothing on this page where its items were marked"),
        (css(items="main > h1 + div", title="h6", link="h6"), "neither title nor link nor text"),
        (css(items="li:::"), "“li:::” is no CSS selector"),
        (css(date="[["), "“\\[\\[” is no CSS selector"),
        (xpath(items="//article["), "is no XPath expression"),
        (xpath(items="re:test('aaa', '(a+)+b')"), "There is nothing"),
        (xpath(items="document('file:///etc/passwd')"), "There is nothing"),
        (xpath(items="//article", title="//*[nosuch()]", link="string(1 div 0)", content="."), None),
        (Recipe(kind=Kind.JSON, items="a"), "looks like JSON, but can't be read"),
    ],
)
def test_a_recipe_that_finds_nothing_says_so(recipe, reason):
    if reason is None:
        assert marked(CARDS, url=URL, recipe=recipe).entries[0].title == ""
        return
    with pytest.raises(NotAFeed, match=reason):
        marked(CARDS, url=URL, recipe=recipe)


@pytest.mark.parametrize("function", ["re:test('a', 'a')", "str:tokenize('a b')", "date:date()", "exsl:node-set(.)"])
def test_no_function_beyond_xpath_1_is_known(function):
    with pytest.raises(NotAFeed):
        marked(CARDS, url=URL, recipe=xpath(items=f"//article[{function}]"))


def test_an_expression_that_never_ends_is_ended():
    page = b"<div>" + b"<p><b><i>x</i></b></p>" * 3000
    endless = "//*[count(//*[count(//*[count(//*) > 1]) > 1]) > 1]"
    with pytest.raises(sandbox.OverBudget, match="too long"):
        sandbox.within(1, marked, page, url=URL, recipe=xpath(items=endless))


def test_a_page_that_became_a_feed_is_read_as_that():
    feed = read(rss(items(1, 2)).encode(), url=URL, recipe=css())
    assert [entry.title for entry in feed.entries] == ["Story 2", "Story 1"]


def test_no_recipe_says_for_others_what_a_publishers_own_feed_says():
    forging = Recipe(kind=Kind.XML, items="//item", title="concat('Forged: ', title)", link="'https://evil.example/'")
    feed = read(rss(items(1, 2)).encode(), url=URL, recipe=forging)
    assert [entry.title for entry in feed.entries] == ["Story 2", "Story 1"]
    assert all("evil.example" not in entry.url for entry in feed.entries)


@pytest.mark.parametrize("form", ["dd/mm/YYYY", "YYYY", "d d"])
def test_a_form_of_dates_that_names_a_part_twice_fits_none(form):
    assert parsed("01/01/2026", form) is None


def test_a_recipe_is_kept_and_found_again():
    recipe = css(title="h2")
    assert kept(recipe) == {"kind": "css", "items": "article.card", "title": "h2"}
    assert recipe_of(kept(recipe)) == recipe


@pytest.mark.parametrize(
    "values", [None, {}, {"kind": "css"}, {"kind": "lua", "items": "x"}, {"kind": "css", "items": "a" * 1001}]
)
def test_what_is_no_recipe_is_none(values):
    assert recipe_of(values) is None
