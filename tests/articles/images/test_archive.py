"""Keeping the pictures of new articles and of the whole archive: politely, once, and whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from articles import tasks
from articles.images import archive, cache, wants
from articles.images.fetch import patient_policy
from articles.images.models import ImageAddress, StoredImage, key_of
from articles.images.urls import signed_path
from articles.ingest import pipeline
from articles.models import Article
from feeds.http import Client
from feeds.models import Feed, Outage
from feeds.polls import polling
from tests.articles.images import pictures
from tests.documents import item, rss
from tests.factories import make_article, make_feed

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]


def article_with(urls, feed=None, **fields):
    html = "".join(f'<p><img src="{url}"></p>' for url in urls)
    return make_article(feed or make_feed(), content_html=html, **fields)


def fetch_due():
    with Client(patient_policy()) as client:
        return [archive.fetch_claim(client, claim, pause=0) for claim in archive.claim_due(timezone.now())]


def run(*arguments):
    out = StringIO()
    call_command("archive_images", *arguments, stdout=out)
    return out.getvalue().strip().splitlines()[-1]


def poll(publisher, feed, html):
    publisher.serve("/feed", rss([item(1, body=html)]))
    (claim,) = polling.claim(Feed.objects.filter(pk=feed.pk), timezone.now())
    with Client(patient_policy()) as client:
        (polled,) = pipeline.refresh_claim(client, claim, pause=0)
    assert not polled.error


def test_a_new_article_has_its_pictures_wanted_and_a_worker_keeps_them(publisher, picture):
    feed = make_feed(url=publisher.url("/feed"))
    poll(publisher, feed, f'<p>x</p><img src="{picture}"><img src="{publisher.url("/none.jpg")}">')
    assert ImageAddress.objects.filter(is_wanted=True, feed=feed).count() == 2
    (tally,) = fetch_due()
    assert (tally.kept, tally.failed) == (1, 1)
    assert StoredImage.objects.count() == 1
    assert archive.claim_due(timezone.now()) == []


def test_a_picture_that_came_with_a_change_is_wanted_too(publisher, picture):
    feed = make_feed(url=publisher.url("/feed"))
    poll(publisher, feed, "<p>one</p>")
    assert not ImageAddress.objects.exists()
    poll(publisher, feed, f'<p>two</p><img src="{picture}">')
    assert ImageAddress.objects.get().is_wanted


@pytest.mark.parametrize("rule", [Feed.Images.VIEWED, Feed.Images.PROXY])
def test_where_the_operator_wants_less_nothing_is_fetched_unseen(publisher, picture, rule):
    feed = make_feed(url=publisher.url("/feed"), images=rule)
    poll(publisher, feed, f'<img src="{picture}">')
    assert not ImageAddress.objects.exists()


def test_a_rule_that_changes_stops_what_is_not_fetched_yet(publisher, picture):
    article = article_with([picture])
    wants.want([article], article.feed)
    Feed.objects.update(images=Feed.Images.PROXY)
    assert fetch_due() == []


def test_what_was_only_looked_at_is_kept_once_it_is_wanted(client, publisher, picture, settings):
    client.get(signed_path(picture, 320, is_kept=False))
    assert not StoredImage.objects.exists()
    article = article_with([picture])
    assert wants.want([article], article.feed) == 1
    assert wants.want([article], article.feed) == 0
    fetch_due()
    assert StoredImage.objects.count() == 1


def test_nobody_fetches_what_another_has_claimed(publisher, picture):
    article = article_with([picture])
    wants.want([article], article.feed)
    (claim,) = archive.claim_due(timezone.now())
    assert archive.claim_due(timezone.now()) == []
    later = timezone.now() + timedelta(minutes=10)
    (again,) = archive.claim_due(later)
    assert again.keys == claim.keys
    with Client(patient_policy()) as client:
        assert archive.fetch_claim(client, claim, pause=0).kept == 0  # its lease is another's by now
    assert not publisher.requests


def test_one_host_is_asked_by_one_worker_and_a_few_times_in_a_row(publisher):
    article = article_with([f"https://big.example/{number}.jpg" for number in range(50)])
    other = article_with([f"https://small{number}.example/a.jpg" for number in range(5)])
    for each in (article, other):
        wants.want([each], each.feed)
    claims = archive.claim_due(timezone.now())
    hosts = [{row.host for row in ImageAddress.objects.filter(key__in=claim.keys)} for claim in claims]
    assert sum("big.example" in names for names in hosts) == 1
    assert max(len(claim.keys) for claim in claims) == archive.PER_HOST
    assert not any("big.example" in row.host for claim in archive.claim_due(timezone.now())
                   for row in ImageAddress.objects.filter(key__in=claim.keys))  # fmt: skip


@pytest.mark.one_database("it waits between requests, whatever keeps the rows")
def test_a_pause_lies_between_two_requests_to_a_host(publisher):
    urls = [publisher.serve(f"/{number}.gif", pictures.animated("gif", 2 + number)) for number in range(3)]
    article = article_with(urls)
    wants.want([article], article.feed)
    (claim,) = archive.claim_due(timezone.now())
    started = time.monotonic()
    with Client(patient_policy()) as client:
        archive.fetch_claim(client, claim, pause=0.1)
    assert time.monotonic() - started >= 0.2


def test_when_the_budget_is_spent_nothing_more_is_claimed_and_nothing_deleted(publisher, picture, settings):
    article = article_with([picture, publisher.serve("/b.gif", pictures.animated("gif"))])
    wants.want([article], article.feed)
    settings.IMAGE_BUDGET = 1
    fetch_due()
    assert StoredImage.objects.count() <= 2
    from django.core.cache import cache as django_cache

    django_cache.clear()
    kept = StoredImage.objects.count()
    assert archive.claim_due(timezone.now()) == []
    assert StoredImage.objects.count() == kept
    with pytest.raises(CommandError, match="budget"):
        run()


def test_the_task_does_what_the_tick_hands_it(publisher, picture, settings):
    settings.HOST_PAUSE = 0
    article = article_with([picture])
    wants.want([article], article.feed)
    for claim in archive.claim_due(timezone.now()):
        tasks.fetch_images(str(claim.token), list(claim.keys))
    assert StoredImage.objects.count() == 1


def test_a_slow_host_leaves_the_worker_to_other_work_after_each_picture(publisher, monkeypatch):
    monkeypatch.setattr(archive, "SLOW", 0.1)
    urls = [publisher.respond(f"/{number}.jpg", lambda exchange: exchange.pause(0.2)) for number in range(3)]
    article = article_with(urls)
    wants.want([article], article.feed)
    for asked in (1, 2):
        fetch_due()
        assert len(publisher.requests) == asked
    assert not ImageAddress.objects.exclude(lease=None).exists()


@pytest.mark.parametrize("is_out", [False, True])
def test_in_an_outage_no_picture_is_handed_out_as_it_would_wait_longer_for_each_failure(picture, monkeypatch, is_out):
    sent: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(tasks.fetch_images, "apply_async", lambda arguments, **options: sent.append(arguments))
    article = article_with([picture])
    wants.want([article], article.feed)
    Feed.objects.update(next_check_at=timezone.now() + timedelta(hours=1))
    if is_out:
        Outage.objects.create(pk=1, began_at=timezone.now())
    tasks.tick()
    assert bool(sent) is not is_out
    assert (ImageAddress.objects.get().lease is None) is is_out


# --- the command ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_whole_archive_is_kept_and_a_second_run_asks_for_nothing(publisher, picture):
    article_with([picture, publisher.url("/none.jpg")])
    article_with([publisher.serve("/b.gif", pictures.animated("gif"))], image_url=picture)
    assert run() == "kept 2, failed 1, waiting 1"
    asked = len(publisher.requests)
    assert run() == "kept 0, failed 0, waiting 1"
    assert len(publisher.requests) == asked


@pytest.mark.django_db(transaction=True)
def test_one_feed_is_kept_whatever_its_rule(publisher, picture):
    feed = make_feed(images=Feed.Images.VIEWED)
    article_with([picture], feed)
    assert run() == "kept 0, failed 0, waiting 0"
    assert run("--feed", str(feed.pk)) == "kept 1, failed 0, waiting 0"
    with pytest.raises(CommandError, match="no feed"):
        run("--feed", "99999999")


def test_looking_through_the_archive_goes_on_where_it_was(publisher, monkeypatch):
    monkeypatch.setattr(wants, "ARTICLES_AT_ONCE", 2)
    feed = make_feed()
    for number in range(5):
        article_with([f"https://a.example/{number}.jpg"], feed)
    steps = wants.want_archive(Feed.objects.all(), Article.objects.all(), resume=True)
    assert next(steps) == 2
    del steps  # killed
    assert ImageAddress.objects.count() == 2
    assert list(wants.want_archive(Feed.objects.all(), Article.objects.all(), resume=True)) == [2, 3]
    assert ImageAddress.objects.count() == 5
    assert list(wants.want_archive(Feed.objects.all(), Article.objects.all(), resume=True)) == []
    assert list(wants.want_archive(Feed.objects.all(), Article.objects.all(), resume=False)) == [2, 4, 5]


@pytest.mark.one_database("files are what a kill may halve; leases that it leaves end on both in test_obtain")
@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_loses_nothing_and_leaves_no_half_file(publisher, tmp_path, settings, stored_files):
    """A real process, killed by SIGKILL while a body is on its way; the rest of the bodies came before it."""
    whole = [publisher.serve(f"/{number}.jpg", pictures.jpeg(300 + number, 200)) for number in range(6)]
    body, half_sent, go_on = pictures.jpeg(2000, 1500), threading.Event(), threading.Event()

    def stall(exchange):
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        exchange.send(head + body[: len(body) // 2])
        half_sent.set()
        go_on.wait(30)
        exchange.send(body[len(body) // 2 :])

    stalled = publisher.respond("/stalled.jpg", stall)
    article_with([*whole, stalled])
    settings.STORAGES["images"]["OPTIONS"]["location"] = tmp_path / "data" / "images"
    settings.IMAGE_CACHE_DIR = tmp_path / "data" / "image-cache"
    command = [sys.executable, "manage.py", "archive_images"]
    with subprocess.Popen(command, cwd=ROOT, env=_environment(tmp_path / "data"), stdout=subprocess.PIPE) as process:
        assert half_sent.wait(60)
        process.send_signal(signal.SIGKILL)
    go_on.set()
    files = [path for path in (tmp_path / "data" / "images").rglob("*") if path.is_file()]
    for path in files:
        assert sha256(path.read_bytes()).hexdigest() == path.stem
    assert len(files) >= StoredImage.objects.count()
    assert not [
        path for path in (tmp_path / "data" / "image-cache").rglob("*") if path.suffix != ".kept" and path.is_file()
    ]
    ImageAddress.objects.filter(image=None).update(leased_until=timezone.now() - timedelta(seconds=1))  # time goes by
    publisher.serve("/stalled.jpg", body)
    run()
    assert StoredImage.objects.count() == 7
    for image in StoredImage.objects.all():
        (path,) = (tmp_path / "data" / "images").rglob(f"{image.digest}.*")
        assert sha256(path.read_bytes()).hexdigest() == image.digest


def _environment(data: Path) -> dict[str, str]:
    own = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{own['NAME']}"
    else:
        url = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{own['NAME']}"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "NEWSREADER_DATA": str(data),
        "DATABASE_URL": url,
        "NEWSREADER_ALLOWED_NETWORKS": "127.0.0.0/8",
    }


# --- the cache --------------------------------------------------------------------------------------------------


def test_the_cache_is_trimmed_to_its_limit_oldest_first(settings):
    for number in range(10):
        path = cache.variant_path(f"https://a.example/{number}", 320, "webp")
        cache.write(path, [b"x" * 1000])
        os.utime(path, (number, number))
    assert cache.trim(10_000) == 0
    assert cache.trim(5_000) == 6_000
    left = [number for number in range(10) if cache.variant_path(f"https://a.example/{number}", 320, "webp").exists()]
    assert left == [6, 7, 8, 9]
    assert cache.trim(0) == 4_000


def test_what_a_killed_process_left_is_swept_out_later_and_what_is_being_written_stays(settings):
    settings.IMAGE_CACHE_DIR.mkdir()
    old, new = settings.IMAGE_CACHE_DIR / ".half-old", settings.IMAGE_CACHE_DIR / ".half-new"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    tasks.trim_image_cache()
    assert not old.exists()
    assert new.exists()


FAR = timedelta(days=400)


def test_what_a_clock_that_was_ahead_has_stored_is_not_believed(picture):
    now = timezone.now()
    ahead = {"retry_at": now + FAR, "leased_until": now + FAR, "failures": 3}
    ImageAddress.objects.create(key=key_of(picture), url=picture, host="127.0.0.1", is_wanted=True, **ahead)
    assert not archive.being_fetched(now).exists()
    assert [tally.kept for tally in fetch_due()] == [1]


def test_what_never_failed_does_not_wait_for_the_time_at_which_it_was_wanted():
    now = timezone.now()
    for number, (failures, ahead) in enumerate([(0, 3), (2, 3), (0, 0)]):
        row = {"retry_at": now + timedelta(hours=ahead), "failures": failures, "is_wanted": True}
        ImageAddress.objects.create(key=f"{number:064}", url="https://x.example/", host="x.example", **row)
    assert archive.want_now(now) == 1
    assert archive.due(now).count() == 2
