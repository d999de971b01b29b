"""Notices to ntfy and to addresses of Apprise."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from articles.models import Channel
from articles.notices import apprise, channels
from feeds.http import HttpError
from tests.articles.notices.telling import channel_of, send, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback_allowed")]
Kind = Channel.Kind
DAY = timedelta(days=1)


def test_ntfy_gets_one_message_with_the_token(ann, publisher):
    publisher.serve("/", "{}", content_type="application/json")
    channel_of(ann, Kind.NTFY, {"address": publisher.url("/topic-of-ann"), "token": "tk_secret"})
    [notice] = tell(ann, "雨" * 1000)
    send()
    tell(ann, "two", "three")
    send(DAY)
    one, several = publisher.requests
    assert (one.method, one.path, one.headers["authorization"]) == ("POST", "/", "Bearer tk_secret")
    body = json.loads(one.body)
    assert (body["topic"], body["title"]) == ("topic-of-ann", "Harbour Notes")
    assert body["click"] == f"https://news.example/articles/{notice.article_id}/"
    assert len(body["message"].encode()) <= 3500  # of more ntfy makes a file
    body = json.loads(several.body)
    assert body["title"] == "2 articles for you"
    assert body["message"] == "• two (Harbour Notes)\n• three (Harbour Notes)"
    assert body["click"] == "https://news.example/account/notices/"


def test_an_apprise_server_and_a_json_address_get_what_apprise_would_send(ann, publisher):
    publisher.serve("/notify/key-of-ann")
    publisher.serve("/hook")
    place = publisher.url("").removeprefix("http://").rstrip("/")
    channel_of(ann, Kind.APPRISE, {"address": f"apprise://{place}/key-of-ann"})
    address = f"json://ann:p%40ss@{place}/hook?+X-Key=secret%20key&-a=b%20c"
    channel_of(ann, Kind.APPRISE, {"address": address})
    tell(ann, "one")
    assert send().sent == 2
    api, direct = sorted(publisher.requests, key=lambda request: "hook" in request.path)
    told = json.loads(api.body)
    assert (told["title"], told["type"], told["format"]) == ("Harbour Notes", "info", "text")
    assert told["body"].startswith("one\n\nOf one.\n\nhttps://news.example/articles/")
    told = json.loads(direct.body)
    assert (told["version"], told["title"], told["type"], told["attachments"]) == ("1.0", "Harbour Notes", "info", [])
    assert direct.headers["authorization"] == "Basic " + base64.b64encode(b"ann:p@ss").decode()
    assert direct.headers["x-key"] == "secret key"
    assert direct.path == "/hook?a=b+c"


def test_a_key_that_an_apprise_server_does_not_know_is_told(ann, publisher):
    address = publisher.serve("/notify/key-of-ann", status=204)
    channel = channel_of(ann, Kind.APPRISE, {"address": address})
    assert channels.test(channel).said == "127.0.0.1 answered 204 (No Content): nothing is configured for this key"


@pytest.mark.parametrize(
    "address",
    [
        "tgram://token/chat", "mailto://ann@x.example", "ftp://x.example", "json://x.example/?:message=text",
        "json://x.example/?method=PUT", "json://x.example/?verify=no", "json://x.example/?+Host=inner",
        "json://x.example/?+X-A=b%0d%0aX-C: d", "json://x.example/?+X-A=%E4%B8%AD", "json://x.example/?+X-A=b%00", "https://x.example/", "https://x.example/notify/",
        "https://x.example/notify/key?tag=a", "apprises://x.example/", "apprises://x.example/key?tag=a",
        "json:///path", "jsons://x.example:99999/", "json://[::1/", "",
    ],
)  # fmt: skip
def test_what_apprise_would_do_otherwise_is_refused(address):
    with pytest.raises((apprise.NotSupported, HttpError, ValueError)):
        apprise.way_of(address)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://x.example/notify/key", "https://x.example/notify/key"),
        ("https://x.example/below/notify/key/", "https://x.example/below/notify/key/"),
        ("apprises://x.example:8443/key", "https://x.example:8443/notify/key"),
        ("apprises://x.example/below/key", "https://x.example/below/notify/key"),
        ("jsons://x.example", "https://x.example/"),
        ("json://x.example:8000/a/b", "http://x.example:8000/a/b"),
    ],
)
def test_what_an_address_of_apprise_stands_for(address, url):
    assert apprise.way_of(address).url == url
