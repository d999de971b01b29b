"""Markup that the programs of sites leave to their own scripts and styles: seen as on the site, or not at all."""

import pytest

from articles.sanitize import clean, sanitize

BASE = "https://site.example/1"
REL = ' rel="noopener noreferrer"'


def veiled(address, key=0x54):
    return bytes([key, *(letter ^ key for letter in address.encode())]).hex()


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (f'<span class="__cf_email__" data-cfemail="{veiled("a@b.example")}">[email&#160;protected]</span>', "a@b.example"),
        (f'<a href="/cdn-cgi/l/email-protection" data-cfemail="{veiled("a@b.example")}">[email protected]</a>',
         f'<a href="mailto:a@b.example"{REL}>a@b.example</a>'),
        (f'<a href="/cdn-cgi/l/email-protection#{veiled("a@b.example?subject=x")}">write</a>',
         f'<a href="mailto:a@b.example?subject=x"{REL}>write</a>'),
        ('<joomla-hidden-mail is-link="1" is-email="1" first="YQ==" last="Yg==" text="YUBiLmV4YW1wbGU=">You need'
         " JavaScript enabled to view it.</joomla-hidden-mail>", f'<a href="mailto:a@b.example"{REL}>a@b.example</a>'),
        ('<span data-cfemail="zz">[email protected]</span>', "[email protected]"),
        ('<joomla-hidden-mail is-email="1" text="%">Hidden</joomla-hidden-mail>', "Hidden"),
    ],
)  # fmt: skip
def test_an_address_that_a_script_would_show_is_shown(html, shown):
    assert clean(f"<p>Mail: {html}.</p>", base_url=BASE) == f"<p>Mail: {shown}.</p>"


def test_a_pictures_name_and_size_that_lie_over_it_are_not_read():
    picture = '<img src="https://site.example/a.png" alt="A shot">'
    meta = '<div class="meta"><span>A shot</span><span class="informations">1920×1080 203 KB</span></div>'
    lightbox = f'<div class="lightbox-wrapper"><a class="lightbox" href="/b.png">{picture}{meta}</a></div>'
    html = f'<p>{lightbox}</p><div class="meta">By me</div>'
    content = sanitize(html, base_url=BASE)
    assert content.html == f'<p><a href="https://site.example/b.png"{REL}>{picture}</a></p><p>By me</p>'


DRUPAL = (
    '<span class="field field--name-title field--label-hidden">Council votes</span>\n'
    '<span class="field field--name-uid"><span>admin</span></span>\n'
    '<span class="field field--name-created"><time>Tue, 12/01/2026 - 08:00</time></span>\n'
)


def test_title_author_and_date_of_a_drupal_node_are_not_repeated():
    body = '<div class="field field--name-body"><p>Text</p></div>'
    assert clean(DRUPAL + body, base_url=BASE) == clean(f"<div>{DRUPAL}{body}</div>", base_url=BASE) == "<p>Text</p>"
    assert sanitize(DRUPAL, base_url=BASE).text == "Council votes admin Tue, 12/01/2026 - 08:00"
    teaser = f"<h2>{DRUPAL}</h2>"
    assert "Council votes" in sanitize(f"<p>Text</p>{teaser}", base_url=BASE).text


def test_a_frame_without_a_page_leads_where_its_link_does():
    frame = '<iframe src="" width="0" height="0"><a href="https://medium.example/media/1/href">x</a></iframe>'
    page = "https://medium.example/media/1/href"
    assert clean(frame, base_url=BASE) == f'<p class="embed"><a href="{page}"{REL}>medium.example · {page}</a></p>'
    assert clean('<iframe src="about:blank" name="x"></iframe>', base_url=BASE) == ""


def test_a_button_that_was_made_of_a_link_is_text():
    assert clean('<p>Code: <a href="#">Select all</a></p>', base_url=BASE) == "<p>Code: Select all</p>"


