"""Sitemaps of news as feeds."""

import pytest

from feeds.parse import NotAFeed, parse

URL = "https://gazette.example/news-sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?><!-- made nightly -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://gazette.example/a?utm_source=map</loc><lastmod>2026-03-02T09:00:00Z</lastmod><news:news><news:publication>
<news:name>The Gazette</news:name><news:language>zh-cn</news:language></news:publication>
<news:publication_date>2026-03-02</news:publication_date><news:title>Gulls &amp;amp; boats</news:title>
<news:keywords>Birds, Sea,birds</news:keywords></news:news><image:image><image:loc>/a.jpg</image:loc></image:image></url>
<url><loc>https://gazette.example/b</loc><news:news><news:title>Fog</news:title></news:news></url>
<url><loc>https://gazette.example/c</loc></url>
<url><loc>ftp://gazette.example/d</loc><news:news><news:title>No page</news:title></news:news></url></urlset>"""


def test_a_sitemap_of_news_is_a_feed():
    feed = parse(NEWS.encode(), url=URL)
    assert (feed.title, feed.language, feed.site_url) == ("The Gazette", "zh-CN", "https://gazette.example/")
    first, second = feed.entries
    assert (first.title, first.tags, first.image_url) == (
        "Gulls & boats",
        ("Birds", "Sea"),
        "https://gazette.example/a.jpg",
    )
    assert f"{first.published_at:%Y-%m-%d}" == "2026-03-02"
    assert (second.title, second.guid, second.published_at) == ("Fog", "https://gazette.example/b", None)


def test_one_that_is_cut_off_gives_what_it_has():
    assert [entry.title for entry in parse(NEWS[: NEWS.index("<url><loc>https://gazette.example/c")].encode(), url=URL).entries] == [
        "Gulls & boats", "Fog",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (NEWS.replace("news:title", "news:name"), "tells no titles"),
        ("<sitemapindex><sitemap><loc>https://x.example/a.xml</loc></sitemap></sitemapindex>", "a list of sitemaps"),
        ("<urlset>" * 3000, "tells no titles"),
    ],
)
def test_other_sitemaps_say_what_they_are(document, reason):
    with pytest.raises(NotAFeed, match=reason):
        parse(document.encode(), url=URL)
