"""What becomes of publishers' HTML: kept, repaired, replaced, removed."""

import subprocess
import sys
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.sanitize import Boilerplate, clean, is_selector, sanitize
from articles.sanitize.addresses import absolute
from tests.effort import within

BASE = "https://publisher.example/news/story"
FEEDX = Boilerplate("starts", "获取更多RSS")


def cleaned(html, **options):
    return sanitize(html, base_url=BASE, **options).html


@pytest.mark.parametrize(
    "html",
    [
        "<p>A <em>b</em> <strong>c</strong> <sub>d</sub><sup>e</sup> <kbd>f</kbd> <mark>g</mark></p>",
        '<ol start="3" reversed type="a"><li value="7">a</li><li>b<ul><li>c</li></ul></li></ol>',
        "<dl><dt>term</dt><dd>meaning</dd></dl>",
        "<blockquote><p>said</p></blockquote>",
        "<pre>two  spaces\n  and a line</pre>",
        '<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby> <bdo dir="rtl">abc</bdo> <bdi>d</bdi> long<wbr>word</p>',
        '<p lang="ar" dir="rtl">نص</p>',
        "<details open><summary>more</summary><p>text</p></details>",
        '<p><abbr title="Hypertext">HT</abbr> <ins datetime="2024-05-06">new</ins> <del>old</del></p>',
        '<figure><img src="https://a.example/b.jpg" alt="c" width="640" height="480">'
        "<figcaption>d</figcaption></figure>",
        '<table><caption>c</caption><colgroup><col span="2"></colgroup><thead><tr><th scope="col">a</th><th>b</th></tr>'
        '</thead><tbody><tr><td colspan="2">d</td></tr></tbody></table>',
        '<audio src="https://a.example/b.mp3" controls preload="none"></audio>',
        '<video controls preload="none" poster="https://a.example/p.jpg" width="640">'
        '<source src="https://a.example/b.mp4" type="video/mp4"><track src="https://a.example/b.vtt" kind="captions">'
        "</video>",
        '<p><a href="mailto:a@b.example" rel="noopener noreferrer">mail</a></p>',
        '<p><time datetime="2024-05-06T07:08:09+02:00">then</time></p>',
    ],
)
def test_good_structure_stays_as_it_is(html):
    assert cleaned(html) == html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("bare words", "<p>bare words</p>"),
        ("one<br><br>two<br>three<br>", "<p>one</p><p>two<br>three</p>"),
        ("　　一行<br>　　二行", "<p>一行</p><p>二行</p>"),
        ("<div><div><span>deep</span></div><div></div></div><p>&nbsp;</p>", "<p>deep</p>"),
        ("<center><font color=red>old</font></center>", "<p>old</p>"),
        ("<strike>s</strike> <tt>t</tt>", "<p><s>s</s> <code>t</code></p>"),
        ("<x-card>made <o:p>up</o:p></x-card>", "<p>made up</p>"),
        ("<ul>stray<li>a<ol><li>b</ol><ul><li>c</ul></ul>",
         "<ul><li>stray</li><li>a<ol><li>b</li></ol><ul><li>c</li></ul></li></ul>"),
        ("<li>a<li>b", "<ul><li>a</li><li>b</li></ul>"),
        ("<table><tr><td>only cell</table>", "<p>only cell</p>"),
        ("<table>out<tr><td>a<td rowspan=9999>b</table>",
         '<p>out</p><table><tbody><tr><td>a</td><td rowspan="100">b</td></tr></tbody></table>'),
        ("<b></b><i> </i><a href=x></a>", ""),
        ("<hr><p>a</p><hr>", "<p>a</p>"),
        ("<a href=/x><h3>t</h3><p>p</p></a>",
         '<h2><a href="https://publisher.example/x" rel="noopener noreferrer">t</a></h2>'
         '<p><a href="https://publisher.example/x" rel="noopener noreferrer">p</a></p>'),
        ('<p lang="not a language" dir=up>x</p>', "<p>x</p>"),
        ("<p xml:lang=ja>x</p>", '<p lang="ja">x</p>'),
        ("<div dir=rtl><p>a</p><p>b</p></div>", '<div dir="rtl"><p>a</p><p>b</p></div>'),
        ("<time datetime='Mon, 06 May 2024 07:08:09 GMT'>a</time> <time datetime=soon>b</time>",
         '<p><time datetime="2024-05-06T07:08:09+00:00">a</time> b</p>'),
        ("<div class=wp-caption><img src=a.jpg><p class=wp-caption-text>c</p></div>",
         '<figure><img src="https://publisher.example/news/a.jpg" alt=""><figcaption>c</figcaption></figure>'),
        ("5 &lt; 6 &amp;amp; <code>&lt;b&gt;</code>", "<p>5 &lt; 6 &amp;amp; <code>&lt;b&gt;</code></p>"),
    ],
)  # fmt: skip
def test_poor_structure_is_repaired(html, expected):
    assert cleaned(html) == expected


