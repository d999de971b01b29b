"""The address of an article that may be given to others."""

from __future__ import annotations

import pytest

from tests.factories import make_article, make_feed, make_reader

pytestmark = pytest.mark.django_db


def test_an_article_has_an_address_without_the_list_around_it(client):
    client.force_login(make_reader())
    article = make_article()
    page = client.get(f"/articles/{article.pk}/?feed={article.feed_id}&show=unread").text
    assert f'value="http://testserver/articles/{article.pk}/"' in page


def test_the_address_is_the_one_that_the_operator_set(client, settings):
    settings.NEWSREADER_URL = "https://reader.example"
    client.force_login(make_reader())
    article = make_article()
    assert f'value="https://reader.example/articles/{article.pk}/"' in client.get(f"/articles/{article.pk}/").text


def test_the_original_is_offered_where_it_is_on_the_web(client):
    client.force_login(make_reader())
    original = '<a href="{}" rel="noopener noreferrer">The original</a>'
    for url, is_offered in (("https://harbour.example/1?a", True), ("javascript:alert(1)", False), ("", False)):
        article = make_article(make_feed(), url=url)
        assert (original.format(url) in client.get(f"/articles/{article.pk}/").text) == is_offered