@pytest.mark.parametrize("tag", ["div", "blockquote"])
def test_a_spoiler_is_opened_by_who_wants_to_know(tag):
    html = clean(f'<p>Who?</p><{tag} class="spoiler"><p>The gardener.</p></{tag}><p>So.</p>', base_url=BASE)
    assert html == "<p>Who?</p><details><summary>Spoiler</summary><p>The gardener.</p></details><p>So.</p>"


@pytest.mark.parametrize("name", ["spoiler_title", "su-spoiler-title", "spoiler-head folded"])
def test_a_spoiler_has_the_name_that_its_site_gives_it(name):
    html = f'<div class="su-spoiler"><b class="{name}">The\n end</b><div><p>They live.</p></div></div>'
    assert clean(html, base_url=BASE) == "<details><summary>The end</summary><p>They live.</p></details>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<p><a href="/1">News</a><a href="/2">Sport</a><a href="/3">(more)</a></p>', "News Sport(more)"),
        ('<p><a href="/1">un</a><a href="/1"><b>believable</b></a></p>', "unbelievable"),
        ('<p><a href="/1">東京</a><a href="/2">都</a></p>', "東京都"),
        ('<pre><a href="/1">a</a><a href="/2">b</a></pre>', "ab"),
        (
            '<figure class="kg-card kg-bookmark-card"><a href="/1"><div><span class="kg-bookmark-author">Paper</span>'
            '<span class="kg-bookmark-publisher">Ann</span></div></a></figure>',
            "Paper · Ann",
        ),
    ],
)
def test_what_a_style_sets_apart_does_not_touch(html, text):
    assert sanitize(html, base_url=BASE).text == text


def card(page, title=""):
    site = page.split("/")[2].removeprefix("www.")
    name = {"youtube.com": "YouTube"}.get(site, site)
    return f'<p class="embed"><a href="{page}"{REL}>{name} · {title or page}</a></p>'


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<iframe src="https://hatenablog-parts.com/embed?url=https%3A%2F%2Fo.example%2Fa" title="A story"></iframe>',
         card("https://o.example/a", "A story")),
        ('<iframe src="https://embed.zenn.studio/card#z1" data-content="https%3A%2F%2Fo.example%2Fa"></iframe>',
         card("https://o.example/a")),
        ('<iframe src="https://l.lj-toys.com/?auth_token=x&amp;source=youtube&amp;vid=abcDEF12345&amp;moduleid=5"></iframe>',
         card("https://www.youtube.com/watch?v=abcDEF12345")),
        ('<iframe data-cover="https%3A%2F%2Fp.example%2F0%3Ffmt%3Djpeg" data-src="https://mp.example/film"></iframe>',
         '<p><img src="https://p.example/0?fmt=jpeg" alt=""></p>' + card("https://mp.example/film")),
        ('<mpvoice name="Morning" voice_encode_fileid="MzA_b3x=" play_length="65000"></mpvoice>',
         '<audio src="https://res.wx.qq.com/voice/getvoice?mediaid=MzA_b3x=" controls preload="none"></audio>'),
        ('<hyperlink-card href="https://o.example/" theme="regular">o.example</hyperlink-card>',
         f'<p><a href="https://o.example/"{REL}>o.example</a></p>'),
        ('<p>a<sup data-text="The report" data-url="https://r.example/" data-numero="1">[1]</sup></p>',
         f'<p>a<sup><a href="https://r.example/" title="The report"{REL}>[1]</a></sup></p>'),
        ('<p>a<sup data-text="The book" data-url="" data-numero="2">[2]</sup></p>', "<p>a<sup>[2] The book</sup></p>"),
    ],
)  # fmt: skip
def test_what_a_script_makes_a_card_a_player_or_a_list_of_is_there(html, shown):
    assert clean(html, base_url=BASE) == shown


@pytest.mark.parametrize(
    "formula",
    [
        "https://www.zhihu.com/equation?tex=x%5E2",
        "https://latex.codecogs.com/svg.image?x",
        "https://s0.wp.com/latex.php?latex=x",
    ],
)
def test_the_picture_of_a_formula_does_not_stand_for_the_article(formula):
    assert sanitize(f'<img src="{formula}"><img src="/a.jpg">', base_url=BASE).image_url == "https://site.example/a.jpg"
