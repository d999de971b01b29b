"""What a reader sees and what is hidden; line ends; task lists; titles; links of every scheme."""

import random
import re

import pytest

from articles.sanitize import clean, sanitize
from tests.effort import within

BASE = "https://publisher.example/news/story"


def cleaned(html, **options):
    html = sanitize(html, base_url=BASE, **options).html
    assert clean(html, base_url=BASE) == html
    return html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("今年的经济增长\n超过预期", "今年的经济增长超过预期"),
        ("持续\r\n低迷", "持续低迷"),
        ("持续 \n\t 低迷", "持续低迷"),
        ("经済は\n回復した。\n\nカタカナ", "经済は回復した。カタカナ"),
        ("ﾊﾝｶｸ\n全角（\n注）", "ﾊﾝｶｸ全角（注）"),
        ("我们，\n认为", "我们，认为"),
        ("持续低迷 我们", "持续低迷 我们"),
        ("使用\nPython 3\n语言", "使用 Python 3 语言"),
        ("one\ntwo", "one two"),
        ("한국어\n문장", "한국어 문장"),
        ("한국어\n漢字", "한국어 漢字"),
        ("好😀\n好", "好😀 好"),
        ("\n增长<b>\n超过</b>\n预期\n", "增长<b>超过</b>预期"),
        ("增长\n<b>超过</b>", "增长<b>超过</b>"),
        ("<b>增长</b>\n<i>超过</i>", "<b>增长</b><i>超过</i>"),
        ("<b>增长 \n</b>\n超过", "<b>增长</b>超过"),
        ("<b>增长</b>\nof <i>超过</i>", "<b>增长</b> of <i>超过</i>"),
        ("增长&#10;超过", "增长超过"),
        ("增长<!-- a -->\n超过", "增长超过"),
        ("增长<br>\n超过", "增长<br>超过"),
        ("他说\n“很好”\n我们——\n认为…\n好", "他说“很好”我们——认为…好"),
        ("<b>他说</b>\n“好”\n<i>我</i>", "<b>他说</b>“好”<i>我</i>"),
        ("“one”\n“two”…\nthree", "“one” “two”… three"),
        ("“한국어”\n문장", "“한국어” 문장"),
    ],
)
def test_a_line_end_between_wide_characters_is_no_blank(text, shown):
    assert cleaned(f"<p>{text}</p>") == f"<p>{shown}</p>"


def test_preformatted_line_ends_stay():
    assert cleaned("<pre>增长\n超过</pre>") == "<pre>增长\n超过</pre>"
    assert cleaned("<p>增长</p>\n<pre>\n一\n  二</pre>\n<p>三\n四</p>") == "<p>增长</p><pre>一\n  二</pre><p>三四</p>"


def test_each_code_beside_another_is_a_line_of_its_block():
    line = '<code><span class="code-snippet_outer">{}</span></code>'
    lines = "".join(map(line.format, ["if a:", "  b", "c"]))
    assert cleaned(f"<pre>{lines}</pre>") == "<pre><code>if a:</code>\n<code>  b</code>\n<code>c</code></pre>"
    for kept in ("<pre>use <code>a</code> or <code>b</code></pre>", "<p><code>a</code><code>b</code></p>"):
        assert cleaned(kept) == kept


def test_a_code_that_ends_its_line_itself_is_one_line():
    assert cleaned("<pre><code>a\n</code><code>b\n</code></pre>") == "<pre><code>a\n</code><code>b\n</code></pre>"
    assert cleaned("<pre><code>a<br></code><code>b</code></pre>") == "<pre><code>a\n</code><code>b</code></pre>"
    blank = "<pre><code>a</code><code><span><br></span></code><code>b</code></pre>"
    assert cleaned(blank) == "<pre><code>a</code>\n\n<code>b</code></pre>"


@pytest.mark.parametrize("space", ["pre", "pre-wrap", "pre-line", "break-spaces", "PRE-WRAP !important"])
def test_line_ends_that_a_style_shows_stay(space):
    assert cleaned(f'<div style="color:red;white-space:{space}">one\ntwo <b>b\nc</b></div>\n<p>d\ne</p>') == (
        "<p>one<br>two <b>b<br>c</b></p><p>d e</p>"
    )
    assert cleaned(f'<p style="white-space: {space}">增长\n超过</p>') == "<p>增长<br>超过</p>"
    assert cleaned('<p style="white-space:nowrap">one\ntwo</p>') == "<p>one two</p>"


