"""The rows of a list, as HTML. A page has fifty: written by code, with all that repeats made once a page, they cost a
tenth of what a template takes for them. Whatever publishers wrote is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from html import escape

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.dates import WEEKDAYS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from articles.display.article import may_keep
from articles.display.dates import written_day
from articles.display.icons import icon
from articles.display.language import language_of
from articles.display.row_text import near_match, row_summary
from articles.display.script import Script, text_in
from articles.images.urls import THUMBNAILS, WIDTHS, signed_paths
from articles.labels.models import Label
from articles.labels.own import labels_on
from articles.lists.list_settings import Layout
from articles.lists.pages import Selection
from articles.models import Article
from articles.search.find import Found
from articles.search.query.snippets import Piece
from articles.stories.doubles import doubles_of
from articles.views.buttons import Name, button
from articles.views.kept_rows import label_address
from articles.views.script import name_in, script_of
from articles.views.selection import ANY_FEED, day_text, is_picking, list_address
from feeds.models import Importance
from feeds.subscriptions.visibility import feed_ids_of_importance

Day = tuple[date, str, list[Article]]
"""A day, what it is called where that is no day of the week, its articles."""

_PK = "{pk}"
_NAMES: tuple[Name, Name] = ("read", "star")
_BUTTONS = {
    (name, is_flagged): str(button(name, _PK, is_flagged=is_flagged)) for name in _NAMES for is_flagged in (True, False)
}
MOST_NAMED = 3  # other feeds of a row


class Rows:
    """Writes the rows of one page: for a reader who marks articles or for anybody, within `selection`. `query` is
    what the address of an article carries, so that it knows its list. With `is_picking` each row offers to mark what
    is above it or below it; `labels`, by article, are this reader's, `doubles` the others of its story. Set later:
    `since`, above which article the line stands that says what is new, and since when; `moments`, by article, the times
    in rows where these are not when it was published; `high`, the feeds that are marked as important."""

    def __init__(
        self,
        selection: Selection,
        query: str,
        *,
        may_mark: bool,
        is_picking: bool = False,
        labels: Mapping[int, Sequence[Label]] | None = None,
        doubles: Mapping[int, Sequence[Article]] | None = None,
        layout: Layout = Layout.COSY,
        script: Script = "",
    ) -> None:
        self.since: tuple[int, datetime] | None = None
        self._has_dates = False
        self.moments: Mapping[int, datetime] = {}
        self.high: frozenset[int] = frozenset()
        self._layout, self._script = layout, script
        self._article, self._query = reverse("article", args=[0]).split("0"), escape(query)
        self._names_feeds = selection.feed is None
        self._list_of_feed = escape(list_address(Selection(feed=ANY_FEED, show=selection.show))).split("=0", 1)
        self._may_mark = may_mark
        self._labels, self._chips = labels or {}, dict[int, str]()
        self._doubles, self._also = doubles or {}, escape(gettext("also in"))
        self._labelling = reverse("article_labels", args=[0]).split("0"), escape(gettext("Label"))
        self._picks = _picks() if is_picking else ""
        self._feeds: dict[int, str] = {}
        self._zone: tzinfo = timezone.get_current_timezone()
        self._today = timezone.localdate()
        self._low = list_address(Selection(feed=ANY_FEED, show=selection.show, query="date:0-0-0"))
        self._mark_read = escape(gettext("Mark as read"))
        self._important = f'<span class="high" role="img" aria-label="{escape(gettext("Important"))}">!</span>'
        self._moment = pgettext("format of a date with its time", "j F Y, H:i")
        self._day_format = pgettext("format of a day in this year", "j F")
        self._old_day_format = pgettext("format of a day in another year", "j F Y")
        self._at_today = gettext("Today, %s")
        self._page_language = get_language() or ""
        self._language = f' lang="{self._page_language}"'

    def day_of(self, article: Article) -> date:
        """The day on which a row's time is."""
        return self._at(article).date()

    def of_days(self, days: Iterable[Day]) -> SafeString:
        """The rows of a list, day by day."""
        return mark_safe("".join(self._day(*day) for day in days))  # noqa: S308 - written here

    def of_river(self, articles: Iterable[Article]) -> SafeString:
        """The rows of a list in no order of days: each has the date with its time."""
        self._has_dates = True
        return mark_safe(f"<ol class=rows>{''.join(map(self._listed, articles))}</ol>")  # noqa: S308 - written here

    def of_hits(self, found: Iterable[Found]) -> SafeString:
        """The rows of a page of hits."""
        return mark_safe("".join(map(self._found, found)))  # noqa: S308 - written here

    def _day(self, day: date, name: str, articles: Iterable[Article]) -> str:
        form = self._day_format if day.year == self._today.year else self._old_day_format
        rows = "".join(map(self._listed, articles))
        return f"<div class=day>{_heading(day, name, form, self._language)}<ol>{rows}</ol></div>"

    def _listed(self, article: Article) -> str:
        if article.stands_for:
            return self._line(article) + self._more(article)
        at = self._at(article)
        name_in(article, self._script)
        summary = self._summary(article)
        return self._line(article) + self._row(
            article,
            "h3",
            escape(article.name),
            f"<p>{escape(summary)}</p>" if summary else "",
            self._feed(article, is_link=True),
            f"<span>{escape(article.origin.title)}</span>" if article.origin else "",
            _time(at, self._moment_of(at), self._language) if self._has_dates else _time(at, f"{at:%H:%M}"),
        )

    def _at(self, article: Article) -> datetime:
        at = self.moments.get(article.pk, article.published_at) if self.moments else article.published_at
        return at.astimezone(self._zone)

    def _more(self, article: Article) -> str:
        """The row of a day of a feed of low importance, which leads to what it stands for."""
        feed, n = article.feed, len(article.stands_for)
        address = self._low.replace("feed=0", f"feed={feed.pk}").replace("0-0-0", str(self.day_of(article)))
        words = escape(gettext("%(n)d more from %(feed)s")) % {"n": n, "feed": f"<bdi>{escape(feed.name)}</bdi>"}
        extent = f'name="extent" value="day-{day_text(article)}"'
        mark = f'<button class="quiet" form="mark" {extent} data-key="m">{self._mark_read}</button>'
        is_marked = self._may_mark and article.is_unread
        return (
            f'<li class="row-low" id="article-{article.pk}"{self._language}>'
            f'<a href="{escape(address)}">{icon(feed)}{words}</a>{mark if is_marked else ""}</li>'
        )

    def _line(self, article: Article) -> str:
        if self.since is None or self.since[0] != article.pk:
            return ""
        moment = self._moment_of(self.since[1].astimezone(self._zone))
        return f'<li class="since"><span>{escape(gettext("New since you were here:"))} {moment}</span></li>'

    def _found(self, found: Found) -> str:
        article = found.article
        at = self._at(article)
        is_other = name_in(article, self._script)
        title, snippet = found.title, near_match(found.snippet)
        if is_other:
            title, snippet = self._in_script(title), self._in_script(snippet)
        return self._row(
            article,
            "h2",
            _pieces(title) or escape(article.name),
            f'<p class="row-snippet">{_pieces(snippet)}</p>' if snippet else "",
            self._feed(article, is_link=False),
            f'<span dir="auto">{_pieces(found.author)}</span>' if found.author else "",
            f'<span class="found-address" dir="ltr">{_pieces(found.address)}</span>' if found.address else "",
            _time(at, self._moment_of(at), self._language),
        )

    def _in_script(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        return tuple(replace(piece, text=text_in(piece.text, self._script)) for piece in pieces)

    def _row(self, article: Article, heading: str, title: str, text: str, *facts: str) -> str:
        pk = str(article.pk)
        language = language_of(article.language or article.feed.language, article.title + article.summary)
        own = "" if language == self._page_language else f' lang="{escape(language)}"'
        return (
            f"<li class=row id=article-{pk}>{self._button('read', pk, article)}"
            f"<div class=row-text{own} dir=auto>"
            f'<{heading}><a id=t{pk} href="{pk.join(self._article)}{self._query}">{title}</a>'
            f"</{heading}>{text}<p class=row-facts>{''.join(facts)}{self._others(article)}"
            f"{self._label(pk, article)}</p>"
            f"{self._picks.replace(_PK, pk)}</div>"
            f"{self._picture(article)}{self._button('star', pk, article)}</li>"
        )

    def _summary(self, article: Article) -> str:
        if self._layout is Layout.COMPACT:
            return ""
        return row_summary(article, lines=3 if self._layout is Layout.EXCERPT else 1)

    def _picture(self, article: Article) -> str:
        if self._layout is Layout.COMPACT or not article.image_url:
            return ""
        return _card_picture(article) if self._layout is Layout.CARDS else _row_picture(article)

    def _button(self, name: Name, pk: str, article: Article) -> str:
        if not self._may_mark:
            return ""
        is_flagged = article.is_unread if name == "read" else article.is_starred
        return _BUTTONS[name, is_flagged].replace(_PK, pk)

    def _label(self, pk: str, article: Article) -> str:
        """The article's labels, and the way to change them."""
        if not self._may_mark:
            return ""
        chips = "".join(self._chip(label) for label in self._labels.get(article.pk, ()))
        address, name = self._labelling
        return f'{chips}<a href="{pk.join(address)}{self._query}" aria-labelledby="label t{pk}">{name}</a>'

    def _others(self, article: Article) -> str:
        """The other feeds that have the article, each a link to it there."""
        others = {double.feed_id: double for double in reversed(self._doubles.get(article.pk, ()))}
        others.pop(article.feed_id, None)
        if not others:
            return ""
        links = [
            f'<a href="{str(double.pk).join(self._article)}"><bdi>{escape(double.feed.name)}</bdi></a>'
            for double in [*others.values()][::-1]
        ]
        more = f" +{len(links) - MOST_NAMED}" if len(links) > MOST_NAMED else ""
        return f'<span class="also"{self._language}>{self._also} {", ".join(links[:MOST_NAMED])}{more}</span>'

    def _chip(self, label: Label) -> str:
        if label.pk not in self._chips:
            self._chips[label.pk] = chip(label)
        return self._chips[label.pk]

    def _feed(self, article: Article, *, is_link: bool) -> str:
        if not self._names_feeds:
            return ""
        feed = article.feed
        if feed.pk not in self._feeds:
            name = f"{icon(feed)}{escape(feed.name)}{self._important if feed.pk in self.high else ''}"
            address = f"={feed.pk}".join(self._list_of_feed)
            self._feeds[feed.pk] = f'<a href="{address}">{name}</a>' if is_link else f"<span>{name}</span>"
        return self._feeds[feed.pk]

    def _moment_of(self, at: datetime) -> str:
        if at.date() == self._today:
            return escape(self._at_today % f"{at:%H:%M}")
        return _written_moment(at.replace(second=0, microsecond=0, tzinfo=None), self._moment, self._language)


def writer_of(
    articles: Sequence[Article],
    selection: Selection,
    query: str,
    request: HttpRequest,
    layout: Layout = Layout.COSY,
) -> Rows:
    """The writer of the rows of these articles for the reader who asks."""
    picks, reader = is_picking(request), request.user
    may_mark = isinstance(reader, User)
    ids = [article.pk for article in articles]
    labels = labels_on(ids, reader) if isinstance(reader, User) else {}
    writer = Rows(
        selection, query, may_mark=may_mark, is_picking=picks, labels=labels, doubles=doubles_of(ids, reader),
        layout=layout, script=script_of(request),
    )  # fmt: skip
    if selection.feed is None:
        writer.high = feed_ids_of_importance(reader, Importance.HIGH)
    return writer


@lru_cache(maxsize=4096)
def _written_moment(at: datetime, form: str, language: str) -> str:
    """A time in words, to the minute: kept as headings are, and without its zone, in which equal times differ."""
    return escape(dateformat.format(at, form))


@lru_cache(maxsize=4096)
def _heading(day: date, name: str, form: str, language: str) -> str:
    """The day above its rows, under the `name` that it has as seen from today, else that of its weekday. The next list
    has the same days; `language` tells those of another apart."""
    name = escape(name or str(WEEKDAYS[day.weekday()]))
    return f"<h2><time datetime={day}><b>{name}</b> {escape(written_day(day, form))}</time></h2>"


def chip(label: Label) -> SafeString:
    """A label as a link to what has it."""
    address = label_address(label.name)
    return mark_safe(  # noqa: S308 - escaped
        f'<a class="chip" data-hue="{label.colour}" href="{address}"><bdi>{escape(label.name)}</bdi></a>'
    )


def _picks() -> str:
    sides = [("above", gettext("Mark above")), ("below", gettext("Mark below"))]
    buttons = [
        f'<button class="small" form="mark" name="extent" value="{side}-{_PK}" aria-describedby="t{_PK}">'
        f"{escape(words)}</button>"
        for side, words in sides
    ]
    return f'<div class="row-picks" lang="{get_language() or ""}">{"".join(buttons)}</div>'


def _time(at: datetime, text: str, attributes: str = "") -> str:
    written = at.astimezone(UTC).isoformat(timespec="minutes").removesuffix("+00:00")
    return f"<time datetime={written}Z{attributes}>{text}</time>"


def _row_picture(article: Article) -> str:
    return _picture(article, THUMBNAILS)


def _card_picture(article: Article) -> str:
    return _picture(article, WIDTHS[:2], " width=320 height=180")


def _picture(article: Article, widths: Sequence[int], attributes: str = "") -> str:
    """The lead picture; for screens with twice the pixels a larger one."""
    paths = signed_paths(article.image_url, widths, is_kept=may_keep(article.feed))
    if not paths:
        return ""
    usual, sharp = paths
    return f'<img class=row-picture src={usual} srcset="{sharp} 2x" alt{attributes} loading=lazy>'


def _pieces(pieces: Sequence[Piece]) -> str:
    return "".join(f"<mark>{escape(piece.text)}</mark>" if piece.is_match else escape(piece.text) for piece in pieces)
