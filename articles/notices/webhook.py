"""Webhooks: JSON, signed as Standard Webhooks has it (https://www.standardwebhooks.com/), by HMAC-SHA256 over id, time
and body, so that an old message can't be sent again by somebody else as a new one."""

from __future__ import annotations

import base64
import hmac
import json
import secrets as randomness
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.utils import timezone

from articles.notices.answer import Answer, posted
from articles.notices.message import Item, Message
from feeds.http import Client

AT_ONCE = 50  # articles in one request
PREFIX = "whsec_"


def new_key() -> str:
    return PREFIX + base64.b64encode(randomness.token_bytes(32)).decode()


def send(client: Client, secrets: Mapping[str, str], message: Message) -> Answer:
    body = json.dumps(_document(message), ensure_ascii=False).encode()
    at = str(int(timezone.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "Webhook-Id": str(message.id),
        "Webhook-Timestamp": at,
        "Webhook-Signature": f"v1,{signature(secrets['key'], str(message.id), at, body)}",
    }
    return posted(client, secrets["address"], body, headers, secrets=secrets)


def signature(key: str, message_id: str, at: str, body: bytes) -> str:
    """The signature of a message with this key, in base64. `at`: seconds since 1970."""
    secret = base64.b64decode(key.removeprefix(PREFIX))
    signed = b".".join((message_id.encode(), at.encode(), body))
    return base64.b64encode(hmac.digest(secret, signed, sha256)).decode()


def _document(message: Message) -> dict[str, Any]:
    return {
        "type": "test" if message.is_test else "articles",
        "timestamp": message.at.isoformat(),
        "data": {"id": str(message.id), "site": message.site, "articles": [_entry(item) for item in message.items]},
    }


def _entry(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "page": item.page,
        "url": item.url,
        "feed": item.feed,
        "rule": item.rule,
        "summary": item.summary,
        "published_at": item.published_at.isoformat(),
        "language": item.language,
    }
