"""Scores of wrong keys at every door: all are refused, and neither the log nor the database keeps one of them."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from django.test import Client

from articles.api import app_passwords
from tests.factories import make_reader

pytestmark = pytest.mark.django_db

GUESSER = "192.0.2.66"
GUESSES = 12  # of each kind


def wrong_keys(client: Client, number: int) -> list[tuple[int, object]]:
    """The status that each door answers to a wrong key, with what Fever's says instead."""
    secret = f"secret-guess-{number}"
    token = {"Authorization": f"GoogleLogin auth=ann/{secret}"}
    answers = [
        client.post("/accounts/ClientLogin", {"Email": "ann", "Passwd": secret}),
        client.post(
            f"/api/greader.php/accounts/ClientLogin?Passwd={secret}", {"Email": f"no{number}", "Passwd": secret}
        ),
        client.get(f"/reader/api/0/user-info?token={secret}", headers=token),
        client.post(
            "/reader/api/0/edit-tag", {"T": secret, "i": "1", "a": "user/-/state/com.google/read"}, headers=token
        ),
        client.get("/api/v1/subscriptions", headers={"Authorization": f"Bearer {secret}"}),
    ]
    fever = client.post("/fever/?api", {"api_key": f"{secret:0>32}"})
    return [(answer.status_code, None) for answer in answers] + [(fever.status_code, fever.json()["auth"])]


def test_scores_of_wrong_keys_open_nothing_and_are_kept_nowhere(caplog):
    ann = make_reader("ann")
    _, password = app_passwords.create(ann, "phone")
    caplog.set_level(logging.INFO)
    guesser = Client(REMOTE_ADDR=GUESSER)
    seen = {answer for number in range(GUESSES) for answer in wrong_keys(guesser, number)}
    assert seen == {(401, None), (429, None), (200, 0)}
    assert guesser.post("/accounts/ClientLogin", {"Email": "ann", "Passwd": password}).status_code == 429
    assert Client().post("/accounts/ClientLogin", {"Email": "ann", "Passwd": password}).status_code == 200
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert GUESSER in told  # what an operator can shut out
    assert "secret-guess" not in told
    kept = [table for table in connection.introspection.table_names() if not table.startswith("articles_search")]
    assert "axes_accessattempt" in kept
    assert not [table for table in kept if "secret-guess" in str(rows_of(table))]


def rows_of(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return list(cursor.fetchall())
