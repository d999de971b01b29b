"""A row of a table as a line of a backup, and a line as a row: no file, and no database where none is needed."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType

from articles.images.models import ImageAddress
from feeds.models import Category, Feed
from newsreader.backup import parts

LEASE = UUID("00000000-0000-4000-8000-000000000001")
AT = datetime(2026, 1, 1, 8, 30, 0, 5, tzinfo=UTC)
COLUMNS = ["id", "title", "added_at", "lease", "seen_entries", "opml_attributes", "category_id"]


def test_a_row_is_made_of_the_columns_that_the_backup_has():
    make = parts.row_maker(Feed, COLUMNS)
    given = [7, "港口", AT.isoformat(), str(LEASE), base64.b64encode(b"\0\xff").decode(), {"x": [None, 1.5]}, 3]
    feed = make(given)
    assert [getattr(feed, name) for name in COLUMNS] == [7, "港口", AT, LEASE, b"\0\xff", {"x": [None, 1.5]}, 3]
    assert isinstance(feed, Feed)
    assert (feed.state, feed.failures) == (Feed.State.ACTIVE, 0)  # the defaults
    assert given[2] == AT.isoformat()


def test_a_column_without_a_value_stays_so():
    feed = parts.row_maker(Feed, ["lease", "next_check_at", "category_id"])([None, None, None])
    assert isinstance(feed, Feed)
    assert (feed.lease, feed.next_check_at, feed.category_id) == (None, None, None)


def test_a_key_to_another_table_is_made_as_that_tables_own():
    address = parts.row_maker(ImageAddress, ["key", "image_id", "feed_id"])(["a" * 64, "0" * 64, 5])
    assert isinstance(address, ImageAddress)
    assert (address.pk, address.image_id, address.feed_id) == ("a" * 64, "0" * 64, 5)


@pytest.mark.parametrize("row", [{"id": 1, "title": "x"}, (1, "x"), "ab", None])
def test_a_row_that_is_no_list_is_none(row):
    with pytest.raises(TypeError, match="no list"):
        parts.row_maker(Feed, ["id", "title"])(row)


@pytest.mark.parametrize("row", [[], [1], [1, "x", 2]])
def test_a_row_has_as_many_values_as_columns(row):
    with pytest.raises(ValueError, match="zip"):
        parts.row_maker(Feed, ["id", "title"])(row)


@pytest.mark.parametrize("name", ["nothing", "category", "pk"])
def test_a_column_that_the_model_does_not_have_is_refused_before_any_row(name):
    with pytest.raises(KeyError, match=name):
        parts.row_maker(Feed, ["id", name])


@pytest.mark.django_db
def test_lines_are_rows_by_their_keys_and_say_all_that_a_row_is_made_of():
    for pk, name in ((9, "b"), (3, "港 \u2028\n")):
        Category.objects.create(pk=pk, name=name, slug=f"s{pk}", position=pk)
    first, second = parts.lines(Category)
    assert parts.columns(Category) == ["id", "owner_id", "name", "slug", "parent_id", "position", "opml_attributes"]
    assert first == '[3,null,"港 \u2028\\n","s3",null,3,{}]\n'.encode()
    assert json.loads(second) == [9, None, "b", "s9", None, 9, {}]


@pytest.mark.django_db
def test_a_line_gives_back_the_row_that_it_was_made_of():
    feed = Feed.objects.create(
        url="https://paper.example/",
        lease=LEASE,
        added_at=AT,
        seen_entries=b"\0\xff",
        category=Category.objects.create(name="a", slug="a"),
    )
    feed.refresh_from_db()
    (line,) = parts.lines(Feed)
    again = parts.row_maker(Feed, parts.columns(Feed))(json.loads(line))
    for name in parts.columns(Feed):
        assert getattr(again, name) == getattr(feed, name), name


def test_a_value_that_json_has_no_form_for_is_told_of():
    with pytest.raises(TypeError, match="no form for <class 'set'>"):
        parts._ENCODER.encode([{1}])


def test_tables_are_named_and_in_the_order_of_their_names():
    names = [parts.label(model) for model in parts.tables()]
    assert names == sorted(names)
    assert len(names) == len(set(names))
    assert {"auth.user_groups", parts.label(User), parts.label(ContentType)} <= set(names)  # link tables, too
    assert not set(names) & set(parts.EXCLUDED)
    assert {name.partition(".")[0] for name in names} == set(parts.APPS)
