"""The sanitizer against plain bleach and html5lib, which reads HTML as browsers do."""

import re
from typing import Any, cast

import pytest
from bleach import html5lib_shim
from bleach.sanitizer import BleachSanitizerFilter, Cleaner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from articles.sanitize import clean
from articles.sanitize.addresses import PLAIN
from articles.sanitize.gate import _filter, is_allowed, start_tag, write
from articles.sanitize.inline import LINK_SCHEMES
from articles.sanitize.read import Node
from articles.sanitize.vocabulary import TAGS, VOID
from tests.articles.sanitize.attacks import ATTACKS, assert_harmless, tree_of

BASE = "https://publisher.example/news/1"


def plain_bleach(html):
    return Cleaner(tags=TAGS, attributes=is_allowed, protocols=LINK_SCHEMES, strip=True).clean(html)


def shape_of(html):
    """The tree that a browser makes, as nested values."""

    def shape(element):
        return element.tag, sorted(element.attrib.items()), element.text, element.tail, [shape(c) for c in element]

    root = tree_of(html)
    return root.text, [shape(child) for child in root]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("around", ["{}", "<p>before {} after</p>", "<table><tr><td>{}<td>x</table>", "<svg>{}</svg>"])
def test_nothing_active_survives(attack, around):
    html = clean(around.format(attack), base_url=BASE)
    assert_harmless(html)
    assert shape_of(plain_bleach(html)) == shape_of(html)


@pytest.mark.parametrize("attack", ATTACKS)
def test_cleaning_an_attack_again_changes_nothing(attack):
    once = clean(attack, base_url=BASE)
    assert clean(once, base_url=BASE) == once


@pytest.mark.parametrize("space", ["\x85", "\u2028", "\u200b", "\u3000"])
def test_an_element_of_mere_space_is_none(space):
    assert clean(f"<p>{space}<b>{space}</b></p>", base_url=BASE) == ""


WILD_TAGS = (
    "script style svg math mtext mglyph malignmark annotation semantics mfenced maction param lite-youtube mjx-container"
    " m:math mml:mi noscript template title textarea select option form iframe xmp plaintext"
    " noembed foreignObject annotation-xml desc font center o:p object embed base link meta input h1 body html head"
)
WILD_NAMES = (
    "href src srcset sizes data-src poster cite id name class style onclick onerror title alt lang dir xml:lang width"
    " height colspan datetime rel target type media start value open controls srcdoc xlink:href action"
)
_tags = st.sampled_from(sorted(TAGS | set(WILD_TAGS.split())))
_names = st.sampled_from(sorted(WILD_NAMES.split()))
_values = st.text(max_size=12) | st.sampled_from(
    [
        "javascript:alert(1)",
        " java\nscript:1",
        "&#x6a;avascript:1",
        "data:text/html,x",
        "https://a.example/b?c=d&amp;lt;e",
        "//b.example/x.jpg",
        "x.png 2x, y",
        "https://[half",
        "mailto:a@b.example",
        "#a",
        "a",
        "</style><img src=x onerror=1>",
        "--><script>",
        '"><img onerror=1>',
        "&quot;>",
        "`",
        "rtl",
        "application/x-tex",
        "math/tex",
        "math/mml",
        "display:none",
        "white-space:pre-wrap",
        "block",
        "true",
        "smiley",
        "zh-Hant",
        "100",
        "1",
        "2020-01-01",
        "embed",
    ]
)
_attribute = st.builds(
    lambda name, value, quote: f" {name}={quote}{value}{quote}", _names, _values, st.sampled_from("\"'")
)
_piece = st.one_of(
    st.builds(lambda tag, attrs: f"<{tag}{''.join(attrs)}>", _tags, st.lists(_attribute, max_size=3)),
    st.builds("</{}>".format, _tags),
    st.text(max_size=8),
    st.sampled_from(
        [
            "<!--",
            "-->",
            "--!>",
            "<![CDATA[",
            "]]>",
            "&lt;",
            "&amp;lt;",
            "&#0;",
            "&#x1f;",
            "<",
            ">",
            "\x00",
            "\ud800",
            "text",
        ]
    ),
    st.sampled_from(ATTACKS),
)
documents = st.lists(_piece, max_size=14).map("".join)
thorough = settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))


@thorough
@given(documents)
@example("<ul><table><li>x")
@example("<p>\x85<![CDATA[")
def test_whatever_comes_can_be_stored_and_plain_bleach_finds_nothing_more_to_do(document):
    html = clean(document, base_url=BASE)
    assert "\x00" not in html
    html.encode("utf-8")
    assert_harmless(html)
    assert shape_of(plain_bleach(html)) == shape_of(html)


@settings(thorough, max_examples=300)
@given(st.sampled_from(ATTACKS), st.sampled_from(ATTACKS), st.integers(0, 60), st.integers(0, 60), st.text(max_size=3))
def test_spliced_attacks_stay_harmless(first, second, cut, resume, between):
    assert_harmless(clean(first[:cut] + between + second[resume:], base_url=BASE))


