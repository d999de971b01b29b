"""Letters of a mailbox become articles, from a real IMAP server, which is left as it was."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.signals import post_save
from django.utils import timezone

from articles import tasks
from articles.images.fetch import MISSING
from articles.images.models import ImageAddress, key_of
from articles.images.urls import signed_path
from articles.ingest import letters
from articles.ingest.content import derive_all
from articles.ingest.feed_deletion import leave
from articles.lists.unread_counts import unread_counts
from articles.models import Article, ArticleState
from feeds.models import Feed, Mailbox, Newsletter, Poll, Subscription
from feeds.newsletters import feeds as newsletter_feeds
from feeds.newsletters import mailboxes
from feeds.newsletters.feeds import have_again
from feeds.newsletters.mail.read import head
from feeds.newsletters.mail.values import Picture
from feeds.polls import polling
from feeds.subscriptions.visibility import visible_feeds
from tests.articles.images.conftest import own_folders, stored_files
from tests.articles.ingest.arrivals import are_waiting, rule_for_tests
from tests.articles.ingest.mailboxes import again, letter_day, make_mailbox, visit
from tests.factories import make_reader
from tests.feeds.newsletters.messages import PIXEL, letter

__all__ = ["own_folders", "stored_files"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient_visits")]


# --- what comes of them ---


def test_each_list_is_a_feed_of_its_owner_alone(settings, mail_server, folder, owner, mailbox):
    mail_server.put(
        folder,
        letter(1, html="<p>One</p><script>x()</script>"),
        letter(2, List_Id="", From="Ben <ben@quay.example>", Subject="Please confirm", List_Unsubscribe=""),
        letter(3),
    )
    assert visit(settings).letters == 3
    weekly, ben = Feed.objects.order_by("-article_count")
    assert (weekly.title, weekly.article_count, ben.title, ben.article_count) == ("The Harbour Post", 2, "Ben", 1)
    assert [article.title for article in Article.objects.filter(feed=weekly).order_by("id")] == ["Letter 1", "Letter 3"]
    assert Article.objects.get(title="Letter 1").content_html == "<p>One</p>"
    assert set(visible_feeds(owner)) == {weekly, ben}
    assert not visible_feeds(make_reader("ben", staff=True)).exists()
    assert Subscription.objects.filter(user=owner).count() == 2
    newsletter = Newsletter.objects.get(feed=weekly)
    assert (newsletter.key, newsletter.unsubscribe_url) == ("weekly.harbour.example", "https://harbour.example/off?u=1")


def test_rules_see_a_letter_at_once_and_it_is_compared_with_what_is_here(settings, mail_server, folder, owner, mailbox):
    rule_for_tests(owner)
    mail_server.put(folder, letter(1))
    visit(settings)
    assert are_waiting() == (False, False)
    assert ArticleState.objects.get().starred_by_rule


def test_nothing_in_the_mailbox_is_changed(settings, mail_server, folder, mailbox):
    mail_server.put(folder, letter(1), letter(2))
    before = mail_server.flags(folder)
    visit(settings)
    assert mail_server.flags(folder) == before
    assert b"Seen" not in b"".join(before)


def test_each_letter_comes_once_and_new_ones_with_the_next_visit(settings, mail_server, folder, mailbox):
    mail_server.put(folder, letter(1), letter(2))
    assert visit(settings).letters == 2
    assert visit(settings).letters == 0  # not due
    assert not mailboxes.claim_due(timezone.now())
    mail_server.put(folder, letter(3))
    assert again(settings, mailbox).letters == 1
    mailbox.refresh_from_db()
    assert (mailbox.letters, mailbox.failures, mailbox.lease) == (3, 0, None)
    assert Poll.objects.filter(outcome="updated").count() == 3


def test_the_same_letters_under_other_numbers_come_once(settings, mail_server, folder, mailbox):
    mail_server.put(folder, letter(1), letter(2))
    visit(settings)
    mail_server.remove(folder)
    mail_server.folder(folder)
    mail_server.put(folder, letter(2), letter(3), letter(1))
    assert again(settings, mailbox).letters == 1
    assert sorted(Article.objects.values_list("title", flat=True)) == ["Letter 1", "Letter 2", "Letter 3"]


def test_a_worker_that_loses_its_lease_stores_nothing_and_the_next_one_all(settings, mail_server, folder, mailbox):
    mail_server.put(folder, letter(1), letter(2))

    def take_over(sender, **told):
        Mailbox.objects.update(lease=uuid4())

    post_save.connect(take_over, sender=Newsletter)
    try:
        assert visit(settings).letters == 0
    finally:
        post_save.disconnect(take_over, sender=Newsletter)
    mailbox.refresh_from_db()
    assert (Article.objects.count(), mailbox.letters) == (0, 0)
    assert again(settings, mailbox).letters == 2


def test_a_message_that_can_t_be_stored_does_not_hold_up_the_next_ones(settings, mail_server, folder, mailbox):
    mail_server.put(folder, letter(1, List_Id="<bad.example>"), letter(2))

    def refuse(sender, instance, **told):
        if instance.key == "bad.example":
            raise ValueError("nobody foresaw this")

    post_save.connect(refuse, sender=Newsletter)
    try:
        assert visit(settings) == letters.Tally(letters=1, failed=0)
    finally:
        post_save.disconnect(refuse, sender=Newsletter)
    assert [article.title for article in Article.objects.all()] == ["Letter 2"]
    assert again(settings, mailbox).letters == 0


def test_letters_from_long_before_the_mailbox_was_added_count_as_read(settings, mail_server, folder, owner):
    make_mailbox(owner, mail_server, folder, added_at=letter_day().replace(month=3, day=20))
    mail_server.put(folder, letter(1), letter(2), letter(19))
    assert visit(settings).letters == 3
    assert sum(unread_counts(owner).values()) == 1


def test_a_picture_in_a_letter_is_kept_and_shown_and_asked_of_nobody(
    settings, client, mail_server, folder, owner, mailbox
):
    mail_server.put(folder, letter(1, html='<p>Look</p><img src="cid:a@x" alt="A quay">', pictures={"a@x": PIXEL}))
    visit(settings)
    address = ImageAddress.objects.get()
    assert (address.is_wanted, address.image.media_type, address.image.width) == (False, "image/png", 1)
    client.force_login(owner)
    page = client.get(Article.objects.get().get_absolute_url()).text
    path = page.split('<img src="/images/')[1].split('"')[0]
    answer = client.get(f"/images/{path}")
    assert (answer.status_code, answer.headers["Content-Type"].startswith("image/")) == (200, True)
    assert "X-Image-Missing" not in answer.headers
    assert "mail.invalid" not in page


def test_what_is_no_picture_is_neither_kept_nor_asked_for(settings, mail_server, folder, mailbox):
    mail_server.put(folder, letter(1, html='<img src="cid:a@x"><p>a</p>', pictures={"a@x": b"<html>no</html>"}))
    assert visit(settings).letters == 1
    assert not ImageAddress.objects.exists()


def with_picture(number):
    return letter(number, html='<p>Look</p><img src="cid:a@x" alt="A quay">', pictures={"a@x": PIXEL})


def test_a_letter_gives_an_address_its_picture_that_had_none(settings, mail_server, folder, mailbox):
    url = Picture.of(PIXEL).url
    ImageAddress.objects.create(key=key_of(url), url=url, is_wanted=True, failures=3, last_error="not found")
    mail_server.put(folder, with_picture(1))
    visit(settings)
    address = ImageAddress.objects.get()
    assert address.image
    assert (address.is_wanted, address.failures, address.last_error) == (False, 0, "")


def test_a_letter_s_picture_that_was_lost_is_asked_of_nobody_and_comes_with_the_next_letter(
    settings, client, stored_files, mail_server, folder, mailbox
):
    mail_server.put(folder, with_picture(1))
    visit(settings)
    [path] = stored_files()
    path.unlink()
    shown = signed_path(Picture.of(PIXEL).url, 0)
    assert MISSING in client.get(shown)
    address = ImageAddress.objects.get()
    assert (address.is_wanted, address.failures) == (False, 0)
    mail_server.put(folder, with_picture(2))
    again(settings, mailbox)
    assert MISSING not in client.get(shown)


def test_pictures_of_letters_that_bring_nothing_are_left_alone(settings, mail_server, folder, mailbox):
    mail_server.put(folder, with_picture(1))
    visit(settings)
    ImageAddress.objects.all().delete()
    mail_server.remove(folder)
    mail_server.folder(folder)
    mail_server.put(folder, with_picture(1))
    again(settings, mailbox)
    assert not ImageAddress.objects.exists()


@pytest.mark.parametrize("added_on", [1, 20])
def test_no_lock_is_held_while_a_letter_is_sanitized(settings, monkeypatch, owner, mail_server, folder, added_on):
    """A letter that is news, and one from long before its mailbox is set up."""
    is_locked = []

    def watched(*arguments):
        is_locked.append(connection.in_atomic_block)
        return derive_all(*arguments)

    monkeypatch.setattr("articles.ingest.content.derive_all", watched)
    make_mailbox(owner, mail_server, folder, added_at=letter_day().replace(day=added_on))
    mail_server.put(folder, letter(1))
    assert visit(settings).letters == 1
    assert is_locked == [False]


def test_of_a_message_that_takes_too_much_to_read_the_article_says_so():
    entry = letters.entry_of(head(letter(1, html="<p>One</p>").as_bytes()))
    assert (entry.title, entry.guid) == ("Letter 1", "1@harbour.example")
    assert "takes too much to read" in entry.content_html


# --- leaving and pausing ---


def test_a_newsletter_that_was_left_stays_away_until_it_is_wanted_again(settings, mail_server, folder, owner, mailbox):
    mail_server.put(folder, letter(1))
    visit(settings)
    leave(owner, Feed.objects.get())
    mail_server.put(folder, letter(2))
    assert again(settings, mailbox).letters == 0
    assert not Feed.objects.exists()
    have_again(Newsletter.objects.get())
    mail_server.put(folder, letter(3))
    assert again(settings, mailbox).letters == 1
    assert Article.objects.get().title == "Letter 3"


def test_what_comes_while_a_feed_is_paused_stays_in_the_mailbox(settings, mail_server, folder, mailbox):
    mail_server.put(folder, letter(1))
    visit(settings)
    Feed.objects.update(state="paused")
    mail_server.put(folder, letter(2))
    assert again(settings, mailbox).letters == 0


def test_beyond_so_many_senders_all_others_are_one_feed(settings, monkeypatch, mail_server, folder, mailbox):
    monkeypatch.setattr(newsletter_feeds, "MOST", 2)
    mail_server.put(folder, *(letter(n, List_Id=f"<{n}.example>") for n in range(1, 6)))
    assert visit(settings).letters == 5
    assert sorted(Feed.objects.values_list("article_count", flat=True)) == [1, 1, 3]


def test_a_mailbox_that_is_set_up_again_goes_on_with_its_feeds(settings, mail_server, folder, owner, mailbox):
    mail_server.put(folder, letter(1))
    visit(settings)
    mailbox.delete()
    make_mailbox(owner, mail_server, folder)
    mail_server.put(folder, letter(2))
    assert visit(settings).letters == 1
    assert Feed.objects.get().article_count == 2


def test_a_guess_at_the_mailbox_can_t_be_held_against_the_feed_s_address(settings, mail_server, folder, owner, mailbox):
    """Under another key of the site it is another one."""
    mail_server.put(folder, letter(1))
    visit(settings)
    mailbox.delete()
    settings.SECRET_KEY = "another key of this site, long enough to be one"
    mailbox = make_mailbox(owner, mail_server, folder)
    visit(settings)
    assert Feed.objects.count() == 2


def test_newsletters_are_never_polled(settings, mail_server, folder, mailbox):
    mail_server.put(folder, letter(1))
    visit(settings)
    Feed.objects.update(next_check_at=timezone.now() - timedelta(days=1))
    assert not polling.due(timezone.now()).exists()
    assert not polling.claim_due(timezone.now())


def test_a_folder_with_a_name_in_any_script_is_read(settings, mail_server, owner):
    name = mail_server.folder("&bi9T4w- &- Briefe")
    make_mailbox(owner, mail_server, "港口 & Briefe")
    mail_server.put(name, letter(1))
    assert visit(settings).letters == 1
    mail_server.remove(name)


def test_where_no_worker_runs_a_command_reads_what_is_due(settings, capsys, mail_server, folder, owner, mailbox):
    mail_server.put(folder, letter(1))
    call_command("read_mailboxes")
    assert capsys.readouterr().out == "letters 1, failed 0\n"
    with pytest.raises(CommandError, match="comes by mail"):
        call_command("poll", feed=str(Feed.objects.get().pk))
    make_mailbox(owner, mail_server, folder, password="wrong")
    with pytest.raises(CommandError, match="1 mailboxes could not be read"):
        call_command("read_mailboxes")


def test_a_tick_sends_what_is_due(settings, mail_server, folder, mailbox):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    mail_server.put(folder, letter(1))
    token, keys = str(mailboxes.claim_due(timezone.now())[0].token), [mailbox.pk]
    tasks.read_mailboxes(token, keys)
    assert Article.objects.get().title == "Letter 1"
