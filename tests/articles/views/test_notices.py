"""The page where a reader adds channels, tries them, and sees how they are doing."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from articles.models import Channel, UnsentNotice
from feeds.access import sealed
from tests.articles.notices.telling import channel_of, send, tell
from tests.factories import make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
PAGE = "/account/notices/"


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


def press(client, channel, button):
    return client.post(f"{PAGE}{channel.pk}/", {button: "1"}, follow=True).text


def test_a_webhook_shows_its_key_once_and_keeps_it_encrypted(client, ann, publisher):
    address = publisher.serve("/hook-of-ann")
    page = client.post(f"{PAGE}new/webhook/", {"address": address}).text
    [key] = re.findall(r"whsec_[\w+/=]+", page)
    channel = Channel.objects.get()
    assert sealed.opened(channel.secrets) == {"address": address, "key": key}
    assert (channel.name, channel.host) == ("127.0.0.1", "127.0.0.1")
    assert not any(secret in str(Channel.objects.values()) for secret in (key, "hook-of-ann"))
    page = client.get(PAGE).text
    assert key not in page
    assert "hook-of-ann" not in page
    page = press(client, channel, "key")
    [other] = re.findall(r"whsec_[\w+/=]+", page)
    channel.refresh_from_db()
    assert key != other == sealed.opened(channel.secrets)["key"]


def test_it_knows_where_its_reader_is(client, ann, publisher, settings):
    settings.NEWSREADER_URL = "https://news.example"
    client.cookies["timezone"] = "Asia/Taipei"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hant"
    client.post(f"{PAGE}new/ntfy/", {"address": publisher.serve("/topic"), "name": "Phone"})
    channel = Channel.objects.get()
    known = (channel.site, channel.zone, channel.language, channel.name)
    assert known == ("https://news.example", "Asia/Taipei", "zh-hant", "Phone")


@pytest.mark.parametrize(
    ("kind", "address", "said"),
    [
        ("webhook", "ftp://x.example/", "This is no address that can be sent to."),
        ("webhook", "https://ann:secret@x.example/", "This is no address that can be sent to."),
        ("ntfy", "https://ntfy.example/", "This is no address of a topic"),
        ("ntfy", "https://ntfy.example/a/b", "This is no address of a topic"),
        ("ntfy", "nonsense", "This is no address of a topic"),
        ("apprise", "tgram://token/chat", "“tgram://” can&#x27;t be used here."),
        ("apprise", "https://x.example/", "can&#x27;t be used here."),
        ("apprise", "json:///", "This is no address that can be sent to."),
    ],
)
def test_what_cannot_be_sent_to_is_said_in_the_form(client, ann, kind, address, said):
    assert said in client.post(f"{PAGE}new/{kind}/", {"address": address}).text
    assert not Channel.objects.exists()


def test_a_test_says_what_the_other_side_answered(client, ann, publisher):
    address = publisher.serve("/hook", status=202)
    channel = channel_of(ann, Channel.Kind.WEBHOOK, {"address": address, "key": "whsec_AAAA"})
    assert "The test was sent: 127.0.0.1 answered 202 (Accepted)" in press(client, channel, "test")
    assert "A test was sent just now." in press(client, channel, "test")
    assert len(publisher.requests) == 1
    Channel.objects.update(tested_at=None)
    publisher.serve("/hook", "who are you?", status=401)
    said = "The test did not arrive: 127.0.0.1 answered 401 (Unauthorized): who are you?"
    assert said in press(client, channel, "test")


def test_a_test_that_arrives_ends_a_failure(client, ann, publisher):
    address = publisher.serve("/hook", status=500)
    channel = channel_of(ann, Channel.Kind.WEBHOOK, {"address": address, "key": "whsec_AAAA"})
    tell(ann, "one")
    send()
    page = client.get(PAGE).text
    assert "It has failed since" in page
    assert "127.0.0.1 answered 500 (Internal Server Error)" in page
    publisher.serve("/hook")
    assert "It has failed since" not in press(client, channel, "test")
    assert send(timedelta(seconds=1)).sent == 1


def test_one_that_failed_for_too_long_says_so(client, ann):
    columns = {"failures": 9, "failing_since": timezone.now(), "tried_at": timezone.now(), "last_error": "it is gone"}
    channel = channel_of(
        ann, Channel.Kind.WEBHOOK, {"address": "https://x.example/", "key": "k"}, is_on=False, **columns
    )
    page = client.get(PAGE).text
    assert "It was switched off at" in page
    assert "It is gone" in page
    assert "It was switched off at" not in press(client, channel, "on")
    channel.refresh_from_db()
    assert channel.is_on


def test_switched_off_and_removed(client, ann):
    channel = channel_of(ann, Channel.Kind.WEBHOOK, {"address": "https://x.example/", "key": "k"})
    tell(ann, "one")
    assert "switched off" in press(client, channel, "off")
    assert not UnsentNotice.objects.exists()
    press(client, channel, "remove")
    assert not Channel.objects.exists()


def test_nobody_reaches_anothers(client, ann):
    channel = channel_of(make_reader("bob"), Channel.Kind.WEBHOOK, {"address": "https://x.example/", "key": "k"})
    assert "Mine" not in client.get(PAGE).text
    for button in ("test", "off", "key", "remove"):
        assert client.post(f"{PAGE}{channel.pk}/", {button: "1"}).status_code == 404
    client.logout()
    for address in (PAGE, f"{PAGE}new/webhook/"):
        assert client.get(address).status_code == 302
    assert client.post(f"{PAGE}{channel.pk}/", {"remove": "1"}).status_code == 302
    assert Channel.objects.count() == 1


def test_there_are_not_too_many(client, ann, monkeypatch):
    monkeypatch.setattr("articles.notices.channels.MOST_CHANNELS", 1)
    for name in ("one", "two"):
        page = client.post(f"{PAGE}new/ntfy/", {"address": f"https://ntfy.example/{name}"}, follow=True).text
    assert "There are 1 of them: remove one first." in page
    assert Channel.objects.count() == 1


def test_what_is_no_kind_is_not_there_and_a_form_without_its_answer_is_refused(client, ann):
    assert client.get(f"{PAGE}new/pigeon/").status_code == 404
    channel = channel_of(ann, Channel.Kind.NTFY, {"address": "https://ntfy.example/topic"})
    assert (
        client.post(f"{PAGE}{channel.pk}/", urlencode({}), content_type="application/x-www-form-urlencoded").status_code
        == 400
    )
