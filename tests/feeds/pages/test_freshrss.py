"""Recipes in lists of feeds, as FreshRSS writes them."""

import pytest

from feeds.models import Feed
from feeds.pages import freshrss
from feeds.pages.read import marked
from feeds.pages.recipe import Kind, Recipe
from feeds.subscribe.outlines import export_opml, import_opml, import_opml_for
from tests.factories import make_reader
from tests.feeds.pages.layouts import COUNT, LAYOUTS, URL

OPML = b"""<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head><title>FreshRSS</title></head><body>
<outline xmlns:frss="https://freshrss.org/opml" text="Harbour" type="HTML+XPath" xmlUrl="https://harbour.example/news/"
 htmlUrl="https://harbour.example/news/" frss:priority="main" frss:xPathItem="//article" frss:xPathItemTitle="descendant::h2"
 frss:xPathItemUri="descendant::h2/a/@href" frss:xPathItemTimestamp="descendant::time/@datetime" frss:xPathItemContent="."/>
<outline xmlns:frss="https://freshrss.org/opml" text="Log" type="JSON+DotNotation" xmlUrl="https://log.example/api"
 frss:jsonItem="data.items" frss:jsonItemTitle="meta.title" frss:jsonItemUri="meta.links[0]"/>
<outline xmlns:frss="https://freshrss.org/opml" text="In a page" type="HTML+XPath+JSON+DotNotation"
 xmlUrl="https://log.example/page" frss:xPathToJson="//script[@type='application/json']" frss:jsonItem="posts"/>
<outline text="Without a word how" type="HTML+XPath" xmlUrl="https://nothing.example/"/>
</body></opml>"""


@pytest.mark.django_db
def test_feeds_from_pages_come_in_with_their_recipes_and_go_out_again():
    results = import_opml(OPML)
    assert [result.outcome for result in results] == ["added", "added", "added", "refused"]
    harbour = Feed.objects.get(url=URL)
    assert harbour.recipe == {
        "kind": "xpath", "items": "//article", "title": "descendant::h2", "link": "descendant::h2/a/@href",
        "date": "descendant::time/@datetime", "content": ".",
    }  # fmt: skip
    assert harbour.opml_attributes == {"{https://freshrss.org/opml}priority": "main"}
    written = export_opml()
    Feed.objects.all().delete()
    assert [result.outcome for result in import_opml(written)] == ["added"] * 3
    assert Feed.objects.get(url=URL).recipe == harbour.recipe
    assert Feed.objects.get(url="https://log.example/page").recipe["json_at"] == "//script[@type='application/json']"
    for said in (
        b'type="HTML+XPath"',
        b'frss:xPathItem="//article"',
        b'frss:jsonItemUri="meta.links[0]"',
        b'frss:priority="main"',
    ):
        assert said in written


@pytest.mark.django_db
def test_a_readers_own_list_brings_them_too():
    reader = make_reader()
    import_opml_for(reader, OPML)
    feed = Feed.objects.get(url=URL)
    assert (feed.is_shared, feed.recipe["kind"]) == (False, "xpath")


def test_selectors_go_out_as_xpath_that_finds_the_same():
    page = LAYOUTS["cards"].encode()
    recipe = Recipe(kind=Kind.CSS, items="article.card", date="time", content=".excerpt", picture="img")
    out = freshrss.recipe_in(freshrss.attributes_of(recipe))
    assert out.kind is Kind.XPATH
    before, after = (marked(page, url=URL, recipe=each).entries for each in (recipe, out))
    assert len(after) == COUNT
    for name in ("title", "url", "content_html", "image_url", "published_at"):
        assert [getattr(each, name) for each in after] == [getattr(each, name) for each in before], name
