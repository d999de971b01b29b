"""Notices by e-mail, to a real SMTP server: confirmed first, in the reader's zone, ended by a link."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from articles.models import AskedAddress, Channel
from articles.notices import channels, email, queue
from feeds.access import sealed
from tests.articles.notices.telling import channel_of, send, tell
from tests.factories import make_reader

pytestmark = [pytest.mark.django_db, pytest.mark.one_database("mails are made of rows, whatever keeps them")]
PAGE = "/account/notices/"
Kind, Pace = Channel.Kind, Channel.Pace
FORM = {"address": "ann@mail.example", "pace": "daily", "hour": "7", "weekday": "0", "gap_minutes": "60"}
DAY = timedelta(days=1)


@pytest.fixture
def ann(client):
    reader = make_reader("ann")
    client.force_login(reader)
    return reader


@pytest.fixture
def by_mail(ann, mail_taker) -> Channel:
    return channel_of(
        ann, Kind.EMAIL, {"address": "ann@mail.example"}, host="", name="ann@mail.example", gap_minutes=60
    )


def part(letter, kind: str) -> str:
    content: str = letter.message.get_body(preferencelist=(kind,)).get_content()
    return content.replace("\r\n", "\n")


def link_in(text: str, what: str) -> str:
    return re.search(rf"https?://[^/\s]+(/notices/{what}/[^\s<>\"]+)", text)[1]


@pytest.mark.both_databases
def test_nothing_is_sent_before_the_address_is_confirmed(client, ann, mail_taker):
    assert "A link was sent" in client.post(f"{PAGE}new/email/", FORM, follow=True).text
    [letter] = mail_taker.letters
    assert letter.recipients == ("ann@mail.example",)
    assert "ann" in part(letter, "plain")
    channel = Channel.objects.get()
    tell(ann, "one")
    assert send(2 * DAY).sent == 0
    assert client.post(f"{PAGE}{channel.pk}/", {"test": "1"}).status_code == 400
    link = link_in(part(letter, "plain"), "confirm")
    client.logout()
    assert "Send notices to this address" in client.get(link).text
    channel.refresh_from_db()
    assert channel.confirmed_at is None  # programs open links, too
    assert "Done" in client.post(link).text
    tell(ann, "two")
    assert send(2 * DAY).sent == 1
    assert len(mail_taker.letters) == 2
    assert "two" in part(mail_taker.letters[1], "plain")
    assert "one" not in part(mail_taker.letters[1], "plain").split()


@pytest.mark.parametrize("spoil", ["changed", "another's", "gone", "too old", "of another address"])
def test_a_link_that_is_not_good_confirms_nothing(client, ann, mail_taker, monkeypatch, spoil):
    client.post(f"{PAGE}new/email/", FORM)
    link = link_in(part(mail_taker.letters[0], "plain"), "confirm")
    if spoil == "gone":
        Channel.objects.all().delete()
    if spoil == "too old":
        monkeypatch.setattr(email, "CONFIRMED_WITHIN", timedelta(seconds=-1))
    if spoil == "of another address":
        Channel.objects.update(secrets=sealed.seal({"address": "ben@mail.example"}))
    link = {"changed": link.replace(":", "x:", 1), "another's": link.replace("/confirm/", "/stop/")}.get(spoil, link)
    answer = client.post(link)
    assert answer.status_code == 404
    assert "This link is not good any more." in answer.text
    assert not Channel.objects.exclude(confirmed_at=None).exists()


@pytest.mark.both_databases
def test_so_many_mails_ask_for_addresses_and_no_more(client, ann, mail_taker):
    for number in range(email.MOST_ASKED + 2):
        page = client.post(f"{PAGE}new/email/", FORM | {"address": f"x{number}@mail.example"}, follow=True).text
        Channel.objects.all().delete()
    assert "Enough mails were sent today" in page
    assert len(mail_taker.letters) == email.MOST_ASKED
    AskedAddress.objects.update(at=timezone.now() - 2 * DAY)
    channel = channel_of(ann, Kind.EMAIL, {"address": "ann@mail.example"}, host="", confirmed_at=None)
    client.post(f"{PAGE}{channel.pk}/", {"ask": "1"})
    assert len(mail_taker.letters) == email.MOST_ASKED + 1
    assert email.prune(timezone.now()) == email.MOST_ASKED
    Channel.objects.update(made_at=timezone.now() - 7 * DAY)
    assert email.prune(timezone.now()) == 1
    assert not Channel.objects.exists()


def test_a_mail_that_cannot_be_sent_adds_nothing(client, ann, mail_taker):
    mail_taker.replies["RCPT"] = "550 no such person here"
    page = client.post(f"{PAGE}new/email/", FORM).text
    assert "The mail could not be sent: The mail server answered 550: no such person here" in page
    assert not Channel.objects.exists()


@pytest.mark.both_databases
def test_a_mail_has_text_html_and_a_way_to_end_it(client, ann, by_mail, mail_taker):
    [notice] = tell(ann, "Rain & <b>sun</b>")
    assert send().sent == 1
    [letter] = mail_taker.letters
    assert (letter.sender, letter.recipients) == ("news@news.example", ("ann@mail.example",))
    assert letter.message["Subject"] == "Rain & <b>sun</b> – Harbour Notes"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    page = f"https://news.example/articles/{notice.article_id}/"
    text, html = part(letter, "plain"), part(letter, "html")
    assert "Rain & <b>sun</b>\nHarbour Notes" in text
    assert page in text
    assert f'<a href="{page}">Rain &amp; &lt;b&gt;sun&lt;/b&gt;</a>' in html
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = link_in(letter.message["List-Unsubscribe"], "stop")
    assert link in text
    client.logout()
    assert "Send no more mails to this address" in client.get(link).text
    by_mail.refresh_from_db()
    assert by_mail.is_on
    strict = type(client)(enforce_csrf_checks=True)
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    by_mail.refresh_from_db()
    assert not by_mail.is_on
    tell(ann, "two")
    assert send(DAY).sent == 0
    client.force_login(ann)
    assert "ended by the link in a mail" in client.get(PAGE).text
    assert (
        client.post(f"{PAGE}{by_mail.pk}/", {"on": "1"}).status_code == 400
    )  # it takes the word of who reads the mail
    Channel.objects.update(made_at=timezone.now() - 30 * DAY)
    assert email.prune(timezone.now()) == 0
    client.post(f"{PAGE}{by_mail.pk}/", {"ask": "1"})
    client.post(link_in(part(mail_taker.letters[-1], "plain"), "confirm"))
    tell(ann, "three")
    assert send(DAY).sent == 1


@pytest.mark.both_databases
def test_what_comes_while_a_digest_is_under_way_is_for_the_next(ann, mail_taker):
    channel_of(ann, Kind.EMAIL, {"address": "ann@mail.example"}, host="", pace=Pace.DAILY)
    tell(ann, "one")
    [claim] = queue.claim_due(timezone.now() + DAY)
    [held] = queue.QUEUE.of_claim(claim)
    under_way = queue._next_message(held)
    tell(ann, "two")
    queue._taken(held, under_way)
    assert held.unsent.count() == 1
    held.refresh_from_db()
    assert held.send_at > timezone.now()


@pytest.mark.both_databases
def test_a_digest_that_is_tried_again_is_one_mail(ann, mail_taker):
    channel_of(ann, Kind.EMAIL, {"address": "ann@mail.example"}, host="", pace=Pace.DAILY)
    tell(ann, "one")
    mail_taker.replies["RCPT"] = "450 later"
    assert send(DAY).sent == 0
    tell(ann, "two")
    mail_taker.replies.clear()
    assert send(DAY).sent == 1
    assert send(timedelta(seconds=1)).sent == 0
    assert Channel.objects.get().unsent.count() == 1


@pytest.mark.both_databases
def test_an_address_waits_as_long_as_its_newest_link_is_good(client, ann, mail_taker):
    client.post(f"{PAGE}new/email/", FORM)
    Channel.objects.update(made_at=timezone.now() - 7 * DAY)
    client.post(f"{PAGE}{Channel.objects.get().pk}/", {"ask": "1"})
    assert email.prune(timezone.now()) == 0
    client.post(link_in(part(mail_taker.letters[-1], "plain"), "confirm"))
    assert Channel.objects.get().confirmed_at


def test_what_found_no_room_in_a_digest_follows_it(ann, mail_taker, monkeypatch):
    monkeypatch.setattr(email, "AT_ONCE", 1)
    channel_of(ann, Kind.EMAIL, {"address": "ann@mail.example"}, host="", pace=Pace.DAILY)
    tell(ann, "one", "two")
    assert (send(DAY).sent, send(timedelta(seconds=1)).sent) == (1, 1)


def test_an_address_is_in_no_column_in_plain(client, ann, mail_taker):
    client.post(f"{PAGE}new/email/", FORM)
    assert "ann@mail.example" not in str(Channel.objects.values())
    assert "a…@mail.example" in client.get(PAGE).text


def test_as_it_comes_is_one_mail_in_the_time_that_was_chosen(ann, by_mail, mail_taker):
    tell(ann, "one")
    tell(ann, "two")
    assert send().sent == 1
    tell(ann, "three")
    assert send(timedelta(minutes=50)).sent == 0
    tell(ann, "four")
    assert send(timedelta(minutes=62)).sent == 1
    subjects = [letter.message["Subject"] for letter in mail_taker.letters]
    assert subjects == ["2 articles for you", "2 articles for you"]


def test_once_a_day_all_that_came_is_one_mail(ann, mail_taker):
    channel_of(ann, Kind.EMAIL, {"address": "ann@mail.example"}, host="", pace=Pace.DAILY, hour=7, zone="Asia/Taipei")
    for title in ("one", "two", "three"):
        tell(ann, title)
    channel = Channel.objects.get()
    due = timezone.localtime(channel.send_at, ZoneInfo("Asia/Taipei"))
    assert (due.hour, due.minute) == (7, 0)
    assert send(channel.send_at - timezone.now() - timedelta(minutes=1)).sent == 0
    assert send(channel.send_at - timezone.now() + timedelta(seconds=1)).sent == 1
    assert mail_taker.letters[0].message["Subject"] == "3 articles for you"


def test_a_digest_of_very_many_says_how_many_more(ann, by_mail, mail_taker, monkeypatch):
    monkeypatch.setattr(email, "SHOWN", 2)
    tell(ann, "one", "two", "three")
    send()
    text = part(mail_taker.letters[0], "plain")
    assert "two" in text
    assert "and 1 more" in text
    assert "three" not in text


def test_it_is_in_the_language_and_zone_of_its_reader(ann, mail_taker):
    columns = {"host": "", "language": "zh-hans", "zone": "Asia/Shanghai"}
    channel_of(ann, Kind.EMAIL, {"address": "ann@mail.example"}, **columns)
    tell(ann, "one", "two")
    send()
    assert mail_taker.letters[0].message["Subject"] == "有 2 篇文章通知您"
    assert '<html lang="zh-hans">' in part(mail_taker.letters[0], "html")


@pytest.mark.parametrize(
    ("command", "reply", "said"),
    [
        ("RCPT", "452 the mailbox is full", "The mail server answered 452: the mailbox is full"),
        ("end", "451 try later", "The mail server answered 451: try later"),
        ("MAIL", "421 too busy", "The mail server answered 421: too busy"),
    ],
)
def test_a_full_mailbox_is_told_and_tried_again_with_the_same_id(
    client, ann, by_mail, mail_taker, command, reply, said
):
    mail_taker.replies[command] = reply
    tell(ann, "one")
    assert send().failed == 1
    by_mail.refresh_from_db()
    assert by_mail.last_error == said
    page = client.get(PAGE).text
    assert said in page
    assert "It has failed since" in page
    [unsent] = by_mail.unsent.all()
    mail_taker.replies.clear()
    assert send(DAY).sent == 1
    assert mail_taker.letters[0].message["Message-ID"] == f"<{unsent.delivery}@news.example>"


def test_a_password_that_the_server_repeats_is_in_no_error(ann, by_mail, mail_taker, settings):
    mail_taker.user = ("site", "right")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "wrong secret"
    assert channels.test(by_mail).said == "The mail server refuses the name or the password that this site has for it."
    settings.EMAIL_HOST_PASSWORD = "right"
    Channel.objects.update(tested_at=None)
    assert channels.test(by_mail).said == email.TAKEN


def test_a_server_that_hangs_or_is_away_is_told(ann, by_mail, mail_taker, settings):
    mail_taker.replies["end"] = "354 wait"
    settings.EMAIL_TIMEOUT = 0.3
    assert not channels.test(by_mail).is_taken
    mail_taker.close()
    Channel.objects.update(tested_at=None)
    assert channels.test(by_mail).said == "The mail server can't be reached: ConnectionRefusedError"
    mail_taker.__init__()


def test_without_a_server_there_is_no_mail(client, ann, settings):
    settings.EMAIL_HOST = ""
    assert client.get(f"{PAGE}new/email/").status_code == 404
    assert "new/email" not in client.get(PAGE).text


@pytest.mark.both_databases
def test_how_often_can_be_changed(client, ann, by_mail):
    client.cookies["timezone"] = "Asia/Taipei"
    answer = client.post(
        f"{PAGE}{by_mail.pk}/pace/", {"pace": "weekly", "hour": "18", "weekday": "4", "gap_minutes": "5"}
    )
    assert answer.status_code == 302
    assert "On Friday at 18:00 (Asia/Taipei)." in client.get(PAGE).text
    client.force_login(make_reader("bob"))
    assert client.get(f"{PAGE}{by_mail.pk}/pace/").status_code == 404
