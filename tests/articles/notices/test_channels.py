"""Channels: what is sent to real servers, once, signed, and what is left when they do not take it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from articles.lists import reader_state
from articles.lists.selection import Selection
from articles.models import Channel, Notice, StoryMember, UnsentNotice
from articles.notices import channels, queue, senders, webhook
from articles.rules import deeds
from articles.rules import own as rules
from feeds.leases.queues import LeaseLost
from feeds.models import Host
from newsreader.backup.parts import label, tables
from tests.articles.notices.telling import articles_by_title, channel_of, send, tell
from tests.factories import make_article
from tests.publisher import Exchange, Publisher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
Kind = Channel.Kind
DAY = timedelta(days=1)


@pytest.fixture
def key() -> str:
    return webhook.new_key()


@pytest.fixture
def hook(ann, publisher, key) -> Channel:
    return channel_of(ann, Kind.WEBHOOK, {"address": publisher.serve("/hook-of-ann", status=204), "key": key})


def bodies(publisher: Publisher) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in publisher.requests]


def titles(body: dict[str, Any]) -> list[str]:
    return [each["title"] for each in body["data"]["articles"]]


def is_signed(request, key: str) -> bool:
    """As a receiver checks it, from the words of Standard Webhooks."""
    name, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    secret = base64.b64decode(key.removeprefix("whsec_"))
    digest = hmac.new(secret, f"{name}.{at}.".encode() + request.body, hashlib.sha256).digest()
    is_now = abs(timezone.now().timestamp() - int(at)) < 60
    return is_now and request.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_a_webhook_gets_signed_json_once(ann, hook, publisher, key):
    [notice] = tell(ann, "Rain over the harbour")
    assert send(timedelta()).sent == 0  # what one poll brings is sent together
    assert send().sent == 1
    [request] = publisher.requests
    assert (request.method, request.path) == ("POST", "/hook-of-ann")
    assert request.headers["content-type"] == "application/json"
    assert is_signed(request, key)
    assert not is_signed(request, webhook.new_key())
    body = json.loads(request.body)
    assert body["type"] == "articles"
    [told] = body["data"]["articles"]
    page = f"https://news.example/articles/{notice.article_id}/"
    assert (told["id"], told["page"], told["rule"]) == (notice.pk, page, "Weather")
    assert (told["feed"], told["title"]) == ("Harbour Notes", "Rain over the harbour")
    assert send(DAY).sent == 0
    hook.refresh_from_db()
    assert hook.sent_at is not None


def test_what_is_not_taken_is_sent_again_as_it_was_later_and_later(ann, hook, publisher):
    publisher.serve("/hook-of-ann", "we are\nfull", status=507)
    tell(ann, "one")
    assert send().failed == 1
    hook.refresh_from_db()
    assert hook.last_error == "127.0.0.1 answered 507 (Insufficient Storage): we are full"
    due = hook.send_at
    first_wait = due - timezone.now()
    tell(ann, "two")
    hook.refresh_from_db()
    assert hook.send_at == due  # what is new does not hurry what failed
    assert send(DAY).failed == 1
    hook.refresh_from_db()
    assert hook.send_at - timezone.now() > 1.5 * first_wait
    publisher.serve("/hook-of-ann", status=200)
    assert send(DAY).sent == 1
    assert send(2 * DAY).sent == 1
    first, second, third, fourth = bodies(publisher)
    assert [titles(each) for each in (first, second, third, fourth)] == [["one"], ["one"], ["one"], ["two"]]
    assert first["data"]["id"] == second["data"]["id"] == third["data"]["id"] != fourth["data"]["id"]
    hook.refresh_from_db()
    assert (hook.failures, hook.failing_since, hook.last_error) == (0, None, "")


def test_a_worker_that_was_killed_leaves_the_same_message(ann, hook, publisher):
    tell(ann, "one")
    later = timezone.now() + timedelta(minutes=2)
    [claim] = queue.claim_due(later)
    [held] = queue.QUEUE.of_claim(claim)
    begun = queue._next_message(held)  # and then it was killed, perhaps after it was sent
    tell(ann, "two")
    assert send().sent == 0  # the lease is still held
    assert send(timedelta(minutes=12)).sent == 1
    [body] = bodies(publisher)
    assert (body["data"]["id"], titles(body)) == (str(begun.id), ["one"])


def test_who_lost_the_lease_strikes_nothing_off(ann, hook, publisher):
    tell(ann, "one")
    [claim] = queue.claim_due(timezone.now() + timedelta(minutes=2))
    [held] = queue.QUEUE.of_claim(claim)
    channels.switch(hook, timezone.now(), on=False)
    with pytest.raises(LeaseLost):
        queue._next_message(held)
    assert publisher.requests == []


def test_what_was_read_or_told_by_a_double_meanwhile_is_not_sent(ann, hook, publisher):
    tell(ann, "one", "two", "three", "four")
    by_title = articles_by_title()
    reader_state.mark_read(ann, [by_title["one"]])
    for number, title in enumerate(("three", "four")):
        article = by_title[title]
        StoryMember.objects.create(article=article, story=by_title["three"].pk, number=number, feed_id=article.feed_id)
    send()
    assert [titles(body) for body in bodies(publisher)] == [["two", "three"]]
    assert not UnsentNotice.objects.exists()
    tell(ann, "five")
    reader_state.mark_read(ann, [articles_by_title()["five"]])
    assert send(DAY).sent == 0
    assert len(publisher.requests) == 1


def test_what_its_reader_takes_back_before_it_is_sent_is_not(ann, hook, publisher):
    rule, other = (
        rules.save_rule(ann, rules.Draft(selection=Selection(query=query), tells=True)) for query in ("rain", "wind")
    )
    one, two, three = (make_article(published_at=timezone.now()) for _ in range(3))
    deeds.act(ann, {rule: [one.pk, two.pk], other: [two.pk, three.pk]}, timezone.now())
    [deed] = deeds.deeds_on(ann, one)
    assert deed.told
    deeds.undo_on(ann, one.pk)
    deeds.undo_all(other)  # what the first rule tells too stays
    assert send().sent == 1
    assert [titles(body) for body in bodies(publisher)] == [[two.title]]
    assert deeds.deeds_on(ann, one) == []


@pytest.mark.one_database("servers answer alike, whatever keeps what they are sent")
def test_a_redirect_is_not_followed_whatever_its_status(ann, hook, publisher):
    with Publisher() as other:
        for status in (301, 302, 303, 307, 308):
            publisher.redirect("/hook-of-ann", other.url("/elsewhere"), status)
            answer = channels.test(hook)
            assert not answer.is_taken
            assert "a redirect, which is not followed" in answer.said
            Channel.objects.update(tested_at=None)
        assert other.requests == []
    assert {request.path for request in publisher.requests} == {"/hook-of-ann"}


@pytest.mark.one_database("servers answer alike, whatever keeps what they are sent")
def test_a_private_address_is_asked_only_where_the_operator_allows_it(ann, hook, publisher, settings):
    settings.FETCH_POLICY = type(settings.FETCH_POLICY)(user_agent="x")
    answer = channels.test(hook)
    assert not answer.is_taken
    assert "is a loopback address" in answer.said
    assert publisher.requests == []


@pytest.mark.one_database("servers answer alike, whatever keeps what they are sent")
def test_slow_and_huge_answers_end(ann, hook, publisher, monkeypatch):
    def slow(exchange: Exchange) -> None:
        exchange.pause(30)

    def huge(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 500 No\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            exchange.send(b"x" * 2**16)

    monkeypatch.setattr(senders, "SECONDS_OF_A_TEST", 0.5)
    publisher.respond("/hook-of-ann", slow)
    assert channels.test(hook).said == "127.0.0.1 didn't answer in time"
    Channel.objects.update(tested_at=None)
    monkeypatch.setattr(senders, "SECONDS_OF_A_TEST", 10)
    publisher.respond("/hook-of-ann", huge)
    said = channels.test(hook).said
    assert said.startswith("127.0.0.1 answered 500")
    assert len(said) < 300


def test_no_secret_is_in_the_database_the_log_or_an_error(ann, publisher, caplog):
    def echo(exchange: Exchange) -> None:
        told = f"{exchange.request.path} {exchange.request.headers.get('authorization')}".encode()
        exchange.send(b"HTTP/1.1 403 No\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told))

    publisher.respond("/", echo)
    publisher.respond("/notify/key-of-ann", echo)
    channel_of(ann, Kind.NTFY, {"address": publisher.url("/topic-of-ann"), "token": "tk_secret"})
    channel_of(ann, Kind.APPRISE, {"address": publisher.url("/notify/key-of-ann")})
    tell(ann, "one")
    assert send().failed == 2
    rows = str(list(Channel.objects.values()))
    assert rows.count("answered 403") == 2
    for secret in ("topic-of-ann", "tk_secret", "key-of-ann"):
        assert secret not in rows
        assert secret not in caplog.text


@pytest.mark.one_database("servers answer alike, whatever keeps what they are sent")
@pytest.mark.parametrize("kind", [Kind.WEBHOOK, Kind.APPRISE])
def test_no_part_of_an_address_is_in_an_error(ann, publisher, kind, key):
    def echo(exchange: Exchange) -> None:
        told = f"Cannot POST {exchange.request.path} {dict(exchange.request.headers)}".encode()
        exchange.send(b"HTTP/1.1 404 No\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told))

    publisher.respond("/services/T0PART/SECRETPART", echo)
    place = publisher.url("").removeprefix("http://").rstrip("/")
    path = f"{place}/services/T0PART/SECRETPART?"
    addresses = {Kind.WEBHOOK: f"http://{path}a=QUERYPART", Kind.APPRISE: f"json://ann:PASSPART@{path}+X-Key=HEADPART"}
    channel = channel_of(ann, kind, {"address": addresses[kind], "key": key})
    said = channels.test(channel).said
    assert said.startswith("127.0.0.1 answered 404 (Not Found): Cannot POST")
    assert "PART" not in said
    assert base64.b64encode(b"ann:PASSPART").decode() not in said


@pytest.mark.one_database("servers answer alike, whatever keeps what they are sent")
def test_a_sign_in_that_is_no_base64_is_sent_as_it_is(ann, publisher):
    place = publisher.url("").removeprefix("http://").rstrip("/")
    publisher.serve("/hook")
    channel = channel_of(ann, Kind.APPRISE, {"address": f"json://{place}/hook?+Authorization=Basic%20x"})
    assert channels.test(channel).is_taken
    assert publisher.requests[0].headers["authorization"] == "Basic x"


def test_a_failure_of_long_ago_counts_no_more(ann, hook, publisher):
    publisher.serve("/hook-of-ann", status=500)
    tell(ann, "one")
    send()
    long_ago = timezone.now() - 30 * DAY
    Channel.objects.update(failing_since=long_ago, tried_at=long_ago, failures=3)
    tell(ann, "two")
    assert send(DAY).failed == 1
    hook.refresh_from_db()
    assert (hook.is_on, hook.failures) == (True, 1)
    assert hook.failing_since > timezone.now() - DAY


def test_a_failure_ends_when_nothing_is_left_to_send(ann, hook, publisher):
    publisher.serve("/hook-of-ann", status=500)
    tell(ann, "one")
    send()
    reader_state.mark_read(ann, [articles_by_title()["one"]])
    assert send(DAY).failed == 0
    hook.refresh_from_db()
    assert (hook.failures, hook.failing_since, hook.last_error) == (0, None, "")


def test_a_channel_that_cannot_be_read_holds_up_no_other_of_its_host(ann, hook, publisher):
    Channel.objects.update(secrets="of another key")
    address = publisher.serve("/b", status=204)
    channel_of(ann, Kind.WEBHOOK, {"address": address, "key": webhook.new_key()})
    tell(ann, "one")
    tally = send()
    assert (tally.sent, tally.failed) == (1, 1)


def test_one_that_fails_for_days_is_switched_off_and_what_waits_is_let_go(ann, hook, publisher):
    publisher.serve("/hook-of-ann", status=500)
    tell(ann, "one")
    send()
    Channel.objects.update(failing_since=timezone.now() - timedelta(days=2))
    send(DAY)
    hook.refresh_from_db()
    assert hook.is_on
    Channel.objects.update(failing_since=timezone.now() - timedelta(days=4), tried_at=timezone.now() - DAY)
    send(DAY)
    hook.refresh_from_db()
    assert not hook.is_on
    assert not UnsentNotice.objects.exists()
    tell(ann, "two")
    assert not UnsentNotice.objects.exists()
    publisher.serve("/hook-of-ann")
    channels.switch(hook, timezone.now(), on=True)
    tell(ann, "three")
    send()
    assert titles(bodies(publisher)[-1]) == ["three"]


def test_one_that_is_gone_is_switched_off_at_once(ann, hook, publisher):
    publisher.serve("/hook-of-ann", status=410)
    tell(ann, "one")
    send()
    hook.refresh_from_db()
    assert not hook.is_on
    assert "answered 410 (Gone)" in hook.last_error


def test_who_is_asked_too_often_is_left_alone(ann, hook, publisher):
    publisher.serve("/hook-of-ann", status=429, headers={"Retry-After": "3600"})
    tell(ann, "one")
    send()
    hook.refresh_from_db()
    assert hook.send_at > timezone.now() + timedelta(minutes=59)
    assert Host.objects.get(name="127.0.0.1").free_at > timezone.now()


@pytest.mark.one_database("servers answer alike, whatever keeps what they are sent")
def test_a_host_that_does_not_answer_is_waited_for_once(ann, publisher, key, monkeypatch):
    def slow(exchange: Exchange) -> None:
        exchange.pause(30)

    monkeypatch.setattr(senders, "SECONDS", 0.5)
    for name in ("a", "b", "c"):
        channel_of(ann, Kind.WEBHOOK, {"address": publisher.respond(f"/{name}", slow), "key": key})
    tell(ann, "one")
    assert send().failed == 1
    assert len(publisher.requests) == 1
    assert send().failed == 1  # the next one, in the next turn
    assert {request.path for request in publisher.requests} == {"/a", "/b"}


def test_nothing_is_sent_for_who_may_not_sign_in_or_by_what_is_off(ann, hook, publisher):
    tell(ann, "one")
    User.objects.update(is_active=False)
    assert send().sent == 0
    User.objects.update(is_active=True)
    Channel.objects.update(is_on=False)
    assert send().sent == 0
    Channel.objects.update(is_on=True)
    assert send().sent == 1


def test_many_articles_come_in_several_requests(ann, hook, publisher, monkeypatch):
    monkeypatch.setitem(senders._SENDERS, Kind.WEBHOOK, senders._Sender(webhook.send, 2))
    tell(ann, "one", "two", "three")
    assert (send().sent, send(DAY).sent) == (1, 1)
    assert [titles(body) for body in bodies(publisher)] == [["one", "two"], ["three"]]


def test_with_the_account_goes_all_of_it_and_a_backup_takes_it_along(ann, hook):
    tell(ann, "one")
    assert {"articles.channel", "articles.notice", "articles.unsentnotice"} <= {label(each) for each in tables()}
    ann.delete()
    for model in (Channel, Notice, UnsentNotice):
        assert not model.objects.exists()


def test_another_key_of_the_site_is_told_in_words(ann, hook, settings):
    settings.SECRET_KEY = "another"
    assert channels.test(hook).said == senders.ANOTHER_KEY
