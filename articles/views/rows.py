"""The rows of a list, as HTML. A page has fifty: written by code, with all that repeats made once a page, they cost a
tenth of what a template takes for them. Whatever publishers wrote is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from html import escape

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from articles.display.article import may_keep
from articles.display.dates import written_day
from articles.display.icons import icon
from articles.display.language import language_of
from articles.display.row_text import near_match
from articles.display.script import Script, text_in
from articles.labels.models import Label
from articles.labels.own import labels_on
from articles.lists.list_settings import Layout
from articles.lists.pages import Selection
from articles.models import Article
from articles.search.find import Found
from articles.search.query.snippets import Piece
from articles.stories.doubles import doubles_of
from articles.views.kept_rows import label_address
from articles.views.row_kind import Source, listed_row, row_kind, written_time
from articles.views.script import name_in, script_of
from articles.views.selection import day_text, is_picking
from feeds.models import Importance
from feeds.subscriptions.visibility import feed_ids_of_importance

Day = tuple[date, str, list[Article]]
"""A day, what it is called where that is no day of the week, its articles."""

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
        self._script, self._may_mark = script, may_mark
        self._labels, self._doubles = labels or {}, doubles or {}
        self._chip_of: dict[int, str] = {}
        self._sources: dict[int, Source] = {}
        self._kind = row_kind(
            get_language() or "",
            get_script_prefix(),
            tuple(settings.IMAGE_KEYS),
            selection.show,
            query,
            selection.feed is None,
            may_mark,
            is_picking,
            layout,
            timezone.get_current_timezone(),
            timezone.localdate(),
        )

    def day_of(self, article: Article) -> date:
        """The day on which a row's time is."""
        return self._at(article).astimezone(self._kind.zone).date()

    def of_days(self, days: Iterable[Day]) -> SafeString:
        """The rows of a list, day by day."""
        return mark_safe("".join([self._day(*day) for day in days]))  # noqa: S308 - written here

    def of_river(self, articles: Iterable[Article]) -> SafeString:
        """The rows of a list in no order of days: each has the date with its time."""
        self._has_dates = True
        return mark_safe(f"<ol class=rows>{''.join(map(self._listed, articles))}</ol>")  # noqa: S308 - written here

    def of_hits(self, found: Iterable[Found]) -> SafeString:
        """The rows of a page of hits."""
        return mark_safe("".join(map(self._found, found)))  # noqa: S308 - written here

    def _day(self, day: date, name: str, articles: Iterable[Article]) -> str:
        kind = self._kind
        form = kind.day_format if day.year == kind.today.year else kind.old_day_format
        rows = "".join(map(self._listed, articles))
        return f"<div class=day>{_heading(day, name, form, kind.language)}<ol>{rows}</ol></div>"

    def _listed(self, article: Article) -> str:
        if article.stands_for:
            return self._line(article) + self._more(article)
        name_in(article, self._script)
        pk = article.id
        row = listed_row(
            self._kind,
            self._source(article),
            pk,
            article.name,
            article.title,
            article.summary,
            article.language,
            article.origin.title if article.origin else "",
            article.image_url,
            self._at(article),
            self._has_dates,
            self._may_mark and article.is_unread,
            self._may_mark and article.is_starred,
            self._others(article) if pk in self._doubles else "",
            self._chips(pk),
        )
        return self._line(article) + row if self.since else row

    def _at(self, article: Article) -> datetime:
        return self.moments.get(article.id, article.published_at) if self.moments else article.published_at

    def _source(self, article: Article) -> Source:
        feed = article.feed
        source = self._sources.get(feed.id)
        if source is None:
            is_high = feed.id in self.high
            source = Source(feed.id, feed.name, feed.icon_url, feed.language, may_keep(feed), is_high)
            self._sources[feed.id] = source
        return source

    def _more(self, article: Article) -> str:
        """The row of a day of a feed of low importance, which leads to what it stands for."""
        feed, n, kind = article.feed, len(article.stands_for), self._kind
        address = kind.low.replace("feed=0", f"feed={feed.pk}").replace("0-0-0", str(self.day_of(article)))
        words = escape(gettext("%(n)d more from %(feed)s")) % {"n": n, "feed": f"<bdi>{escape(feed.name)}</bdi>"}
        extent = f'name="extent" value="day-{day_text(article)}"'
        mark = f'<button class="quiet" form="mark" {extent} data-key="m">{kind.mark_read}</button>'
        is_marked = self._may_mark and article.is_unread
        return (
            f'<li class="row-low" id="article-{article.pk}"{kind.language}>'
            f'<a href="{escape(address)}">{icon(feed)}{words}</a>{mark if is_marked else ""}'
        )

    def _line(self, article: Article) -> str:
        if self.since is None or self.since[0] != article.pk:
            return ""
        moment = self._kind.moment_of(self.since[1].astimezone(self._kind.zone))
        return f'<li class="since"><span>{escape(gettext("New since you were here:"))} {moment}</span>'

    def _found(self, found: Found) -> str:
        article, kind, source = found.article, self._kind, self._source(found.article)
        at = self._at(article).astimezone(kind.zone)
        is_other = name_in(article, self._script)
        title, snippet = found.title, near_match(found.snippet)
        if is_other:
            title, snippet = self._in_script(title), self._in_script(snippet)
        facts = [
            kind.feed(source, is_link=False),
            f'<span dir="auto">{_pieces(found.author)}</span>' if found.author else "",
            f'<span class="found-address" dir="ltr">{_pieces(found.address)}</span>' if found.address else "",
            written_time(at, kind.moment_of(at), kind.language),
            self._others(article),
        ]
        return kind.row(
            article.pk,
            "h2",
            _pieces(title) or escape(article.name),
            f'<p class="row-snippet">{_pieces(snippet)}' if snippet else "",
            language_of(article.language or source.language, article.title + article.summary),
            kind.picture(article.image_url, is_kept=source.is_kept),
            self._may_mark and article.is_unread,
            self._may_mark and article.is_starred,
            "".join(facts),
            self._chips(article.pk),
        )

    def _in_script(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        return tuple(replace(piece, text=text_in(piece.text, self._script)) for piece in pieces)

    def _others(self, article: Article) -> str:
        """The other feeds that have the article, each a link to it there."""
        others = {double.feed_id: double for double in reversed(self._doubles.get(article.pk, ()))}
        others.pop(article.feed_id, None)
        if not others:
            return ""
        kind = self._kind
        links = [
            f'<a href="{str(double.pk).join(kind.article)}"><bdi>{escape(double.feed.name)}</bdi></a>'
            for double in [*others.values()][::-1]
        ]
        more = f" +{len(links) - MOST_NAMED}" if len(links) > MOST_NAMED else ""
        return f'<span class="also"{kind.language}>{kind.also} {", ".join(links[:MOST_NAMED])}{more}</span>'

    def _chips(self, pk: int) -> str:
        """The article's labels."""
        return "".join(map(self._chip, self._labels[pk])) if pk in self._labels else ""

    def _chip(self, label: Label) -> str:
        if label.pk not in self._chip_of:
            self._chip_of[label.pk] = chip(label)
        return self._chip_of[label.pk]


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
    ids = [article.id for article in articles]
    labels = labels_on(ids, reader) if isinstance(reader, User) else {}
    writer = Rows(
        selection, query, may_mark=may_mark, is_picking=picks, labels=labels, doubles=doubles_of(ids, reader),
        layout=layout, script=script_of(request),
    )  # fmt: skip
    if selection.feed is None:
        writer.high = feed_ids_of_importance(reader, Importance.HIGH)
    return writer


@lru_cache(maxsize=4096)
def _heading(day: date, name: str, form: str, language: str) -> str:
    """The day above its rows, under the `name` that it has as seen from today, else that of its weekday. The next list
    has the same days; `language` tells those of another apart."""
    name = escape(name or str(WEEKDAYS[day.weekday()]))
    return f"<h2><b>{name}</b> {escape(written_day(day, form))}</h2>"


def chip(label: Label) -> SafeString:
    """A label as a link to what has it."""
    address = label_address(label.name)
    return mark_safe(  # noqa: S308 - escaped
        f'<a class="chip" data-hue="{label.colour}" href="{address}"><bdi>{escape(label.name)}</bdi></a>'
    )


def _pieces(pieces: Sequence[Piece]) -> str:
    return "".join(f"<mark>{escape(piece.text)}</mark>" if piece.is_match else escape(piece.text) for piece in pieces)
