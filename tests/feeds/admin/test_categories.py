"""Categories in the admin."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feeds.models import Category
from tests.factories import make_category, make_feed

pytestmark = pytest.mark.django_db


CATEGORIES = "/admin/feeds/category/"


def add_category(client, **fields):
    return client.post(f"{CATEGORIES}add/", {"name": "", "slug": "", "parent": ""} | fields)


@pytest.mark.parametrize(
    ("name", "slug"), [("World News", "world-news"), ("科技 新闻", "科技-新闻"), ("!?", "category")]
)
def test_a_slug_is_made_of_the_name(operator, name, slug):
    assert add_category(operator, name=name).status_code == 302
    assert Category.objects.get().slug == slug


def test_a_made_slug_is_one_that_is_free(operator):
    make_category("One", slug="news")
    make_category("Two", slug="news-2")
    add_category(operator, name="News")
    assert Category.objects.get(name="News").slug == "news-3"


def test_a_very_long_name_gets_a_slug_that_fits(operator):
    for parent in ("", make_category().pk):
        assert add_category(operator, name="字" * 200, parent=parent).status_code == 302


def test_a_category_cannot_be_inside_itself(operator):
    news = make_category("News")
    asia = make_category("Asia", parent=news)
    for parent in (news, asia):
        data = {"name": "News", "slug": news.slug, "parent": parent.pk}
        response = operator.post(f"{CATEGORIES}{news.pk}/change/", data)
        assert response.context["adminform"].form.errors["parent"]
    news.refresh_from_db()
    assert news.parent is None


def test_two_categories_at_the_top_cannot_share_a_name(operator):
    make_category("News")
    assert add_category(operator, name="News").status_code == 200


def test_categories_are_listed_by_path_with_their_feeds(operator):
    news = make_category("News")
    asia = make_category("Asia", parent=news)
    make_category("Zoo", parent=asia)
    make_category("Art")
    make_feed(category=asia)
    rows = operator.get(CATEGORIES).context["cl"].result_list
    assert [(row.path, row.feed_count) for row in rows] == [
        ("Art", 0), ("News", 0), ("News / Asia", 1), ("News / Asia / Zoo", 0)
    ]  # fmt: skip


def test_the_list_of_categories_makes_as_many_queries_for_many_as_for_few(operator, django_assert_num_queries):
    make_category(parent=make_category())
    operator.get(CATEGORIES)
    with CaptureQueriesContext(connection) as few:
        operator.get(CATEGORIES)
    for _ in range(20):
        make_feed(category=make_category(parent=make_category()))
    with django_assert_num_queries(len(few)):
        operator.get(CATEGORIES)


def test_deleting_a_category_keeps_its_feeds(operator):
    category = make_category()
    feed = make_feed(category=category)
    operator.post(f"{CATEGORIES}{category.pk}/delete/", {"post": "yes"})
    feed.refresh_from_db()
    assert feed.category is None
    assert not Category.objects.exists()