def test_code_that_a_style_makes_preformatted_is():
    assert cleaned('<p>a</p><code style="white-space:pre">if x:\n    y</code>') == "<p>a</p><pre>if x:\n    y</pre>"
    assert cleaned('<pre><code style="white-space:pre">a\n  b</code></pre>').count("<pre>") == 1


# --- what isn't seen ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attributes",
    [
        'style="display:none;max-height:0"',
        'style="DISPLAY : none !important"',
        'style="visibility: hidden"',
        'style="font-size:1px;mso-hide:all"',
        'style="max-height:0px;overflow:hidden"',
        'style="position:absolute;left:-9999px"',
        'style="position:absolute;clip:rect(0 0 0 0)"',
        "hidden",
        'hidden="hidden"',
        'style="clip-path: inset(50%);height:1px"',
        'class="preheader"',
        'class="link__note sr-only"',
        'class="u-visually-hidden"',
        'class="sr-only focus:not-sr-only focus:absolute"',
    ],
)
@pytest.mark.parametrize("tag", ["div", "span", "p", "td", "font", "x-made-up", "section"])
def test_what_is_hidden_is_not_shown(attributes, tag):
    content = sanitize(f"<{tag} {attributes}>Preview text</{tag}><p>Body</p>", base_url=BASE)
    assert (content.html, content.text) == ("<p>Body</p>", "Body")


@pytest.mark.parametrize(
    "html",
    [
        "<div hidden>Only this</div>",
        '<div style="display:none"><p>Read me</p><img src="/a.jpg"></div><p>Body</p>',
        '<div style="display:none"><math><mi>x</mi></math></div><p>Body</p>',
        '<p>Teaser</p><div style="display:none">' + "The whole article. " * 60 + "</div>",
        '<div id="note" style="display:none">A note</div><p><a href="#note">1</a></p>',
        '<div class="spoiler" style="display:none">He dies</div><p>Body</p>',
        '<div hidden="until-found">Found</div><p>Body</p>',
        '<div class="sr-only md:not-sr-only">Seen</div><p>Body</p>',
        '<div style="max-height:0.5em;display:nonexistent;margin-left:-9px">Seen</div><p>Body</p>',
        "<details><summary>More</summary><p>inside</p></details>",
    ],
)
def test_what_a_script_shows_stays(html):
    words = [
        word
        for word in ("Only this", "Read me", "whole article", "A note", "He dies", "Found", "Seen", "inside")
        if word in html
    ]
    content = sanitize(html, base_url=BASE)
    assert all(word in content.text for word in words)
    assert content.html.count("<img") == html.count("<img")
    assert content.html.count("<math") == html.count("<math")


def test_many_hidden_pieces_are_an_article_that_waits_for_its_script():
    tabs = "".join(f'<div style="display:none">{f"Tab {n} with its text. " * 20}</div>' for n in range(5))
    assert sanitize(f"<p>Choose</p>{tabs}", base_url=BASE).text.count("Tab") == 100


def test_hidden_elements_by_the_thousand_take_bounded_time():
    with within(15):
        for html in (
            "<b hidden>a</b>" * 40_000,
            "<div hidden>" * 10_000 + "a",
            "<i><i aria-hidden=true>a</i><math>" * 9_000,
        ):
            sanitize(html + "end", base_url=BASE)


_BLOCKS = (
    "div p section article blockquote h1 h3 ul:li ol:li dl:dt dl:dd table:td table:th table:caption figure figcaption"
    " figure:figcaption details details:summary pre aside object center x-made-up li td form fieldset"
)
_INLINE = "b i em a span font code ruby math:mtext q label mjx-math nobr abbr time bdo"


def document(chance, words, depth=0):
    """Nested elements of all kinds with `words` in them, each a word of its own."""
    out = []
    for _ in range(chance.randint(1, 4)):
        name = chance.choice((_BLOCKS if chance.random() < 0.6 else _INLINE).split())
        word = f"w{len(words)}x"
        words.append(word)
        inside = word if depth > 3 or chance.random() < 0.4 else f"{word} {document(chance, words, depth + 1)}"
        for tag in reversed(name.split(":")):
            inside = f"<{tag}>{inside}</{tag}>" if chance.random() < 0.95 else f"<{tag}>{inside}"
        out.append(inside)
    return chance.choice(["", " ", "\n", "<br>"]).join(out)


@pytest.mark.parametrize("seed", range(60))
def test_no_visible_word_is_lost_and_none_comes_twice(seed):
    words = []
    html = document(random.Random(seed), words)
    content = sanitize(html, base_url=BASE)
    found = re.findall(r"w[0-9]+x", content.text)
    assert sorted(found) == sorted(words), html
    again = sanitize(content.html, base_url=BASE)
    assert (again.html, again.text) == (content.html, content.text), html


