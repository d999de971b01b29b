"""The last key that a table gave out."""

from __future__ import annotations

import pytest
from django.db import connection

from articles.images.models import StoredImage
from feeds.models import Category
from newsreader.backup.sequences import go_on_after, last_key
from tests.factories import make_category

pytestmark = pytest.mark.django_db


def test_keys_go_on_after_the_last_that_was_given_out_and_after_all_that_are_there():
    go_on_after(Category, 0)
    assert last_key(Category) == 0
    assert make_category().pk == last_key(Category) == 1
    for given, following in ((7, 8), (3, 9)):
        go_on_after(Category, given)
        assert make_category().pk == last_key(Category) == following


def test_a_table_that_never_gave_out_a_key_has_no_last_one():
    if connection.vendor == "sqlite":  # what tells of keys there comes with the first of them
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [Category._meta.db_table])
    else:
        go_on_after(Category, 0)
    assert last_key(Category) == 0


def test_a_table_that_counts_no_keys_has_no_last_one():
    StoredImage.objects.create(digest="0" * 64, media_type="image/png", size=1)
    go_on_after(StoredImage, 5)
    assert last_key(StoredImage) == 0
