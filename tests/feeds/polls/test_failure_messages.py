"""Why a poll failed, in the reader's language."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.utils import translation

from feeds.http import Client, blocked_networks
from feeds.http.fetch import _MEANINGS, Failed, Gone, fetch
from feeds.parse.document import MAGIC, NotAFeed, parse
from feeds.polls import failure_messages
from tests.feeds.hostility import LOOPBACK, STRICT, raw
from tests.publisher import Publisher


@pytest.fixture
def marked(monkeypatch):
    """A language that puts each form in brackets, and keeps its places."""
    monkeypatch.setattr(failure_messages, "gettext", lambda form: f"[{form}]")
    with translation.override("zh-hant"):
        yield


def is_whole(shown: str, reason: str) -> bool:
    """The reason is one form, whatever other forms its places hold."""
    return (
        shown.startswith("[") and shown.endswith("]") and re.sub(r"[\[\]]", "", shown) == re.sub(r"[\[\]]", "", reason)
    )


def reason_of(url: str, policy=LOOPBACK) -> str:
    with Client(policy) as client:
        outcome = fetch(client, url)
    assert isinstance(outcome, Failed | Gone)
    return outcome.reason


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("status", [*(set(_MEANINGS) - {200, 203, 304}), 302, 418, 500])
def test_every_status_has_its_form(publisher: Publisher, status: int):
    reason = reason_of(publisher.serve("/", "x", status=status))
    assert is_whole(failure_messages.translated(reason), reason)


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 304 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nx",
        b"HTTP/1.1 403 No\r\nCF-Mitigated: challenge\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n",
    ],
)
def test_every_failure_of_a_server_has_its_form(publisher: Publisher, answer: bytes):
    reason = reason_of(publisher.respond("/", raw(answer)))
    assert is_whole(failure_messages.translated(reason), reason)


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    "url", ["gopher://x", "http://[::1", "http://a:b@x.example/", "http://127.0.0.1:1/", "http://nosuch.invalid/"]
)
def test_every_address_that_leads_nowhere_has_its_form(url: str):
    assert is_whole(failure_messages.translated(reason := reason_of(url)), reason)


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://2130706433/"])
def test_a_private_address_has_its_form(url: str):
    shown = failure_messages.translated(reason_of(url, STRICT))
    assert "[a loopback] address; [allow it with NEWSREADER_ALLOWED_NETWORKS if you trust it]]" in shown


@pytest.mark.usefixtures("marked")
def test_what_came_after_a_redirect_is_translated_too(publisher: Publisher):
    publisher.redirect("/", "gopher://x")
    reason = reason_of(publisher.url("/"))
    assert failure_messages.translated(reason).endswith("['gopher://x' is not an http or https address]]")
    slow = replace(LOOPBACK, total_timeout=0.3)
    publisher.redirect("/", "http://127.0.0.1:1/")
    assert re.fullmatch(
        r"\[redirected to .+: \[no connection to .+\]\]",
        failure_messages.translated(reason_of(publisher.url("/"), slow)),
    )


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    "body",
    [b" ", b"<html>", b"<html><title>A</title>", b"<opml/>", b"<svg/>", b"words", b"{}", b"{", *(m for m, _ in MAGIC)],
)
def test_every_document_that_is_no_feed_has_its_form(body: bytes):
    with pytest.raises(NotAFeed) as caught:
        parse(body, url="https://x.example/")
    shown = failure_messages.translated(str(caught.value))
    assert shown.replace("[", "").replace("]", "") == str(caught.value)
    assert shown.startswith("[Th")
    assert "a picture" not in shown or "[a picture" in shown


def test_english_and_what_has_no_form_stay_as_they_are():
    for reason in ("This is a picture, not a feed.", "'a b' is no address that can be fetched"):
        assert failure_messages.translated(reason) == reason
    with translation.override("zh-hant"):
        assert failure_messages.translated("Something new happened.") == "Something new happened."
        assert failure_messages.translated("") == ""


def test_every_kind_of_private_address_and_of_file_has_its_form():
    named = {kind for _network, kind in blocked_networks._SPECIAL} | {name for _start, name in MAGIC}
    assert named <= set(failure_messages.FORMS)


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("no connection to x.example (port 80): Connection refused", "无法连接 x.example（端口 80）：连接被拒绝"),
        ("the name x.example can't be found: Name or service not known", "找不到主机名 x.example：域名或服务未知"),
        (
            "x.example answered 500 (Internal Server Error): the fault is on the server's side",
            "x.example 响应 500（服务器内部错误）：问题出在服务器一方",
        ),
        ("x.example answered 599", "x.example 响应 599"),
        ("x.example answered 299 (Odd)", "x.example 响应 299 (Odd)"),
        ("'a b' is no address that can be fetched", "'a b' 不是有效的网址"),
        ("Newsreader failed on this feed: ValueError: a\nb", "Newsreader 处理此订阅源时出错：ValueError: a\nb"),
    ],
)
def test_no_english_of_the_system_is_left(reason: str, shown: str):
    with translation.override("zh-hans"):
        assert failure_messages.translated(reason) == shown
