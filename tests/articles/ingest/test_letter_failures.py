"""Mailboxes and messages that can't be read: said, waited for, and passed over for failures of their own alone."""

import pytest
from django.utils import timezone

from articles.ingest import letters
from articles.models import Article
from feeds.access import sealed
from feeds.models import Mailbox
from feeds.newsletters import mailboxes
from tests import poison
from tests.articles.ingest.mailboxes import again, letter_day, make_mailbox, visit
from tests.feeds.newsletters.messages import letter
from tests.imap_server import PASSWORD
from tests.scripted_imap import CALM

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("patient_visits"),
    pytest.mark.one_database("what a mailbox answers is told of alike, and test_letters stores letters on both"),
]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"password": "wrong"}, "refuses the name or the password"),
        ({"folder": "No such “folder”\\"}, "There is no folder"),
        ({"authorities": ""}, "can't be trusted"),
        ({"host": "name.invalid"}, "can't be found"),
    ],
)
def test_a_mailbox_that_can_t_be_read_says_why_and_waits(settings, caplog, owner, mail_server, folder, columns, reason):
    mailbox = make_mailbox(owner, mail_server, columns.pop("folder", folder), **columns)
    before = timezone.now()
    assert visit(settings).failed == 1
    mailbox.refresh_from_db()
    assert reason in mailbox.last_error
    assert (mailbox.failures, mailbox.lease) == (1, None)
    assert mailbox.read_at >= before + mailboxes.PAUSE
    assert PASSWORD not in mailbox.last_error + caplog.text
    assert not mailboxes.claim_due(timezone.now())


def fetched(number, message):
    """A server's answer with a message."""
    body = message.as_bytes()
    return b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n%%s OK done\r\n" % (number, len(body), body)


@pytest.mark.parametrize("answer", [b"%s NO not this\r\n", b"%s BAD what\r\n", b"* 1 FETCH (X {9999999999}\r\n"])
def test_a_message_that_the_server_never_gives_is_passed_over_by_the_third_visit(settings, owner, scripted, answer):
    given = fetched(11, letter(2))
    account, _asked = scripted(CALM | {"FETCH": lambda line: [answer if b" 9 " in line else given]})
    mailbox = scripted_mailbox(owner, account)
    assert [again(settings, mailbox).failed for _ in range(3)] == [1, 1, 0]
    again(settings, mailbox)
    assert [article.title for article in Article.objects.all()] == ["Letter 2"]
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.failures) == (11, 0)


def scripted_mailbox(owner, account):
    told = {"port": account.port, "user_name": "ann", "authorities": account.authorities}
    return Mailbox.objects.create(
        owner=owner, host="127.0.0.1", secrets=sealed.seal({"password": "x"}), added_at=letter_day(), **told
    )


def be_away_twice(settings, mailbox):
    """The server of a mailbox, at two visits."""
    Mailbox.objects.filter(pk=mailbox.pk).update(port=1)
    assert [again(settings, mailbox).failed for _ in range(2)] == [1, 1]
    Mailbox.objects.filter(pk=mailbox.pk).update(port=mailbox.port)


@pytest.mark.parametrize("answer", [b"%s NO [UNAVAILABLE] later\r\n", b"* 1 FETCH (X {9999999999}\r\n"])
def test_a_letter_comes_after_its_server_was_away_and_refused_it_once(settings, owner, scripted, answer):
    answers = [answer, fetched(9, letter(1)), fetched(11, letter(2))]
    account, _asked = scripted(CALM | {"FETCH": lambda line: [answers.pop(0)]})
    mailbox = scripted_mailbox(owner, account)
    be_away_twice(settings, mailbox)
    assert [again(settings, mailbox).letters for _ in range(2)] == [0, 2]
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.failures, mailbox.failed_uid) == (11, 0, None)


@pytest.mark.both_databases
def test_failures_at_a_message_are_in_a_row_at_it_alone(settings, owner, scripted):
    """At none while the server is away, and at none of those that had the same number before."""
    folder = {"validity": b"7"}
    opened = CALM["EXAMINE"]
    account, _asked = scripted(
        CALM | {"FETCH": b"%s NO no\r\n", "EXAMINE": lambda line: [opened.replace(b"7", folder["validity"])]}
    )
    mailbox = scripted_mailbox(owner, account)
    assert [again(settings, mailbox).failed for _ in range(2)] == [1, 1]
    be_away_twice(settings, mailbox)
    assert [again(settings, mailbox).failed for _ in range(2)] == [1, 1]
    mailbox.refresh_from_db()
    assert (mailbox.failures, mailbox.failed_uid) == (2, 9)
    folder["validity"] = b"8"
    assert again(settings, mailbox).failed == 1
    mailbox.refresh_from_db()
    assert (mailbox.last_uid, mailbox.failures, mailbox.failed_uid) == (0, 1, 9)


def test_after_an_outage_no_letter_loses_its_text_to_one_reader_that_was_killed(
    settings, monkeypatch, mail_server, folder, mailbox
):
    mail_server.put(folder, letter(1, text=poison.POISON))
    be_away_twice(settings, mailbox)
    with monkeypatch.context() as once:
        once.setattr("feeds.newsletters.mail.read.read", poison.read_mail)
        assert again(settings, mailbox) == letters.Tally(letters=0, failed=1)
    assert again(settings, mailbox).letters == 1
    assert poison.POISON in Article.objects.get().content_html


def test_a_message_that_has_its_reader_killed_each_time_is_there_by_its_head(
    settings, monkeypatch, mail_server, folder, mailbox
):
    monkeypatch.setattr("feeds.newsletters.mail.read.read", poison.read_mail)
    mail_server.put(folder, letter(1, text=poison.POISON), letter(2))
    assert [again(settings, mailbox).letters for _ in range(3)] == [0, 0, 2]
    assert "takes too much to read" in Article.objects.get(title="Letter 1").content_html
    assert "The text." in Article.objects.get(title="Letter 2").content_html


def test_no_mailbox_on_a_private_network_is_read_unless_the_operator_allows_it(settings, owner, mail_server, folder):
    settings.FETCH_POLICY = type(settings.FETCH_POLICY)(user_agent="x")
    mailbox = make_mailbox(owner, mail_server, folder)
    visit(settings)
    mailbox.refresh_from_db()
    assert "NEWSREADER_ALLOWED_NETWORKS" in mailbox.last_error


@pytest.mark.both_databases
def test_under_another_key_of_the_site_the_password_is_asked_for_again(settings, owner, mail_server, folder):
    mailbox = make_mailbox(owner, mail_server, folder)
    settings.SECRET_KEY = "another key of this site, long enough to be one"
    visit(settings)
    mailbox.refresh_from_db()
    assert mailbox.last_error == mailboxes.ANOTHER_KEY


def test_who_is_not_staff_any_more_has_nothing_read(owner, mailbox):
    owner.is_staff = False
    owner.save()
    assert not mailboxes.claim_due(timezone.now())
