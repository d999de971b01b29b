from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from time import monotonic

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from articles.ingest.concurrent_fetch import THREADS
from articles.models import Article
from feeds.models import Feed, Host, Poll
from feeds.polls import polling
from tests.documents import item, items, rss
from tests.factories import make_feed
from tests.publisher import Exchange, Publisher

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


@contextmanager
def full_disk():
    """No row can be added; those that there are can be changed."""

    def refuse(execute, sql, *arguments):
        if sql.startswith(("INSERT", "WITH")):
            raise OperationalError("database or disk is full")
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse):
        yield


def test_a_full_disk_ends_the_command_with_a_sentence_and_holds_no_feed(publisher, caplog):
    for number in range(3 * THREADS):
        make_feed(url=publisher.serve(f"/{number}.xml", rss(items(1))))
    with pytest.raises(CommandError, match=r"can't be written \(database or disk is full\)") as failure, full_disk():
        run("--all")
    assert failure.value.returncode == 1
    assert len(publisher.requests) <= 2 * THREADS + 2  # what can't be stored is asked for ahead, but no further
    assert not any(record.exc_info for record in caplog.records)
    assert [line.split()[0] for line in run("--all")] == ["updated"] * (3 * THREADS)


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


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n"


@pytest.fixture
def second_host():
    with Publisher("127.0.0.2") as publisher:
        yield publisher


@pytest.mark.one_database("it waits for publishers: claims and leases have tests of their own on both")
def test_a_slow_publisher_holds_up_no_other(publisher, second_host):
    others_are_done = threading.Event()

    def slow(exchange: Exchange) -> None:
        assert others_are_done.wait(30)
        exchange.send(OK + rss(items(1)).encode())

    def last(exchange: Exchange) -> None:
        others_are_done.set()
        exchange.send(OK + rss(items(2)).encode())

    make_feed(url=publisher.respond("/slow.xml", slow))
    for number in range(20):
        make_feed(url=second_host.serve(f"/{number}.xml", rss(items(number))))
    make_feed(url=second_host.respond("/last.xml", last))
    lines = run()
    assert len(lines) == 22
    assert all(line.startswith("updated") for line in lines)
    assert "/slow.xml" in lines[-1] or "/last.xml" in lines[-1]


def test_a_long_article_that_is_being_sanitized_holds_up_no_other_feed(publisher):
    long = item(1, body="<p>A paragraph with <b>a few</b> words.</p>" * 20_000)
    make_feed(url=publisher.serve("/long.xml", rss([long])))
    make_feed(url=publisher.serve("/gone.xml", "", status=410))
    with pytest.raises(CommandError, match="1 of 2 feeds failed"):
        run()
    polls = Poll.objects.order_by("pk").values_list("outcome", "new_articles")
    assert list(polls) == [(Poll.Outcome.GONE, 0), (Poll.Outcome.UPDATED, 1)]


@pytest.mark.one_database("it waits for publishers: claims and leases have tests of their own on both")
def test_one_host_is_asked_for_one_feed_at_a_time(publisher, second_host):
    asked_now, most = [], []

    def answer(exchange: Exchange) -> None:
        asked_now.append(exchange)
        most.append(len(asked_now))
        exchange.pause(0.02)
        asked_now.remove(exchange)
        exchange.send(OK + rss(items(1)).encode())

    for number in range(THREADS):
        make_feed(url=publisher.respond(f"/{number}.xml", answer))
    make_feed(url=second_host.serve("/other.xml", rss(items(1))))
    assert len(run()) == THREADS + 1
    assert set(most) == {1}


def test_feeds_that_are_polled_elsewhere_are_told_and_left_alone(publisher, second_host):
    busy = make_feed(url=publisher.serve("/busy.xml", rss(items(1))))
    make_feed(url=second_host.serve("/free.xml", rss(items(1))))
    polling.claim(Feed.objects.filter(id=busy.id), timezone.now())
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 2 feeds are being polled elsewhere"):
        call_command("poll", "--all", stdout=out)
    assert sorted(line.split()[0] for line in out.getvalue().splitlines()) == ["busy", "updated"]
    assert publisher.requests == []


@pytest.mark.parametrize("arguments", [(), ("--all",)])
def test_what_another_worker_has_polled_meanwhile_is_not_polled_again(publisher, second_host, arguments):
    in_a_minute = timezone.now() + timedelta(minutes=1)  # after the command began
    make_feed(url=publisher.serve("/polled.xml", rss(items(1))), last_checked_at=in_a_minute)
    make_feed(url=second_host.serve("/free.xml", rss(items(1))))
    assert sorted(line.split()[0] for line in run(*arguments)) == ["polled", "updated"]
    assert publisher.requests == []


def test_what_a_fetch_raises_is_recorded_on_its_feed_alone(publisher, second_host):
    broken = make_feed(url=publisher.serve("/broken.xml", rss(items(1))), etag="\u2028")
    make_feed(url=second_host.serve("/fine.xml", rss(items(1))))
    with pytest.raises(CommandError, match="1 of 2 feeds failed"):
        run("--all")
    assert Poll.objects.get(feed=broken).error.startswith("Newsreader failed on this feed: ")
    assert Article.objects.count() == 1


def test_no_thread_is_left_when_the_command_is_stopped(publisher, second_host, monkeypatch):
    for host in (publisher, second_host):
        for number in range(20):
            make_feed(url=host.serve(f"/{number}.xml", rss(items(number))))
    before = set(threading.enumerate())

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("articles.ingest.pipeline.settle", stop)
        with pytest.raises(KeyboardInterrupt):
            run()
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("asks"):
            thread.join(20)
            assert not thread.is_alive()


@pytest.mark.parametrize("hosts_at_once", [1, 2])
def test_a_host_is_left_alone_between_two_feeds_and_after_a_refusal(publisher, second_host, settings, hosts_at_once):
    settings.HOST_PAUSE = 0.2
    moments: list[float] = []

    def answer(exchange: Exchange) -> None:
        moments.append(monotonic())
        exchange.send(b"HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n" if len(moments) == 3 else OK + rss([]).encode())

    for number in range(5):
        make_feed(url=publisher.respond(f"/{number}.xml", answer))
    if hosts_at_once == 2:
        make_feed(url=second_host.serve("/other.xml", rss([])))
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 of \d feeds failed$"):
        call_command("poll", stdout=out)
    told = [line.split()[0] for line in out.getvalue().splitlines()]
    assert (told.count("waits"), told.count("failed")) == (2, 1)
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(moments))
    assert Feed.objects.filter(lease=None).count() == Feed.objects.count()
    assert len(run("--all")) == Feed.objects.count()  # all told of, the host's as waiting
    assert len(moments) == 3


def test_a_host_with_a_pace_is_asked_for_one_feed(publisher):
    now = timezone.now()
    Host.objects.create(name="127.0.0.1", gap_seconds=90, free_at=now, refused_at=now)
    for number in range(3):
        make_feed(url=publisher.serve(f"/{number}.xml", rss([])))
    assert sorted(line.split()[0] for line in run("--all")) == ["updated", "waits", "waits"]
    assert [line.split()[0] for line in run("--feed", publisher.url("/2.xml"))] == ["updated"]  # somebody wants it now


def test_a_feed_that_a_clock_which_was_ahead_has_polled_is_polled(publisher):
    publisher.serve("/feed.xml", rss(items(1)))
    ahead = timezone.now() + timedelta(days=400)
    make_feed(url=publisher.url("/feed.xml"), last_checked_at=ahead, next_check_at=ahead)
    call_command("poll", stdout=StringIO())
    assert Feed.objects.get().article_count == 1