@settings(thorough, max_examples=500)
@given(st.sampled_from(sorted(TAGS)), st.dictionaries(_names, _values, max_size=4))
def test_a_start_tag_is_what_bleach_writes(tag, attrs):
    """Byte for byte: bleach's filter and its own serializer, told to quote with " alone, on the same token."""
    attrs = {name: re.sub("[\x00-\x1f\ud800-\udfff]", "", value) for name, value in attrs.items()}
    serializer = html5lib_shim.BleachHTMLSerializer(
        quote_char='"',
        quote_attr_values="always",
        omit_optional_tags=False,
        escape_lt_in_attrs=True,
        resolve_entities=False,
    )
    token = {
        "type": "EmptyTag" if tag in VOID else "StartTag",
        "name": tag,
        "namespace": None,
        "data": {(None, name): value.replace("&", "&amp;") for name, value in attrs.items()},
    }
    passed = BleachSanitizerFilter(cast(Any, [token]), TAGS, is_allowed, LINK_SCHEMES, strip_disallowed_tags=True)
    expected = serializer.render(passed)
    assert start_tag(tag, tuple(attrs.items())) == expected


@settings(thorough, max_examples=500)
@given(st.from_regex(PLAIN, fullmatch=True) | _values)
def test_an_address_that_skips_bleachs_parser_would_have_passed_it(address):
    slow = BleachSanitizerFilter(cast(Any, ()), TAGS, is_allowed, LINK_SCHEMES)
    assert _filter().sanitize_uri_value(address, LINK_SCHEMES) == slow.sanitize_uri_value(address, LINK_SCHEMES)


@pytest.mark.parametrize(
    "address", ["mailto:a@b.example", "/a.jpg", "a.jpg", "ftp://a.example/b.jpg", "https:///", "//a.example/b"]
)
@pytest.mark.parametrize(
    ("tag", "name"), [("img", "src"), ("video", "poster"), ("audio", "src"), ("blockquote", "cite")]
)
def test_what_is_fetched_comes_from_the_web(tag, name, address):
    assert start_tag(tag, ((name, address),)) == f"<{tag}>"
    assert start_tag(tag, ((name, "https://a.example/b"),)) == f'<{tag} {name}="https://a.example/b">'


@pytest.mark.parametrize(
    ("tag", "name", "value"),
    [
        ("math", "href", "https://a.example/"),
        ("mi", "style", "position:fixed"),
        ("mi", "class", "embed"),
        ("mi", "id", "user-content-a"),
        ("mi", "mathcolor", "red"),
        ("mspace", "width", "-99em"),
        ("mspace", "width", "9999px"),
        ("mfrac", "linethickness", "1em;x"),
        ("img", "class", "embed"),
        ("p", "class", "smiley"),
    ],
)
def test_a_formula_has_only_what_shows_it(tag, name, value):
    assert start_tag(tag, ((name, value),)) == f"<{tag}>"


def test_signs_of_markup_in_a_value_are_written_as_entities_that_xml_knows_too():
    assert start_tag("img", (("alt", """a "b" <c> & 'd'"""),)) == """<img alt="a &quot;b&quot; &lt;c> &amp; 'd'">"""


def test_a_tag_that_is_not_in_the_table_is_not_written():
    assert start_tag("script", (("src", "https://evil.example/x.js"),)) == ""
    assert start_tag("p", (("onclick", "alert(1)"),)) == "<p>"
    assert start_tag("a", (("href", "javascript:alert(1)"),)) == "<a>"
    assert start_tag("a", (("href", "http://a[b"),)) == "<a>"  # begins plainly, and is no address


@pytest.mark.parametrize(
    ("tag", "name", "value", "other"),
    [
        ("img", "srcset", "https://a.example/b.jpg 2x, HTTP://a.example/c.jpg 3x", "b.jpg 2x"),
        ("img", "srcset", "https://a.example/b.jpg", "https://a.example/b.jpg, javascript:1 2x"),
        ("h2", "id", "user-content-a", "a"),
        ("img", "class", "smiley", "small"),
        ("p", "class", "embed", "article"),
        ("math", "display", "block", "none"),
        ("mspace", "width", "1em", "1em;x"),
        ("mi", "mathvariant", "normal", "x"),
    ],
)
def test_an_attribute_stays_with_a_value_that_it_may_have_and_goes_with_another(tag, name, value, other):
    assert start_tag(tag, ((name, value),)) == f'<{tag} {name}="{value}">'
    assert start_tag(tag, ((name, other),)) == f"<{tag}>"


def test_what_stands_around_and_inside_of_an_element_is_written_also_where_the_element_is_not():
    inside = Node("script", {}, ["1 < 2", Node("br", {}), "3"])
    link = Node("a", {"href": "https://a.example/"}, [Node("b", {}, ["x"])])
    assert write(Node("div", {}, ["a & b", inside, link, "end"])) == (
        'a &amp; b1 &lt; 2<br>3<a href="https://a.example/"><b>x</b></a>end'
    )
