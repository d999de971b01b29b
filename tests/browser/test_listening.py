"""A podcast: heard on one device, gone on with on another, and along from page to page."""

from __future__ import annotations

import io
import re
import wave

import pytest
from playwright.sync_api import expect

from articles.listening.models import PlayPosition
from articles.models import Enclosure
from tests.browser.conftest import PHONE
from tests.factories import make_article, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.one_database("what plays knows no database")]


def silence(seconds):
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 8000 * seconds)
    return out.getvalue()


SOUND = silence(200)


def answer(route):
    """Some minutes of silence, by ranges, as the site gives sounds: without them no browser leaps in one."""
    start = int(re.match(r"bytes=(\d+)-", route.request.headers.get("range", "bytes=0-"))[1])
    headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {start}-{len(SOUND) - 1}/{len(SOUND)}"}
    route.fulfill(status=206, content_type="audio/wav", headers=headers, body=SOUND[start:])


@pytest.fixture
def listen(open_page, sign_in):
    """Opens a device: a browser of its own."""

    def one(reader, **options):
        page = open_page(**options)
        page.route("**/images/**", answer)
        sign_in(page, reader)
        return page

    return one


def test_a_podcast_goes_on_at_its_place_on_another_device_and_page(listen):
    reader = make_reader("ann")
    article = make_article(title="The foghorn hour", content_html="<p>Hear.</p>", language="en")
    Enclosure.objects.create(article=article, url="https://harbour.example/1.mp3", media_type="audio/mpeg")
    here = listen(reader, **PHONE)
    here.goto(article.get_absolute_url())
    player = here.locator(".enclosures audio")
    here.get_by_role("button", name="Forward 30 seconds").focus()
    for _ in range(4):
        here.keyboard.press("Enter")
    here.get_by_label("Speed").select_option("1.5")
    with here.expect_response("**/hear/"):
        player.evaluate("async (player) => { await player.play(); player.pause() }")
    assert PlayPosition.objects.get(user=reader).seconds >= 120
    there = listen(reader, **PHONE)
    there.goto(article.get_absolute_url())
    expect(there.get_by_text("From 2:0")).to_be_visible()
    assert there.locator(".enclosures audio").evaluate("(player) => player.currentTime") >= 120

    # It plays on while one reads on, at its place and speed, and ends with its small player.
    player.evaluate("(player) => player.play()")
    here.goto("/")
    bar = here.get_by_role("complementary", name="Playing")
    expect(bar.get_by_role("link", name="The foghorn hour")).to_be_visible()
    here.wait_for_function("() => document.querySelector('.listening audio').currentTime >= 120")
    assert bar.locator("audio").evaluate("(player) => player.playbackRate") == 1.5
    assert here.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bar.locator("audio").evaluate("(player) => player.play()")
    bar.get_by_role("button", name="Close").click()
    expect(bar).to_have_count(0)
    here.reload()
    expect(here.locator(".row").first).to_be_visible()
    expect(bar).to_have_count(0)


def test_a_sound_has_its_buttons_where_the_browser_stores_nothing(listen):
    article = make_article(title="The foghorn hour", content_html="<p>Hear.</p>", language="en")
    Enclosure.objects.create(article=article, url="https://harbour.example/1.mp3", media_type="audio/mpeg")
    page = listen(make_reader(), **PHONE)
    for storage in ("localStorage", "sessionStorage"):
        page.add_init_script(
            f"Object.defineProperty(window, '{storage}', {{ get() {{ throw new DOMException('', 'SecurityError') }} }})"
        )
    page.goto(article.get_absolute_url())
    page.get_by_label("Speed").select_option("1.5")
    assert page.locator(".enclosures audio").evaluate("(player) => player.playbackRate") == 1.5
