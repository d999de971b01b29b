"""Pages of whole texts: in parts and other forms, hostile, and looked at again later."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.full_text import fetch, reextract
from articles.full_text.models import FullText
from articles.models import Article, ArticleVersion
from feeds import sandbox
from feeds.models import Feed
from tests.articles.extract.hostile_pages import PAGES, SENTENCE, body_of
from tests.articles.full_text.pages import TEASER, page, paragraphs
from tests.articles.full_text.story import asked, fetch_due, fetched, make_wanted, poll, serve, text_of
from tests.articles.sanitize.attacks import assert_harmless
from tests.factories import make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
Outcome = FullText.Outcome


# --- parts, other forms, encodings ------------------------------------------------------------------------------------


def test_the_parts_of_an_article_are_put_together(publisher):
    texts = paragraphs(0, 6)
    for part in range(3):
        next_link = f'<p><a href="/story?page={part + 2}" rel="next">Next page</a></p>' if part < 2 else ""
        path = f"/story?page={part + 1}" if part else "/story"
        serve(publisher, path, page(texts[2 * part : 2 * part + 2], extra=next_link))
    row = fetched(make_wanted(publisher))
    assert asked(publisher) == ["/story", "/story?page=2", "/story?page=3"]
    assert all(text in text_of(row) for text in texts)


def test_an_article_without_end_ends(publisher):
    for part in range(1, 20):
        path = f"/story?page={part}" if part > 1 else "/story"
        next_link = f'<p><a href="/story?page={part + 1}" rel="next">Next page</a></p>'
        serve(publisher, path, page(paragraphs(part, part + 3), extra=next_link))
    fetched(make_wanted(publisher))
    assert len(asked(publisher)) == fetch.MOST_PARTS


def test_a_page_with_all_of_it_is_better_than_the_first_part(publisher):
    serve(publisher, html=page(paragraphs(0, 2), extra='<p><a href="/story/all">View all</a></p>'))
    serve(publisher, "/story/all", page(paragraphs(0, 6)))
    row = fetched(make_wanted(publisher))
    assert all(text in text_of(row) for text in paragraphs(0, 6))


def test_an_amp_page_is_asked_only_where_the_page_has_little(publisher):
    amp = '<link rel="amphtml" href="/amp">'
    serve(publisher, "/amp", page(paragraphs()))
    serve(publisher, html=page(paragraphs(), head=amp))
    fetched(make_wanted(publisher))
    assert asked(publisher) == ["/story"]
    serve(publisher, "/other", page(["Loading…"], head=amp))
    row = fetched(make_wanted(publisher, "/other"))
    assert row.outcome == Outcome.WHOLE
    assert asked(publisher)[1:] == ["/other", "/amp"]


def test_a_page_in_an_old_encoding_is_read(publisher):
    texts = [
        f"港口的闸门星期二关闭,三艘货轮在外面等候。第{n}段说的是渔民们还记得那个冬天,商店里空空如也。"
        for n in range(30)
    ]
    html = page(texts, title="港口的闸门关闭了").replace("<meta charset='utf-8'>", "")
    serve(publisher, html=html.encode("gb18030"), content_type="text/html; charset=gb2312")
    row = make_wanted(publisher, title="港口的闸门关闭了", content_text="港口的闸门星期二关闭,三艘货轮…")
    assert fetched(row).outcome == Outcome.WHOLE
    assert texts[29] in text_of(row)


def test_the_operators_selector_comes_first(publisher):
    notes = "".join(f"<p>{text}</p>" for text in paragraphs(10, 16))
    serve(
        publisher, html=page(paragraphs(0, 6), extra="").replace("<footer>", f"<div id='notes'>{notes}</div><footer>")
    )
    row = make_wanted(publisher)
    Feed.objects.update(article_selector="#notes")
    fetched(row)
    assert paragraphs(15, 16)[0] in text_of(row)
    assert paragraphs(0, 1)[0] not in text_of(row)


def test_a_sites_rule_is_read_from_the_operators_folder(publisher, settings, tmp_path):
    (tmp_path / "x.example.txt").write_text("body: //article", encoding="utf-8")
    settings.SITE_RULES = str(tmp_path)
    rule = fetch.directions_for(make_feed(), "https://x.example/story").rule
    assert rule
    assert rule.body == ("//article",)
    assert fetch.directions_for(make_feed(), "https://y.example/story").rule is None


# --- hostile pages ----------------------------------------------------------------------------------------------------


def test_a_page_over_ten_megabytes_is_given_up(publisher):
    serve(publisher, html="<p>" + "x" * (fetch.MAX_BYTES + 1))
    assert fetched(make_wanted(publisher)).outcome == Outcome.TOO_MUCH


@pytest.mark.one_database("the process that takes pages apart knows no database")
@pytest.mark.parametrize("name", PAGES)
def test_of_a_hostile_page_nothing_active_is_stored(publisher, name):
    """It is given up, or its text is taken as any other. How long the whole page takes, a test of `extract` says."""
    serve(publisher, html=body_of(name, part=50))
    begun = f"{SENTENCE[:80]} […]"
    row = fetched(make_wanted(publisher, title="The bridge", content_html=f"<p>{begun}</p>", content_text=begun))
    article = Article.objects.get()
    assert row.outcome in {Outcome.WHOLE, Outcome.NOTHING, Outcome.NO_MORE, Outcome.TOO_MUCH, Outcome.PAYWALL}
    assert row.outcome == Outcome.WHOLE or name not in {"every disguise", "entities", "frames", "a base of script"}
    assert_harmless(article.content_html)
    assert "root:" not in article.content_text


@pytest.mark.one_database("the process that takes pages apart knows no database")
@pytest.mark.parametrize(
    "html",
    ["<div>" * 100_000 + "x", "<p>" * 200_000, "<a href=x>" * 200_000, "<table><tr><td>" * 50_000, "\0" * 500_000],
)
def test_a_hostile_page_ends_and_leaves_the_article_as_it_is(publisher, html, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    serve(publisher, html=html)
    row = fetched(make_wanted(publisher))
    assert row.outcome in {Outcome.NOTHING, Outcome.NO_MORE, Outcome.TOO_MUCH}
    assert text_of(row) == TEASER[3:-4]


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_a_page_that_has_changed_makes_a_version(publisher):
    serve(publisher)
    row = fetched(make_wanted(publisher))
    first = text_of(row)
    serve(publisher, html=page(paragraphs(0, 9)))
    FullText.objects.update(is_wanted=True, fetch_at=timezone.now())
    fetch_due()
    version = ArticleVersion.objects.get()
    assert paragraphs(8, 9)[0] in text_of(row)
    assert paragraphs(5, 6)[0] in version.content_html
    assert first != text_of(row)


def test_a_page_that_is_gone_later_takes_nothing_away(publisher):
    serve(publisher)
    row = fetched(make_wanted(publisher))
    serve(publisher, status=404)
    FullText.objects.update(is_wanted=True, fetch_at=timezone.now())
    fetched(row)
    assert (row.outcome, row.is_shown, row.is_wanted) == (Outcome.WHOLE, True, False)
    assert "Fishermen" in text_of(row)


def test_a_changed_entry_stays_beside_the_whole_article_which_is_fetched_again(publisher, feed):
    serve(publisher)
    article = poll(publisher, feed)
    row = fetched(article.full_text)
    Feed.objects.update(next_check_at=timezone.now(), etag="", body_hash="")
    poll(publisher, feed, TEASER.replace("Tuesday", "Wednesday"))
    row.refresh_from_db()
    assert "Wednesday" in row.feed_html
    assert "Fishermen" in text_of(row)
    assert (row.is_wanted, row.is_shown) == (True, True)
    assert row.fetch_at > timezone.now() + timedelta(minutes=50)


def test_an_entry_that_has_more_than_the_page_by_now_stands_in_its_place(publisher, feed):
    serve(publisher)
    row = fetched(poll(publisher, feed).full_text)
    Feed.objects.update(next_check_at=timezone.now(), etag="", body_hash="")
    poll(publisher, feed, "".join(f"<p>{text}</p>" for text in paragraphs(0, 12)))
    row.refresh_from_db()
    assert not row.is_shown
    assert paragraphs(11, 12)[0] in text_of(row)


def test_resanitize_keeps_the_whole_text(publisher, feed):
    serve(publisher)
    row = fetched(poll(publisher, feed).full_text)
    before = Article.objects.get()
    call_command("resanitize", "--all", stdout=StringIO())
    after = Article.objects.get()
    assert (after.content_html, after.content_text) == (before.content_html, before.content_text)
    feed_html = row.feed_html
    row.refresh_from_db()
    assert row.feed_html == feed_html


def test_reextract_finds_the_article_anew_in_the_pages_that_are_kept(publisher):
    serve(publisher, html=page(paragraphs(0, 8)))
    row = fetched(make_wanted(publisher))
    requests = len(publisher.requests)
    Feed.objects.update(article_selector="//article//p[position() < 7]")
    out = StringIO()
    call_command("reextract", stdout=out)
    call_command("reextract", "--all", stdout=out)
    assert out.getvalue().splitlines() == [
        "reextracted 0, unchanged 0, passed over 0",
        "reextracted 1, unchanged 0, passed over 0",
    ]
    assert paragraphs(7, 8)[0] not in text_of(row)
    assert paragraphs(5, 6)[0] in text_of(row)
    assert len(publisher.requests) == requests
    assert ArticleVersion.objects.count() == 1


def test_archive_files_have_the_whole_text(publisher, tmp_path):
    serve(publisher)
    fetched(make_wanted(publisher))
    call_command("export_archive", str(tmp_path), stdout=StringIO())
    files = [path.read_text("utf-8") for path in tmp_path.rglob("*.md")]
    assert any("Fishermen remember" in text for text in files)


def test_reextract_passes_over_what_is_being_fetched(publisher):
    serve(publisher)
    row = fetched(make_wanted(publisher))
    FullText.objects.update(lease=uuid4(), leased_until=timezone.now() + timedelta(minutes=5))
    assert reextract.reextract(everything=True).passed_over == 1
    assert "Fishermen" in text_of(row)
