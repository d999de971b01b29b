"""One article to a file and back, and the names that files get."""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import PurePath

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from articles.archive_files.format import names
from articles.archive_files.format.article_file import ArticleFile, read
from articles.archive_files.format.front_matter import source_name
from articles.archive_files.format.writing import write
from feeds.parse import text as plain
from feeds.parse.values import ParsedEnclosure

WHEN = datetime(2026, 1, 31, 23, 30, 5, 123456, tzinfo=UTC)
WORDS = [
    "---",
    "------",
    "](",
    ")",
    '"',
    "\\",
    "'",
    "{{",
    "#",
    "&amp;",
    "<div>",
    "</div>",
    "港口",
    "e\u0301",
    "👩‍🚀",
    ": ",
]
TEXT = st.lists(st.text(max_size=20) | st.sampled_from(WORDS), max_size=8).map("".join)
HTML = st.lists(
    TEXT
    | st.sampled_from(["\n", "\r\n", "\n------\n\n<div>\n", "\n</div>\n", "\n---\n", "<p>", " ", "\t", "<!--1-->"]),
    max_size=8,
).map(lambda parts: plain.storable("".join(parts)))
ADDRESS = st.builds(lambda path: plain.address("", f"https://paper.example/{path}"), TEXT)
MOMENT = st.datetimes(timezones=st.just(UTC))


def lines(limit: int) -> st.SearchStrategy[str]:
    return TEXT.map(lambda text: plain.line(text, limit))


ENCLOSURE = st.builds(
    ParsedEnclosure,
    url=ADDRESS.filter(bool),
    media_type=lines(200),
    length=st.none() | st.integers(0, 2**63 - 1),
    title=lines(500),
    alt=lines(2000),
    width=st.none() | st.integers(0, 2**31 - 1),
    height=st.none() | st.integers(0, 2**31 - 1),
    duration=st.none() | st.integers(0, 2**31 - 1),
    poster_url=ADDRESS | st.just(""),
    is_player=st.booleans(),
)
FILE = st.builds(
    ArticleFile,
    source=TEXT.map(source_name).filter(bool),
    link=ADDRESS | st.just(""),
    title=lines(1000),
    author=lines(500),
    published_at=MOMENT,
    updated_at=st.none() | MOMENT,
    tags=st.lists(lines(200).filter(bool), max_size=5).map(tuple),
    language=st.sampled_from(["", "zh-Hant", "en", "de-AT"]),
    html=HTML,
    guid=lines(500).filter(bool),
    feed_url=st.sampled_from(["https://paper.example/rss", "archive:The%20Paper", ""]),
    category=st.lists(lines(200).filter(bool), max_size=3).map(tuple),
    base_url=st.none() | st.just("https://base.example/"),
    image_url=ADDRESS | st.just(""),
    enclosures=st.lists(ENCLOSURE, max_size=3).map(tuple),
)


def file(**fields) -> ArticleFile:
    given = {"source": "The Paper", "guid": "tag:1", "published_at": WHEN, "link": "https://paper.example/a"}
    return ArticleFile(**given | fields)


@given(FILE)
def test_whatever_an_article_says_is_read_back_as_it_was(article):
    assert read(write(article, name="A name"), PurePath("2026-01-31/x.md")) == article


@given(FILE)
def test_the_front_matter_is_yaml(article):
    front = write(article).decode().split("\n---\n")[0].removeprefix("---\n")
    values = yaml.load(front, yaml.BaseLoader)
    assert (values["title"], values["guid"], values["tags"]) == (article.title, article.guid, [article.source])
    assert values.get("categories", []) == list(article.tags)


def test_a_file_looks_like_those_of_other_archives():
    article = file(
        title="Harbour [east] *reopens*",
        author="M. Reed",
        html="<p>Ships</p>",
        tags=("Sea",),
        category=("News", "Asia"),
    )
    assert write(article).decode() == (
        '---\nlayout: post\ntitle: "Harbour [east] *reopens*"\ndate: 2026-01-31T23:30:05.123456Z\nauthor: "M. Reed"\n'
        'from: "https://paper.example/a"\ntags: ["The Paper"]\ncategories: ["Sea"]\nguid: "tag:1"\n'
        'category: "News / Asia"\n---\n<!--1769902205123-->\n'
        "[Harbour \\[east\\] \\*reopens\\*](https://paper.example/a)\n------\n\n<div>\n<p>Ships</p>\n</div>\n"
    )


def test_an_article_of_which_only_the_attachment_is_known_comes_back():
    article = file(link="", enclosures=(ParsedEnclosure(url="https://paper.example/1.mp3", length=5),))
    assert read(write(article), PurePath("x.md")) == article


def test_a_hundred_long_enclosures_come_back():
    url = "https://paper.example/" + "a" * 3000
    article = file(enclosures=tuple(ParsedEnclosure(url=f"{url}{number}") for number in range(100)))
    assert read(write(article), PurePath("x.md")) == article


def test_a_copy_with_windows_line_ends_or_an_edited_text_is_still_the_article():
    article = file(title="Harbour", html="<p>One</p>")
    text = write(article)
    assert read(text.replace(b"\n", b"\r\n"), PurePath("x.md")) == article
    assert read(text.replace(b"One", b"Two").replace(b"<div>\n", b"<div>\n\n"), PurePath("x.md")).html == "\n<p>Two</p>"


@pytest.mark.parametrize(
    "hostile", ["[[[", '{"url": 1}', '[{"url": "javascript:x"}]', "[1, null]", '[{"length": true}]']
)
def test_enclosures_that_are_none_are_left_out(hostile):
    text = write(file(title="x")).replace(b'guid: "tag:1"\n', f'guid: "tag:1"\nenclosures: {hostile}\n'.encode())
    assert read(text, PurePath("x.md")).enclosures == ()


# --- names ------------------------------------------------------------------------------------------------------


@given(TEXT)
def test_names_are_safe_on_every_file_system(title):
    name = names.article_name(WHEN, title, "guid")
    assert names.is_article_name(name)
    assert re.match(r"2026-01-31-", name)
    assert len(os.fsencode(name)) <= 120
    assert name == name.lower().strip(" .")
    assert not re.search(r'[\x00-\x20<>:"/\\|?*\x7f-\x9f]', name)
    assert unicodedata.normalize("NFC", name) == name


def test_a_long_title_is_cut_between_characters():
    cut = names.slug("港" * 100, 80)
    assert cut == "港" * 26
    assert names.slug("x" * 79 + "q\u0323", 80) == "x" * 79


def test_the_day_is_that_of_greenwich_and_the_hash_that_of_the_guid():
    one, other = (names.article_name(WHEN, "Harbour", guid) for guid in ("a", "b"))
    assert re.fullmatch(r"2026-01-31-harbour-[0-9a-f]{12}\.md", one)
    assert one != other
    assert names.article_name(WHEN, "", "a") == one.replace("-harbour", "")


def test_sources_that_are_called_alike_get_folders_of_their_own():
    called = ["The Paper", "the paper", "THE  PAPER!", "Aux", "articles", "🙂", "../..", "Straße"]
    folders = names.folder_names({key: (name, f"https://{key}.example/") for key, name in enumerate(called)})
    assert len(set(folders.values())) == len(called)
    assert all(re.fullmatch(r"the-paper-[0-9a-f]{8}", folders[key]) for key in (0, 1, 2))
    assert re.fullmatch(r"aux-[0-9a-f]{8}", folders[3])
    assert re.fullmatch(r"articles-[0-9a-f]{8}", folders[4])
    assert folders[7] == "straße"