def test_headings_make_one_outline_below_the_title():
    html = "<h1>a</h1><h4>b</h4><h5>c</h5><h4>d</h4><h2>e</h2>"
    assert cleaned(html) == "<h2>a</h2><h3>b</h3><h4>c</h4><h3>d</h3><h3>e</h3>"


@pytest.mark.parametrize("title", ["An Example: Title!", " an example　title ", "ＡＮ example title", "An example ti…"])
def test_a_first_heading_that_repeats_the_title_goes(title):
    assert cleaned("<h1>An Example — Title</h1><h2>Part</h2><p>x</p>", title=title) == "<h2>Part</h2><p>x</p>"


@pytest.mark.parametrize("title", ["", "…", "An example", "Another title"])
def test_a_heading_that_says_something_else_stays(title):
    assert cleaned("<h1>An example title</h1>", title=title) == "<h2>An example title</h2>"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/a", "https://publisher.example/a"),
        ("b?c=d", "https://publisher.example/news/b?c=d"),
        ("//other.example/a b", "https://other.example/a%20b"),
        ("https:\\\\other.example\\a", "https://other.example/a"),
        ("HTTP:/other.example", "http://other.example"),
        ("/a?utm_source=x&b=1&fbclid=y#part", "https://publisher.example/a?b=1#part"),
        ("/a?gclid=1", "https://publisher.example/a"),
        ("tel:+123", "tel:+123"),
        ("https://例え.example/道", "https://例え.example/道"),
    ],
)
def test_links_become_absolute_and_lose_their_trackers(address, expected):
    assert cleaned(f'<a href="{address}">x</a>') == f'<p><a href="{expected}" rel="noopener noreferrer">x</a></p>'


@given(
    st.text("/ab.:?#;=", max_size=12).filter(lambda rest: not rest.startswith("/")),
    st.sampled_from(["https://a.example", "http://a.example:80/b/c?d=/#e", "https://a.example?b", "https://[::1]/b"]),
)
def test_a_path_from_the_top_of_a_site_is_resolved_as_urls_are(rest: str, base: str) -> None:
    assert absolute(f"/{rest}", base) == urljoin(base, f"/{rest}")


@pytest.mark.parametrize(
    "address", ["javascript:1", "data:text/html,x", "file:///etc/passwd", "https://[half", "https://", ""]
)
def test_a_link_that_leads_nowhere_safe_becomes_its_text(address):
    assert cleaned(f'<a href="{address}">x</a>') == "<p>x</p>"


def test_the_documents_own_base_counts():
    html = "<base href='/other/'><a href=x>y</a>"
    assert 'href="https://publisher.example/other/x"' in cleaned(html)


def test_without_a_base_a_relative_address_is_none():
    assert clean("<a href=x>y</a><img src=z.jpg>", base_url="") == "<p>y</p>"


def test_footnotes_find_each_other_and_other_ids_go():
    html = f'<p id=top>n<a href="#fn1" id="r1">1</a></p><p id="fn1">note <a href="{BASE}#r1">up</a></p>'
    assert cleaned(html) == (
        '<p>n<a href="#user-content-fn1" id="user-content-r1" rel="noopener noreferrer">1</a></p>'
        '<p id="user-content-fn1">note <a href="#user-content-r1" rel="noopener noreferrer">up</a></p>'
    )


