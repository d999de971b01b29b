"""The admin of articles and boilerplate rules, and the deletion of feeds with their articles."""

import zlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin import BoundedPaginator
from articles.ingest import feed_deletion
from articles.models import Article, ArticleSource, ArticleVersion, BoilerplateRule, Tombstone
from feeds.models import Feed, Poll, Subscription
from tests.effort import statements_asked
from tests.factories import make_article, make_articles, make_category, make_feed, make_reader

pytestmark = pytest.mark.django_db
FEEDS = "/admin/feeds/feed/"
ARTICLES = "/admin/articles/article/"
RULES = "/admin/articles/boilerplaterule/"


@pytest.fixture
def operator(client):
    client.force_login(make_reader(staff=True))
    return client


def titles(response):
    return [article.title for article in response.context["cl"].result_list]


# --- articles ---


def test_the_list_is_newest_first_and_loads_no_bodies(operator):
    make_articles(3)
    with statements_asked() as queries:
        page = operator.get(ARTICLES)
    shown = [article.published_at for article in page.context["cl"].result_list]
    assert len(shown) == 3
    assert shown == sorted(shown, reverse=True)
    assert not [query for query in queries if "content_html" in query.sql or "content_text" in query.sql]


def test_the_list_makes_as_many_queries_for_many_articles_as_for_few(operator):
    make_article()
    operator.get(ARTICLES)
    with CaptureQueriesContext(connection) as few:
        operator.get(ARTICLES)
    for _ in range(30):
        make_article()
    with CaptureQueriesContext(connection) as many:
        operator.get(ARTICLES)
    assert len(many) == len(few)


def test_the_list_counts_no_further_than_it_goes(operator, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "limit", 150)
    make_articles(160)
    page = operator.get(ARTICLES, {"p": 2})
    assert len(page.context["cl"].result_list) == 50
    assert "the newest 150 articles" in page.content.decode()


def test_the_list_shows_one_feed_where_it_is_asked_to(operator):
    article = make_article()
    make_article()
    assert titles(operator.get(ARTICLES, {"feed__id__exact": article.feed_id})) == [article.title]


@pytest.mark.parametrize("column", ["pk", "url", "title"])
def test_the_search_finds_a_number_an_address_and_a_title(operator, column):
    wanted = make_article(title="Exactly this", url="https://feed.example/this")
    make_article(title="Exactly this not", url="https://feed.example/this/not")
    assert titles(operator.get(ARTICLES, {"q": getattr(wanted, column)})) == ["Exactly this"]


@pytest.mark.parametrize("term", ["9" * 18, "9" * 400, "٣", "%", "'; drop table articles_article; --"])
def test_a_strange_search_finds_nothing(operator, term):
    make_article()
    assert titles(operator.get(ARTICLES, {"q": term})) == []


def test_a_search_for_a_null_character_is_refused_in_words(operator):
    make_article()
    page = operator.get(ARTICLES, {"q": "\x00"})
    assert page.status_code == 200
    assert "Null characters are not allowed." in page.content.decode()


def test_an_article_cannot_be_added_or_edited(operator):
    article = make_article(title="As published")
    assert operator.get(f"{ARTICLES}add/").status_code == 403
    operator.post(f"{ARTICLES}{article.pk}/change/", {"title": "Forged"})
    article.refresh_from_db()
    assert article.title == "As published"


def test_the_page_of_an_article_shows_it_as_text_with_its_versions(operator):
    article = make_article(content_text="<script>alert(1)</script>")
    now = timezone.now()
    for n in range(2):
        ArticleVersion.objects.create(
            article=article, replaced_at=now - timedelta(days=n), title=f"Title before {n}", html_zlib=b""
        )
    page = operator.get(f"{ARTICLES}{article.pk}/change/").content.decode()
    assert "<script>alert" not in page
    assert page.index("Title before 0") < page.index("Title before 1")


