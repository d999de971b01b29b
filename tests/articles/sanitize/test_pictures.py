"""Pictures: the address that a lazy page hides, twins, and what is no picture."""

from __future__ import annotations

import pytest

from articles.sanitize import clean, sanitize

BASE = "https://publisher.example/news/1"


def cleaned(html):
    return clean(html, base_url=BASE)


@pytest.mark.parametrize(
    "img",
    [
        '<img src="data:image/gif;base64,AAAA" data-src="/a.jpg">',
        '<img src="/blank.gif" data-original="/a.jpg">',
        '<img data-lazy-src="/a.jpg">',
        '<img src="data:image/gif;base64,AAAA" nitro-lazy-src="/a.jpg">',
        '<img src="/t/1x1.gif" width="600" own-src="/a.jpg">',
        '<img width="600" lay-src="{a}" data-opt-src="/a.jpg">',
        '<img src="/i/loading-2.gif" data-pagespeed-lazy-src="/a.jpg" nitro-lazy-srcset="/b.jpg 300w">',
        '<img src="data:image/gif;base64,AAAA" data-wpfc-original-srcset="/b.jpg 1x, /a.jpg 2x">',
        '<img src="/a.jpg" data-low-src="/b.jpg">',
        '<img data-actualsrc="//publisher.example/a.jpg">',
        '<img data-srcset="/a.jpg 2x">',
        '<img src="/lazy.gif" data-srcset="/b.jpg 300w, /a.jpg 600w">',
        '<img src="/blank.gif" data-srcset="/b.jpg 1x, /a.jpg 2x">',
        '<img src="/1x1.png" srcset="/b.jpg 300w, /a.jpg 600w">',
        '<img src="/a.jpg" data-src="{}"><noscript><img src="/a.jpg"></noscript>',
        '<img class=lazy src="data:image/svg+xml,x"><noscript><img src="/a.jpg"></noscript>',
        '<picture><source data-srcset=" , "><img data-src="/a.jpg"></picture>',
        '<amp-img src="/a.jpg"></amp-img>',
        '<img src="https://images.weserv.nl?url=publisher.example/a.jpg">',
        '<img src="https://images.weserv.nl/?w=300&url=https%3A%2F%2Fpublisher.example%2Fa.jpg&q=80">',
        '<img src="https://images.weserv.nl/?url=https%3A%2F%2Fi0.wp.com%2Fpublisher.example%2Fa.jpg%3Fssl%3D1">',
        '<img src="https://i2.wp.com/publisher.example/a.jpg?resize=1%2C2&ssl=1">',
    ],
)
def test_a_picture_is_found_wherever_its_address_hides(img):
    content = sanitize(img, base_url=BASE)
    assert content.html.count("<img") == 1
    assert ' src="https://publisher.example/a.jpg"' in content.html
    assert content.image_url == "https://publisher.example/a.jpg"


def test_a_proxied_address_keeps_what_the_publisher_escaped():
    html = cleaned('<img src="https://images.weserv.nl?url=a.example/%E4%BD%A0%2B.jpg">')
    assert ' src="https://a.example/%E4%BD%A0%2B.jpg"' in html


def test_a_picture_keeps_its_sources():
    html = '<picture><source srcset="a,b.webp 1x, /c.webp 2x" type=image/webp><img src=a.jpg alt=x></picture>'
    assert cleaned(html) == (
        '<p><picture><source srcset="https://publisher.example/news/a,b.webp 1x, https://publisher.example/c.webp 2x"'
        ' type="image/webp"><img src="https://publisher.example/news/a.jpg" alt="x"></picture></p>'
    )


@pytest.mark.parametrize(
    "img",
    [
        "<img src=https://a.example/t.jpg width=1 height=1>",
        "<img src=https://a.example/t.jpg style='width:1px;height:1px'>",
        "<img src=https://pixel.wp.com/b.gif?x=1>",
        "<img src=https://feeds.feedburner.com/~r/x/~4/y>",
        "<img src=https://a.example/images/spacer.gif>",
        "<img src=data:image/gif;base64,R0lGODlhAQABAAAAACw=>",
        "<img alt=nothing>",
    ],
)
def test_a_picture_that_shows_nothing_goes(img):
    assert sanitize(img, base_url=BASE) == sanitize("", base_url=BASE)


def test_an_emoji_picture_becomes_its_character():
    assert cleaned('<p>ok <img class="emoji" alt="👍" src=https://s.example/1f44d.png></p>') == "<p>ok 👍</p>"


def test_the_first_picture_worth_showing_stands_for_the_article():
    html = (
        "<img src=https://a.example/icon.png><img src=https://a.example/tiny.jpg width=40><img class=avatar"
        " src=https://a.example/me.jpg><img src=https://a.example/view.jpg width=800><img src=https://a.example/2.jpg>"
    )
    assert sanitize(html, base_url=BASE).image_url == "https://a.example/view.jpg"


def test_a_lazy_picture_and_its_noscript_copy_are_one():
    html = '<p><noscript><img src="/a.jpg" alt="A"></noscript><img src="/x.gif" data-original="/a.jpg" alt="A"></p>'
    assert clean(html, base_url=BASE).count("<img") == 1
    lazy = '<img src="data:image/svg+xml,x" data-original="/a_r.jpg" data-actualsrc="/a.jpg">'
    twin = '<noscript><img src="/a_720w.jpg"></noscript>'
    for both in (f"{twin}{lazy}", f"{lazy}\n{twin}"):
        shown = clean(f"<figure>{both}<figcaption>A</figcaption></figure>", base_url=BASE)
        assert shown.count("<img") == 1
        assert 'src="https://publisher.example/a_r.jpg"' in shown


def test_a_noscript_that_is_no_twin_stays():
    other = '<noscript><img src="/b.jpg"></noscript>'
    for beside in ('<img src="/a.jpg">', "<p>Words</p>", '<img data-src="/a.jpg"><p>Words</p>'):
        assert "b.jpg" in clean(beside + other, base_url=BASE)
    two = '<img data-src="/a.jpg"><noscript><img src="/b.jpg"><img src="/c.jpg"></noscript>'
    assert clean(two, base_url=BASE).count("<img") == 3
