"""Strings from outside to strings that a database column and a page can hold."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

# Column lengths; see feeds.models and articles.models.
MAX_TITLE, MAX_FEED_TITLE, MAX_AUTHOR, MAX_TAG, MAX_TAGS = 1000, 500, 500, 200, 50
MAX_URL, MAX_FEED_URL, MAX_MEDIA_TYPE, MAX_ENCLOSURE_TITLE, MAX_ENCLOSURES = 4000, 2000, 200, 500, 100
MAX_DESCRIPTION = 5000
MAX_ENCLOSURE_ALT = 2000
MAX_PARAGRAPHS = 50_000  # of plain text; the last one takes the rest

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
C1 = re.compile("[\x80-\x9f]")
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]")
UNREAD = re.compile(r"<(script|style)\b[^<>]*+>.*?(?:</\1\s*>|\Z)", re.I | re.S)
TAG = re.compile(r"</?[A-Za-z][^<>]*+>|<[!?][^<>]*+>")
# A reference that was escaped once too often; a lone "&" or "&c" is text.
REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Beyond all characters, and more digits than Python makes a number of: reading one would raise.
_ENDLESS = re.compile(r"&#[0-9]{4000,};?")
# In escaped text. Bounded, so that a run of closing brackets costs nothing.
WEB_ADDRESS = re.compile(r"\bhttps?://(?:[^\s<>&\u3000-\u303f\uff00-\uffef]|&amp;){1,2000}", re.IGNORECASE)
CLOSING = frozenset(".,;:!?'\"]}")
QUOTE = '"'
FEWEST_WRAPPED, LONGEST_WRAPPED = 3, 300  # lines of a paragraph
WRAPPED_WIDTHS = range(50, 101)  # characters
LIST_SIGNS = (">", "|", "- ", "* ", "• ", "– ")
PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
# Characters as wide as Han (East Asian Width F, W or H) but hangul, which puts blanks between its words, and emoji.
WIDE = (
    "\u2e80-\u2fff\u3000-\u302d\u3030-\u3130\u3190-\u31ff\u3220-\u325f\u3280-\u4dbf\u4e00-\ua4cf\uf900-\ufaff"
    "\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff9f\uffe0-\uffe6\U0001b000-\U0001b2ff\U00020000-\U0003fffd"
)
# Punctuation of Chinese and Japanese that other scripts have as well (East Asian Width A).
EITHER = "\u2018\u2019\u201c\u201d\u2014\u2025\u2026\u00b7"
_BLANK = " \t\f\r"
_LINE_END = re.compile(r"\n[ \t\f\r\n]*+")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def storable(text: str) -> str:
    """`text` without what a database refuses or no page shows: NUL, controls, lone surrogates. The controls from U+0080
    on are Windows' quotation marks and dashes whose numbers were taken for Unicode's."""
    if not UNSTORABLE.search(text):
        return text
    if C1.search(text):
        text = C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), text)
    return UNSTORABLE.sub("", text)


@cache
def _wide() -> re.Pattern[str]:
    # Not with the module: so wide a class takes 5 ms, and most texts have no line end beside one.
    return re.compile(f"[{WIDE}]")


def _is_wide(character: str) -> bool:
    """False for no character, too."""
    return not character.isascii() and _wide().match(character) is not None


def are_joined(before: str, after: str) -> bool:
    """True where a line end between these two characters is no blank: both are wide, or one is, and the other
    punctuation that may be (CSS Text 3, 4.1.3, and for punctuation CSS Text 4, its language told by the wide one)."""
    if _is_wide(before):
        return _is_wide(after) or (after != "" and after in EITHER)
    return before != "" and before in EITHER and _is_wide(after)


def joined(text: str) -> str:
    """`text` without the line ends that are no blanks, see `are_joined`."""
    if "\n" not in text or text.isascii():
        return text
    parts, place = [], 0
    for gap in _LINE_END.finditer(text):
        before = text[place : gap.start()].rstrip(_BLANK)
        is_gone = are_joined(before[-1:], text[gap.end() : gap.end() + 1])
        parts.append(before if is_gone else text[place : gap.end()])
        place = gap.end()
    return "".join(parts) + text[place:]


def line(text: object, limit: int) -> str:
    """Plain text on one line, at most `limit` characters; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    # Cut twice: first so that a megabyte costs nothing, then to measure.
    return " ".join(INVISIBLE.sub(" ", joined(text[: 4 * limit])).split())[:limit].rstrip()