def test_deleting_articles_keeps_the_count_and_remembers_that_they_are_gone(operator):
    feed = make_feed()
    articles = make_articles(5, feed)
    chosen = [article.pk for article in articles[:2]]
    data = {"action": "delete_selected", "index": 0, "_selected_action": chosen}
    asked = operator.post(ARTICLES, data)
    assert Article.objects.count() == 5
    assert articles[0].title in asked.content.decode()
    operator.post(ARTICLES, {**data, "post": "yes"})
    feed.refresh_from_db()
    assert set(Article.objects.values_list("pk", flat=True)) == {article.pk for article in articles[2:]}
    assert feed.article_count == 3
    assert Tombstone.objects.count() == 2


def test_deleting_one_article_from_its_page_keeps_the_count(operator):
    article = make_article()
    operator.post(f"{ARTICLES}{article.pk}/delete/", {"post": "yes"})
    article.feed.refresh_from_db()
    assert article.feed.article_count == 0
    assert not Article.objects.exists()


def test_staff_see_no_article_of_what_another_reader_has_alone(operator):
    private = make_feed(is_shared=False)
    Subscription.objects.create(user=make_reader(), feed=private)
    hidden, shared = make_article(private), make_article()
    assert titles(operator.get(ARTICLES)) == [shared.title]
    assert operator.get(f"{ARTICLES}{hidden.pk}/change/").status_code == 302  # to the admin: "perhaps it was deleted"
    operator.post(f"{ARTICLES}{hidden.pk}/delete/", {"post": "yes"})
    assert Article.objects.filter(pk=hidden.pk).exists()


# --- feeds with their articles ---


def delete(client, *feeds, **fields):
    data = {"action": "delete_with_articles", "_selected_action": [feed.pk for feed in feeds], **fields}
    return client.post(FEEDS, data, follow=True)


def test_the_list_of_feeds_leads_to_their_articles(operator):
    feed = make_articles(3)[0].feed
    assert f'<a href="{ARTICLES}?feed__id__exact={feed.pk}">3</a>' in operator.get(FEEDS).content.decode()


def test_the_list_of_feeds_with_articles_has_a_constant_number_of_queries(operator):
    make_article()
    operator.get(FEEDS)
    with CaptureQueriesContext(connection) as few:
        operator.get(FEEDS)
    for _ in range(10):
        make_article(make_feed(category=make_category()))
    with CaptureQueriesContext(connection) as many:
        operator.get(FEEDS)
    assert len(many) == len(few)


def test_a_feed_is_not_deleted_by_the_way(operator):
    feed = make_article().feed
    operator.post(FEEDS, {"action": "delete_selected", "index": 0, "_selected_action": [feed.pk], "post": "yes"})
    operator.post(f"{FEEDS}{feed.pk}/delete/", {"post": "yes"})
    assert Feed.objects.filter(pk=feed.pk).exists()
    assert Article.objects.count() == 1


def test_deleting_feeds_names_the_number_of_articles_first(operator):
    feeds = [make_articles(n)[0].feed for n in (2, 3)]
    page = delete(operator, *feeds).content.decode()
    assert "5 articles" in page
    assert Feed.objects.count() == 2


@pytest.mark.parametrize("typed", ["", "4", "-5", "five"])
def test_feeds_stay_while_the_typed_number_is_not_theirs(operator, typed):
    feed = make_articles(5)[0].feed
    page = delete(operator, feed, number=typed, delete="Delete")
    assert page.context["form"].errors["number"]
    assert Article.objects.count() == 5


def test_feeds_go_with_their_articles_batch_by_batch(operator, monkeypatch):
    monkeypatch.setattr(feed_deletion, "BATCH", 4)
    feed = make_articles(10)[0].feed
    Poll.objects.create(feed=feed, started_at=timezone.now(), outcome="updated", duration_ms=1)
    empty = make_feed()
    kept = make_article()
    page = delete(operator, feed, empty, number="10", delete="Delete").content.decode()
    assert "2 feeds are deleted with 10 articles." in page
    assert list(Feed.objects.all()) == [kept.feed]
    assert list(Article.objects.all()) == [kept]
    assert not Poll.objects.exists()
    assert not Tombstone.objects.exists()


