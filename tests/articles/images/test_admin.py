"""What staff see of pictures: how much is kept, and whose failed."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.images.fetch import referer_for
from articles.images.models import ImageAddress, RefererRule, StoredImage, key_of
from tests.factories import make_reader

pytestmark = pytest.mark.django_db
REPORT = "/admin/articles/imageaddress/"


@pytest.fixture
def operator(client):
    client.force_login(make_reader(staff=True))
    return client


def fail(url, host, **fields):
    ImageAddress.objects.create(key=key_of(url), url=url, host=host, failures=1, **fields)


def test_the_report_says_how_much_is_kept_and_whose_pictures_failed(operator, settings):
    settings.IMAGE_BUDGET = 5 * 2**30
    for number, kind in enumerate(["image/jpeg", "image/jpeg", "image/png"]):
        StoredImage.objects.create(digest=f"{number:064}", media_type=kind, size=2**20)
    for number in range(3):
        fail(f"https://bad.example/{number}", "bad.example", last_error="bad.example answered 403")
    fail("https://worse.example/", "worse.example", is_wanted=True)
    url = "https://new.example/"
    ImageAddress.objects.create(key=key_of(url), url=url, host="new.example", is_wanted=True)
    page = operator.get(REPORT).text
    for words in (
        "3 pictures are kept",
        "3.0\xa0MB",
        "5.0\xa0GB",
        "1 address waits",
        "bad.example answered 403",
        "1 did not come",
    ):
        assert words in page
    assert page.index("bad.example") < page.index("worse.example")


def test_the_report_takes_as_many_queries_for_many_as_for_none(operator):
    operator.get(REPORT)
    with CaptureQueriesContext(connection) as few:
        operator.get(REPORT)
    for number in range(20):
        fail(f"https://bad{number}.example/", f"bad{number}.example")
    with CaptureQueriesContext(connection) as many:
        operator.get(REPORT)
    assert len(many) == len(few)


def test_nothing_can_be_deleted_there(operator):
    fail("https://bad.example/", "bad.example")
    key = ImageAddress.objects.get().key
    assert operator.post(f"{REPORT}{key}/delete/", {"post": "yes"}).status_code == 403
    assert operator.get(f"{REPORT}add/").status_code == 403
    assert ImageAddress.objects.exists()


def test_a_reader_does_not_see_it(client):
    client.force_login(make_reader())
    assert client.get(REPORT).status_code == 302


def test_a_referer_that_an_operator_adds_counts_for_all_hosts_below(operator):
    operator.post("/admin/articles/refererrule/add/", {"host": "shy.example", "referer": "https://front.example/"})
    assert referer_for("https://img1.shy.example/a.jpg") == {"Referer": "https://front.example/"}
    assert referer_for("https://notshy.example/a.jpg") == {}


def test_hosts_that_are_known_to_be_shy_have_a_rule_from_the_start():
    RefererRule.objects.all().delete()  # a test with transactions of its own may have emptied the table before
    migration = import_module("articles.migrations.0004_images")
    assert migration.add_referers in [getattr(each, "code", None) for each in migration.Migration.operations]
    migration.add_referers(apps, None)
    assert referer_for("https://wx1.sinaimg.cn/large/a.jpg") == {"Referer": "https://weibo.com/"}
