"""Staff have mailboxes of their own read, by pages that never show a password."""

import pytest
from django.utils import timezone

from feeds.access import sealed
from feeds.forms import FeedForm
from feeds.models import Feed, Mailbox, Newsletter
from feeds.newsletters.feeds import feed_of
from feeds.newsletters.mail.values import Sender
from tests.factories import make_feed, make_reader

pytestmark = pytest.mark.django_db
TOLD = {"host": "imap.harbour.example", "port": 993, "user_name": "ann@harbour.example", "folder": "Letters"}
SECRET = "wd7-of-the-harbour"
WEEKLY = Sender(key="weekly.harbour.example", title="Weekly", unsubscribe_url="https://harbour.example/off?u=ann")


@pytest.fixture
def staff(client):
    reader = make_reader("ann", staff=True)
    client.force_login(reader)
    return reader


def make_mailbox(owner, **columns):
    return Mailbox.objects.create(owner=owner, secrets=sealed.seal({"password": SECRET}), **TOLD | columns)


def addresses(mailbox, newsletter):
    return [
        ("get", "/feeds/mailboxes/"),
        ("get", "/feeds/mailboxes/new/"),
        ("post", "/feeds/mailboxes/new/"),
        ("get", f"/feeds/mailboxes/{mailbox.pk}/"),
        ("post", f"/feeds/mailboxes/{mailbox.pk}/"),
        ("post", f"/feeds/mailboxes/{mailbox.pk}/read/"),
        ("post", f"/feeds/mailboxes/{mailbox.pk}/remove/"),
        ("post", f"/feeds/mailboxes/newsletters/{newsletter.pk}/"),
    ]


# --- who may ---


def test_staff_alone_have_mailboxes_read(client):
    mailbox = make_mailbox(make_reader("ann", staff=True))
    feed_of(mailbox, WEEKLY)
    pages = addresses(mailbox, Newsletter.objects.get())
    for method, address in pages:
        assert getattr(client, method)(address).headers["Location"].startswith("/sign-in/"), address
    client.force_login(make_reader("ben"))
    assert {getattr(client, method)(address).status_code for method, address in pages} == {403}
    assert "/feeds/mailboxes/" not in client.get("/feeds/").text + client.get("/feeds/add/").text


def test_nobody_sees_the_mailboxes_of_another(client, staff):
    mailbox = make_mailbox(make_reader("ben", staff=True), user_name="ben@quay.example")
    feed_of(mailbox, WEEKLY)
    assert "ben@quay.example" not in client.get("/feeds/mailboxes/").text
    pages = addresses(mailbox, Newsletter.objects.get())[3:]
    assert {getattr(client, method)(address).status_code for method, address in pages} == {404}
    assert Mailbox.objects.get().user_name == "ben@quay.example"


# --- what is kept ---


def test_a_mailbox_is_kept_with_its_password_encrypted_and_is_due(client, staff):
    before = timezone.now()
    answer = client.post("/feeds/mailboxes/new/", {**TOLD, "host": "IMAP.Harbour.example ", "password": SECRET})
    assert answer.status_code == 302
    mailbox = Mailbox.objects.get()
    assert (mailbox.owner, mailbox.host, mailbox.folder) == (staff, "imap.harbour.example", "Letters")
    assert before <= mailbox.read_at <= timezone.now()
    assert SECRET not in mailbox.secrets
    assert sealed.opened(mailbox.secrets) == {"password": SECRET}
    for address in ("/feeds/mailboxes/", f"/feeds/mailboxes/{mailbox.pk}/"):
        assert SECRET not in client.get(address).text


def test_what_is_kept_is_not_shown_when_the_form_comes_back(client, staff):
    page = client.post("/feeds/mailboxes/new/", {**TOLD, "port": 0, "password": SECRET})
    assert page.status_code == 200
    assert SECRET not in page.text


@pytest.mark.parametrize(
    "told",
    [
        {"host": "imap.harbour.example/x"},
        {"host": "imap.harbour.example:143"},
        {"host": "ann@imap.harbour.example"},
        {"host": "a b"},
        {"host": ""},
        {"port": 70_000},
        {"user_name": "ann\u0007"},
        {"folder": "a\u0000b"},
        {"password": ""},
        {"password": "a\tb"},
        {"authorities": "no certificate"},
    ],
)
def test_what_can_t_be_is_refused(client, staff, told):
    page = client.post("/feeds/mailboxes/new/", {**TOLD, "password": SECRET, **told})
    assert page.context["form"].errors
    assert not Mailbox.objects.exists()


