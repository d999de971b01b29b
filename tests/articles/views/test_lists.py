"""The list page: what it shows, to whom, at what cost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, ArticleState
from tests.effort import statements_asked
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def cost(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def titles(response):
    return [article.title for article in response.context["page"].articles]


@pytest.mark.parametrize("query", ["", "?show=unread", "?show=starred"])
def test_twice_as_many_rows_take_as_many_queries(client, reader, query):
    for _ in range(10):
        star(make_article(make_feed(category=make_category())), reader)
    client.get("/")  # brings the account's settings into the cookies
    before = cost(client, f"/{query}")
    for _ in range(10):
        star(make_article(make_feed(category=make_category())), reader)
    assert cost(client, f"/{query}") == before <= 26


def star(article, reader):
    ArticleState.objects.create(user=reader, article=article, starred_at=timezone.now())


def test_the_list_loads_no_bodies(client, reader):
    make_article(content_html="<p>a body that no list needs</p>")
    with statements_asked() as queries:
        client.get("/")
    assert not [query.sql for query in queries if "content_html" in query.sql or "content_text" in query.sql]


def test_articles_stand_newest_first_under_their_days_in_the_readers_zone(client, reader):
    feed = make_feed()
    for hour in (15, 17):
        make_article(feed, title=f"at {hour}", published_at=datetime(2026, 3, 1, hour, tzinfo=UTC))
    client.cookies["timezone"] = "Asia/Taipei"
    days = client.get("/").context["days"]
    assert [(str(day), [article.title for article in rows]) for day, _name, rows in days] == [
        ("2026-03-02", ["at 17"]),
        ("2026-03-01", ["at 15"]),
    ]


def test_today_and_yesterday_are_called_so(client, reader):
    for days in (0, 1, 2):
        make_article(published_at=timezone.now() - timedelta(days=days))
    assert [name for _day, name, _rows in client.get("/").context["days"]] == ["Today", "Yesterday", ""]


def test_a_feed_is_shown_with_its_description_and_web_page(client, reader):
    feed = make_feed(title="Harbour Notes", description="Ships <b>and</b> sheds.", site_url="https://harbour.example/")
    make_article(feed, title="The crane")
    make_article(title="Elsewhere")
    response = client.get(f"/?feed={feed.pk}")
    assert titles(response) == ["The crane"]
    assert "Ships and sheds." in response.text
    assert 'href="https://harbour.example/"' in response.text


def test_a_web_page_that_is_none_is_no_link(client, reader):
    feed = make_feed(site_url="javascript:alert(1)")
    make_article(feed)
    assert "javascript:" not in client.get(f"/?feed={feed.pk}").text


def test_a_category_shows_the_feeds_inside_it(client, reader):
    category = make_category("Ports")
    make_article(make_feed(category=category), title="Inside")
    make_article(title="Outside")
    assert titles(client.get(f"/?category={category.slug}")) == ["Inside"]


def test_the_pages_are_linked_and_keep_the_selection(client, reader):
    feed = make_feed()
    make_articles(120, feed)
    first = client.get(f"/?feed={feed.pk}")
    second = client.get(first.context["older"])
    third = client.get(second.context["older"])
    assert [len(page.context["page"].articles) for page in (first, second, third)] == [50, 50, 20]
    assert third.context["older"] == ""
    assert f"feed={feed.pk}" in second.context["older"]
    assert titles(client.get(second.context["newer"])) == titles(first)


def test_a_list_runs_from_the_oldest_article_on(client, reader):
    make_articles(120, make_feed())
    page = client.get("/?order=oldest")
    shown, pages = titles(page), [page]
    while pages[-1].context["older"]:
        pages.append(client.get(pages[-1].context["older"]))
        shown += titles(pages[-1])
    assert shown == [article.title for article in Article.objects.order_by("published_at", "pk")]
    first, second, last = pages
    assert re.search(r'rel="next" href="[^"]*">Newer<', first.text)
    assert re.search(r'rel="prev" href="[^"]*">Older<', second.text)
    assert 'rel="next"' not in last.text
    assert titles(client.get(second.context["newer"])) == titles(first)
    assert re.search(r"<summary>\s*Oldest first\s*</summary>", second.text)


def test_a_row_that_was_read_stays_where_it_was_in_either_order(client, reader):
    articles = make_articles(3)
    client.get(articles[1].get_absolute_url())
    for order, expected in (("", articles[::-1]), ("&order=oldest", articles)):
        page = client.get(f"/?show=unread&at={articles[1].pk}{order}").text
        assert re.findall(r"<li class=row id=article-(\d+)>", page) == [str(article.pk) for article in expected]


def test_an_untitled_article_shows_its_first_words_once(client, reader):
    make_article(title="", summary="Fog on the mole this morning.")
    shown = re.sub("<button.*?</button>", "", client.get("/").text, flags=re.S)  # a button names its article
    assert shown.count("Fog on the mole this morning.") == 1


@pytest.mark.parametrize(
    ("title", "summary", "shown"),
    [
        ("Fog on the mole", "Fog on the mole", ""),
        ("Fog on the mole", "Fog on the…", ""),
        ("Fog on the mole", "FOG  on the mole: nothing moves.", "nothing moves."),
        ("Fog on the mo…", "Fog on the mole, and nothing moves.", "le, and nothing moves."),
        ("Fog", "Foghorns sound.", "Foghorns sound."),
        ("台北大霧", "台北大霧，船隻停航。", "船隻停航。"),
        ("Fog", "Nothing moves.", "Nothing moves."),
    ],
)
def test_a_summary_does_not_repeat_the_title(client, reader, title, summary, shown):
    make_article(title=title, summary=summary)
    found = re.findall(r"</h3><p>(.*?)<p ", client.get("/").text)
    assert found == ([shown] if shown else [])


def test_what_publishers_write_is_text(client, reader):
    make_article(make_feed(title="<i>feed</i>"), title="<script>t</script>", summary="<b>s</b>")
    page = client.get("/").text
    assert "<script>t" not in page
    assert "<b>s" not in page
    assert "<i>feed" not in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("feed=0", 404),
        ("feed=x", 404),
        ("feed=-1", 404),
        ("feed=1.5", 404),
        (f"feed={10**40}", 404),
        ("feed=٣", 404),
        ("category=none", 404),
        ("category=%00", 404),
        ("show=everything", 400),
        ("show=%00", 400),
        ("order=upwards", 400),
        ("cursor=x", 400),
        ("cursor=%00%FF", 400),
        ("cursor=" + "A" * 500, 400),
    ],
)
def test_an_address_that_makes_no_sense_gets_a_page_that_says_so(client, reader, query, status):
    make_article()
    response = client.get(f"/?{query}")
    assert response.status_code == status
    assert 'href="/"' in response.text


def test_the_cursor_of_an_article_that_is_gone_still_leads_on(client, reader):
    articles = make_articles(60)
    older = client.get("/").context["older"]
    articles[10].delete()
    assert client.get(older).status_code == 200


def test_without_feeds_staff_are_told_what_to_do_next(client):
    client.force_login(make_reader(staff=True))
    page = client.get("/")
    assert "Nothing to read yet" in page.text
    for name in ("add_feed", "import_opml", "import_archive"):
        assert f'href="{reverse(name)}"' in page.text


def test_without_feeds_a_reader_adds_some(client, reader):
    page = client.get("/").text
    assert "Nothing to read yet" in page
    assert f'href="{reverse("import_opml")}"' in page
    assert reverse("import_archive") not in page


def test_without_feeds_a_reader_who_may_not_add_any_is_told_whom_to_ask(client, reader, settings):
    settings.READERS_ADD_FEEDS = False
    page = client.get("/").text
    assert "Nothing to read yet" in page
    assert reverse("add_feed") not in page


def test_a_feed_without_articles_is_no_first_run(client, reader):
    make_feed()
    assert "No articles here yet" in client.get("/").text


def test_an_anonymous_reader_signs_in_first(client):
    make_article()
    for address in ("/?feed=1", "/feeds/", "/articles/1/", "/account/"):
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/?next=")


def test_an_open_site_shows_anonymous_readers_no_forms_but_of_how_articles_look(client, settings):
    settings.NEWSREADER_PUBLIC = True
    article = make_article()
    for address in ("/", article.get_absolute_url(), "/feeds/", f"/?feed={article.feed_id}"):
        page = client.get(address)
        assert page.status_code == 200
        assert set(re.findall(r'<form method="post"\s+action="([^"]*)"', page.text)) <= {reverse("look")}
        assert page.text.count('<form method="post"') <= 1
        assert "formaction" not in page.text
    assert not ArticleState.objects.exists()


@pytest.mark.parametrize("query", ["is:unread", "rain OR (snow -is:starred)"])
@pytest.mark.parametrize("path", ["/", "/rss.xml", "/book.epub"])
def test_an_open_site_asks_anonymous_readers_to_sign_in_for_what_they_did(client, settings, path, query):
    settings.NEWSREADER_PUBLIC = True
    response = client.get(path, {"q": query})
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")


def test_an_open_site_asks_anonymous_readers_for_unread_to_sign_in(client, settings):
    settings.NEWSREADER_PUBLIC = True
    assert client.get("/?show=unread")["Location"] == "/sign-in/?next=/%3Fshow%3Dunread"
