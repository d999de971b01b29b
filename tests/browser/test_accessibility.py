"""The findings of axe-core by WCAG 2.2 AA on each kind of page, wide and on a phone, light and dark: none; that a phone's
are made for fingers; and that none is wider than its window where all of it or its text alone is enlarged."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core import signing
from django.urls import resolve
from django.utils import timezone

from articles.full_text.models import FullText
from articles.labels import own as labels
from articles.lists import reader_state
from articles.lists.list_settings import keep
from articles.lists.selection import Selection
from articles.models import ArticleVersion, Channel, Enclosure, Likeness, Notice
from articles.notes import own as notes
from articles.rules import own as rules
from articles.rules.deeds import act
from articles.saved_searches import own as saved_searches
from articles.search import index
from feeds.models import Mailbox, Poll
from feeds.subscriptions import own
from newsreader import sign_up
from tests.articles.notices.telling import channel_of
from tests.articles.stories.telling import one_story
from tests.browser.conftest import PHONE, WIDE
from tests.browser.contrast import fresh_texts
from tests.browser.site_files import add_axe
from tests.browser.targets import small_targets
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.one_database("templates and styles know no database")]

ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = "color-contrast"
# What no rule here asks for: style sheets, fetched and read once more, which only css-orientation-lock (experimental) looks
# at, and selectors of what is found, which is told by its HTML. Sounds and films stay, which no-autoplay-audio needs.
SPARED = {"preload": {"assets": ["media"]}, "selectors": False, "resultTypes": ["violations"]}
# A page is the same in dark but for its colors, which no style sheet asks for otherwise than by light-dark(). Contrast is
# half of the work, for both: it is looked at once for texts that are alike, on whatever page.
BUT_CONTRAST = {"runOnly": ALL, "rules": {CONTRAST: {"enabled": False}}, **SPARED}
OF_CONTRAST = {"runOnly": [CONTRAST], **SPARED}
RUN_BUT_CONTRAST = "async (options) => (await axe.run(document, options)).violations"
RUN_CONTRAST = "async (options) => (await axe.run({ include: fresh }, options)).violations"
TEXT = f"""<h2>Of cranes</h2><pre><code>{"code " * 60}</code></pre><table><tr>{"<td>a wide cell</td>" * 30}</tr></table>
<p><a href="https://harbour.example/">A link</a></p><p>{"Longer than a window, whose bar would cover half a button. " * 60}</p>"""

# Windows in CSS pixels, and the size of text. WCAG 1.4.10: a window of 1280 px at 400 % is one of 320. 1.4.4: text alone, to 200 %.
ENLARGED = {
    "1280 px at 200 %": (640, "100%"),
    "1280 px at 400 %": (320, "100%"),
    "390 px, text at 200 %": (390, "200%"),
    "720 px, text at 200 %": (720, "200%"),
    "1440 px, text at 200 %": (1440, "200%"),
}
# What sticks out of the window, the furthest first; what is in a box that scrolls does not, and what is fixed can't be scrolled to.
OUTSIDE = """(size) => {
  scrollTo({ left: 0, top: 0, behavior: "instant" }); // who looked for targets went to each
  document.documentElement.style.fontSize = size;
  document.querySelectorAll("details").forEach((each) => { each.open = true });
  const styles = (element) => getComputedStyle(element);
  const edge = (element) => Math.round(element.getBoundingClientRect().right);
  const width = document.documentElement.clientWidth; // without what is kept for a bar that scrolls
  const isBoxed = ({ parentElement: around }) =>
    around && around !== document.body && (styles(around).overflowX !== "visible" || isBoxed(around));
  const out = [...document.body.querySelectorAll("*")].filter((each) =>
    edge(each) > width && each.checkVisibility({ visibilityProperty: true }) && !isBoxed(each));
  if (!out.length && document.scrollingElement.scrollWidth > width) return [document.scrollingElement.scrollWidth];
  return out.sort((one, other) => edge(other) - edge(one)).slice(0, 5)
    .map((each) => `${edge(each)} ${each.cloneNode().outerHTML.slice(0, 100)}`);
}"""

ROWS = 8
PAGES = (
    "/", "/?show=unread", "/?show=starred", "/?feed={feed}", "/?category={slug}", "/?q=body",
    "/?pick=1", "/?q=body&pick=1", "/?q=nothinglikeit", "/articles/{article}/", "/articles/{article}/versions/{version}/",
    "/search/help/", "/search/narrow/?q=body", "/feeds/", "/feeds/?health=failing", "/feeds/add/", "/feeds/import/",
    "/feeds/import/progress/?since=0", "/feeds/mailboxes/", "/feeds/mailboxes/new/",
    "/feeds/{marked}/recipe/", "/feeds/{marked}/access/",
    "/feeds/{feed}/", "/feeds/?of=others", "/feeds/of-readers/", "/articles/{row}/?text=feed",
    "/archive/import/", "/outputs/", "/account/", "/account/password/", "/account/sessions/", "/account/delete/", "/account/apps/", "/api/v1/",
    "/feeds/{feed}/menu/", "/categories/{category}/menu/", "/feeds/broken/",
    "/account/accounts/", "/account/accounts/{ben}/", "/choose-password/x/y/",
    "/statistics/", "/account/rules/", "/account/rules/new/?q=body", "/account/rules/{rule}/", "/account/notices/", "/account/notices/new/email/", "/account/notices/{mailed}/pace/",
    "/account/labels/", "/account/searches/", "/lately/read/", "/today/", "/account/notes/", "/account/labels/{label}/", "/articles/{article}/labels/",
    "/account/notes/{note}/", "/lately/starred/", "/account/accounts/{ben}/delete/", "/feeds/from-page/", "/feeds/mailboxes/{mailbox}/",
    "/account/rules/new/?site=1&q=body", "/account/invitations/",
)  # fmt: skip
"""The pages that axe looks at, with names for numbers."""
VISITORS = ("/sign-in/", "/sign-up/", "/sign-up/{invitation}/", "/notices/confirm/{confirm}/", "/notices/stop/{stop}/")
"""Those that are looked at by who has not signed in."""


def views_of(pages):
    """The names of the views of these pages."""
    return {resolve(re.sub(r"{[a-z]+}", "1", page).partition("?")[0]).url_name for page in pages}


def on_screens(page):
    """Makes a page one of a wide window, then one of a phone, loaded anew, as scripts may look at the window when they
    come: what axe has once run as is quicker then."""
    session = page.context.new_cdp_session(page)
    for screen in (WIDE, PHONE):
        fingers = {"enabled": "has_touch" in screen, "maxTouchPoints": 1}
        session.send("Emulation.setTouchEmulationEnabled", fingers)
        page.set_viewport_size(screen["viewport"])
        if screen is PHONE and page.url != "about:blank":
            page.reload()
        yield screen
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    session.detach()


def violations(page, address, seen=None, schemes=("light", "dark")):
    """Those of a page; with `seen`, of the texts whose contrast was looked at before, not of these once more."""
    if address:  # else the page as it is
        assert page.goto(address).url.endswith(address), f"{address} leads to {page.url}"
    add_axe(page)  # not Axe().run: that brings all that was right along, for a minute
    seen = set() if seen is None else seen
    found = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)  # nothing but styles asks for it
        rules = page.evaluate(RUN_BUT_CONTRAST, BUT_CONTRAST) if scheme == "light" else []
        if fresh_texts(page, seen):
            rules += page.evaluate(RUN_CONTRAST, OF_CONTRAST)
        found.extend((page.url, scheme, rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in rules)
    return found


SMALL_FIELDS = "(all) => all.filter((each) => parseFloat(getComputedStyle(each).fontSize) < 16).map((each) => each.id)"


def hard_to_press(page):
    """Targets that are smaller than a finger, and a search field so small that a phone zooms in; nothing on a wide screen."""
    if page.viewport_size["width"] > 390:
        return []
    return [*small_targets(page), *page.locator("#search").evaluate_all(SMALL_FIELDS)]


def outside_when_enlarged(page):
    """The windows in which something sticks out, with what does; leaves the page enlarged."""
    found = []
    for name, (width, text) in ENLARGED.items():
        page.set_viewport_size({"width": width, "height": 600})
        found.extend((name, each) for each in page.evaluate(OUTSIDE, text))
    return found


@pytest.fixture
def ann(live_server):
    return make_reader("ann", staff=True)


@pytest.fixture
def short_lists(ann, monkeypatch):
    """Lists of a few rows that go on: axe takes as long for each, and finds the same on all that are alike."""
    for module in (
        "articles.views.lists",
        "articles.lists.list_settings",
    ):  # which the first one would else have for good
        monkeypatch.setattr(f"{module}.SIZES", (ROWS,))
    keep(ann, Selection(), size=ROWS)
    monkeypatch.setattr("articles.views.matches.PAGE", ROWS)


@pytest.fixture
def names(ann, short_lists, settings):
    """All that PAGES and VISITORS name is there."""
    reader, ben = ann, make_reader("ben")
    feed = make_feed(
        title="Harbour Notes",
        description="Ships.",
        site_url="https://harbour.example/",
        category=make_category("Ports"),
    )
    make_feed(title="Broken", failures=2, last_error="x.example answered 500.", site_url="https://x.example/")
    own.follow(ben, make_feed(title="Ben's own", is_shared=False, failures=2, last_error="x.example answered 500."))
    marked = make_feed(title="Marked", recipe={"kind": "css", "items": "article"})
    rows = make_articles(ROWS + 2, feed, language="en")
    article = make_article(feed, title="The crane moves", content_html=TEXT, language="en", tags=["cranes"])
    Enclosure.objects.create(article=article, url="https://harbour.example/1.mp3", media_type="audio/mpeg", length=2048)
    version = ArticleVersion.objects.create(
        article=article, replaced_at=article.published_at, title="Before", html_zlib=b"", entry_hash="0" * 32
    )
    for outcome, new in (("updated", 3), ("failed", 0)):
        Poll.objects.create(feed=feed, started_at=timezone.now(), outcome=outcome, duration_ms=5, new_articles=new)
    index.index([*rows, article])
    FullText.objects.create(article=rows[0], url=rows[0].url, is_shown=True, outcome="whole", feed_html="<p>Part</p>")
    one_story(rows[-1], make_article(make_feed(title="Tide Times"), published_at=rows[0].published_at), article)
    Likeness.objects.create(article=article, other=rows[3], is_same=False)
    reader_state.star(reader, article, on=True)
    saved_searches.save_search(reader, Selection(query="body"))
    label = labels.make_label(reader, "To read")
    labels.add_labels([label.pk], [article.pk])
    rule = rules.save_rule(
        reader, rules.Draft(selection=Selection(query="body"), stars=True, label="To read", tells=True)
    )
    act(reader, {rule: [article.pk]}, timezone.now())
    Notice.objects.create(user=reader, article=article, rule=rule)
    broken = {"failures": 2, "failing_since": timezone.now(), "tried_at": timezone.now(), "last_error": "It broke."}
    settings.EMAIL_HOST, settings.SIGN_UP = "mail.example", "open"
    mailed = channel_of(reader, Channel.Kind.EMAIL, {"address": "ann@mail.example"}, host="")
    for is_on in (True, False):
        channel_of(reader, Channel.Kind.WEBHOOK, {"address": "https://x.example/", "key": "k"}, is_on=is_on, **broken)
    for colour in range(8):
        labels.add_labels([labels.make_label(reader, f"Colour {colour}", colour).pk], [rows[-1].pk])
    note = notes.add_note(reader, article.pk, "Why it moved", passage="Longer than a window")
    mailbox = Mailbox.objects.create(
        owner=reader, host="imap.harbour.example", user_name="ann", failures=1, last_error="It broke."
    )
    return {
        "feed": feed.pk, "slug": feed.category.slug, "article": article.pk, "version": version.pk, "marked": marked.pk,
        "row": rows[0].pk, "category": feed.category.pk, "ben": ben.pk, "rule": rule.pk, "mailed": mailed.pk,
        "label": label.pk, "note": note.pk, "mailbox": mailbox.pk,
        "invitation": sign_up.invite(reader, timezone.now()),
        "confirm": signing.dumps([mailed.pk, "ann@mail.example"], salt="notices: confirm an address"),
        "stop": signing.dumps(mailed.pk, salt="notices: stop mail"),
    }  # fmt: skip


@pytest.fixture
def addresses(names):
    return [address.format(**names) for address in PAGES]


@pytest.fixture
def visitors_addresses(names):
    return [address.format(**names) for address in VISITORS]


# A quarter of the pages at a time: axe looks at each for seconds.
@pytest.mark.parametrize("quarter", range(4))
def test_axe_finds_nothing_a_finger_meets_all_and_nothing_is_outside(
    open_page, ann, addresses, visitors_addresses, sign_in, quarter
):
    """All on pages that are loaded once for each screen, the enlarged last: to load them is a good part of the work."""
    page, found, seen = open_page(**WIDE), [], set()

    def look_at(pages):
        for address in pages[quarter::4]:
            for screen in on_screens(page):
                found.extend(violations(page, address if screen is WIDE else None, seen))
                if screen is PHONE:
                    found.extend((address, each) for each in (*hard_to_press(page), *outside_when_enlarged(page)))

    look_at(visitors_addresses)
    sign_in(page, ann)
    look_at(addresses)
    assert found == []


def test_only_the_admins_pages_have_styles_of_their_own_in_dark():
    sheets = (settings.BASE_DIR / "static/css").glob("*.css")
    asking = [path.name for path in sheets if "prefers-color-scheme" in path.read_text()]
    assert asking == ["admin-newsreader.css"]
