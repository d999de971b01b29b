"""Recipes that the program makes of a page by itself."""

import json
from datetime import timedelta

import pytest

from feeds import sandbox
from feeds.pages.propose import propose
from feeds.pages.read import marked
from feeds.pages.recipe import Kind
from tests.feeds.pages.layouts import COUNT, LAYOUTS, URL


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_first_proposal_finds_a_pages_stories_and_nothing_else(layout):
    page = LAYOUTS[layout].encode()
    recipe = propose(page, url=URL)[0]
    feed = marked(page, url=URL, recipe=recipe)
    assert [entry.url for entry in feed.entries] == [f"https://harbour.example/story/{n}" for n in range(COUNT)], recipe
    assert all(entry.title.startswith(("Berth", "港口第")) for entry in feed.entries), recipe


@pytest.mark.parametrize("tag", ["o:p", "g:card", "x--:y"])
def test_elements_with_names_that_no_selector_has_break_nothing(tag):
    rows = "".join(f'<{tag}><a href="/story/{n}">Berth {n} is closed for a week</a></{tag}>' for n in range(9))
    propose(f"<html><body>{rows}</body></html>".encode(), url=URL)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name not in {"a plain list", "sections"}])
def test_dates_are_found_however_they_are_written(layout):
    page = LAYOUTS[layout].encode()
    feed = marked(page, url=URL, recipe=propose(page, url=URL)[0])
    noon = timedelta(hours=12)  # a Chinese day begins in the evening before
    dates = [entry.published_at + noon for entry in feed.entries if entry.published_at]
    assert [f"{date:%Y-%m-%d}" for date in dates] == [f"2026-03-0{n + 1}" for n in range(COUNT)]


def test_what_else_cards_have_is_found():
    page = LAYOUTS["cards"].encode()
    recipe = propose(page, url=URL)[0]
    assert (recipe.kind, recipe.items, recipe.title, recipe.date, recipe.content, recipe.picture) == (
        Kind.CSS, "article.card", "h2", "time", ".excerpt", "img",
    )  # fmt: skip
    assert marked(page, url=URL, recipe=recipe).entries[3].image_url == "https://harbour.example/p/3.jpg"


def test_a_list_inside_a_json_document_is_found():
    posts = [
        {
            "id": n,
            "title": f"Berth {n}",
            "url": f"/story/{n}",
            "published_at": 1_772_000_000 + n,
            "author": {"name": "Ann"},
        }
        for n in range(5)
    ]
    document = {"ok": True, "tags": [{"name": "harbour"}], "data": {"posts": posts}}
    recipe = propose(json.dumps(document).encode(), url=URL)[0]
    assert (recipe.items, recipe.title, recipe.link, recipe.date, recipe.author) == (
        "data.posts", "title", "url", "published_at", "author.name",
    )  # fmt: skip
    entry = marked(json.dumps(document).encode(), url=URL, recipe=recipe).entries[2]
    assert (entry.title, entry.author, entry.url) == ("Berth 2", "Ann", "https://harbour.example/story/2")


@pytest.mark.parametrize(
    "page",
    [
        b"", b"\0\0", b"<p>Nothing here", b"{", b"[]", b'{"a": [1, 2]}', b"<a href='http://[x'>An address that is none</a>" * 5,
        b"<div>" * 50_000, b"<a href=/x>the same link again</a>" * 5000, b"<ul><li>" * 20_000, b'{"a":' * 5000,
    ],
)  # fmt: skip
def test_from_a_page_without_stories_nothing_is_proposed(page):
    assert sandbox.run(propose, page, url=URL) == []
