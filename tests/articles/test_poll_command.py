from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article
from feeds.models import Feed
from tests.documents import items, rss
from tests.factories import make_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("poll", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_it_polls_what_is_due_and_tells_of_each_feed(publisher):
    feed = make_feed(url=publisher.serve("/a.xml", rss(items(1, 2))))
    [line] = run()
    assert line.startswith("updated")
    assert feed.url in line
    assert "2 new, 0 changed" in line


def test_what_is_not_due_is_polled_with_all_only(publisher):
    make_feed(url=publisher.serve("/a.xml", rss(items(1))))
    run()
    assert run() == []
    assert len(run("--all")) == 1


@pytest.mark.parametrize("name", ["id", "url"])
def test_one_feed_can_be_named_even_when_paused(publisher, name):
    feed = make_feed(url=publisher.serve("/a.xml", rss(items(1))), state=Feed.State.PAUSED)
    make_feed(url=publisher.url("/b.xml"))
    assert len(run("--feed", str(getattr(feed, name)))) == 1
    assert Article.objects.count() == 1


def test_a_failure_makes_the_command_fail_after_all_were_polled(publisher):
    make_feed(url=publisher.url("/missing.xml"))
    make_feed(url=publisher.serve("/there.xml", rss(items(1))))
    with pytest.raises(CommandError, match="1 of 2 feeds failed") as failure:
        run()
    assert failure.value.returncode == 1
    assert Article.objects.count() == 1


def test_an_unknown_feed_is_wrong_use():
    with pytest.raises(CommandError, match="no feed") as failure:
        run("--feed", "https://nowhere.example/")
    assert failure.value.returncode == 2