def test_an_empty_password_stays_and_is_for_no_other_account(client, staff):
    mailbox = make_mailbox(staff, last_uid=7, uid_validity=3, failures=2, last_error="x")
    address = f"/feeds/mailboxes/{mailbox.pk}/"
    assert client.post(address, TOLD).status_code == 302
    mailbox.refresh_from_db()
    assert (mailbox.failures, mailbox.last_error, mailbox.last_uid) == (0, "", 7)
    assert sealed.opened(mailbox.secrets) == {"password": SECRET}
    for elsewhere in ({"host": "imap.evil.example"}, {"port": 1993}, {"user_name": "ben"}):
        assert client.post(address, TOLD | elsewhere).context["form"].errors["password"]
    assert client.post(address, TOLD | {"host": "mail.quay.example", "password": "new"}).status_code == 302
    mailbox.refresh_from_db()
    assert (mailbox.host, mailbox.last_uid, mailbox.uid_validity) == ("mail.quay.example", 0, 0)
    assert sealed.opened(mailbox.secrets) == {"password": "new"}


# --- the pages ---


def test_a_mailbox_says_how_it_is_doing(client, staff):
    mailbox = make_mailbox(staff, failures=1, last_error="imap.harbour.example didn't answer in time", letters=3)
    page = client.get("/feeds/mailboxes/").text
    assert "didn&#x27;t answer in time" in page
    assert "3 letters" in page
    Mailbox.objects.update(read_at=timezone.now().replace(year=2099))
    client.post(f"/feeds/mailboxes/{mailbox.pk}/read/")
    mailbox.refresh_from_db()
    assert mailbox.read_at <= timezone.now()


def test_a_mailbox_that_goes_leaves_its_feeds(client, staff):
    mailbox = make_mailbox(staff)
    feed = feed_of(mailbox, WEEKLY)
    client.post(f"/feeds/mailboxes/{mailbox.pk}/remove/")
    assert not Mailbox.objects.exists()
    assert client.get(f"/feeds/{feed.pk}/").status_code == 200


def test_a_newsletter_that_was_left_can_be_had_again(client, staff):
    feed = feed_of(make_mailbox(staff), WEEKLY)
    assert "Weekly" not in client.get("/feeds/mailboxes/").text
    client.post(f"/feeds/{feed.pk}/unfollow/", {"confirmed": "1"})
    assert "Weekly" in client.get("/feeds/mailboxes/").text
    client.post(f"/feeds/mailboxes/newsletters/{Newsletter.objects.get().pk}/")
    assert "Have it again" not in client.get("/feeds/mailboxes/").text


def test_its_owner_alone_is_shown_the_way_to_leave_a_list(client, staff):
    feed = feed_of(make_mailbox(staff), WEEKLY)
    page = client.get(f"/feeds/{feed.pk}/").text
    assert "https://harbour.example/off?u=ann" in page
    assert "weekly.harbour.example" in page
    Feed.objects.update(is_shared=True)
    client.force_login(make_reader("ben", staff=True))
    page = client.get(f"/feeds/{feed.pk}/").text
    assert "harbour.example/off" not in page
    assert "weekly.harbour.example" not in page.replace("<title>", "")


def test_a_newsletter_has_nothing_of_what_is_for_feeds_with_an_address(client, staff):
    feed = feed_of(make_mailbox(staff), WEEKLY)
    for page in (client.get(f"/feeds/{feed.pk}/").text, client.get(f"/feeds/{feed.pk}/menu/").text):
        assert not [
            word for word in ("Check now", "Find it again", "Fetch older", "Next check", "mail:") if word in page
        ]
    told = {"url": "https://x.example/", "check_every_minutes": 9, "images": "proxy"}
    for name in ("try", "look", "address"):
        assert client.post(f"/feeds/{feed.pk}/{name}/", told).status_code == 404
    assert client.post(f"/feeds/{feed.pk}/interval/", told).status_code == 302
    feed.refresh_from_db()
    assert (feed.images, feed.check_every_minutes, feed.url.startswith("mail:")) == ("proxy", None, True)
    assert "mail:" not in client.get("/feeds/export.opml").text


def test_two_accounts_have_two_feeds_of_one_newsletter(staff):
    ben = make_reader("ben", staff=True)
    mine, theirs = (feed_of(make_mailbox(owner), WEEKLY) for owner in (staff, ben))
    assert mine != theirs
    assert not Feed.objects.filter(is_shared=True).exists()
    assert "harbour.example" not in mine.url.partition("/")[0]


def test_a_feed_with_an_address_is_no_newsletter(client, staff):
    page = client.get(f"/feeds/{make_feed().pk}/").text
    assert "Check now" in page
    assert 'id="newsletter"' not in page


def test_an_operator_changes_what_a_newsletter_is_but_not_where_it_is(staff):
    feed = feed_of(make_mailbox(staff), WEEKLY)
    told = {"url": feed.url, "custom_title": "Ours", "state": "active", "images": "viewed", "importance": "normal"}
    assert FeedForm(told, instance=feed).is_valid()
    assert FeedForm(told | {"url": "mail:x/y"}, instance=Feed.objects.get()).errors["url"]


def test_a_newsletter_keeps_its_feed_when_its_mailbox_is_set_up_again_under_a_new_key(settings):
    ann = make_reader("ann")
    mailbox = make_mailbox(ann)
    feed = feed_of(mailbox, WEEKLY)
    mailbox.delete()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = ["one before", settings.SECRET_KEY], "another " * 8
    assert feed_of(make_mailbox(ann), WEEKLY) == feed
