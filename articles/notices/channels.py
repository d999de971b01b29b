"""The channels of a reader: added, tried, switched off and on, removed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from articles.notices import email, senders, web_push, webhook
from articles.notices.answer import Answer
from articles.notices.message import test_message
from articles.notices.models import FINE, Channel
from articles.notices.schedule import next_time
from feeds.access import sealed
from feeds.leases.queues import FREE

MOST_CHANNELS = 20  # of one reader
BETWEEN_TESTS = timedelta(seconds=5)


class TooManyChannels(ValueError):
    """One more than a reader may have."""


class NotAsked(Exception):
    """The mail that asks for an address to be confirmed was not sent. `str()` is the reason."""


def channels_of(reader: User) -> QuerySet[Channel]:
    """The reader's channels in the order in which they were added."""
    return Channel.objects.filter(user=reader)


def add(reader: User, kind: Channel.Kind, secrets: Mapping[str, str], **columns: Any) -> Channel:
    """A new channel of the reader's. Raises TooManyChannels."""
    if channels_of(reader).count() >= MOST_CHANNELS:
        raise TooManyChannels
    kept = {name: value for name, value in secrets.items() if value}
    columns = {"confirmed_at": timezone.now()} | columns
    return Channel.objects.create(user=reader, kind=kind, secrets=sealed.seal(kept), **columns)


def ask(channel: Channel) -> None:
    """Have the address of a channel by mail be confirmed. Raises NotAsked and email.AskedTooOften."""
    answer = email.ask(channel, sealed.opened(channel.secrets))
    if not answer.is_taken:
        raise NotAsked(answer.said)
    Channel.objects.filter(pk=channel.pk).update(made_at=timezone.now())  # as long as its newest link is good


def confirm(channel: Channel, now: datetime) -> None:
    """Have a channel send from now on what is told, as whoever reads its mail wants it to."""
    Channel.objects.filter(pk=channel.pk, confirmed_at=None).update(confirmed_at=now, is_on=True, send_at=now)


def stop(channel: Channel, now: datetime) -> None:
    """Have a channel send no more, as whoever reads its mail wants it to: it takes their word to send again."""
    switch(channel, now, on=False)
    Channel.objects.filter(pk=channel.pk).update(confirmed_at=None)


def set_pace(channel: Channel, now: datetime, **columns: Any) -> None:
    """Have a channel send at other times from now on."""
    for name, value in columns.items():
        setattr(channel, name, value)
    Channel.objects.filter(pk=channel.pk).update(**columns, send_at=next_time(channel, now))


def renew_key(channel: Channel) -> str:
    """A new key for the signatures of a webhook; what was signed by the former one is no longer."""
    key = webhook.new_key()
    channel.secrets = sealed.seal({**sealed.opened(channel.secrets), "key": key})
    channel.save(update_fields=["secrets"])
    return key


def move(channel: Channel, secrets: Mapping[str, str], host: str, now: datetime) -> None:
    """Have a channel send elsewhere. One that failed there, and was switched off for it, is on again; one that its
    reader has switched off stays so."""
    fine = {"is_on": True, "send_at": now, **FINE} if channel.failing_since else {}
    # Whoever sends to the former address at this moment has nothing to say of the new one.
    Channel.objects.filter(pk=channel.pk).update(secrets=sealed.seal(secrets), host=host, **fine, **FREE)


def test(channel: Channel) -> Answer | None:
    """The outcome of a test message; None where the last one was seconds ago. One that is taken ends a failure, and has
    the secrets encrypted under the key that the site has now."""
    now = timezone.now()
    mine = Channel.objects.filter(pk=channel.pk)
    is_long_ago = Q(tested_at=None) | Q(tested_at__lt=now - BETWEEN_TESTS) | Q(tested_at__gt=now)
    if not mine.filter(is_long_ago).update(tested_at=now):
        return None
    answer = senders.send(channel, test_message(channel), settings.FETCH_POLICY, seconds=senders.SECONDS_OF_A_TEST)
    if answer.is_taken:
        mine.filter(secrets=channel.secrets).update(secrets=sealed.renewed(channel.secrets))
        if channel.kind == Channel.Kind.PUSH:
            web_push.renew_site_key()
        mine.filter(failures__gt=0).update(send_at=now, **FINE)
    return answer


def switch(channel: Channel, now: datetime, *, on: bool) -> None:
    """Have the channel send what is told from now on, or nothing any more. What waits for it is let go, and so is what
    it failed with: it is as its reader wants it."""
    channel.unsent.all().delete()
    Channel.objects.filter(pk=channel.pk).update(is_on=on, send_at=now, **FINE, **FREE)
