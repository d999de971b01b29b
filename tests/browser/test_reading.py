"""Reading, as a person with a browser does it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from articles.lists.list_settings import Opening, keep
from articles.lists.selection import Selection
from articles.models import ArticleState
from articles.search import index
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_database("pages and styles know no database, and test_fifty_feeds reads in a browser on both"),
]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrik" * 2
WIDE = f"""
<p>{LONG_WORD} https://example.org/{"a" * 200}</p><pre><code>{"code " * 60}</code></pre>
<table><tr>{"<td>a cell of a table</td>" * 20}</tr></table>
<p class="embed"><a href="https://video.example/{"b" * 100}" rel="noopener noreferrer">video.example</a></p>
"""


@pytest.fixture
def reader(live_server):
    return make_reader("ann")


@pytest.fixture
def harbour(live_server):
    return make_feed(title="Harbour Notes", description="Ships and sheds.", site_url="https://harbour.example/")


def unread(page):
    return page.locator(".row [name=read]")


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_reader_signs_in_opens_an_article_and_it_is_read(page, reader, harbour, fill_in_sign_in_form):
    make_articles(3, harbour)
    newest = make_article(harbour, title="The crane moves", content_html="<p>It moved.</p>")
    fill_in_sign_in_form(page, reader)
    expect(page.get_by_role("heading", name="Articles")).to_be_visible()
    expect(unread(page)).to_have_count(4)
    page.get_by_role("link", name="The crane moves", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The crane moves")
    expect(page.get_by_text("It moved.")).to_be_visible()
    page.get_by_role("region", name="This article").get_by_role("link", name="List").click()
    expect(unread(page)).to_have_count(3)
    assert ArticleState.objects.get(user=reader).article == newest


def test_the_browsers_back_button_leads_to_a_list_that_knows_what_was_read(page, reader, harbour, sign_in):
    make_articles(3, harbour)
    sign_in(page, reader)
    page.locator(".row h3 a").first.click()
    page.wait_for_url("**/articles/**")
    page.go_back()
    expect(unread(page)).to_have_count(2)


def test_older_and_newer_lead_through_the_articles_of_the_list(page, reader, harbour, sign_in):
    _first, second, third = (make_article(harbour, title=title) for title in ("First", "Second", "Third"))
    make_article(title="Of another feed", published_at=second.published_at)
    sign_in(page, reader, f"/articles/{third.pk}/?feed={harbour.pk}")
    page.get_by_label("In this list").get_by_role("link", name="Older").click()
    for title, key in (("Second", "j"), ("First", "k"), ("Second", "u")):
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        page.wait_for_load_state()  # the keys are there when the page's modules have run
        page.keyboard.press(key)
    page.wait_for_url(f"/?feed={harbour.pk}#article-{second.pk}")


def test_code_is_as_large_with_an_element_of_its_own_as_without(page, reader, sign_in):
    article = make_article(content_html="<pre>plain</pre><pre><code>nested</code></pre>")
    sign_in(page, reader, article.get_absolute_url())
    sizes = page.locator(".prose pre, .prose pre code").evaluate_all(
        "all => all.map((e) => getComputedStyle(e).fontSize)"
    )
    assert len(sizes) == 3
    assert len(set(sizes)) == 1


def test_letters_typed_into_a_field_are_only_letters(page, reader, live_server):
    page.goto("/sign-in/")
    page.get_by_label("Username").press_sequentially("jkoms?")
    expect(page.get_by_label("Username")).to_have_value("jkoms?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_star_changes_in_place_and_stays(page, reader, harbour, sign_in):
    article = make_article(harbour)
    sign_in(page, reader)
    page.evaluate("window.isSamePage = true")
    with page.expect_response("**/articles/act/"):  # it shows at once, and is sent then
        page.get_by_role("button", name=f"Star {article.title}").click()
    expect(page.locator("[name=unstar]")).to_have_count(1)
    assert page.evaluate("window.isSamePage")
    page.goto("/?show=starred")
    expect(page.get_by_role("link", name=article.title, exact=True)).to_be_visible()


def test_everything_works_without_javascript(open_page, reader, harbour, fill_in_sign_in_form):
    page = open_page(java_script_enabled=False)
    older, newest = make_article(harbour, title="Older one"), make_article(harbour, title="Newest one")
    fill_in_sign_in_form(page, reader)
    row = page.locator(f"#article-{newest.pk}")
    row.get_by_role("button", name="Star").click()
    expect(page.locator(f"#article-{newest.pk}").get_by_role("button", name="Remove star")).to_be_visible()
    page.get_by_role("link", name="Newest one", exact=True).click()
    page.get_by_role("button", name="Mark as unread").click()
    expect(unread(page)).to_have_count(2)
    page.locator(f"#article-{older.pk}").get_by_role("button", name="Mark as read").click()
    expect(unread(page)).to_have_count(1)
    page.locator(".mark-menu summary").click()
    page.get_by_role("button", name="All articles").click()
    expect(unread(page)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(unread(page)).to_have_count(1)
    page.get_by_role("link", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_times_are_in_the_browsers_time_zone(page, reader, harbour, fill_in_sign_in_form):
    make_article(harbour, published_at="2020-03-01T20:30:00Z")
    fill_in_sign_in_form(page, reader)
    expect(page.locator(".row time")).to_have_text("04:30")
    expect(page.locator(".day h2")).to_have_text(re.compile("Monday\\s+2 March 2020"))


def test_no_page_is_wider_than_a_phone(open_page, reader, harbour, sign_in):
    article = make_article(harbour, title=f"On the {LONG_WORD}", summary=LONG_WORD, content_html=WIDE)
    make_feed(title=LONG_WORD, failures=2, last_error=f"https://example.org/{'c' * 200} answered 500.")
    page = open_page(**PHONE)
    sign_in(page, reader)
    for address in ("/", "/feeds/", "/account/", "/account/password/", article.get_absolute_url()):
        page.goto(address)
        assert fits(page), address


def test_on_paper_there_is_what_can_be_read_and_nothing_to_press(page, reader, harbour, sign_in):
    article = make_article(harbour, title="The crane moves", content_html="<p>It moved.</p>")
    sign_in(page, reader)
    page.emulate_media(media="print")
    lists = [("/", opening) for opening in Opening]
    for address, opening in (*lists, (article.get_absolute_url(), Opening.PAGE)):
        keep(reader, Selection(), opening=opening)
        page.goto(address)
        expect(page.get_by_text("The crane moves").first).to_be_visible()
        pressed = page.locator("button, summary, nav a").all()
        assert [each.inner_text() for each in pressed if each.is_visible()] == []


def test_on_paper_no_link_is_left_that_only_does_something(page, reader, harbour, sign_in):
    article = make_article(harbour, title="The crane moves", content_html="<p>It moved.</p>", content_text="It moved.")
    index.index([article])
    sign_in(page, reader)
    page.emulate_media(media="print")
    for address in ("/?q=moved", f"/?feed={harbour.pk}", article.get_absolute_url()):
        page.goto(address)
        expect(page.get_by_text("The crane moves").first).to_be_visible()
        does = page.locator(
            'main :is(a:is([href*="/account/"], [href*="/search"], [href*="/labels/"], [href^="/feeds/"]), #notes-title)'
        )
        assert [each.inner_text() for each in does.all() if each.is_visible()] == [], address


def test_on_a_phone_the_navigation_is_at_the_bottom(open_page, reader, harbour, sign_in):
    make_articles(30, harbour)
    page = open_page(**PHONE)
    sign_in(page, reader)
    box = page.get_by_role("navigation", name="Site").bounding_box()
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)


def colours(page):
    return page.evaluate(
        "(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.documentElement))"
    )


def brightness(colour: str) -> int:
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3])


def test_a_dark_system_gets_a_dark_page(open_page, live_server):
    page = open_page(color_scheme="dark")
    page.goto("/sign-in/")
    paper, ink = colours(page)
    assert brightness(paper) < 150 < 500 < brightness(ink)


def test_a_reader_chooses_light_on_a_dark_system(open_page, reader, harbour, sign_in):
    page = open_page(color_scheme="dark")
    sign_in(page, reader, "/account/")
    page.get_by_label("Theme").select_option("light")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.wait_for_load_state()  # with the sheets, without which there is no paper
    paper, ink = colours(page)
    assert brightness(ink) < 150 < 500 < brightness(paper)


CONTRASTS = """() => {
    const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((channel) => {
        const part = channel / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const luminance = (colour) => {
        const [red, green, blue] = channels(colour);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const paper = luminance(getComputedStyle(document.documentElement).backgroundColor);
    const texts = document.querySelectorAll("main :is(h1, h2 span, h3 a, p, time, a, summary, button.quiet)");
    return [...texts].map((element) => {
        const ink = luminance(getComputedStyle(element).color);
        return [element.textContent.trim(), (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)];
    });
}"""


def in_each_scheme(page, *contrasts):
    """The findings of these scripts on the page where it is light, and where it is dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [each for script in contrasts for each in page.evaluate(script)]
    return found


def test_text_stands_out_from_the_paper_as_wcag_aa_asks(page, reader, harbour, sign_in):
    read, _unread = make_articles(2, harbour)
    sign_in(page, reader, read.get_absolute_url())
    on_article = in_each_scheme(page, CONTRASTS)
    page.goto(f"/?feed={harbour.pk}")
    found = [*on_article, *in_each_scheme(page, CONTRASTS)]
    assert len(found) > 30
    assert [contrast for contrast in found if contrast[1] < 4.5] == []


def test_whatever_has_the_focus_shows_it(page, reader, harbour, sign_in):
    make_article(harbour)
    sign_in(page, reader)
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        is_shown = page.evaluate("""() => {
            const shows = (element) => element && getComputedStyle(element).outlineStyle !== "none";
            const active = document.activeElement;
            return active === document.body || shows(active) || shows(active.closest(".row"));
        }""")
        assert is_shown, focused(page)
        seen.add(focused(page))
    assert {"Skip to content", "Account"} <= seen


def test_the_skip_link_leads_past_the_navigation(page, reader, harbour, sign_in):
    make_article(harbour)
    sign_in(page, reader)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


LINE_HEIGHT = "parseFloat(getComputedStyle(document.querySelector('.prose')).lineHeight) / 17"


TYPES = [
    ("雨後的車站與書", "Noto Serif CJK TC", 1.8),
    ("雨后的车站与书", "Noto Serif CJK SC", 1.8),
    ("雨の日の駅にて", "Noto Serif CJK JP", 1.8),
    ("비 오는 날의 기차역", "Noto Serif CJK KR", 1.8),
    ("The station after rain", "Liberation Serif", 1.6),
]


def test_type_follows_the_language_of_the_text(page, reader, harbour, sign_in):
    sign_in(page, reader)
    for title, typeface, line_height in TYPES:
        article = make_article(harbour, title=title, summary=title, content_html=f"<p>{title}</p>")
        page.goto(article.get_absolute_url())
        assert typeface in page.evaluate("getComputedStyle(document.querySelector('.prose')).fontFamily")
        assert page.evaluate(LINE_HEIGHT) == pytest.approx(line_height, abs=0.01), title


TYPE_OF = """(language) => {
    const shown = Object.assign(document.createElement("p"), { lang: language, className: "prose" });
    document.body.append(shown);
    const style = getComputedStyle(shown);
    return [style.getPropertyValue("--reading"), Number(style.getPropertyValue("--leading"))];
}"""


def test_scripts_have_typefaces_and_leading_of_their_own(page):
    page.goto("/sign-in/")
    for language, typeface, least in [
        ("th", "Noto Serif Thai", 1.6), ("ar", "Noto Naskh Arabic", 1.6), ("fa", "Noto Naskh Arabic", 1.6),
        ("ur", "Noto Nastaliq Urdu", 1.6), ("he", "Noto Serif Hebrew", 1.5), ("hi", "Noto Serif Devanagari", 1.6),
    ]:  # fmt: skip
        family, leading = page.evaluate(TYPE_OF, language)
        assert typeface in family
        assert leading > least, language


def test_headlines_without_spaces_are_not_balanced(page, reader, harbour, sign_in):
    sign_in(page, reader)
    wraps = "(language) => { const h = document.createElement('h1'); h.lang = language; document.body.append(h);"
    wraps += " return getComputedStyle(h).textWrapStyle; }"
    assert page.evaluate(wraps, "zh-Hant") == "auto"
    assert page.evaluate(wraps, "en") == "balance"
