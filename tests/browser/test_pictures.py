"""Articles full of pictures, sounds and films in a real browser: shown, enlarged, and nobody else is asked. The page
fixture fails a test by any request to another site."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from ipaddress import ip_network
from threading import BoundedSemaphore
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from articles.images import concurrency
from articles.images.answers import busy
from articles.images.models import ImageAddress
from articles.ingest.pipeline import store_entries
from articles.sanitize import clean
from feeds.parse import parse
from tests.articles.images import pictures
from tests.factories import make_article, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database("scripts and styles know no database, and the views have tests of their own on both"),
]

HOSTILE = """
<p>Ordinary words.</p>
<figure><img src=/wide.jpg alt="The harbour"><figcaption>Seen from the pier</figcaption></figure>
<p><img src=/second.jpg srcset="/second.jpg 800w, /large.jpg 1800w" alt="Cranes" width=400 height=300></p>
<p><img src=/moving.gif alt="Waves"> <img src=/drawing.svg alt="A drawing"> <img src=/flat.avif alt="Fog"></p>
<p><img src=/none.jpg alt="Lost"> <img src=/page.jpg alt="A page"> <img src=/bomb.png alt="Too large"></p>
<p><img src=x onerror="fetch('https://elsewhere.example/')"><img src="https://127.0.0.1:1/refused.jpg" alt="r"></p>
<picture><source srcset=/second.webp type=image/webp><img src=/second.jpg alt="p"></picture>
<video poster=/wide.jpg src=/film.mp4></video><audio src=/talk.mp3></audio>
<svg><image href="https://elsewhere.example/a.png"/></svg><iframe src="https://elsewhere.example/"></iframe>
<p style="background:url(https://elsewhere.example/b.png)">styled</p><link rel=preload href="https://elsewhere.example/">
<object data="https://elsewhere.example/o"></object><embed src="https://elsewhere.example/e">
<img src="https://images.weserv.nl/?url=elsewhere.example/w.jpg"><input type=image src="https://elsewhere.example/i">
"""


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    images = {**settings.STORAGES["images"], "OPTIONS": {"location": tmp_path / "images"}}
    settings.STORAGES = {**settings.STORAGES, "images": images}
    settings.IMAGE_CACHE_DIR = tmp_path / "cache"
    settings.FETCH_POLICY = replace(settings.FETCH_POLICY, allowed_networks=(ip_network("127.0.0.0/8"),))


@pytest.fixture
def article(publisher):
    for path, body in {
        "/wide.jpg": pictures.jpeg(2000, 900), "/second.jpg": pictures.jpeg(800, 600),
        "/large.jpg": pictures.jpeg(1800, 1350), "/moving.gif": pictures.animated("gif"),
        "/drawing.svg": pictures.SVG_WITH_SCRIPT, "/flat.avif": pictures.avif(), "/page.jpg": pictures.HTML,
        "/bomb.png": pictures.bomb(), "/film.mp4": pictures.MP4, "/talk.mp3": pictures.MP3,
    }.items():  # fmt: skip
        publisher.serve(path, body, content_type="image/jpeg")
    html = clean(HOSTILE, base_url=publisher.url("/"))
    return make_article(
        make_feed(title="Harbour Post"), title="Pictures", content_html=html, image_url=publisher.url("/wide.jpg")
    )


POST = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Ann</title><item>
<link>https://m.example/@ann/1</link><description>&lt;p&gt;Good morning!&lt;/p&gt;</description>
<media:content url="WIDE" medium="image"><media:description>The harbour</media:description></media:content>
<media:content url="SECOND" type="image/jpeg"><media:description>Cranes</media:description></media:content>
<media:content url="https://www.youtube.com/v/AbCdEfGhIjK" type="application/x-shockwave-flash"/></item></channel></rss>"""


def test_what_comes_beside_the_text_is_shown_enlarged_and_linked(page, sign_in, publisher):
    feed = make_feed()
    document = POST
    for name, size in {"WIDE": (2000, 900), "SECOND": (800, 600)}.items():
        url = publisher.serve(f"/{name}", pictures.jpeg(*size), content_type="image/jpeg")
        document = document.replace(name, url)
    store_entries(feed, parse(document.encode(), url=publisher.url("/feed")).entries)
    sign_in(page, make_reader(), feed.articles.get().get_absolute_url())
    shown = [(alt, width > 0) for alt, width in natural_widths(page) if alt]  # the film's own picture says nothing
    assert shown == [("The harbour", True), ("Cranes", True)]
    expect(page.locator(".prose .embed a")).to_have_attribute("href", "https://www.youtube.com/watch?v=AbCdEfGhIjK")
    page.locator("a.enlarge").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lightbox img")).to_have_attribute("alt", "The harbour")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lightbox img")).to_have_attribute("alt", "Cranes")
    page.goto("/")
    expect(page.locator(".row > img")).to_have_count(1)


