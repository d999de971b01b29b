"""Rows that are stored in one statement are the rows that the ORM would have stored."""

from __future__ import annotations

from copy import copy
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, connection
from django.forms import model_to_dict

from articles.images.models import ImageAddress, key_of
from articles.models import Article, ArticleSource, Enclosure, Likeness, WaitingArticle
from feeds.insertion import IGNORED, insert
from tests.effort import calls_of, statements_asked
from tests.factories import build_article, make_article, make_feed

pytestmark = pytest.mark.django_db


def test_rows_are_as_the_orm_stores_them() -> None:
    feed = make_feed()
    moment = datetime(2026, 3, 1, 9, 30, 0, 250, tzinfo=timezone(timedelta(hours=5)))
    odd = {"title": "100%s 'of' \"it\" \\", "content_html": "<p>\u4e2d\U0001f600\\n</p>", "tags": ["a", "\u4e2d"]}
    ours = build_article(feed, **odd, updated_at=moment, published_at=moment)
    theirs = copy(ours)
    theirs.guid = "theirs"
    insert([ours])
    Article.objects.bulk_create([theirs])
    told, expected = (model_to_dict(Article.objects.get(pk=each.pk)) for each in (ours, theirs))
    assert told | {"id": 0, "guid": ""} == expected | {"id": 0, "guid": ""}
    assert told["updated_at"] == moment
    assert told["changed_at"] is None
    file = Enclosure(article=ours, url="https://feed.example/1.mp3", alt="", poster_url="", is_player=True)
    insert([ArticleSource(article=ours, html_zlib=b"\x00\xff", base_url="https://feed.example/")])
    insert([file])
    assert bytes(ArticleSource.objects.get(article=ours).html_zlib) == b"\x00\xff"
    assert Enclosure.objects.get().is_player
    assert Enclosure.objects.get().length is None


def test_objects_have_their_numbers_in_their_order_however_many_there_are(django_assert_max_num_queries) -> None:
    feed = make_feed()
    articles = [build_article(feed, guid=str(number)) for number in range(120)]
    with django_assert_max_num_queries(3):
        insert(articles)
    assert dict(Article.objects.values_list("guid", "pk")) == {each.guid: each.pk for each in articles}
    articles[0].title = "Changed"
    articles[0].save()  # no longer new
    assert Article.objects.get(guid="0").title == "Changed"
    assert insert([]) == []


def test_what_is_there_already_is_an_error_or_passed_over() -> None:
    feed = make_feed()
    urls = ["https://pictures.example/1.png", "https://pictures.example/2.png"]
    insert([ImageAddress(key=key_of(urls[0]), url=urls[0], feed=feed, failures=3)])
    insert([ImageAddress(key=key_of(url), url=url, feed=feed) for url in urls], on_conflict=IGNORED)
    assert sorted(ImageAddress.objects.values_list("url", "host", "failures")) == [
        (urls[0], "pictures.example", 3),
        (urls[1], "pictures.example", 0),
    ]
    there = make_article(feed)
    with pytest.raises(IntegrityError):
        insert([build_article(feed, guid=there.guid)])


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    local = datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=9)))
    article = build_article(make_feed(), published_at=local)
    insert([article])
    assert list(Article.objects.filter(published_at=datetime(2025, 12, 31, 17, tzinfo=UTC))) == [article]


def test_rows_of_numbers_and_moments_are_as_the_orm_stores_them() -> None:
    one, other = (make_article(make_feed()) for _ in range(2))
    moments = [
        datetime(2026, 1, 1, 2, 0, 0, 25, tzinfo=timezone(timedelta(hours=9))),
        datetime(1969, 12, 31, tzinfo=UTC),
    ]
    insert([WaitingArticle(article=each, noted_at=at) for each, at in zip((one, other), moments, strict=True)])
    assert list(WaitingArticle.objects.order_by("pk").values_list("noted_at", flat=True)) == moments
    pairs = [Likeness(article=one, other=other, is_same=True), Likeness(article=other, other=one, is_same=False)]
    insert(pairs)
    assert {each.pk: each.is_same for each in Likeness.objects.all()} == {pairs[0].pk: True, pairs[1].pk: False}


def test_postgres_plans_once_for_any_number_of_rows_of_numbers() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes no arrays")
    articles = [make_article(make_feed()) for _ in range(3)]
    now = datetime.now(UTC)
    with statements_asked() as asked:
        insert([WaitingArticle(article=articles[0], noted_at=now)])
        insert([WaitingArticle(article=each, noted_at=now) for each in articles[1:]])
    assert len({each.sql for each in asked}) == 1
    assert WaitingArticle.objects.count() == 3


def test_it_takes_less_than_two_thirds_of_the_orms_calls() -> None:
    feed = make_feed()
    few, many = ([build_article(feed, guid=f"{kind}{number}") for number in range(40)] for kind in "ab")
    insert([build_article(feed)])  # what is found out once
    Article.objects.bulk_create([build_article(feed)])
    assert calls_of(lambda: insert(few)) * 3 < calls_of(lambda: Article.objects.bulk_create(many)) * 2, (
        connection.vendor
    )
