"""What templates need to know of articles and feeds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django import template
from django.conf.locale import LANG_INFO
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from articles.display.language import language_of
from articles.export.site_address import site_address
from articles.lists.pages import Selection, Show
from articles.models import Article, Enclosure
from articles.search.query.snippets import Piece
from articles.views.selection import list_address as address_of_list
from feeds.models import Category, Feed

register = template.Library()

MOST_BEFORE_MATCH = 24  # characters
_BETWEEN = re.compile(r"^[\s.,:;!?…，。：；！？、—–|-]+")
_GAP = re.compile(r"[\s，。！？；、]+")


@register.filter
def language(article: Article) -> str:
    """The language tag that the article is set in; empty where nobody knows, which HTML reads as "unknown"."""
    return language_of(article.language or article.feed.language, article.title + article.summary)


@register.filter
def language_in(text: str, declared: str) -> str:
    """The language tag that `text` is set in, where its feed declares `declared`."""
    return language_of(declared, text)


@register.filter
def summary_in_row(article: Article) -> str:
    """What a row shows under the title: the summary, without the title where it begins with that; empty for an
    untitled article, whose row has its first words for a title."""
    title = article.title.rstrip("… ")
    words = title.split()
    if not words:
        return ""
    pattern = r"\s+".join(map(re.escape, words))
    if " ".join(words).casefold().startswith(" ".join(article.summary.rstrip("… ").split()).casefold()):
        return ""
    found = re.match(pattern, article.summary.lstrip(), re.IGNORECASE)
    if not found:
        return article.summary
    rest = article.summary.lstrip()[found.end() :]
    is_whole = article.title.rstrip() != title or not (rest[:1].isalnum() and rest[:1].isascii())
    return _BETWEEN.sub("", rest, count=1) if is_whole else article.summary


@register.filter
def direction(tag: str) -> str:
    """The `dir` of a text in that language: known for languages written from right to left, else left to the text."""
    return "rtl" if LANG_INFO.get(tag.split("-")[0].lower(), {}).get("bidi") else "auto"


@register.filter
def moment(time: datetime) -> str:
    """Date and time in the reader's zone and language. Django's formats for English are American."""
    return date_format(localtime(time), pgettext("format of a date with its time", "j F Y, H:i"))


@register.filter
def moment_in_row(time: datetime) -> str:
    """The same, and for today the time alone after the word."""
    if localtime(time).date() != localtime().date():
        return moment(time)
    return gettext("Today, %s") % date_format(localtime(time), "H:i")


@register.filter
def ago(time: datetime) -> str:
    """How long ago, in the largest unit alone."""
    return gettext("%s ago") % timesince(time, depth=1)


@register.filter
def short_day(time: datetime) -> str:
    return date_format(localtime(time), pgettext("format of a short date", "j M Y"))


@register.filter
def web_address(url: str) -> str:
    """The address if a browser may be sent there, else nothing: publishers' addresses may be anything."""
    try:
        return url if urlsplit(url).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


@register.filter
def host(url: str) -> str:
    """What to call a link by its address: the host without `www.`."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@register.filter
def file_name(file: Enclosure) -> str:
    """What to call a file that came along: its title, else its name in the address, else its host."""
    try:
        name = unquote(urlsplit(file.url).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        name = ""
    return file.title or name.strip() or host(file.url)


@register.simple_tag(takes_context=True)
def list_address(
    context: template.RequestContext, *, feed: Feed | None = None, category: Category | None = None, show: str = ""
) -> str:
    """The address of another list than the page's own: of a feed, of a category, else of all articles, in each case
    with what the reader shows now (all, unread, starred); given only `show`, of the same articles shown so."""
    here = context.get("selection") or Selection()
    if show:
        return address_of_list(replace(here, show=Show(show)))
    return address_of_list(Selection(feed=feed, category=category, show=here.show))


@register.simple_tag(takes_context=True)
def permanent_address(context: template.RequestContext, article: Article) -> str:
    """The article's address as it may be given to others: no list, no search around it."""
    return site_address(context["request"]) + article.get_absolute_url()


@register.filter
def near_match(pieces: Sequence[Piece]) -> list[Piece]:
    """A snippet that comes to its first match soon, so that this is in view where only some lines are shown."""
    first = next((number for number, piece in enumerate(pieces) if piece.is_match), 0)
    before = "".join(piece.text for piece in pieces[:first])
    if len(before) <= MOST_BEFORE_MATCH:
        return list(pieces)
    near = before[-MOST_BEFORE_MATCH:]
    gap = _GAP.search(near[: MOST_BEFORE_MATCH // 2])  # at a word's beginning, if one is near
    return [Piece("… " + near[gap.end() if gap else 0 :]), *pieces[first:]]
