"""Rules see an article once, whichever way it came in, and tell of news alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.archive_files.importing import import_folder
from articles.ingest import pipeline
from articles.ingest.older_documents import ready_history, store_history
from articles.models import Article, Notice, RuleHit, UnjudgedArticle
from articles.rules import queue
from feeds.parse.document import ParsedEntry
from tests.articles.full_text import story
from tests.articles.full_text.pages import page, paragraphs
from tests.articles.rules.rain import rule_of
from tests.factories import make_feed

pytestmark = pytest.mark.django_db


def entry(**fields) -> ParsedEntry:
    told = {"guid": "1", "url": "https://x.example/1", "title": "rain", "content_html": "<p>rain</p>"}
    return ParsedEntry(**(told | {"published_at": timezone.now()} | fields))


def by_poll(folder, publisher) -> None:
    pipeline.store_entries(make_feed(), [entry()])


def by_change(folder, publisher) -> None:
    feed = make_feed()
    pipeline.store_entries(feed, [entry(title="sun", content_html="<p>sun</p>")])
    queue.work(10)
    pipeline.store_entries(feed, [entry()])


def by_whole_text(folder, publisher) -> None:
    row = story.make_wanted(publisher, published_at=timezone.now())
    html = page([*paragraphs(), "Then the rain came over the harbour, and the divers went home for the night."])
    publisher.serve("/story", html, content_type="text/html")
    assert story.fetched(row).outcome == row.Outcome.WHOLE


def by_history(folder, publisher) -> None:
    feed = make_feed()
    store_history(feed, ready_history(feed, [entry()]))


def by_old_entry(folder, publisher) -> None:
    pipeline.store_entries(make_feed(), [entry(published_at=timezone.now() - timedelta(days=3 * 365))])


def by_import(folder, publisher) -> None:
    (folder / "2020-01-01-lamp.md").write_text(
        "---\ntitle: A lamp\nfrom: https://paper.example/lamp\ntags: [Paper]\n---\n<div><p>Lit in the rain.</p></div>\n"
    )
    import_folder(folder)


@pytest.mark.usefixtures("loopback_allowed")
@pytest.mark.parametrize(
    ("comes_in", "is_told"),
    [
        (by_poll, True), (by_change, True), (by_whole_text, True),
        (by_history, False), (by_old_entry, False), (by_import, False),
    ],
)  # fmt: skip
def test_rules_see_it_once_and_tell_of_news_alone(ann, publisher, tmp_path, comes_in, is_told):
    rule = rule_of(ann, stars=True, tells=True)
    comes_in(tmp_path, publisher)
    [article] = Article.objects.all()
    assert [waiting.pk for waiting in UnjudgedArticle.objects.all()] == [article.pk]
    queue.work(10)
    assert not UnjudgedArticle.objects.exists()
    [hit] = RuleHit.objects.all()
    assert (hit.rule_id, hit.article_id, hit.starred) == (rule.pk, article.pk, True)
    assert Notice.objects.filter(article=article).exists() is is_told
