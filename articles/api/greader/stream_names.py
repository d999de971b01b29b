"""The names of streams: "feed/7", "user/-/label/News", "user/-/state/com.google/starred". Pure."""

from __future__ import annotations

from dataclasses import dataclass

STATES = "user/-/state/com.google/"
LABELS = "user/-/label/"
READING_LIST, READ, STARRED = f"{STATES}reading-list", f"{STATES}read", f"{STATES}starred"
UNREAD = frozenset({"kept-unread", "unread", "fresh", "tracking-kept-unread"})
# What the original had and nobody here has: always empty, and marks of it are nothing.
EMPTY = frozenset({"broadcast", "broadcast-friends", "created", "like", "tracking-body-link-used", "self"})


class NoSuchStream(LookupError):
    """No stream has that name, or none that the reader may see."""


@dataclass(frozen=True, slots=True)
class StreamName:
    """One of the three is told: a state of articles, a label, or a feed by its id or address."""

    state: str = ""
    label: str = ""
    feed: str = ""


def read(text: str) -> StreamName:
    """The stream that `text` names, whatever user it says. Raises NoSuchStream."""
    kind, _slash, rest = text.strip().partition("/")
    if kind == "feed" and rest:
        return StreamName(feed=rest)
    _user, _slash, rest = rest.partition("/")
    if kind == "user" and rest.startswith("label/") and len(rest) > len("label/"):
        return StreamName(label=rest.removeprefix("label/"))
    if kind == "user" and rest.startswith("state/com.google/"):
        return StreamName(state=_state(rest.removeprefix("state/com.google/")))
    raise NoSuchStream(text[:200])


def _state(name: str) -> str:
    if name in UNREAD:
        return "unread"
    if name in EMPTY:
        return "empty"
    if name in {"reading-list", "read", "starred"}:
        return name
    raise NoSuchStream(name[:200])


def of_feed(pk: int) -> str:
    return f"feed/{pk}"


def of_label(name: str) -> str:
    return f"{LABELS}{name}"
