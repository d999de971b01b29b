"""What is noted of articles that came in or changed: for how long it is known, and whose numbers it puts out of date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.kept_counts import recent
from articles.kept_counts.models import KeptCounts, RecentArticle
from articles.saved_searches.models import SavedSearch
from tests.factories import make_articles, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    reader = make_reader("ann")
    SavedSearch.objects.create(user=reader, name="rain", text="rain")
    return reader


def noted(*ages):
    """The ids of articles that were noted so long ago."""
    articles = make_articles(len(ages))
    recent.note(articles)
    for article, age in zip(articles, ages, strict=True):
        RecentArticle.objects.filter(pk=article.pk).update(at=timezone.now() - age)
    return [article.pk for article in articles]


def test_nothing_is_noted_where_nobody_keeps_a_search():
    recent.note(make_articles(1))
    assert not RecentArticle.objects.exists()


def test_what_was_noted_a_little_before_is_told_too(ann):
    soon, before, _long_ago = noted(timedelta(0), timedelta(minutes=6), timedelta(minutes=16))
    moment = timezone.now() - timedelta(minutes=1)
    assert recent.since(moment, 2) == {soon, before}
    assert recent.since(moment, 1) is None


def test_it_is_known_for_two_days_and_forgotten_after_three(ann):
    young, _old = noted(timedelta(days=2, hours=23), timedelta(days=3, hours=1))
    now = timezone.now()
    assert recent.since(now - timedelta(days=1, hours=23), 9) == set()
    assert recent.since(now - timedelta(days=2, hours=1), 9) is None
    assert recent.prune(now) == 1
    assert RecentArticle.objects.get().pk == young


def test_what_is_noted_again_is_as_young_as_at_first(ann):
    [pk] = noted(timedelta(hours=1))
    recent.note_ids([pk, pk])
    assert recent.since(timezone.now(), 9) == {pk}


def test_numbers_that_were_counted_before_others_saw_it_are_out_of_date(ann, django_capture_on_commit_callbacks):
    articles, earlier = make_articles(1), timezone.now() - timedelta(minutes=1)
    KeptCounts.objects.create(user=make_reader("bo"), is_stale=False, counted_at=earlier)
    with django_capture_on_commit_callbacks(execute=True):
        recent.note(articles)
        KeptCounts.objects.create(user=ann, is_stale=False, counted_at=timezone.now())
    assert KeptCounts.objects.get(is_stale=True).user == ann
