"""The one of an entry's texts that is the article: its content, or its summary where the content is none. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from feeds.parse.embeds import EMBED_CLASSES, NAMED_EMBEDS
from feeds.parse.text import INVISIBLE, TAG, UNREAD, visible_length

MUCH = 4  # times as much to read in the summary: then the content is a stub ("Read more")

# What is seen, heard or played: an image, a frame, and what some sites write instead of one.
SHOWN = re.compile(
    r"<(img|image|picture|video|audio|iframe|frame|object|embed|math|(?:amp|lite)-[a-z]{1,20})"
    r"(?=[\s/>])([^<>]*+)>",
    re.IGNORECASE,
)
# What a script would fill with a post, a film or a piece of code.
PUT_IN = re.compile(
    rf"<(?!script\b)[a-z]{{1,12}}\s[^<>]*?(?<![\w-])(?:{'|'.join(sorted(EMBED_CLASSES))}|data-(?:attrs|html))(?![\w-])"
    rf"|<(?:{'|'.join(sorted(NAMED_EMBEDS))})\s|<script\s[^<>]*?//(?:gist\.github\.com|asciinema\.org)/",
    re.IGNORECASE,
)
COUNTER = re.compile(r"\b(?:width|height)\s?=\s?[\"']?[01](?:px)?(?=[\"'\s/]|$)", re.IGNORECASE)  # of readers
ENDING = re.compile(r"(?:\[?\s?(?:…|&hellip;|&#8230;|\.\.\.)\s?\]?)\s*$")
SAID = re.compile(r"\W+")
LONGEST_EXCERPT = 20_000


class Body(NamedTuple):
    """HTML, the base of its addresses and its language, both empty or None where it says nothing of them."""

    html: str = ""
    base: str = ""
    language: str | None = None


class Choice(NamedTuple):
    """The text that is shown, the one that is not, and whether the shown one is the summary."""

    shown: Body
    other: Body
    is_summary: bool


def choose(contents: Sequence[Body], summaries: Sequence[Body]) -> Choice:
    """The content, unless there is nothing in it or it is plainly a stub beside the summary. Of several of either, the
    one with most to read. The other text is empty where it says nothing that the shown one doesn't."""
    content, summary = _fullest(contents), _fullest(summaries)
    if not summary.html.strip():
        return Choice(content, Body(), is_summary=False)
    if is_summary_better(content.html, summary.html):
        return Choice(summary, content if has_anything(content.html) else Body(), is_summary=True)
    is_news = summary.html.strip() and not _is_beginning(summary.html, content.html)
    return Choice(content, summary if is_news else Body(), is_summary=False)


def fuller(texts: Sequence[Body], summaries: Sequence[Body]) -> list[Body]:
    """The one of `texts` with most to read, where that is plainly more than the summaries have."""
    text = _fullest(texts)
    most = max((visible_length(summary.html) for summary in summaries), default=0)
    return [text] if 5 * visible_length(text.html) > 6 * most else []


def is_summary_better(content: str, summary: str) -> bool:
    """True where the summary is to stand for the article: where the content is empty of text and of pictures, films,
    sounds, frames and objects, or has no such thing and much less to read."""
    if not has_anything(content):
        return bool(summary.strip()) and (has_anything(summary) or not content.strip())
    is_short = not shows_anything(content) and MUCH * visible_length(content) < visible_length(summary)
    return is_short and not PUT_IN.search(content)


def has_anything(html: str) -> bool:
    """True where there is anything to read, see or hear."""
    text = TAG.sub("", UNREAD.sub("", html)).strip()
    # A little text may be nothing but spaces that are written as references.
    has_text = len(text) > 100 or bool(INVISIBLE.sub("", unescape(text)).strip())
    return has_text or shows_anything(html) or bool(PUT_IN.search(html))


def shows_anything(html: str) -> bool:
    """True where there is a picture, a film, a sound, a frame or an object that is more than a counter of readers."""
    return any(not COUNTER.search(found[2]) for found in SHOWN.finditer(html))


def _fullest(bodies: Sequence[Body]) -> Body:
    if len(bodies) < 2:
        return bodies[0] if bodies else Body()
    return max(bodies, key=lambda body: (has_anything(body.html), visible_length(body.html)))


def _is_beginning(excerpt: str, content: str) -> bool:
    """True where the excerpt is the content's first words, as most are that a publisher's program made."""
    if len(excerpt) > LONGEST_EXCERPT:
        return excerpt.strip() == content.strip()
    if shows_anything(excerpt):
        return excerpt.strip() in content
    said = _words(ENDING.sub("", TAG.sub("", excerpt)))
    return _words(TAG.sub("", content[: 8 * LONGEST_EXCERPT])).startswith(said)


def _words(text: str) -> str:
    return SAID.sub("", text)
