"""What a browser is given: nothing in it makes it ask a third party."""

import re

import pytest
from bleach._vendor import html5lib  # type: ignore[import-not-found]
from django.utils.translation import override

from articles.render import display_html, map_media, summary_of
from articles.sanitize import clean

BASE = "https://publisher.example/news/"
EVERYTHING = """
<p><img src=a.jpg srcset="a2.jpg 2x" alt='a "view" > there' width=640 height=480></p>
<p><a href=big.jpg><img src=small.jpg alt=small></a></p>
<picture><source srcset="b.webp 1x" type=image/webp><img src=b.jpg alt=b></picture>
<figure><img src=c.jpg><figcaption>c</figcaption></figure>
<video poster=p.jpg><source src="/films/The%20one.mp4" type=video/mp4><track src=x.vtt></video>
<audio src="/sounds/talk.mp3?x=1&amp;y=2"></audio>
<iframe src=//www.youtube.com/embed/abcDEF12345></iframe>
<blockquote cite=/q>q</blockquote>
"""


def elements_of(html):
    return list(html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False).iter())


@pytest.fixture
def shown():
    return display_html(clean(EVERYTHING, base_url=BASE))


def test_nothing_is_loaded_from_elsewhere(shown):
    for element in elements_of(shown):
        assert element.tag not in {"picture", "source", "video", "audio", "track", "iframe"}
        assert element.attrib.keys().isdisjoint({"srcset", "poster", "data"})
        assert element.attrib.get("src", "/static/").startswith("/static/")


def test_a_picture_becomes_a_placeholder_that_leads_to_it():
    html = clean('<img src=a.jpg srcset="a2.jpg 2x" alt=\'a "view" > there\' width=640 height=480>', base_url=BASE)
    assert display_html(html) == (
        '<p><a class="original" href="https://publisher.example/news/a.jpg" rel="noopener noreferrer">'
        '<img class="placeholder" src="/static/img/placeholder.svg" alt="a &quot;view&quot; > there"'
        ' width="640" height="480" loading="lazy"></a></p>'
    )


def test_a_picture_in_a_link_keeps_the_publishers_link(shown):
    assert 'href="https://publisher.example/news/big.jpg"' in shown
    assert "small.jpg" not in shown
    assert len(re.findall("<a[ >]", shown)) == len(re.findall("</a>", shown))
    assert not [
        a for a in elements_of(shown) if a.tag == "a" and any(inner is not a and inner.tag == "a" for inner in a.iter())
    ]


def test_films_and_sounds_become_links_with_their_names(shown):
    assert (
        '<p class="media"><a href="https://publisher.example/films/The%20one.mp4" rel="noopener noreferrer">'
        "Video · The one.mp4</a></p>" in shown
    )
    assert 'href="https://publisher.example/sounds/talk.mp3?x=1&amp;y=2"' in shown
    assert "Audio · talk.mp3</a>" in shown


def test_every_media_address_passes_one_function():
    seen: list[tuple[str, object]] = []

    def image(attrs, is_linked):
        seen.append((attrs["src"].rpartition("/")[2], is_linked))
        return ""

    def player(kind, attrs, sources):
        seen.append((kind, len(sources)))
        return ""

    assert "<img" not in map_media(clean(EVERYTHING, base_url=BASE), image=image, player=player)
    assert seen == [
        ("a.jpg", False), ("small.jpg", True), ("b.jpg", False), ("c.jpg", False), ("video", 1), ("audio", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("html", ["", "<p>x</p>", "<p>a &lt;img src=x&gt; b</p>"])
def test_text_is_left_alone(html):
    assert display_html(html) == html


def test_a_name_from_an_address_is_escaped():
    html = display_html(clean("<audio src='/a/%3Cscript%3Ealert(1)%3C/x%3E.mp3'></audio>", base_url=BASE))
    assert "<script" not in html


def test_labels_are_translated():
    with override("zh-hans"):
        assert display_html(clean("<audio src=/a.mp3></audio>", base_url=BASE)).endswith(" · a.mp3</a></p>")


@pytest.mark.parametrize(
    ("text", "limit", "summary"),
    [
        ("one\ntwo  three", 300, "one two three"),
        ("one two three", 9, "one two…"),
        ("一二三四五六", 4, "一二三四…"),
        ("", 300, ""),
    ],
)
def test_a_summary_is_the_first_words(text, limit, summary):
    assert summary_of(text, limit) == summary


def test_a_summary_fits_its_column():
    assert len(summary_of("長" * 100_000)) <= 400
