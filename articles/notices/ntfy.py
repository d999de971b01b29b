"""ntfy: a message to a topic, as JSON to the root of its server (https://docs.ntfy.sh/publish/#publish-as-json)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from articles.notices.answer import Answer, posted
from articles.notices.message import Message, cut
from feeds.http import Client
from feeds.http.target import target_of

AT_ONCE = 200
LONGEST_TITLE, LONGEST_TEXT = 250, 3500  # bytes; ntfy makes more than 4,096 of text a file
TOPIC = re.compile(r"/([-_A-Za-z0-9]{1,64})/?")


def topic_of(url: str) -> tuple[str, str]:
    """The address of the server and the topic, of the topic's address. Raises ValueError where it has no such form, and
    HttpError."""
    target = target_of(url)
    found = TOPIC.fullmatch(target.path)
    if not found or urlsplit(url).query:
        raise ValueError(url)
    return target.url.removesuffix(target.path) + "/", found[1]


def send(client: Client, secrets: Mapping[str, str], message: Message) -> Answer:
    server, topic = topic_of(secrets["address"])
    body = {
        "topic": topic,
        "title": cut(message.title, LONGEST_TITLE),
        "message": message.text(LONGEST_TEXT),
        "click": message.page,
    }
    headers = {"Content-Type": "application/json"}
    if token := secrets.get("token"):
        headers["Authorization"] = f"Bearer {token}"
    raw = json.dumps(body, ensure_ascii=False).encode()
    return posted(client, server, raw, headers, secrets={**secrets, "topic": topic})
