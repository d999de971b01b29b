"""The connection to Postgres that tests with transactions of their own leave to the next."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.flush import make_as_new

pytestmark = pytest.mark.django_db(transaction=True)
only_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's is made anew")
LEFT = (
    "SELECT current_setting('statement_timeout'), current_setting('TimeZone'), to_regclass('pg_temp.left_over')::text,"
    " (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory')"
)


def rows(asked):
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return cursor.fetchall()


@only_postgres
def test_what_a_test_set_in_its_connection_is_not_left_to_the_next():
    as_new = rows(LEFT)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 54321")
        cursor.execute("SET TIME ZONE 'Asia/Taipei'")
        cursor.execute("CREATE TEMPORARY TABLE left_over (id int)")
        cursor.execute("SELECT pg_advisory_lock(54321)")
    assert all(now != before for now, before in zip(rows(LEFT)[0], as_new[0], strict=True))
    used = connection.connection
    assert make_as_new()
    assert rows(LEFT) == as_new
    assert connection.connection is used


@only_postgres
def test_a_connection_in_a_transaction_is_none_for_the_next_test():
    with transaction.atomic():
        assert not make_as_new()
    assert make_as_new()


@only_postgres
def test_a_connection_that_failed_is_none_for_the_next_test():
    with pytest.raises(DatabaseError):
        rows("SELECT 1 FROM none_such")
    assert not make_as_new()


@pytest.mark.parametrize("turn", range(2))
def test_what_one_test_wrote_the_next_does_not_find(turn, django_user_model):
    assert not django_user_model.objects.exists()
    django_user_model.objects.create(username="ann")