@pytest.mark.parametrize(
    ("frame", "page", "label"),
    [
        ("//www.youtube.com/embed/abcDEF12345?rel=0", "https://www.youtube.com/watch?v=abcDEF12345", "YouTube"),
        (
            "https://www.youtube-nocookie.com/embed/abcDEF12345",
            "https://www.youtube.com/watch?v=abcDEF12345",
            "YouTube",
        ),
        ("https://player.vimeo.com/video/123?h=x", "https://vimeo.com/123", "Vimeo"),
        (
            "//player.bilibili.com/player.html?aid=1&bvid=BV1ab&page=1",
            "https://www.bilibili.com/video/BV1ab",
            "Bilibili",
        ),
        ("//player.bilibili.com/player.html?aid=17", "https://www.bilibili.com/video/av17", "Bilibili"),
        ("https://platform.twitter.com/embed/Tweet.html?id=42", "https://x.com/i/status/42", "X"),
        ("https://maps.example/embed?x=1", "https://maps.example/embed?x=1", "maps.example"),
    ],
)
def test_a_frame_becomes_a_link_that_loads_nothing(frame, page, label):
    card = '<p class="embed"><a href="{0}" rel="noopener noreferrer">{1} · {2}</a></p>'
    assert cleaned(f'<iframe src="{frame}"></iframe>') == card.format(page, label, page)
    assert cleaned(f'<p><iframe src="{frame}" title="A film"></iframe></p>') == card.format(page, label, "A film")
    assert cleaned(card.format(page, label, page)) == card.format(page, label, page)


def test_a_frame_that_only_advertises_or_counts_goes():
    html = "<iframe src=https://ad.doubleclick.net/x></iframe><iframe src=https://a.example/ width=1 height=1></iframe>"
    assert cleaned(html) == ""


def test_forms_scripts_and_what_is_in_them_go_and_their_surroundings_stay():
    html = (
        "<form><p>a</p><select><option>b</select><button>c</button><textarea>d</textarea></form><script>e</script>"
        "<style>f</style><template>g</template><svg><text>h</text></svg><applet>i</applet><title>j</title>"
    )
    assert cleaned(html) == "<p>a</p>"


# --- text ---------------------------------------------------------------------------------------------------------


def test_the_text_has_a_line_per_block_and_whole_words():
    html = "<p>un<b>believ</b>able\n  story</p><ul><li>a<li>b</ul><img alt=hidden src=x.jpg>"
    figure = "<figure><img src=y.jpg><figcaption>cap</figcaption></figure>"
    assert sanitize(html + figure, base_url=BASE).text == "unbelievable story\na\nb\ncap"


def test_the_text_of_ruby_is_its_base():
    html = "<ruby>振<rt>ふ</rt></ruby>り<ruby>仮<rp>(</rp><rt>が</rt><rp>)</rp>名<rt>な</rt></ruby>"
    assert sanitize(html, base_url=BASE).text == "振り仮名"


# --- boilerplate --------------------------------------------------------------------------------------------------

FOOTER = "获取更多RSS：<br><a href=https://f.example>https://f.example</a> <br><br><a href=https://g.example>g</a><br>"


@pytest.mark.parametrize(
    "html",
    [
        f"<p>正文</p><br><hr><div>{FOOTER}</div>",
        "<div><p>正文</p><div><div>获取更多 RSS：https://f.example</div></div></div>",
        "正文<br><br>获取更多RSS：<br><a href=https://f.example>f</a>",
    ],
)
def test_a_rule_takes_out_the_smallest_block(html):
    assert cleaned(html, boilerplate=[FEEDX]).startswith("<p>正文</p>")
    assert "获取更多" not in cleaned(html, boilerplate=[FEEDX])


@pytest.mark.parametrize("rule", [FEEDX, Boilerplate("contains", "更多RSS"), Boilerplate("selector", "div, p")])
@pytest.mark.parametrize("html", ["<p>获取更多RSS</p>", "<div><p>获取更多RSS" + "长文" * 2000 + "</p><p>尾</p></div>"])
def test_no_rule_empties_an_article(rule, html):
    assert "获取更多RSS" in cleaned(html, boilerplate=[rule])


