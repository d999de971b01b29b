"""What the programs of sites leave to their own scripts and styles: a reader sees it as on the site, or not at all."""

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
