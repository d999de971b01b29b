"""`manage.py resanitize` over a real database."""

from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from articles.boilerplate.rules import boilerplate_for
from articles.compression import compressed, decompressed
from articles.export.models import ExportIdentity
from articles.full_text.models import FullText
from articles.ingest import resanitize as module
from articles.ingest.content import derive
from articles.kept_counts.models import RecentArticle
from articles.models import Article, ArticleSource, BoilerplateRule, WaitingArticle
from articles.sanitize import VERSION
from articles.saved_searches.models import SavedSearch
from feeds.models import Feed
from tests.factories import make_reader

pytestmark = pytest.mark.django_db
HTML = "<h1>Title</h1><p>Words <script>bad()</script><a href='/x?utm_source=y'>link</a></p><p>Read it at example.</p>"


@pytest.fixture
def feed():
    return Feed.objects.create(url="https://publisher.example/feed")


def make_article(feed, number, *, version=0, html=HTML, **fields):
    article = Article.objects.create(
        feed=feed,
        guid=str(number),
        title="Title",
        published_at=timezone.now(),
        entry_hash="x",
        sanitizer_version=version,
        content_html="old",
        content_text="old",
        summary="old",
        **fields,
    )
    ArticleSource.objects.create(article=article, html_zlib=compressed(html), base_url="https://publisher.example/")
    return article


def run(*args):
    out = StringIO()
    call_command("resanitize", *args, stdout=out)
    return out.getvalue().splitlines()[-1]


def test_an_old_article_is_derived_anew_from_its_source(feed):
    article = make_article(feed, 1)
    assert run() == "resanitized 1, unchanged 0"
    article.refresh_from_db()
    assert article.content_html == (
        '<p>Words <a href="https://publisher.example/x" rel="noopener noreferrer">link</a></p>'
        "<p>Read it at example.</p>"
    )
    assert article.content_text == "Words link\nRead it at example."
    assert article.summary == "Words link Read it at example."
    assert article.sanitizer_version == VERSION


def test_a_second_run_has_nothing_to_do(feed):
    make_article(feed, 1)
    run()
    assert run() == "resanitized 0, unchanged 0"
    assert run("--all") == "resanitized 0, unchanged 1"


def test_what_reads_otherwise_is_told_of_and_what_does_not_is_only_noted_as_done(feed):
    SavedSearch.objects.create(user=make_reader(), name="words", text="words")
    identity, _ = ExportIdentity.objects.get_or_create()
    article = make_article(feed, 1)
    for changed, edition in ((1, identity.edition + 1), (0, identity.edition + 1)):
        assert run() == f"resanitized {changed}, unchanged {1 - changed}"
        told_of = [list(table.objects.values_list("article", flat=True)) for table in (RecentArticle, WaitingArticle)]
        assert told_of == [[article.pk] * changed] * 2
        identity.refresh_from_db()
        assert identity.edition == edition
        assert Article.objects.get().sanitizer_version == VERSION
        RecentArticle.objects.all().delete()
        WaitingArticle.objects.all().delete()
        Article.objects.update(sanitizer_version=0)


def test_a_new_rule_counts_with_all(feed):
    article = make_article(feed, 1)
    run()
    BoilerplateRule.objects.create(name="r", match="starts", value="Read it at", feed=feed)
    assert run() == "resanitized 0, unchanged 0"
    assert run("--all") == "resanitized 1, unchanged 0"
    article.refresh_from_db()
    assert article.content_text == "Words link"


def test_one_feed_alone(feed):
    other = Feed.objects.create(url="https://other.example/feed")
    untouched = make_article(other, 1)
    make_article(feed, 1)
    assert run("--feed", str(feed.pk)) == "resanitized 1, unchanged 0"
    untouched.refresh_from_db()
    assert untouched.content_html == "old"


def test_an_unknown_feed_is_an_error():
    with pytest.raises(CommandError, match="no feed '99'"):
        run("--feed", "99")


