"""The rows of lists and of hits: what they say, and that they are cheap."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone, translation

from articles.labels.models import ArticleLabel, Label
from articles.models import ArticleState, Origin
from articles.search import index
from feeds.models import Feed, Importance
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def row_of(client, article, address="/"):
    return re.search(rf"<li class=row id=article-{article.pk}>.*?(?=<li|</ol>)", client.get(address).text, re.S)[0]


def test_buttons_are_named_by_themselves_and_by_their_rows_title(client, reader):
    article = make_article(title='"Fog" & <more>')
    row = row_of(client, article)
    for name, action in (("read", "Mark as read"), ("star", "Star")):
        assert f'<button name={name} value={article.pk} aria-labelledby="{name} t{article.pk}">' in row
        assert f'<span id="{name}">{action}</span>' in client.get("/").text
    title = re.search(rf"<a id=t{article.pk} [^>]*>(.*?)</a>", row)[1]
    assert title == "&quot;Fog&quot; &amp; &lt;more&gt;"


@pytest.mark.parametrize(("letter", "most"), [("word ", 161), ("霧", 91)])
def test_a_row_has_as_much_of_the_summary_as_it_has_room_for(client, reader, letter, most):
    article = make_article(title="Harbour", summary=letter * 50 if letter == "word " else letter * 300)
    shown = re.search(r"</h3><p>(.*?)<p ", row_of(client, article))[1]
    assert most - 10 < len(shown) <= most
    assert shown.endswith("…")


def test_times_are_the_readers_and_in_the_pages_language(client, reader):
    article = make_article(title="Fog", published_at=datetime(2026, 3, 1, 17, 5, tzinfo=UTC), language="fr")
    index.index([article])
    client.cookies["timezone"] = "Asia/Taipei"
    assert "<time datetime=2026-03-01T17:05Z>01:05</time>" in row_of(client, article)
    assert 'lang="en">2 March 2026, 01:05</time>' in row_of(client, article, "/?q=fog")
    with translation.override("zh-hant"):
        client.cookies["django_language"] = "zh-hant"
        assert 'lang="zh-hant">2026年3月2日 01:05</time>' in row_of(client, article, "/?q=fog")


def test_a_list_of_a_feed_does_not_repeat_its_name(client, reader):
    article = make_article(make_feed(title="Harbour Notes"))
    assert "Harbour Notes" in row_of(client, article)
    assert "Harbour Notes" not in row_of(client, article, f"/?feed={article.feed_id}")


def test_the_link_of_a_rows_feed_keeps_what_is_shown(client, reader):
    article = make_article()
    assert f'href="/?feed={article.feed_id}&show=unread"' in row_of(client, article, "/?show=unread")


def test_a_row_tells_what_holds_now(client, reader, settings):
    feed = make_feed(title="Harbour", language="en", host="harbour.example")
    article = make_article(feed, title="Fog", summary="On the mole.", language="", image_url="https://p.example/1.jpg")
    state, _new = ArticleState.objects.get_or_create(user=reader, article=article)
    label = Label.objects.create(user=reader, name="keep")

    def changed(row, **fields):
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()

    def key():
        settings.IMAGE_KEYS = ["another key"]

    changes = [
        lambda: changed(article, title="Mist"),
        lambda: changed(article, summary="On the quay."),
        lambda: changed(article, language="fr"),
        lambda: changed(article, language=""),
        lambda: changed(article, image_url="https://p.example/2.jpg"),
        lambda: changed(article, published_at=article.published_at - timedelta(minutes=5)),
        lambda: changed(article, origin=Origin.objects.create(key="gazette", title="Gazette")),
        lambda: changed(feed, title="Quay"),
        lambda: changed(feed, language="nl"),
        lambda: changed(feed, icon_url="https://p.example/icon.png"),
        lambda: changed(feed, images=Feed.Images.PROXY),
        lambda: changed(feed, importance=Importance.HIGH),
        lambda: changed(state, is_read=True),
        lambda: changed(state, starred_at=timezone.now()),
        lambda: ArticleLabel.objects.create(article=article, label=label),
        lambda: changed(label, name="later"),
        lambda: client.cookies.load({"timezone": "Asia/Taipei"}),
        lambda: client.cookies.load({"django_language": "zh-hant"}),
        key,
    ]
    rows = [row_of(client, article)]
    for change in changes:
        change()
        rows.append(row_of(client, article))
    same = [number for number, (before, after) in enumerate(pairwise(rows)) if before == after]
    assert not same


def test_fifty_rows_with_pictures_are_a_small_page(client, reader):
    for article in make_articles(50, make_feed(), summary="A day at the harbour, with fog on the mole. " * 5):
        article.image_url = f"https://pictures.example/2026/03/{article.pk}-harbour.jpg"
        article.save()
    # An id stands in a row some ten times, in as many digits as it has.
    assert len(client.get("/").content) < 50 * 1024 + 500 * len(str(article.pk))
