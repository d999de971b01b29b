"""The feed of a newsletter: made with its first message, and its owner's alone."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from feeds.models import MAIL_SCHEME, Feed, Mailbox, Newsletter
from feeds.newsletters.mail.values import Sender
from feeds.subscriptions import own
from feeds.subscriptions.visibility import Reader, reader_id

MOST = 500  # feeds of a mailbox; whoever else writes to it is in one together
OTHERS = Sender(key="others", title="Other mail")


def feed_of(mailbox: Mailbox, sender: Sender) -> Feed | None:
    """The feed of messages from `sender`, made where there is none; None where the mailbox's owner has left it, or has
    it paused."""
    newsletter = _kept(mailbox, sender)
    if newsletter is None and mailbox.newsletters.count() >= MOST:
        sender = OTHERS
        newsletter = _kept(mailbox, sender)
    if newsletter is None:
        return _new(mailbox, sender)
    if sender.unsubscribe_url not in {"", newsletter.unsubscribe_url}:
        Newsletter.objects.filter(pk=newsletter.pk).update(unsubscribe_url=sender.unsubscribe_url)
    feed = newsletter.feed
    return feed if feed and feed.state == Feed.State.ACTIVE else None


def _kept(mailbox: Mailbox, sender: Sender) -> Newsletter | None:
    return mailbox.newsletters.select_related("feed").filter(key=sender.key).first()


def _new(mailbox: Mailbox, sender: Sender) -> Feed:
    with transaction.atomic():
        former = [_address(mailbox, sender, key) for key in settings.SECRET_KEY_FALLBACKS]
        feed = Feed.objects.filter(url__in=former).first() if former else None
        if feed is None:
            feed, _is_new = Feed.objects.get_or_create(
                url=_address(mailbox, sender),
                defaults={"title": sender.title, "is_shared": False, "whole_articles": Feed.WholeArticles.NEVER},
            )
        told = {"title": sender.title, "unsubscribe_url": sender.unsubscribe_url, "feed": feed}
        Newsletter.objects.update_or_create(mailbox=mailbox, key=sender.key, defaults=told)
        own.follow(mailbox.owner, feed)
    return feed


def _address(mailbox: Mailbox, sender: Sender, site_key: str | bytes | None = None) -> str:
    """The address of a feed: the same when the mailbox is set up again, and nothing that tells whose it is, or that
    proves a guess at it. Of the site's key as it is now, unless told."""
    place = f"{mailbox.owner_id}\0{mailbox.host}\0{mailbox.user_name}\0{mailbox.folder}"
    digest = salted_hmac("feeds.newsletters.feeds", place, site_key, algorithm="sha256").hexdigest()[:16]
    return f"{MAIL_SCHEME}{digest}/{quote(sender.key, safe='@+=')}"


def newsletters_of(reader: Reader, feed: Feed) -> QuerySet[Newsletter]:
    """The newsletter that `feed` is, for the owner of its mailbox: the way to leave a list is theirs alone."""
    return Newsletter.objects.select_related("mailbox").filter(feed=feed, mailbox__owner=reader_id(reader))


def have_again(newsletter: Newsletter) -> None:
    """Let a newsletter that its owner has left be a feed again, from its next message on."""
    if newsletter.feed is None:
        newsletter.delete()
    else:
        own.follow(newsletter.mailbox.owner, newsletter.feed)
