"""Long reading is easy: one sees how far one is, and each script in its own type."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.site_files import add_axe
from tests.factories import make_article, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.one_database("styles know no database")]

FILM = """<p class="embed"><a href="https://www.youtube.com/watch?v=AbCdEfGhIjK" rel="noopener">YouTube · A crane</a></p>"""
HEADLINE = "中華人民共和國國務院總理出席博鰲亞洲論壇年會開幕式並發表主旨演講，呼籲各國加強合作"
SCRIPTS = {
    "ไทยรัฐรายงานข่าววันนี้": ("th", "Noto Serif Thai", 1.8),
    "أخبار اليوم من الميناء": ("ar", "Noto Naskh Arabic", 1.85),
    "خبرهای امروز گروه چاپگرها": ("fa", "Noto Naskh Arabic", 1.85),
    "חדשות היום מהנמל": ("he", "Noto Serif Hebrew", 1.6),
    "आज की ताज़ा ख़बरें": ("hi", "Noto Serif Devanagari", 1.75),
    "આજના તાજા સમાચાર": ("gu", "Noto Serif Gujarati", 1.75),
    "నేటి తాజా వార్తలు": ("te", "Noto Serif Telugu", 1.75),
}
TYPE = """() => { const prose = document.querySelector(".prose"), style = getComputedStyle(prose);
  return [prose.closest("[lang]").lang, style.fontFamily.split(",")[0].replaceAll('"', ""),
          Math.round(100 * parseFloat(style.lineHeight) / parseFloat(style.fontSize)) / 100] }"""
# The text of each line of the headline, as it stands on the page.
LINES = """() => { const lines = new Map();
  const walker = document.createTreeWalker(document.querySelector("h1"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) for (let at = 0; at < walker.currentNode.length; at++) {
    const range = new Range(); range.setStart(walker.currentNode, at); range.setEnd(walker.currentNode, at + 1);
    const top = Math.round(range.getBoundingClientRect().top);
    lines.set(top, (lines.get(top) ?? "") + walker.currentNode.data[at]);
  }
  return [...lines.values()] }"""
WORDS = """(text) => [...new Intl.Segmenter("zh", { granularity: "word" }).segment(text)].map(({ index }) => index)"""


SCREENS = [{"viewport": {"width": 390, "height": 844}, "has_touch": True}, {"viewport": {"width": 1440, "height": 900}}]


@pytest.fixture(params=SCREENS, ids=["390", "1440"])
def screen(request, open_page, sign_in):
    page = open_page(**request.param)
    sign_in(page, make_reader("ann"))
    return page


def test_each_script_has_its_own_type_though_no_feed_says_its_language(screen):
    for text, (tag, family, leading) in SCRIPTS.items():
        screen.goto(make_article(title=text, content_html=f"<p>{text}</p>", summary=text).get_absolute_url())
        assert screen.evaluate(TYPE) == [tag, family, leading]


def test_a_chinese_headline_is_never_broken_inside_a_word(screen):
    screen.goto(make_article(title=HEADLINE, language="zh-Hant").get_absolute_url())
    expect(screen.locator("h1.phrased")).to_have_text(HEADLINE)
    lines = screen.evaluate(LINES)
    assert len(lines) > 1
    ends = {sum(map(len, lines[:number])) for number in range(1, len(lines))}
    assert ends <= set(screen.evaluate(WORDS, HEADLINE))
    screen.goto("/")
    expect(screen.locator(".row-text .phrased")).to_have_text(HEADLINE)


def test_a_long_article_says_how_long_it_takes_and_how_far_one_is(screen):
    article = make_article(title="Long", content_html="<p>On and on and on and on.</p>" * 75)
    screen.goto(article.get_absolute_url())
    expect(screen.locator(".facts")).to_contain_text("2 minutes")
    share = "new DOMMatrix(getComputedStyle(document.querySelector('.progress')).transform).a"
    screen.wait_for_function(f"() => {share} === 0")
    screen.evaluate("document.querySelector('.prose').scrollIntoView({ block: 'end' })")
    screen.wait_for_function(f"() => {share} > 0.95")


def test_a_film_asks_nobody_before_the_click_and_one_host_after_it(chromium, live_server, sign_in):
    player = "https://www.youtube-nocookie.com/"
    asked = []
    context = chromium.new_context(base_url=live_server.url)
    page = context.new_page()
    page.route(f"{player}**", lambda route: route.fulfill(content_type="text/html", body="<p>playing</p>"))
    page.on("request", lambda request: asked.append(request.url))
    foreign = lambda: [url for url in asked if not url.startswith((live_server.url, "data:"))]  # noqa: E731
    sign_in(page, make_reader("ann"), make_article(content_html=FILM).get_absolute_url())
    page.wait_for_load_state("networkidle")
    assert foreign() == []
    add_axe(page)
    assert page.evaluate("async () => (await axe.run('.prose')).violations.map((rule) => rule.id)") == []
    page.get_by_role("link", name="Play here").press("Enter")
    inside = page.frame_locator(".prose iframe").frame_locator("iframe")
    expect(inside.get_by_text("playing")).to_be_visible()
    assert {url[: len(player)] for url in foreign()} == {player}
    context.close()