def natural_widths(page):
    page.evaluate(
        """async () => {
            for (const image of document.images) image.loading = "eager";
            await Promise.all([...document.images].map(
                (image) => image.complete || new Promise((done) => { image.onload = image.onerror = done; })));
        }"""
    )
    return page.evaluate("[...document.querySelectorAll('.prose img')].map(image => [image.alt, image.naturalWidth])")


def test_an_article_full_of_media_asks_nobody_but_this_site(page, sign_in, article, live_server):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, make_reader(), "/")
    expect(page.locator(".row > img")).to_have_count(1)
    page.goto(article.get_absolute_url())
    widths = natural_widths(page)
    assert len(widths) >= 11
    assert all(width > 0 for _alt, width in widths), widths  # no broken picture anywhere
    page.locator("audio").evaluate("player => player.load()")
    assert asked
    assert not [url for url in asked if not url.startswith(f"{live_server.url}/")]
    assert len([url for url in asked if "/images/" in url]) >= 10


def test_once_known_a_picture_comes_in_the_size_that_fits(open_page, article, publisher, settings):
    settings.NEWSREADER_PUBLIC = True
    # Alone: a browser that has a larger size of the picture on the same page, as the poster of a film, takes that.
    article.content_html = clean("<p><img src=/wide.jpg alt='The harbour'></p>", base_url=publisher.url("/"))
    article.save()
    before = open_page()
    before.goto(article.get_absolute_url())
    natural_widths(before)
    assert ImageAddress.objects.get(url=publisher.url("/wide.jpg")).image
    page = open_page()  # a browser that has nothing yet
    page.goto(article.get_absolute_url())
    first = page.locator(".prose img").first
    expect(first).to_have_attribute("width", "2000")
    first.evaluate("image => image.decode()")
    assert re.search("/(640|960)/", first.evaluate("image => image.currentSrc"))
    box = first.bounding_box()
    assert box
    assert abs(box["width"] / box["height"] - 2000 / 900) < 0.02


def test_a_face_is_as_high_as_its_line_and_a_height_alone_counts(page, sign_in, article, publisher):
    html = (
        "<p>Hi <img src=/drawing.svg alt=':wave:' class=wp-smiley style='height:1em'></p><p><img src=/drawing.svg"
        " style='height:3em' alt=icon></p><p><math><mfrac><mi>a</mi><mn>2</mn></mfrac></math> <b>a</b></p>"
    )
    article.content_html = clean(html, base_url=publisher.url("/"))
    article.save()
    sign_in(page, make_reader(), article.get_absolute_url())
    heights = {
        name: page.locator(f".prose {name}").first.evaluate("element => element.getBoundingClientRect().height")
        for name in ("img.smiley", "img:not(.smiley)", "math", "b")
    }
    assert 12 < heights["img.smiley"] < 30
    assert abs(heights["img:not(.smiley)"] - 48) < 2
    assert heights["math"] > 0
    assert page.locator(".prose mfrac").evaluate("element => element.namespaceURI").endswith("MathML")