def test_a_feed_is_deleted_from_its_own_page(operator):
    feed = make_articles(2)[0].feed
    address = f"{FEEDS}{feed.pk}/delete/"
    assert "2 articles" in operator.get(address).content.decode()
    response = operator.post(address, {"number": "2", "delete": "Delete"})
    assert response.headers["Location"] == FEEDS
    assert not Feed.objects.exists()


def test_no_batch_is_larger_than_its_share(operator, monkeypatch):
    monkeypatch.setattr(feed_deletion, "BATCH", 3)
    feed = make_articles(7)[0].feed
    with statements_asked() as queries:
        delete(operator, feed, number="7", delete="Delete")
    statements = [query.sql for query in queries]
    assert sum("LIMIT 3" in sql for sql in statements) == 4  # 3, 3, 1, and none
    assert sum(sql.startswith('DELETE FROM "articles_article" ') for sql in statements) == 3


# --- boilerplate rules ---


def with_source(article, html):
    ArticleSource.objects.create(
        article=article, html_zlib=zlib.compress(html.encode()), base_url="https://feed.example/"
    )


def test_rules_are_switched_off_in_the_list(operator):
    rule = BoilerplateRule.objects.create(name="Footer", value="Read more at")
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": rule.pk, "_save": "Save"}
    operator.post(f"{RULES}?q=Footer", data)
    rule.refresh_from_db()
    assert not rule.enabled


def test_a_preview_counts_what_a_rule_would_change(operator):
    feed = make_feed()
    with_source(make_article(feed, title="With footer"), "<p>Some news.</p><p>Read more at the Gazette.</p>")
    with_source(make_article(feed, title="Without"), "<p>Other news.</p>")
    with_source(make_article(title="Elsewhere"), "<p>Read more at the Herald.</p>")
    rule = BoilerplateRule.objects.create(name="Footer", value="Read more at", feed=feed)
    page = operator.get(f"{RULES}{rule.pk}/preview/").content.decode()
    assert "It would change 1 of the newest 2 articles." in page
    assert "With footer" in page
    assert "<del>Read more at the Gazette.</del>" in page
    assert "Herald" not in page


def test_a_preview_of_hostile_articles_shows_text_only(operator):
    article = make_article(title="<script>alert(1)</script>")
    with_source(article, "<p>Footer &lt;script&gt;alert(2)&lt;/script&gt;</p>")
    rule = BoilerplateRule.objects.create(name="<b>x", value="Footer")
    page = operator.get(f"{RULES}{rule.pk}/preview/").content.decode()
    assert "<script>alert" not in page
    assert "<b>x" not in page


def test_there_is_no_preview_of_a_rule_that_is_not_there(operator):
    assert operator.get(f"{RULES}999999/preview/").status_code == 404
    assert operator.get(f"{RULES}abc/preview/").status_code == 404


def test_the_preview_is_for_staff(client):
    rule = BoilerplateRule.objects.create(name="Footer", value="Read more at")
    client.force_login(make_reader())
    assert client.get(f"{RULES}{rule.pk}/preview/").status_code == 302


def test_a_selector_that_the_sanitizer_does_not_know_is_refused(operator):
    data = {"name": "Footer", "match": "selector", "feed": "", "enabled": "on"}
    page = operator.post(f"{RULES}add/", data | {"value": "div:has(p)"})
    assert page.context["adminform"].form.errors["value"]
    operator.post(f"{RULES}add/", data | {"value": "div.footer > p"})
    assert list(BoilerplateRule.objects.filter(name="Footer").values_list("value", flat=True)) == ["div.footer > p"]


def test_a_rule_is_saved_with_a_word_on_what_it_reaches(operator):
    data = {"name": "Footer", "match": "starts", "value": "Read more", "feed": "", "enabled": "on"}
    page = operator.post(f"{RULES}add/", data, follow=True).content.decode()
    assert BoilerplateRule.objects.filter(value="Read more").exists()
    assert "manage.py resanitize" in page
