"""The sending of a message, by the kind of its channel: by the guarded client, or by the site's server of mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from articles.notices import apprise, email, ntfy, web_push, webhook
from articles.notices.answer import Answer
from articles.notices.message import Message
from articles.notices.models import Channel
from feeds.access import sealed
from feeds.http import Client, FetchPolicy

ANOTHER_KEY = "The secrets of this channel were encrypted under another key of the site: add it anew."
SECONDS, SECONDS_OF_A_TEST = 20, 10
Kind = Channel.Kind


@dataclass(frozen=True, slots=True)
class _Sender:
    """`at_once`: of so many articles a message tells."""

    send: Callable[[Client, Mapping[str, str], Message], Answer]
    at_once: int


_SENDERS = {
    Kind.WEBHOOK: _Sender(webhook.send, webhook.AT_ONCE),
    Kind.NTFY: _Sender(ntfy.send, ntfy.AT_ONCE),
    Kind.APPRISE: _Sender(apprise.send, apprise.AT_ONCE),
}


def at_once(channel: Channel) -> int:
    """The number of articles that one message of the channel tells of."""
    known = {Kind.EMAIL: email.AT_ONCE, Kind.PUSH: web_push.AT_ONCE}
    return known.get(Kind(channel.kind)) or _SENDERS[Kind(channel.kind)].at_once


def send(channel: Channel, message: Message, policy: FetchPolicy, *, seconds: float) -> Answer:
    """The outcome of sending the message. Raises nothing that the other side causes. A connection serves one message:
    on one that was kept open, a request may have to be made twice."""
    try:
        secrets = sealed.opened(channel.secrets)
    except sealed.AnotherKey:
        return Answer(is_taken=False, said=ANOTHER_KEY)
    if channel.kind == Kind.EMAIL:
        return email.send(channel, secrets, message)
    with Client(replace(policy, connect_timeout=seconds / 2, total_timeout=seconds)) as client:
        if channel.kind == Kind.PUSH:
            return web_push.send(client, secrets, message, site=channel.site)
        return _SENDERS[Kind(channel.kind)].send(client, secrets, message)
