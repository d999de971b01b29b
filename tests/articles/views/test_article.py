"""The article page, and how an article was before."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.display.language import guess, language_of
from articles.models import ArticleState, ArticleVersion, Enclosure
from tests.factories import make_article, make_articles, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def make_version(article, **fields):
    defaults = {"replaced_at": timezone.now(), "title": "As it was", "html_zlib": b"", "entry_hash": "0" * 32}
    return ArticleVersion.objects.create(article=article, **defaults | fields)


def is_read(article):
    return ArticleState.objects.filter(article=article, is_read=True).exists()


def test_an_article_shows_what_its_publisher_gave(client, reader):
    article = make_article(
        title="The crane moves", author="I. Quay", content_html="<p>It <em>moved</em>.</p>", tags=["cranes", "ports"],
        published_at=datetime(2026, 3, 1, 20, 30, tzinfo=UTC), url="https://harbour.example/crane",
    )  # fmt: skip
    client.cookies["timezone"] = "Asia/Taipei"
    page = client.get(article.get_absolute_url()).text
    assert "<p>It <em>moved</em>.</p>" in page
    assert '<time datetime="2026-03-02T04:30:00+08:00">2 March 2026, 04:30</time>' in page
    assert re.search(r'href="https://harbour.example/crane"\s+rel="noopener noreferrer"', page)
    for words in ("The crane moves", "I. Quay", "cranes", "ports", article.feed.name):
        assert words in page


def test_opening_marks_read(client, reader):
    article = make_article()
    client.get(article.get_absolute_url())
    client.get(article.get_absolute_url())
    assert is_read(article)


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}])
def test_a_browser_that_only_prepares_the_page_reads_nothing(client, reader, headers):
    article = make_article()
    assert client.get(article.get_absolute_url(), headers=headers).status_code == 200
    assert client.head(article.get_absolute_url()).status_code == 200
    assert not is_read(article)


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "ftp://harbour.example/", "http://[broken"])
def test_an_address_that_is_none_is_no_link_to_the_original(client, reader, url):
    page = client.get(make_article(url=url).get_absolute_url()).text
    assert "Original at" not in page
    assert "javascript:" not in page


def test_files_that_came_along_are_listed(client, reader):
    article = make_article()
    Enclosure.objects.create(article=article, url="https://harbour.example/1.mp3", media_type="audio/mpeg", length=2048)
    Enclosure.objects.create(article=article, url="javascript:1", title="a trap")
    page = client.get(article.get_absolute_url()).text
    assert 'href="https://harbour.example/1.mp3"' in page
    assert "2.0\xa0KB" in page
    assert 'href="javascript' not in page


def test_a_file_without_a_title_is_called_by_its_name(client, reader):
    article = make_article()
    for url in ("https://harbour.example/a/episode%201.mp3?x=1", "https://www.quay.example/"):
        Enclosure.objects.create(article=article, url=url, media_type="audio/mpeg")
    page = client.get(article.get_absolute_url()).text
    assert ">episode 1.mp3</a>" in page
    assert ">quay.example</a>" in page


def test_what_scrolls_can_be_reached_with_the_keyboard(client, reader):
    html = "<pre>a</pre><table><tr><td>b</td></tr></table><p>&lt;pre&gt; as text</p>"
    page = client.get(make_article(content_html=html).get_absolute_url()).text
    assert '<pre tabindex="0">a</pre><table tabindex="0">' in page
    assert "<p>&lt;pre&gt; as text</p>" in page


def test_who_shares_from_a_private_site_is_told(client, reader, settings):
    article = make_article()
    told = "Only readers who sign in here"
    assert told in client.get(article.get_absolute_url()).text
    settings.NEWSREADER_PUBLIC = True
    assert told not in client.get(article.get_absolute_url()).text


def test_earlier_versions_are_counted_and_can_be_read(client, reader):
    article = make_article(title="As it is")
    version = make_version(article, content_html="<p>The old text.</p>")
    make_version(article)
    page = client.get(article.get_absolute_url()).text
    assert "Changed 2 times" in page
    address = f"/articles/{article.pk}/versions/{version.pk}/"
    assert address in page
    earlier = client.get(address).text
    assert "The old text." in earlier
    assert "As it was" in earlier
    assert article.get_absolute_url() in earlier


def test_a_version_of_another_article_is_not_found(client, reader):
    version = make_version(make_article())
    other = make_article()
    assert client.get(f"/articles/{other.pk}/versions/{version.pk}/").status_code == 404


@pytest.mark.parametrize("pk", ["0", str(10**18), str(10**40), "9" * 5000])
def test_an_article_that_is_not_there_is_not_found(client, reader, pk):
    assert client.get(f"/articles/{pk}/").status_code == 404


def test_an_article_keeps_the_selection_it_was_opened_from(client, reader):
    feed = make_feed()
    oldest, middle, newest = make_articles(3, feed)
    make_article(published_at=middle.published_at)
    upwards = client.get(f"{middle.get_absolute_url()}?feed={feed.pk}&order=oldest")
    assert (upwards.context["newer"], upwards.context["older"]) == (oldest, newest)
    assert 'rel="prev"' in upwards.text
    assert re.search(r'data-key="j"><span class="label">Newer<', upwards.text)
    page = client.get(f"{middle.get_absolute_url()}?feed={feed.pk}&show=unread")
    assert (page.context["newer"], page.context["older"]) == (newest, oldest)
    assert page.context["list_address"] == f"/?feed={feed.pk}&show=unread"
    assert f'href="{oldest.get_absolute_url()}?feed={feed.pk}&amp;show=unread"' in page.text


def test_a_long_history_costs_no_more_than_a_short_one(client, reader):
    article = make_articles(3)[1]
    client.get(article.get_absolute_url())

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(article.get_absolute_url())
        return len(queries)

    before = cost()
    for number in range(5):
        make_version(article)
        Enclosure.objects.create(article=article, url=f"https://harbour.example/{number}")
    make_articles(20, article.feed)
    assert cost() == before <= 23  # two for what rules did and hide, three for doubles


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("雨後的車站與書", "zh-Hant"),
        ("雨后的车站与书", "zh-Hans"),
        ("雨の日の駅にて", "ja"),
        ("비 오는 날의 기차역", "ko"),
        ("The station after rain", ""),
        ("A word of Chinese, 書, in an English sentence about bookshops", ""),
        ("محطة بعد المطر", ""),
        ("2026", ""),
        ("", ""),
    ],
)
def test_the_script_tells_how_text_is_set(text, language):
    assert guess(text) == language


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en-US", "雨后的车站与书", "zh-Hans"),
        ("zh", "雨後的車站與書", "zh-Hant"),
        ("zh-HK", "雨後的車站與書", "zh-HK"),
        ("ja", "駅前", "ja"),
        ("de", "Der Bahnhof", "de"),
        ("", "สถานีหลังฝน", "th"),
        ("", "สถานี Harbour หลังฝน", "th"),
        ("", "The word สถานี in an English sentence", ""),
        ("", "محطة بعد المطر", "ar"),
        ("", "یک ایستگاه پس از باران", "fa"),
        ("", "Вокзал после дождя", ""),
        ("", "", ""),
    ],
)
def test_a_declared_language_counts_unless_the_script_says_otherwise(declared, text, language):
    assert language_of(declared, text) == language


def test_an_article_says_its_language_and_direction(client, reader):
    page = client.get(make_article(language="ar", title="محطة").get_absolute_url()).text
    assert '<article lang="ar">' in page
    assert '<header class="article-head" dir="rtl">' in page


@pytest.mark.parametrize(
    ("url", "shared"),
    [
        ("https://harbour.example/?a=1&b=2", "https%3A%2F%2Fharbour.example%2F%3Fa%3D1%26b%3D2"),
        ("", "articles%2F{pk}%2F"),
    ],
)
def test_an_article_is_sent_by_mail_with_its_title_and_address(client, url, shared):
    client.force_login(make_reader())
    article = make_article(title="Fog & rain?", url=url)
    page = client.get(article.get_absolute_url()).text
    subject, body = re.search(r'"mailto:\?subject=([^"&]*)&amp;body=([^"&]*)"', page).groups()
    assert subject == "Fog%20%26%20rain%3F"
    assert body.endswith(shared.format(pk=article.pk))
