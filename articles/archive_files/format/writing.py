"""Writing one article file, so that articles.archive_files.format.article_file reads the same article. Pure.

Nothing in the file tells when it was written: the same article is the same bytes, whoever exports it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from articles.archive_files.format.article_file import ArticleFile, OwnNote
from articles.archive_files.format.front_matter import CATEGORY_SEPARATOR
from articles.archive_files.format.picture_links import beside
from feeds.parse.values import ParsedEnclosure, ParsedSource

# What YAML, or a program that splits lines, takes for the end of one or for no text; JSON may have them escaped.
_AWKWARD = re.compile("[\x7f-\x9f\u200b\u2028\u2029\u2060\ufeff\ud800-\udfff\ufffe\uffff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>&#|~!])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write(file: ArticleFile, *, name: str = "") -> bytes:
    """The file's bytes. `name` is what the link says where the article has no title. `file` must have a guid and a
    publication date; where it has pictures, its HTML leads to them already."""
    assert file.guid
    assert file.published_at
    front = "".join(f"{key}: {value}\n" for key, value in _fields(file))
    stamp = (file.published_at - _EPOCH) // timedelta(milliseconds=1)
    heading = link(file.title or name, file.link)
    text = f"---\n{front}---\n<!--{stamp}-->\n{heading}\n------\n\n<div>\n{file.html}\n</div>\n"
    return text.encode("utf-8", "replace")


def _fields(file: ArticleFile) -> Iterator[tuple[str, str]]:
    assert file.published_at
    yield "layout", "post"
    yield "title", _json(file.title)
    yield "date", moment(file.published_at)
    if file.updated_at:
        yield "updated", moment(file.updated_at)
    before = {"author": file.author, "from": file.link, "tags": [file.source], "categories": list(file.tags)}
    yield from _said(before | {"guid": file.guid, "feed": file.feed_url, "category": _path(file.category)})
    if file.language:
        yield "language", file.language
    if file.base_url is not None and file.base_url != file.link:
        yield "base", _json(file.base_url)
    yield from _said(
        {
            "image": _lead(file),
            "enclosures": [_enclosure(enclosure) for enclosure in file.enclosures],
            "source": _origin(file.origin) if file.origin else None,
            "images": [link.as_json() for link in file.pictures],
            "labels": list(file.labels),
            "notes": [_note(note) for note in file.notes],
        }
    )


def _said(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The values that are not empty, as JSON."""
    return ((key, _json(value)) for key, value in values.items() if value or value == {})


def _lead(file: ArticleFile) -> str:
    """The lead picture: its file beside the article's, else its address."""
    return next((link.file for link in beside(file.pictures) if link.url == file.image_url), file.image_url)


def _origin(source: ParsedSource) -> dict[str, str]:
    said = {"title": source.title, "url": source.url, "site_url": source.site_url}
    return {name: value for name, value in said.items() if value}


def _path(names: tuple[str, ...]) -> str | list[str]:
    """As pages show it, unless a name looks like two."""
    joined = CATEGORY_SEPARATOR.join(names)
    return joined if tuple(joined.split(CATEGORY_SEPARATOR)) == names else list(names)


def _enclosure(file: ParsedEnclosure) -> Mapping[str, Any]:
    fields = {
        "url": file.url,
        "type": file.media_type,
        "length": file.length,
        "title": file.title,
        "alt": file.alt,
        "width": file.width,
        "height": file.height,
        "duration": file.duration,
        "poster": file.poster_url,
        "player": file.is_player or None,
    }
    return {name: value for name, value in fields.items() if value not in ("", None)}


def _note(note: OwnNote) -> dict[str, str]:
    words = {"text": note.text, "passage": note.passage, "before": note.before, "after": note.after}
    return {name: value for name, value in words.items() if value} | {"created": moment(note.created_at)}


def _json(value: object) -> str:
    """`value` as JSON on one line, which is YAML, too."""
    return _AWKWARD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def moment(at: datetime) -> str:
    """A moment in UTC as ISO 8601 has it, to the millisecond, or to the microsecond where that says more."""
    precision = "microseconds" if at.microsecond % 1000 else "milliseconds"
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def link(text: str, address: str) -> str:
    """A link in Markdown, on one line."""
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(_AWKWARD.sub(" ", text).split()))
    return f"[{escaped}]({quote(address, safe=_ADDRESS)})"


# All that an address may have but for brackets, which would end the link, and what no line may hold; other scripts stay
# readable in what follows.
_ADDRESS = "".join(chr(code) for code in range(33, 127) if chr(code) not in "()<>\\\"'`")
