"""HTML from outside to HTML that is safe to store and good to read. Pure; done once, before storing.

read.py makes a tree and leaves out what is active; hidden.py, boilerplate.py, structure.py and what it uses repair it;
gate.py writes it through bleach's filter; text.py says what a reader sees. They are imported where they are used: a
process that has the work done elsewhere (feeds.sandbox) does not load them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from html import escape

from articles.sanitize.values import Boilerplate, CleanContent, Match, Source

__all__ = [
    "VERSION",
    "Boilerplate",
    "CleanContent",
    "Match",
    "Source",
    "clean",
    "is_selector",
    "sanitize",
    "sanitize_all",
]

# Raise it when clean() gives better output: `manage.py resanitize` then knows what to do again.
VERSION = 7

MOST_GROWN = 4  # times the longest HTML that is read; three times is what links with whole addresses make of it

logger = logging.getLogger(__name__)


def clean(html: str, *, base_url: str) -> str:
    """The safe form of `html`, whose relative addresses are relative to `base_url`. Never raises."""
    return sanitize(html, base_url=base_url).html


def sanitize(html: str, *, base_url: str, title: str = "", boilerplate: Sequence[Boilerplate] = ()) -> CleanContent:
    """The safe form of `html` and what is derived from it. A first heading that repeats `title` goes. Never raises."""
    if not html or html.isspace():
        return CleanContent(html="", text="")
    try:
        return _sanitized(html, base_url, title, boilerplate)
    except Exception:  # an article is worth more than its markup, and its feed more than one article
        logger.exception("An article's HTML can't be repaired; its text is kept (base address %r)", base_url[:200])
        return _text_only(html)


def sanitize_all(sources: Sequence[Source], boilerplate: Sequence[Boilerplate]) -> list[CleanContent]:
    """The safe form of each of `sources`."""
    return [
        sanitize(source.html, base_url=source.base_url, title=source.title, boilerplate=boilerplate)
        for source in sources
    ]


def is_selector(value: str) -> bool:
    """True of a selector that a boilerplate rule can have."""
    from articles.sanitize.boilerplate import is_selector as is_one

    return is_one(value)


def _sanitized(html: str, base_url: str, title: str, boilerplate: Sequence[Boilerplate]) -> CleanContent:
    from articles.sanitize.addresses import absolute
    from articles.sanitize.boilerplate import remove_boilerplate
    from articles.sanitize.gate import write
    from articles.sanitize.headings import repair_headings
    from articles.sanitize.hidden import remove_facts, remove_hidden, remove_twins_of_lazy
    from articles.sanitize.read import MAX_LENGTH, read
    from articles.sanitize.structure import Structure
    from articles.sanitize.text import visible_text

    source = read(html)
    if source.described:
        from articles.sanitize.described import fill_described

        fill_described(source)
    remove_hidden(source)
    remove_facts(source.root)
    if boilerplate:
        remove_boilerplate(source.root, boilerplate)
    page = absolute(base_url, "")
    structure = Structure((absolute(source.base, page) if source.base else "") or page, source, page)
    media = structure.media
    remove_twins_of_lazy(source.scriptless, media.is_lazy)
    root = structure.document(source)
    repair_headings(structure.headings, title)
    written = write(root)
    if len(written) > MOST_GROWN * MAX_LENGTH:  # a base of 4,000 characters is in each of a hundred thousand links
        return _text_only(html)
    return CleanContent(html=written, text=visible_text(root), image_url=media.image_url or media.poster)


def _text_only(html: str) -> CleanContent:
    """The words of `html` between whatever looks like a tag."""
    from articles.sanitize.read import MAX_LENGTH

    html = re.sub(r"(?is)<(script|style)\b.*?(?:</\1\s*>|\Z)", " ", html[:MAX_LENGTH])
    text = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\s]+", " ", re.sub(r"<[^>]*>?", " ", html)).strip()
    return CleanContent(html=f"<p>{escape(text)}</p>" if text else "", text=text)
