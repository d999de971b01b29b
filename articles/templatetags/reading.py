"""The tags and filters that tell templates what they need to know of articles and feeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import cast
from urllib.parse import unquote, urlsplit

from django import template
from django.conf.locale import LANG_INFO
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from articles.display.language import language_of
from articles.display.links import host, web_address
from articles.display.reading_time import reading_minutes
from articles.export.site_address import site_address
from articles.lists.pages import Selection, Show
from articles.models import Article, Enclosure
from articles.search.find import Found
from articles.views.buttons import button, words
from articles.views.feed_rows import FeedRows
from articles.views.rows import Day, Rows, chip
from articles.views.selection import address_of
from articles.views.selection import list_address as address_of_list
from feeds.models import Category, Feed

register = template.Library()
register.simple_tag(button)
register.simple_tag(chip)
register.filter(web_address)
register.filter(host)
register.filter(reading_minutes)


@register.filter
def language(article: Article) -> str:
    """The language tag that the article is set in; empty where nobody knows, which HTML reads as "unknown"."""
    return language_of(article.language or article.feed.language, article.title + article.summary)


@register.filter
def language_in(text: str, declared: str) -> str:
    """The language tag that `text` is set in, where its feed declares `declared`."""
    return language_of(declared, text)


@register.filter
def direction(tag: str) -> str:
    """The `dir` of a text in that language: known for languages written from right to left, else left to the text."""
    return "rtl" if LANG_INFO.get(tag.split("-")[0].lower(), {}).get("bidi") else "auto"


@register.filter
def moment(time: datetime) -> str:
    """Date and time in the reader's zone and language. Django's formats for English are American."""
    return date_format(localtime(time), pgettext("format of a date with its time", "j F Y, H:i"))


@register.filter
def short_day(day: date) -> str:
    """A day, or a time's day in the reader's zone."""
    local = localtime(day) if isinstance(day, datetime) else day
    return date_format(local, pgettext("format of a short date", "j M Y"))


@register.filter
def file_name(file: Enclosure) -> str:
    """A name for a file that came along: its title, else its name in the address, else its host."""
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
        return address_of_list(replace(here.without_query(), show=Show(show)))
    return address_of_list(Selection(feed=feed, category=category, show=here.show))


@register.simple_tag(takes_context=True)
def list_query(context: template.RequestContext, *, after: int | None = None) -> str:
    """The query of an address that leads on from this list, or the river of today, behind the article `after`."""
    river = context.get("river_place") or ""
    return address_of(context.get("selection") or Selection(), today=river, after=str(after or ""))


@register.simple_tag(takes_context=True)
def permanent_address(context: template.RequestContext, article: Article) -> str:
    """The article's address as it may be given to others: no list, no search around it."""
    return site_address(context["request"]) + article.get_absolute_url()


@register.simple_tag(takes_context=True)
def list_rows(context: template.RequestContext, days: Iterable[Day]) -> SafeString:
    """The rows of a list, day by day, as the page's `writer` writes them."""
    return cast(Rows, context["writer"]).of_days(days)


@register.simple_tag(takes_context=True)
def river_rows(context: template.RequestContext, articles: Iterable[Article]) -> SafeString:
    """The rows of a list that is in no order of days."""
    return cast(Rows, context["writer"]).of_river(articles)


@register.simple_tag(takes_context=True)
def hit_rows(context: template.RequestContext, found: Iterable[Found]) -> SafeString:
    """The same of hits."""
    return cast(Rows, context["writer"]).of_hits(found)


@register.simple_tag(takes_context=True)
def feed_rows(context: template.RequestContext, feeds: Iterable[Feed]) -> SafeString:
    """The rows of the feeds of a category."""
    user = context["user"]
    own = gettext("Settings") if user.is_authenticated else ""
    follow = gettext("Subscribe") if context.get("others") else ""
    return FeedRows(own=own, follow=follow, is_staff=user.is_staff).of(feeds)


@register.simple_tag
def action_words() -> dict[str, str]:
    """The words for what the buttons of articles do, by the action."""
    return words()