def test_a_larger_view_opens_goes_on_and_closes_by_the_keyboard(page, sign_in, article):
    sign_in(page, make_reader(), article.get_absolute_url())
    first = page.locator("a.enlarge").first
    first.focus()
    page.keyboard.press("Enter")
    view = page.locator("#lightbox")
    expect(view).to_be_visible()
    expect(view.locator(".caption")).to_have_text("Seen from the pier")
    expect(view.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(view.locator("img")).to_have_attribute("alt", "Cranes")
    page.keyboard.press("ArrowLeft")
    expect(view.locator("img")).to_have_attribute("alt", "The harbour")
    address = page.url
    page.keyboard.press("j")  # a shortcut of the page, which is behind the view
    assert page.url == address
    page.keyboard.press("Escape")
    expect(view).to_be_hidden()
    expect(page.locator("a.enlarge").nth(1)).to_be_focused()


def test_a_picture_that_is_missing_says_what_it_was(page, sign_in, article, publisher):
    sign_in(page, make_reader(), article.get_absolute_url())
    natural_widths(page)
    page.goto(article.get_absolute_url())
    lost = page.get_by_role("link", name="Lost")
    expect(lost).to_have_attribute("href", publisher.url("/none.jpg"))


def test_a_picture_that_nobody_knew_to_be_missing_gets_its_words_as_soon_as_that_is_known(
    page, sign_in, article, publisher
):
    sign_in(page, make_reader(), article.get_absolute_url())
    natural_widths(page)
    lost = page.get_by_role("link", name="Lost")
    expect(lost).to_have_attribute("href", publisher.url("/none.jpg"))
    assert page.locator("a.original").count() >= 3
    page.locator("a.enlarge").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lightbox")).to_be_visible()
    seen = set()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        seen.add(page.locator("#lightbox img").get_attribute("alt"))
    assert "Cranes" in seen
    assert seen.isdisjoint({"", "Lost"})  # what is missing has no larger view


EVERY_WIDTH = "() => [...document.querySelectorAll('.prose img')].map((image) => image.naturalWidth)"
EAGERLY = "for (const image of document.querySelectorAll('.prose img')) image.loading = 'eager'"


def crowded(page, body):
    """In the site's stead, answers the first request for each picture as in a crowd, and then with `body`. Returns the
    requests that came."""
    came = []

    def answer(route, request):
        is_first = urlsplit(request.url).path not in {urlsplit(other.url).path for other in came}
        came.append(request)
        drawing = busy("publisher.example", is_thumbnail=False).content
        sent = {"status": 503, "body": drawing, "content_type": "image/svg+xml"}
        route.fulfill(**(sent if is_first else {"body": body, "content_type": "image/jpeg"}))

    page.route("**/images/**", answer)
    return came


@pytest.fixture
def crowded_page(chromium, live_server, settings):
    """Makes a page that keeps so many timings of what it loads."""
    settings.NEWSREADER_PUBLIC = True
    contexts = []

    def make(timings):
        contexts.append(chromium.new_context(base_url=live_server.url))  # its console tells of each 503
        page = contexts[-1].new_page()
        page.add_init_script(f"performance.setResourceTimingBufferSize({timings})")
        return page

    yield make
    for context in contexts:
        context.close()


def article_with(number):
    pictures_of_it = (f'<p><img src="https://publisher.example/{place}.jpg" alt=""></p>' for place in range(number))
    return make_article(content_html="".join(pictures_of_it))


@pytest.mark.parametrize(("number", "timings"), [(12, 3), (12, 0)])
def test_a_picture_that_had_to_wait_comes_also_where_the_browser_keeps_no_timing_of_it(crowded_page, number, timings):
    page = crowded_page(timings)
    came = crowded(page, pictures.jpeg(8, 8))
    page.goto(article_with(number).get_absolute_url())
    page.evaluate(EAGERLY)
    page.wait_for_function(f"() => ({EVERY_WIDTH})().every((width) => width === 8)", timeout=60_000)
    assert len(page.evaluate(EVERY_WIDTH)) == number
    assert len(came) >= 2 * number


def test_a_picture_as_large_as_the_drawing_is_asked_for_once_more_and_no_more(crowded_page):
    page = crowded_page(0)
    came = crowded(page, pictures.jpeg(320, 180))
    with page.expect_response(lambda answer: answer.url.endswith("again=1") and answer.request.method == "HEAD"):
        page.goto(article_with(1).get_absolute_url())
    page.wait_for_function("() => document.querySelector('.prose img').src.endsWith('again=1')")
    assert [request.method for request in came] == ["GET", "HEAD", "GET", "HEAD"]


def test_a_picture_that_had_to_wait_its_turn_comes_without_being_asked_for_again(
    chromium, live_server, publisher, monkeypatch, settings
):
    settings.NEWSREADER_PUBLIC = True
    monkeypatch.setattr(concurrency, "pictures", BoundedSemaphore(2))
    slow = threading.Event()

    def hold(exchange):
        slow.wait(10)
        body = pictures.jpeg()
        exchange.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    html = "".join(
        f'<p><img src="{publisher.respond(f"/{number}.jpg", hold)}" alt="{number}"></p>' for number in range(4)
    )
    article = make_article(content_html=html)
    context = chromium.new_context(base_url=live_server.url)  # its console tells of each 503
    page = context.new_page()
    asked = []  # what a failure shows
    page.on("response", lambda answer: asked.append((answer.request.method, answer.status, answer.url[-9:])))
    with page.expect_response(lambda response: response.status == 503):
        page.goto(article.get_absolute_url(), wait_until="commit")
    page.wait_for_load_state("domcontentloaded")  # with all four pictures
    page.evaluate(EAGERLY)
    slow.set()
    page.wait_for_function(f"() => ({EVERY_WIDTH})().every((width) => width === 1000)", timeout=20_000)
    assert len(page.evaluate(EVERY_WIDTH)) == 4, asked
    assert 503 in {status for _method, status, _url in asked}
    context.close()