@pytest.mark.parametrize(
    ("selector", "left"),
    [
        ("div.share", "a c d"),
        ("#x", "a b d"),
        ("section > p[data-ad]", "a b c"),
        ("div p.ad, #x", "a b d"),
        ("[data-ad='1']", "a b c"),
        ("section", "a b c"),
        (":hover", "a b c d"),
        ("p:::", "a b c d"),
        ("", "a b c d"),
    ],
)
def test_a_selector_takes_out_what_it_finds(selector, left):
    html = "<p>a</p><div class='x share'>b</div><div id=x><p class=ad>c</p></div><section><p data-ad=1>d</p></section>"
    assert sanitize(html, base_url=BASE, boilerplate=[Boilerplate("selector", selector)]).text.split() == left.split()


def test_selectors_that_mean_nothing_are_known():
    assert is_selector("div.share > a[href*='x'], #y")
    assert not any(is_selector(value) for value in ["", ":hover", "> p", "p >", "a,,b", "!!"])


# --- hostile sizes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 10_000 + "end",
        "<b>" * 10_000 + "end",
        "<div>" * 200_000 + "</x>" * 200_000 + "end",
        "<blockquote>" * 400 + "end" + "</blockquote>" * 400,
        "<ul><li>" * 400 + "end",
        "<table><tr><td>" * 200 + "end",
        "<a href=x>" * 20_000 + "end",
        "<b><i><u><s><em><a href=y>" + "<div>" * 45 + "<p>x</p>" * 3000 + "end",
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">end",
        "<img srcset='" + "," * 100_000 + "'>end",
        "<img src=x srcset='" + "a 1x," * 50_000 + "'>end",
        "<a href='" + "a" * 1_000_000 + "'>end</a>",
        "&amp;" * 300_000 + "end",
        "<br>" * 200_000 + "end",
        "<!--" * 300_000 + "--><p>end",
        "<" * 1_000_000 + " end",
        "\u200b" * 1_000_000 + "end",
    ],
    ids=lambda html: html[:24],
)
def test_hostile_size_takes_bounded_time_and_loses_no_text(html):
    with within(15):
        content = sanitize(html, base_url=BASE)
        assert content.text.endswith("end")
    assert len(content.html) < 12 * len(html)


def test_too_long_a_document_is_cut_between_tags():
    content = sanitize(f"<p><a href=/x>{'word ' * 1000}</a></p>" * 500, base_url=BASE)
    assert content.html.endswith("</a></p>")
    assert set(content.text.split()) == {"word"}
    assert len(content.text) > 1_900_000


def test_too_many_elements_leave_their_text():
    content = sanitize("<p>word</p>" * 100_000, base_url=BASE)
    assert content.text.split() == ["word"] * 100_000


@pytest.mark.parametrize(
    "html", ["", " ", "\x00", "\ud800", "<", "&", "&#0;", "\ufeff", "\ufffe", "<p", "</", "<!", "<?", "<a href"]
)
@pytest.mark.parametrize("base", ["", BASE, "not a base", "javascript:1", "https://[", "\x00"])
def test_no_text_and_no_base_makes_it_raise(html, base):
    content = sanitize(html, base_url=base)
    (content.html + content.text).encode("utf-8")
    assert "\x00" not in content.html + content.text


def test_importing_the_sanitizer_loads_no_parser():
    script = "import articles.sanitize, sys; sys.exit('lxml' in sys.modules or 'bleach' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_text_of_a_dialog_is_not_lost():
    assert clean("<dialog open><p>Read me.</p></dialog>", base_url=BASE) == "<p>Read me.</p>"


def test_what_a_long_base_makes_too_much_of_is_kept_as_its_words():
    base = f'<base href="https://a.example/{"b" * 3900}/">'
    made = clean(base + '<a href="x">y</a> ' * 3000, base_url=BASE)
    assert made == f"<p>{' '.join('y' * 3000)}</p>"
