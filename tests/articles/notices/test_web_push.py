"""Web Push, to a service that reads and checks what it is sent."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from articles.models import Channel, UnsentNotice, VapidKey
from articles.notices import channels, queue, web_push
from feeds.leases.queues import LeaseLost
from newsreader.backup.parts import label, tables
from tests.articles.notices.browser import Browser, b64, claims_of, un64
from tests.articles.notices.telling import channel_of, send, tell
from tests.factories import make_reader

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("loopback_allowed"),
    pytest.mark.one_database("what a browser is sent is made of rows, whatever keeps them"),
]
PAGE = "/account/notices/"


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def pushed(ann, browser, publisher) -> Channel:
    endpoint = publisher.serve("/push/of-ann", status=201)
    return channel_of(ann, Channel.Kind.PUSH, browser.secrets(endpoint))


def key_of(number: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(un64(number), "big"), ec.SECP256R1())


def test_the_example_of_rfc_8291_comes_out():
    own = key_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    browser = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    body = web_push.encrypted(
        b"When I grow up, I want to be a watermelon",
        un64(browser),
        un64("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=un64("DGv6ra1nlYgDCS1FRnbzlw"),
        own=own,
    )
    assert b64(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_browser_can_read_what_it_is_sent_and_nobody_else(ann, pushed, publisher, browser):
    [notice] = tell(ann, "Rain over the harbour")
    assert send().sent == 1
    [request] = publisher.requests
    assert (request.method, request.headers["content-encoding"]) == ("POST", "aes128gcm")
    assert int(request.headers["ttl"]) > 0
    assert len(request.headers["topic"]) <= 32
    told = json.loads(browser.read(request.body))
    assert told["title"] == "Harbour Notes"
    assert told["body"].startswith("Rain over the harbour")
    assert told["url"] == f"https://news.example/articles/{notice.article_id}/"
    assert b"Rain" not in request.body
    with pytest.raises(InvalidTag):
        Browser().read(request.body)


@pytest.mark.both_databases
def test_the_token_says_who_sends_to_whom_and_until_when(ann, pushed, publisher, settings):
    settings.DEFAULT_FROM_EMAIL = ""
    assert channels.test(pushed).said == "127.0.0.1 answered 201 (Created)"
    settings.DEFAULT_FROM_EMAIL = "news@news.example"
    Channel.objects.update(tested_at=None)
    channels.test(pushed)
    by_site, by_mail = (claims_of(request.headers["authorization"]) for request in publisher.requests)
    assert by_site["aud"] == publisher.url("").rstrip("/")
    assert time.time() < by_site["exp"] < time.time() + 24 * 3600
    assert (by_site["sub"], by_mail["sub"]) == ("https://news.example", "mailto:news@news.example")
    assert by_site["k"] == by_mail["k"] == web_push.public_key()


@pytest.mark.parametrize("title", ["雨" * 500, "\x01" * 500, "a" * 20])
def test_long_messages_fit_into_one_record(ann, pushed, publisher, browser, title):
    tell(ann, title[:500])
    tell(ann, *(f"{title[:490]} {n}" for n in range(30)))
    assert send().sent == 1
    assert len(publisher.requests[0].body) <= 4096
    assert json.loads(browser.read(publisher.requests[0].body))["title"] == "31 articles for you"


@pytest.mark.both_databases
@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_left_is_switched_off_with_a_word(client, ann, pushed, publisher, status):
    publisher.serve("/push/of-ann", status=status)
    tell(ann, "one")
    assert send().failed == 1
    pushed.refresh_from_db()
    assert not pushed.is_on
    assert not UnsentNotice.objects.exists()
    assert "It was switched off at" in client.get(PAGE).text


@pytest.mark.both_databases
def test_the_sites_key_is_made_once_and_kept_encrypted(ann, settings):
    key = web_push.public_key()
    assert web_push.public_key() == key
    [row] = VapidKey.objects.all()
    assert key not in row.secrets
    assert "articles.vapidkey" in {label(each) for each in tables()}
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert web_push.public_key() == key
    settings.SECRET_KEY_FALLBACKS = []
    assert web_push.public_key() != key


def test_a_test_takes_secrets_over_to_the_key_of_now(ann, pushed, settings):
    key = web_push.public_key()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert channels.test(pushed).is_taken
    settings.SECRET_KEY_FALLBACKS = []
    Channel.objects.update(tested_at=None)
    pushed.refresh_from_db()
    assert channels.test(pushed).is_taken
    assert web_push.public_key() == key


@pytest.mark.both_databases
def test_a_browser_is_added_once_by_what_it_tells(client, ann, publisher, browser):
    told = browser.secrets(publisher.serve("/push/of-ann", status=201))
    assert client.post(f"{PAGE}browser/", told | {"name": "Phone"}).status_code == 302
    assert client.post(f"{PAGE}browser/", told | {"name": "Tablet"}).status_code == 302
    [channel] = Channel.objects.all()
    assert (channel.name, channel.kind, channel.host) == ("Tablet", "push", "127.0.0.1")
    assert "of-ann" not in str(Channel.objects.values())
    tell(ann, "one")
    assert send().sent == 1
    assert json.loads(browser.read(publisher.requests[0].body))["title"] == "Harbour Notes"


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "ftp://x.example/"}, {"address": ""}, {"p256dh": ""}, {"p256dh": "!"}, {"auth": "AAAA"}, {"auth": "雨"},
        {"p256dh": b64(b"\x04" + b"\x01" * 64)}, {"p256dh": b64(b"\x04" + b"\x01" * 10)},
    ],
)  # fmt: skip
def test_what_is_no_subscription_is_refused(client, ann, browser, wrong):
    told = browser.secrets("https://push.example/x") | wrong
    assert client.post(f"{PAGE}browser/", told).status_code == 400
    assert not Channel.objects.exists()


def test_the_worker_is_one_script_at_the_root(client):
    answer = client.get("/notices-worker.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Cache-Control"] == "no-cache"
    assert b"showNotification" in answer.content


@pytest.mark.both_databases
def test_a_browser_that_its_service_has_moved_is_sent_to_its_new_address(client, ann, pushed, publisher, browser):
    publisher.serve("/push/of-ann", status=410)
    tell(ann, "one")
    assert send().failed == 1
    pushed.refresh_from_db()
    assert not pushed.is_on
    moved = Browser()
    told = moved.secrets(publisher.serve("/push/moved", status=201))
    before = client.get(f"{PAGE}browser/renewed/").json()
    assert before == {"key": web_push.public_key()}
    answer = client.post(f"{PAGE}browser/renewed/", told | {"former": publisher.url("/push/of-ann")})
    assert answer.status_code == 204
    [channel] = Channel.objects.all()
    assert (channel.pk, channel.is_on, channel.last_error) == (pushed.pk, True, "")
    tell(ann, "two")
    assert send().sent == 1
    assert json.loads(moved.read(publisher.requests[-1].body))["body"].startswith("two")


@pytest.mark.parametrize("status", [201, 500])
def test_one_that_its_reader_has_switched_off_stays_so(client, ann, pushed, publisher, status):
    publisher.serve("/push/of-ann", status=status)
    tell(ann, "one")
    send()
    client.post(f"{PAGE}{pushed.pk}/", {"off": "1"})
    assert "failed" not in client.get(PAGE).content.decode()
    told = Browser().secrets(publisher.serve("/push/moved", status=201))
    client.post(f"{PAGE}browser/renewed/", told | {"former": publisher.url("/push/of-ann")})
    assert not Channel.objects.get().is_on


@pytest.mark.both_databases
def test_what_a_former_address_answers_meanwhile_says_nothing_of_the_new_one(client, ann, pushed, publisher):
    tell(ann, "one")
    [claim] = queue.claim_due(timezone.now() + timedelta(minutes=2))
    [held] = queue.QUEUE.of_claim(claim)
    told = Browser().secrets(publisher.serve("/push/moved", status=201))
    client.post(f"{PAGE}browser/renewed/", told | {"former": publisher.url("/push/of-ann")})
    with pytest.raises(LeaseLost):
        queue.QUEUE.hold(held)
    assert send().sent == 1
    assert publisher.requests[-1].path == "/push/moved"


@pytest.mark.parametrize("former", ["", "https://push.example/other", "another's"])
def test_nobody_moves_a_browser_whose_address_they_do_not_know(client, ann, pushed, publisher, former):
    theirs = publisher.url("/push/of-ann")
    if former == "another's":
        client.force_login(make_reader("ben"))
    told = Browser().secrets(publisher.serve("/push/moved", status=201))
    known = {"former": theirs if former == "another's" else former}
    assert client.post(f"{PAGE}browser/renewed/", told | known).status_code == 400
    assert web_push.is_same(Channel.objects.get(), theirs)
    client.logout()
    assert client.post(f"{PAGE}browser/renewed/", told | {"former": theirs}).status_code == 302
    assert web_push.is_same(Channel.objects.get(), theirs)