def test_the_picture_that_the_entry_named_stays(feed):
    article = make_article(feed, 1, image_url="https://publisher.example/lead.jpg")
    run()
    article.refresh_from_db()
    assert article.image_url == "https://publisher.example/lead.jpg"


def test_an_interrupted_run_goes_on_where_it_stopped(feed, monkeypatch):
    monkeypatch.setattr(module, "_BATCH", 2)
    for number in range(5):
        make_article(feed, number)

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        module.resanitize(report=stop)
    assert Article.objects.filter(sanitizer_version=VERSION).count() == 2
    assert run() == "resanitized 3, unchanged 0"


def test_rules_are_a_feeds_own_and_those_for_all(feed):
    BoilerplateRule.objects.all().delete()
    other = Feed.objects.create(url="https://other.example/feed")
    for name, where, enabled in [
        ("all", None, True),
        ("own", feed, True),
        ("off", feed, False),
        ("other", other, True),
    ]:
        BoilerplateRule.objects.create(name=name, value=name, feed=where, enabled=enabled)
    assert {rule.value for rule in boilerplate_for(feed)} == {"all", "own"}


def test_known_footers_have_rules_from_the_start(feed):
    # A test with transactions of its own may have emptied the table before.
    migration = import_module("articles.migrations.0003_default_boilerplate")
    assert [each.code for each in migration.Migration.operations] == [migration.add]
    migration.add(apps, connection.schema_editor())
    html = "<p>正文</p><hr><div>获取更多RSS：<br><a href='https://f.example'>f</a><br></div>"
    derived = derive(html, base_url="", title="", boilerplate=boilerplate_for(feed))
    assert derived.content_html == "<p>正文</p>"


def test_the_text_of_a_page_that_does_not_stand_in_the_article_is_left_out(feed):
    article = make_article(feed, 1)
    FullText.objects.create(
        article=article, url="https://publisher.example/1", html_zlib=compressed("<p>Page</p>"), is_shown=False
    )
    run()
    article.refresh_from_db()
    assert article.content_text == "Words link\nRead it at example."


@pytest.mark.parametrize(("own", "expected"), [("nb", "nb"), ("", "da")])
def test_the_language_is_the_articles_own_before_its_feeds(own, expected):
    feed = Feed.objects.create(url="https://publisher.example/da", language="da")
    article = make_article(feed, 1, html="<p>Hei</p>", language=own)
    run()
    article.refresh_from_db()
    assert article.language == expected


def test_of_two_texts_the_better_one_is_chosen_anew(feed):
    """As a poll would choose today, whichever was shown before."""
    excerpt, photos = "<p>Some words about the photos</p>", '<img src="/1.jpg"><p>Photos.</p>'
    article = make_article(feed, 1, html=excerpt)
    ArticleSource.objects.update(other_zlib=compressed(photos), is_summary=True)
    kept = make_article(feed, 2, html=photos)
    ArticleSource.objects.filter(article=kept).update(other_zlib=compressed(excerpt))
    stub = make_article(feed, 3, html="<p>More</p>")
    ArticleSource.objects.filter(article=stub).update(other_zlib=compressed(excerpt))
    chosen = make_article(feed, 4, html=excerpt)
    ArticleSource.objects.filter(article=chosen).update(other_zlib=compressed("<p>More</p>"), is_summary=True)
    module.resanitize()
    article.refresh_from_db()
    assert 'src="https://publisher.example/1.jpg"' in article.content_html
    source = ArticleSource.objects.get(article=article)
    assert (decompressed(source.html_zlib), decompressed(source.other_zlib)) == (photos, excerpt)
    assert not source.is_summary
    assert decompressed(ArticleSource.objects.get(article=kept).html_zlib) == photos
    for summarized in (stub, chosen):
        source = ArticleSource.objects.get(article=summarized)
        assert (decompressed(source.html_zlib), source.is_summary) == (excerpt, True)
