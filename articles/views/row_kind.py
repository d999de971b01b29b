"""A row of a list as HTML, made of values alone, so that it may be kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils import dateformat
from django.utils.translation import get_language, gettext, pgettext

from articles.display.icons import icon_of
from articles.display.language import language_of
from articles.display.row_text import row_summary
from articles.images.urls import THUMBNAILS, WIDTHS, signed_paths
from articles.lists.list_settings import Layout
from articles.lists.selection import Selection, Show
from articles.views.buttons import Name, button
from articles.views.selection import ANY_FEED, list_address
from feeds.numbered_addresses import around_number

_PK = "{pk}"
_NAMES: tuple[Name, Name] = ("read", "star")
_BUTTONS = {
    (name, is_flagged): str(button(name, _PK, is_flagged=is_flagged)) for name in _NAMES for is_flagged in (True, False)
}


class Source(NamedTuple):
    """An article's feed, as far as a row shows it."""

    pk: int
    name: str
    icon_url: str
    language: str
    is_kept: bool
    is_high: bool


class RowKind:
    """The parts that all rows of a page have. Made of what it is given, of which `language`, `prefix` and `keys` are
    what Django and the settings say now, and of nothing else: so it is kept, and so are rows in it."""

    def __init__(
        self,
        language: str,
        prefix: str,
        keys: tuple[str, ...],
        show: Show,
        query: str,
        names_feeds: bool,
        may_mark: bool,
        is_picking: bool,
        layout: Layout,
        zone: tzinfo,
        today: date,
    ) -> None:
        self.page_language, self.language = language, f' lang="{language}"'
        self.layout, self.zone, self.today = layout, zone, today
        self.names_feeds, self.may_mark = names_feeds, may_mark
        self.article, self.query = around_number("article"), _escaped(query)
        self.list_of_feed = _escaped(list_address(Selection(feed=ANY_FEED, show=show))).split("=0", 1)
        self.low = list_address(Selection(feed=ANY_FEED, show=show, query="date:0-0-0"))
        self.also, self.mark_read = escape(gettext("also in")), escape(gettext("Mark as read"))
        self.labelling = around_number("article_labels"), escape(gettext("Label"))
        self.picks = _picks() if is_picking else ""
        self.important = f'<span class="high" role="img" aria-label="{escape(gettext("Important"))}">!</span>'
        self.moment = pgettext("format of a date with its time", "j F Y, H:i")
        self.day_format = pgettext("format of a day in this year", "j F")
        self.old_day_format = pgettext("format of a day in another year", "j F Y")
        self.at_today = gettext("Today, %s")

    def row(
        self,
        pk: int,
        heading: str,
        title: str,
        text: str,
        language: str,
        picture: str,
        is_unread: bool,
        is_starred: bool,
        about: str,
        chips: str,
    ) -> str:
        """The row, of HTML, without end tags that HTML lets end by themselves. `about`: the facts under its text."""
        number = str(pk)
        own = "" if language == self.page_language else f' lang="{escape(language)}"'
        read, star, label = "", "", ""
        if self.may_mark:
            read, star = (_BUTTONS[flag].replace(_PK, number) for flag in (("read", is_unread), ("star", is_starred)))
            address, name = self.labelling
            label = f'{chips}<a href="{number.join(address)}{self.query}" aria-labelledby="label t{number}">{name}</a>'
        return (
            f"<li class=row id=article-{number}>{read}"
            f"<div class=row-text{own} dir=auto>"
            f'<{heading}><a id=t{number} href="{number.join(self.article)}{self.query}">{title}</a>'
            f"</{heading}>{text}<p class=row-facts>{about}{label}"
            f"{self.picks.replace(_PK, number)}</div>"
            f"{picture}{star}"
        )

    def summary(self, title: str, summary: str) -> str:
        if self.layout is Layout.COMPACT:
            return ""
        return row_summary(title, summary, lines=3 if self.layout is Layout.EXCERPT else 1)

    def picture(self, url: str, *, is_kept: bool) -> str:
        """The lead picture; for screens with twice the pixels a larger one."""
        if self.layout is Layout.COMPACT or not url:
            return ""
        is_card = self.layout is Layout.CARDS
        paths = signed_paths(url, WIDTHS[:2] if is_card else THUMBNAILS, is_kept=is_kept)
        if not paths:
            return ""
        attributes = " width=320 height=180" if is_card else ""
        return f'<img src={paths[0]} srcset="{paths[1]} 2x" alt{attributes} loading=lazy>'

    def feed(self, source: Source, *, is_link: bool) -> str:
        if not self.names_feeds:
            return ""
        sign = icon_of(source.pk, source.name, source.icon_url, is_kept=source.is_kept)
        name = f"{sign}{escape(source.name)}{self.important if source.is_high else ''}"
        return f'<a href="{f"={source.pk}".join(self.list_of_feed)}">{name}</a>' if is_link else f"<span>{name}</span>"

    def moment_of(self, at: datetime) -> str:
        if at.date() == self.today:
            return escape(self.at_today % f"{at:%H:%M}")
        return _written_moment(at.replace(second=0, microsecond=0, tzinfo=None), self.moment, self.language)


row_kind = lru_cache(maxsize=256)(RowKind)


def _escaped(address: str) -> str:
    """An address with a query of ours for an attribute in quotes. There `&` stands for itself before a name and `=`:
    https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state"""
    return escape(address).replace("&amp;", "&")


@lru_cache(maxsize=2048)
def listed_row(
    kind: RowKind,
    source: Source,
    pk: int,
    name: str,
    title: str,
    summary: str,
    declared: str,
    origin: str,
    image_url: str,
    at: datetime,
    has_date: bool,
    is_unread: bool,
    is_starred: bool,
    others: str,
    chips: str,
) -> str:
    """A row of a list. Kept under all that it is made of, for the next page that has the same."""
    at, text = at.astimezone(kind.zone), kind.summary(title, summary)
    return kind.row(
        pk,
        "h3",
        escape(name),
        f"<p>{escape(text)}" if text else "",
        language_of(declared or source.language, title + summary),
        kind.picture(image_url, is_kept=source.is_kept),
        is_unread,
        is_starred,
        kind.feed(source, is_link=True)
        + (f"<span>{escape(origin)}</span>" if origin else "")
        + (written_time(at, kind.moment_of(at), kind.language) if has_date else written_time(at, f"{at:%H:%M}"))
        + others,
        chips,
    )


@lru_cache(maxsize=4096)
def _written_moment(at: datetime, form: str, language: str) -> str:
    """A time in words, to the minute: kept as headings are, and without its zone, in which equal times differ."""
    return escape(dateformat.format(at, form))


def _picks() -> str:
    sides = [("above", gettext("Mark above")), ("below", gettext("Mark below"))]
    buttons = [
        f'<button class="small" form="mark" name="extent" value="{side}-{_PK}" aria-describedby="t{_PK}">'
        f"{escape(words)}</button>"
        for side, words in sides
    ]
    return f'<div class="row-picks" lang="{get_language() or ""}">{"".join(buttons)}</div>'


def written_time(at: datetime, text: str, attributes: str = "") -> str:
    """A time, shown as `text`."""
    written = at.astimezone(UTC).isoformat(timespec="minutes").removesuffix("+00:00")
    return f"<time datetime={written}Z{attributes}>{text}</time>"
