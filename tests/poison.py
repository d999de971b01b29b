"""Steps that never end, and what the children of feeds.sandbox import in place of their own: where the text says POISON
it ends as what nobody foresaw would, where it says KILLED somebody ends it from outside."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:  # what really does the work is imported where it does: most children are asked for something else
    from articles.sanitize import Boilerplate, CleanContent, Source
    from feeds.newsletters.mail.values import Letter
    from feeds.parse import ParsedFeed
    from feeds.subscribe.documents import opml

POISON, KILLED = "POISON", "KILLED"


def work() -> NoReturn:
    """For ever, in Python."""
    while True:
        pass


def match() -> None:
    """For ever, in C, with the interpreter held."""
    re.match("(a|a)*b", "a" * 100)


def wait() -> None:
    """For ever, without using the processor."""
    time.sleep(10_000)


def grow() -> int:
    return len([bytes(2**24) for _ in range(2**16)])


def use_up() -> NoReturn:
    """End as the kernel ends what has used up its processor time, without using it: that it does, a test of
    feeds.sandbox says."""
    os.kill(os.getpid(), signal.SIGXCPU)
    work()


def die() -> None:
    """As the kernel does it when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def crash() -> None:
    """As GLib does it where it gets no memory."""
    os.kill(os.getpid(), signal.SIGTRAP)


def is_fuller(title: str, of_feed: str, of_page: str, described: str = "") -> bool:
    if POISON in of_feed:
        use_up()
    return True


def pid() -> int:
    return os.getpid()


def echo(value: object) -> object:
    return value


def fail(message: str) -> NoReturn:
    raise KeyError(message)


class Odd(Exception):
    """One that can be pickled and not read again."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__("odd")


def fail_oddly() -> NoReturn:
    raise Odd(1, 2)


def environment() -> dict[str, str]:
    return dict(os.environ)


def parse(body: bytes, *, url: str, content_type: str = "", seen: bytes = b"") -> ParsedFeed:
    if POISON.encode() in body:
        use_up()
    from feeds.parse.document import parse as real_parse

    return real_parse(body, url=url, content_type=content_type, seen=seen)


def sanitize_all(sources: Sequence[Source], boilerplate: Sequence[Boilerplate]) -> list[CleanContent]:
    if any(POISON in source.html for source in sources):
        use_up()
    if any(KILLED in source.html for source in sources):
        die()
    from articles.sanitize import sanitize_all as real_sanitize_all

    return real_sanitize_all(sources, boilerplate)


def read_mail(body: bytes) -> Letter:
    if POISON.encode() in body:
        die()
    from feeds.newsletters.mail.read import read as real_read_mail

    return real_read_mail(body)


def read(document: bytes) -> opml.Opml:
    from feeds.subscribe.documents import opml

    use_up()
    return opml.read(document)


def resize(source: str | bytes, width: int, form: str) -> bytes:
    use_up()
    return b""


def unpack(path: str, name: str, folder: str, limits: object) -> NoReturn:
    (Path(folder) / "a.md").write_text("<p>")
    use_up()
