"""Days as they stand on pages: of one form in each language."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from feeds.models import Poll
from tests.factories import make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db
TAGS = re.compile("<[^>]*>")
OF_ISO = re.compile(r"\b20\d\d-\d\d-\d\d\b")


@pytest.fixture
def feed(client):
    client.force_login(make_reader("ann", staff=True))
    good = timezone.now() - timedelta(days=1)
    feed = make_feed(failures=2, last_error="gone", last_success_at=good)
    Article.objects.filter(pk__in=[one.pk for one in make_articles(3, feed)]).update(received_at=timezone.now())
    Poll.objects.create(feed=feed, started_at=good, outcome="updated", duration_ms=3, new_articles=3)
    return feed


@pytest.mark.parametrize(
    ("language", "form"),
    [
        ("en", r"\b\d{1,2} [A-Z][a-z]{2} 20\d\d\b"),
        ("zh-hans", OF_ISO.pattern),
        ("zh-hant", r"\b20\d\d/\d{1,2}/\d{1,2}\b"),
    ],
)
@pytest.mark.parametrize("address", ["/statistics/", "/feeds/broken/", "/feeds/{}/"])
def test_a_short_date_is_of_one_form(client, feed, address, language, form):
    page = client.get(address.format(feed.pk), headers={"accept-language": language}).text
    shown = TAGS.sub(" ", page)
    assert re.search(form, shown)
    assert form == OF_ISO.pattern or not OF_ISO.search(shown)
