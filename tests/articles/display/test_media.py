"""What a browser is given: nothing in it makes it ask a third party."""

import re

import pytest
from bleach._vendor import html5lib  # type: ignore[import-not-found]
from django.utils.translation import override

from articles.display.media import KnownImage, display_html, image_addresses, map_media
from articles.images.urls import LARGEST, Asked, read_path
from articles.sanitize import clean
from articles.text import summary_of

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


def picture_of(html, **known):
    facts = {f"{BASE}a.jpg": KnownImage(**known)} if known else {}
    shown = display_html(clean(html, base_url=BASE), known=facts)
    return next(element.attrib for element in elements_of(shown) if element.tag == "img")


def test_nothing_is_loaded_from_elsewhere(shown):
    loaded = []
    for element in elements_of(shown):
        assert element.tag not in {"picture", "track", "iframe", "object", "embed"}
        loaded += [element.attrib[name] for name in ("src", "poster", "data") if name in element.attrib]
        loaded += [part.split()[0] for part in element.attrib.get("srcset", "").split(", ") if part]
    assert len(loaded) >= 7
    for address in loaded:
        assert address.startswith("/images/")
        assert read_path(address).url.startswith("https://publisher.example/")


def test_a_picture_nobody_has_seen_yet_comes_in_one_size_with_the_publishers_measures():
    attrs = picture_of("<img src=a.jpg alt='a \"view\" > there' title=T width=640 height=480>")
    assert read_path(attrs.pop("src")) == Asked(f"{BASE}a.jpg", 1280, True)
    assert attrs == {
        "alt": 'a "view" > there', "title": "T", "width": "640", "height": "480", "loading": "lazy",
        "decoding": "async",
    }  # fmt: skip


def test_a_known_picture_comes_in_widths_up_to_its_own():
    attrs = picture_of("<img src=a.jpg>", width=1000, height=500)
    offered = [part.split() for part in attrs["srcset"].split(", ")]
    assert [(read_path(path).width, width) for path, width in offered] == [
        (320, "320w"), (640, "640w"), (960, "960w"), (1280, "1000w"),
    ]  # fmt: skip
    assert (attrs["width"], attrs["height"]) == ("1000", "500")
    assert "36rem" in attrs["sizes"]


def test_the_page_reserves_room_in_the_pictures_own_proportions():
    attrs = picture_of("<img src=a.jpg width=300 height=300>", width=1000, height=500)
    assert (attrs["width"], attrs["height"]) == ("300", "150")


def test_a_small_picture_is_offered_once_and_leads_to_no_larger_view():
    html = clean("<img src=a.jpg>", base_url=BASE)
    small = display_html(html, known={f"{BASE}a.jpg": KnownImage(200, 100)})
    assert "320/" in small
    assert small.count(" 200w") == 1
    assert "enlarge" not in small


def test_a_large_picture_leads_to_a_larger_view_of_it_here():
    html = display_html(clean("<img src=a.jpg>", base_url=BASE))
    link = next(element for element in elements_of(html) if element.tag == "a")
    assert (link.attrib["class"], read_path(link.attrib["href"]).width) == ("enlarge", LARGEST)


def test_a_picture_in_a_link_keeps_the_publishers_link(shown):
    assert 'href="https://publisher.example/news/big.jpg"' in shown
    assert len(re.findall("<a[ >]", shown)) == len(re.findall("</a>", shown))
    assert not [
        a for a in elements_of(shown) if a.tag == "a" and any(inner is not a and inner.tag == "a" for inner in a.iter())
    ]


def test_a_face_is_shown_as_one_and_missing_it_is_its_word():
    html = clean("<p>Hi <img src=a.png alt=':wave:' class=emoji></p>", base_url=BASE)
    for known in ({}, {f"{BASE}a.png": KnownImage(720, 720)}):
        shown = display_html(html, known=known)
        assert 'class="smiley"' in shown
        assert "enlarge" not in shown
    assert display_html(html, known={f"{BASE}a.png": KnownImage(is_missing=True)}) == "<p>Hi :wave:</p>"


def test_of_a_height_alone_the_width_follows():
    attrs = picture_of("<img src=a.jpg style='height:3em'>", width=1000, height=500)
    assert (attrs["width"], attrs["height"]) == ("96", "48")


def test_a_formula_is_shown_as_it_is():
    html = "<p><math><mfrac><mi>a</mi><mn>2</mn></mfrac></math></p>"
    assert display_html(clean(html, base_url=BASE)) == html


def test_a_missing_picture_leaves_its_words_and_the_way_to_where_it_was():
    html = clean("<img src=a.jpg alt='The <old> harbour' width=10 height=10>", base_url=BASE)
    assert display_html(html, known={f"{BASE}a.jpg": KnownImage(is_missing=True)}) == (
        f'<p><a class="original" href="{BASE}a.jpg" rel="noopener noreferrer"><img class="placeholder" '
        'src="/static/img/placeholder.svg" alt="" width="10" height="10" loading="lazy"> '
        "<span>The &lt;old> harbour</span></a></p>"
    )


@pytest.mark.parametrize(
    ("srcset", "shown"),
    [
        ("s.jpg 400w, m.jpg 1700w, l.jpg 5000w", "m.jpg"),
        ("l.jpg 1200w, s.jpg 400w", "l.jpg"),
        ("x.jpg 1x, y.jpg 2x, z.jpg 3x", "z.jpg"),
        ("", "a.jpg"),
    ],
)
def test_of_a_publishers_sizes_one_is_shown_and_kept(srcset, shown):
    html = clean(f'<img src=a.jpg srcset="{srcset}">', base_url=BASE)
    assert image_addresses(html) == [BASE + shown]
    assert read_path(picture_of(f'<img src=a.jpg srcset="{srcset}">')["src"]).url == BASE + shown


def test_where_the_best_size_is_missing_another_is_shown():
    html = clean('<img src=a.jpg srcset="l.jpg 2000w">', base_url=BASE)
    shown = display_html(html, known={f"{BASE}l.jpg": KnownImage(is_missing=True)})
    assert read_path(next(e.attrib["src"] for e in elements_of(shown) if e.tag == "img")).url == f"{BASE}a.jpg"


def test_what_may_not_be_kept_says_so_in_its_address():
    html = display_html(clean(EVERYTHING, base_url=BASE), is_kept=False)
    paths = re.findall(r'(?:src|poster)="(/images/[^"]+)"', html)
    assert paths
    assert not any(read_path(path).is_kept for path in paths)


def test_films_and_sounds_play_from_here_and_name_where_they_are_from(shown):
    (film,) = (element for element in elements_of(shown) if element.tag == "video")
    assert read_path(film.attrib["poster"]).url == f"{BASE}p.jpg"
    assert film.attrib["preload"] == "none"
    (source,) = film.iter("source")
    assert read_path(source.attrib["src"]).url == "https://publisher.example/films/The%20one.mp4"
    assert source.attrib["type"] == "video/mp4"
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
