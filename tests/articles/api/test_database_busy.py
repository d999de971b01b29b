"""A database that can't be written: an app reads on, and is told soon that it can't mark."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from articles.models import ArticleState
from tests.articles.api.apps import App
from tests.articles.views.test_database_busy import somebody_writes
from tests.factories import make_article, make_reader

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_can_not_be_marked_is_told_soon():
    article = make_article()
    app = App(make_reader("ann"))
    app.client = Client(raise_request_exception=False)
    with somebody_writes():
        began = time.monotonic()
        answer = app.post("edit-tag", i=article.pk, a="user/-/state/com.google/read")
        assert time.monotonic() - began < 20
        assert answer.status_code == 503
        assert app.get("stream/items/ids").status_code == 200
    assert not ArticleState.objects.exists()
    assert app.post("edit-tag", i=article.pk, a="user/-/state/com.google/read").content == b"OK"
