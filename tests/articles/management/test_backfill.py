"""`manage.py backfill` in the foreground."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from articles.ingest import older_documents
from feeds.history.models import Backfill
from feeds.http import Client
from tests.articles.older_documents import archived, stories, titles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("backfill", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_fetches_a_history_and_tells_of_each_document(publisher):
    feed = archived(publisher, (3,), (2,), (1,))
    lines = run(feed.url).splitlines()
    assert lines[1].startswith("1 documents  1 new  ")
    assert lines[-1] == f"finished  {feed.url}  2 new in 2 documents"
    assert titles(feed) == stories(2, 1)


def test_the_command_goes_on_where_ctrl_c_left_it(publisher, monkeypatch):
    feed = archived(publisher, (4,), (3,), (2,), (1,))
    real = older_documents._step

    def interrupted(client: Client, backfill: Backfill) -> None:
        if backfill.documents == 1:
            raise KeyboardInterrupt
        real(client, backfill)

    monkeypatch.setattr(older_documents, "_step", interrupted)
    with pytest.raises(CommandError) as caught:
        run(str(feed.id))
    assert caught.value.returncode == 130
    assert Backfill.objects.get(feed=feed).lease is None
    monkeypatch.undo()
    asked = len(publisher.requests)
    assert "finished" in run("--all")
    assert [request.path for request in publisher.requests[asked:]] == ["/archive/2.xml", "/archive/3.xml"]


def test_the_command_fails_where_the_publisher_does(publisher):
    feed = archived(publisher, (2,), (1,))
    publisher.serve("/archive/1.xml", status=500)
    with pytest.raises(CommandError) as caught:
        run(feed.url)
    assert caught.value.returncode == 1
    with pytest.raises(CommandError) as wrong:
        run()
    assert wrong.value.returncode == 2