# --- lists, lines, titles -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ("<li><input type=checkbox checked disabled> done</li>", "☑ done"),
        ('<li class="task-list-item"><input type="checkbox" class="x" disabled="">todo</li>', "☐ todo"),
        ("<li><p><label><input type=CHECKBOX checked>done</label></p></li>", "☑ done"),
        ("<li><input type=checkbox name=vote id=a> a form's</li>", "a form's"),
        ("<li><input type=radio checked> a form's</li>", "a form's"),
    ],
)
def test_a_task_says_whether_it_is_done(item, shown):
    assert cleaned(f"<ul>{item}</ul>") == f"<ul><li>{shown}</li></ul>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p><i><br>2020-12-10</i></p>", "<p><i>2020-12-10</i></p>"),
        ("<p><i><b><br> <br>a</b> b<br></i></p>", "<p><i><b>a</b> b</i></p>"),
        (
            "<p><a href=/x> <br>a<br></a><br></p>",
            '<p><a href="https://publisher.example/x" rel="noopener noreferrer">a</a></p>',
        ),
        ("<h2><em><br>a</em></h2>", "<h2><em>a</em></h2>"),
        ("<p>a<i><br>b</i></p>", "<p>a<i><br>b</i></p>"),
    ],
)
def test_no_paragraph_begins_or_ends_with_an_empty_line(html, expected):
    assert cleaned(html) == expected


@pytest.mark.parametrize(
    "title",
    [
        "[World] An Example",
        "【World】An Example",
        "[A][B] An example",
        "An Example [video]",
        "（组图）An Example",
        "[World] An Exampl…",
    ],
)
def test_a_heading_repeats_a_title_with_something_in_brackets(title):
    assert cleaned("<h1>An Example</h1><p>x</p>", title=title) == "<p>x</p>"


@pytest.mark.parametrize("title", ["[An Example]x", "World: An Example", "[World]", "[An Example] Other"])
def test_a_heading_that_says_more_than_the_title_stays(title):
    assert cleaned("<h1>An Example</h1><p>x</p>", title=title) == "<h2>An Example</h2><p>x</p>"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.example/b%20c",
        "magnet:?xt=urn:btih:0123&dn=a",
        "xmpp:a@b.example?join",
        "gemini://a.example/",
        "gopher://a.example/1",
        "sms:+123?body=x",
        "geo:37.78,-122.39;u=35",
        "irc://a.example:6667/#b",
        "ircs://a.example/b",
        "matrix:r/a:b.example",
        "sip:a@b.example",
        "tel:+123",
        "mailto:a@b.example",
        "webcal://a.example/b.ics",
        "news:comp.lang.python",
        "bitcoin:1abc",
    ],
)
def test_a_link_of_another_scheme_keeps_its_address(address):
    expected = address.replace("&", "&amp;")
    html = cleaned(f'<a href="{address}">x</a>')
    assert html == f'<p><a href="{expected}" rel="noopener noreferrer">x</a></p>'


@pytest.mark.parametrize("scheme", ["javascript", "data", "file", "vbscript", "blob", "about", "feed", "view-source", "ssh", "intent",
                                    "ms-word", "jar", "filesystem", "chrome", "android-app", "x-apple-helpbasic", "search-ms"])  # fmt: skip
@pytest.mark.parametrize("form", ["{}:x", " {}:x", "{}&colon;x", "{}&#58;x", "\x01{}:x", "{}\t:x"])
def test_no_spelling_of_other_schemes_is_a_link(scheme, form):
    for name in (scheme, scheme.upper(), scheme[:2] + "\n" + scheme[2:], scheme[:2] + "&Tab;" + scheme[2:]):
        assert cleaned(f'<a href="{form.format(name)}">x</a>') in {"<p>x</p>"}


@pytest.mark.parametrize(
    "heading",
    [
        'Two<a class="anchor" href="#two" aria-hidden="true">¶</a>',
        '<a href="/news/story#two">#</a> Two',
        'Two <a href="#two"><span>🔗</span></a>',
    ],
)
def test_a_sign_that_links_to_its_own_heading_is_no_part_of_it(heading):
    found = sanitize(f'<p><a href="#two">C</a></p><h2 id="two">{heading}</h2>', base_url="https://p.example/news/story")
    assert found.text == "C\nTwo"
    assert clean('<h2>On <a href="/c#s">C#</a></h2>', base_url="https://p.example/").count("C#") == 1