def line_of_html(markup: object, limit: int) -> str:
    """The text of a little HTML, on one line."""
    if not isinstance(markup, str):
        return ""
    markup = UNREAD.sub("", markup[: 8 * limit])
    return line(unescaped(TAG.sub(" " if "<p" in markup or "<br" in markup else "", markup)), limit)


def unescaped(text: str) -> str:
    """The text with the characters that its references stand for, as `html.unescape` has it, which fails on a number
    of too many digits."""
    return html.unescape(_ENDLESS.sub("\ufffd", text))


def line_of_text(text: object, limit: int) -> str:
    """Plain text on one line in which references that were escaped twice stand for their characters."""
    if not isinstance(text, str):
        return ""
    return line(REFERENCE.sub(lambda match: html.unescape(match[0]), text[: 8 * limit]), limit)


def names(values: Iterable[object], limit: int, count: int) -> tuple[str, ...]:
    """One line of text each, none twice, whatever their case."""
    lines: dict[str, str] = {}
    for value in values:
        if text := line_of_text(value, limit):
            lines.setdefault(text.casefold(), text)
            if len(lines) == count:
                break
    return tuple(lines.values())


def html_of_text(text: str, *, with_links: bool = False) -> str:
    """Plain text as HTML: escaped, an empty line begins a paragraph, a line break stays one. `with_links`: addresses
    in it are links."""
    markup = html.escape(text, quote=False)
    return _paragraphs(WEB_ADDRESS.sub(_link, markup) if with_links else markup)


def _link(match: re.Match[str]) -> str:
    """The address as a link, without the punctuation of the sentence that it ends."""
    url = match[0]
    while (last := url[-1:]) in CLOSING or (last == ")" and url.count("(") < url.count(")")):
        url = url.removesuffix("&amp;") if url.endswith("&amp;") else url[:-1]
    if url.endswith("://"):
        return match[0]
    return f'<a href="{url.replace(QUOTE, "%22")}">{url}</a>{match[0][len(url) :]}'


def html_of_fragment(markup: str) -> str:
    """HTML as it is, but where there is no tag in it its line breaks mean what they mean in plain text."""
    return markup if not markup.strip().count("\n") or TAG.search(markup) else _paragraphs(markup)


def _paragraphs(markup: str) -> str:
    markup = markup.replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = [_paragraph(part.strip()) for part in PARAGRAPH.split(markup, MAX_PARAGRAPHS)]
    return "\n".join(f"<p>{part}</p>" for part in parts) if len(parts) > 1 else parts[0]


def _paragraph(markup: str) -> str:
    return markup if _is_wrapped(markup) else markup.replace("\n", "<br>\n")


def _is_wrapped(markup: str) -> bool:
    """True where a program, as of e-mail or of arXiv, broke each line of a paragraph at one width: none has room for
    the next one's first word."""
    lines = [line.strip() for line in unescaped(TAG.sub("", markup)).split("\n", 2 * LONGEST_WRAPPED)]
    width = max(map(len, lines))
    if not (FEWEST_WRAPPED <= len(lines) <= LONGEST_WRAPPED and width in WRAPPED_WIDTHS):
        return False
    if any(line.startswith(LIST_SIGNS) for line in lines):
        return False
    return all(" " in line and len(line) + 1 + len(after.partition(" ")[0]) > width for line, after in pairwise(lines))


def visible_length(markup: str) -> int:
    """The number of characters of `markup` that a reader sees, about."""
    return len("".join(TAG.sub("", markup).split()))


def address(base: str, value: object, limit: int = MAX_URL) -> str:
    """`value` as an absolute http(s) address; empty where it is none, or longer than `limit`."""
    if not isinstance(value, str) or len(value) > 2 * limit:
        return ""
    value = INVISIBLE.sub("", value).strip().replace(" ", "%20")
    if not value:
        return ""
    try:
        joined = urljoin(base, value)
        parts = urlsplit(joined)
        is_fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(joined) <= limit
    except ValueError:
        return ""
    return joined if is_fine else ""


def language(value: object) -> str:
    """A BCP 47 tag as "zh-TW" of what a document says ("zh_tw"); empty for anything else."""
    if not isinstance(value, str):
        return ""
    tag = value.strip().replace("_", "-")[:36]
    if len(tag) > 35 or not LANGUAGE.fullmatch(tag):
        return ""
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    return part.upper() if len(part) == 2 else part.title() if len(part) == 4 and part.isalpha() else part.lower()
