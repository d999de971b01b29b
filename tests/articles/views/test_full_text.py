"""Whole articles by hand, the way between the two texts, and the rule of a feed."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command

from articles.full_text.models import FullText
from feeds.models import Feed
from tests.articles.full_text.pages import TEASER, page, paragraphs
from tests.factories import make_article, make_feed, make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
TITLE = "The harbour lock is closed"
BUTTON = "Fetch the whole article"


@pytest.fixture(autouse=True)
def nothing_known_of_robots():
    cache.clear()


@pytest.fixture
def reader(client):
    made = make_reader("ann")
    client.force_login(made)
    return made


@pytest.fixture
def staff(client):
    made = make_reader("sue", staff=True)
    client.force_login(made)
    return made


def make_part(url, feed=None):
    text = TEASER.removeprefix("<p>").removesuffix("</p>")
    return make_article(feed, url=url, title=TITLE, content_html=TEASER, content_text=text)


def fetch(client, article, query=""):
    return client.post(f"/articles/{article.pk}/whole/{query}", follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_a_reader_has_the_whole_article_fetched_and_switches_to_what_the_feed_gave(client, reader, publisher):
    article = make_part(publisher.serve("/story", page(paragraphs()), content_type="text/html"))
    before = client.get(f"/articles/{article.pk}/").text
    assert BUTTON in before
    assert "As in the feed" not in before
    after = fetch(client, article, f"?feed={article.feed_id}")
    assert after.request["QUERY_STRING"] == f"feed={article.feed_id}"
    assert told(after) == ["The whole article came from its page."]
    assert "Fishermen remember" in after.text
    assert BUTTON not in after.text
    assert after.context["feed_text_address"] == f"{article.get_absolute_url()}?feed={article.feed_id}&text=feed"
    of_feed = client.get(after.context["feed_text_address"])
    assert "Fishermen remember" not in of_feed.text
    assert "after divers had found a fault in the […]" in of_feed.text
    assert of_feed.context["whole_address"] == f"{article.get_absolute_url()}?feed={article.feed_id}"


def test_what_is_in_the_way_is_told(client, reader, publisher):
    article = make_part(publisher.serve("/story", status=410))
    after = fetch(client, article)
    assert told(after) == ["The page is gone."]
    assert BUTTON in after.text  # it may be there again


def test_what_is_on_its_way_is_told(client, reader):
    article = make_part("https://harbour.example/story")
    FullText.objects.create(article=article, url=article.url)
    shown = client.get(f"/articles/{article.pk}/").text
    assert "It is on its way." in shown
    assert BUTTON not in shown


def test_who_is_not_signed_in_fetches_nothing(client, publisher, settings):
    settings.NEWSREADER_PUBLIC = True
    article = make_part(publisher.serve("/story", page(paragraphs()), content_type="text/html"))
    assert BUTTON not in client.get(f"/articles/{article.pk}/").text
    client.post(f"/articles/{article.pk}/whole/")
    assert not publisher.requests


def test_nobody_fetches_what_they_may_not_read(client, reader, publisher):
    article = make_part(publisher.serve("/story", page(paragraphs())), make_feed(is_shared=False))
    assert client.post(f"/articles/{article.pk}/whole/").status_code == 404
    assert not publisher.requests


def test_a_get_fetches_nothing(client, reader, publisher):
    article = make_part(publisher.serve("/story", page(paragraphs())))
    assert client.get(f"/articles/{article.pk}/whole/").status_code == 405
    assert not publisher.requests


@pytest.mark.parametrize("url", ["", "mailto:ann@example.org"])
def test_an_article_without_a_page_has_no_button(client, reader, url):
    article = make_part(url)
    assert BUTTON not in client.get(f"/articles/{article.pk}/").text
    assert told(fetch(client, article)) == ["This address leads to no page."]


# --- the rule of a feed -----------------------------------------------------------------------------------------------


def test_a_feed_that_gives_parts_is_told_of_and_a_click_fetches_what_is_kept(client, staff):
    feed = make_feed()
    for number in range(4):
        make_part(f"https://harbour.example/{number}", feed)
    shown = client.get(f"/feeds/{feed.pk}/")
    assert "seems to give only the beginning" in shown.text
    after = client.post(f"/feeds/{feed.pk}/whole-articles/", {"whole_articles": "partial", "old": "on"}, follow=True)
    assert told(after) == ["Saved. The pages of 4 older articles are fetched from now on."]
    feed.refresh_from_db()
    assert feed.whole_articles == Feed.WholeArticles.PARTIAL
    assert FullText.objects.filter(is_wanted=True).count() == 4
    assert "seems to give only the beginning" not in after.text
    assert "4: It is on its way." in after.text


def test_a_feed_with_whole_texts_is_let_be(client, staff):
    feed = make_feed()
    for number in range(4):
        make_article(feed, content_text=" ".join(paragraphs()), url=f"https://harbour.example/{number}")
    assert "seems to give only the beginning" not in client.get(f"/feeds/{feed.pk}/").text


def test_a_selector_that_is_none_is_refused(client, staff):
    feed = make_feed()
    told = {"whole_articles": "always", "article_selector": "div[["}
    refused = client.post(f"/feeds/{feed.pk}/whole-articles/", told)
    assert refused.status_code == 400
    assert "neither a CSS selector nor" in refused.text
    feed.refresh_from_db()
    assert (feed.whole_articles, feed.article_selector) == (Feed.WholeArticles.SUGGEST, "")


def test_readers_set_no_rule(client, reader):
    feed = make_feed()
    assert "Whole articles" not in client.get(f"/feeds/{feed.pk}/").text
    assert client.post(f"/feeds/{feed.pk}/whole-articles/", {"whole_articles": "always"}).status_code == 403


def test_the_command_wants_what_is_kept_as_a_part():
    feed = make_feed()
    make_part("https://harbour.example/1", feed)
    make_article(feed, content_text=" ".join(paragraphs()), url="https://harbour.example/2")
    out = StringIO()
    call_command("fetch_whole_articles", str(feed.pk), stdout=out)
    assert out.getvalue() == "looked at 2, wanted 1\n"
