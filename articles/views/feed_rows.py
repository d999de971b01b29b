"""The rows of the page of all feeds, as HTML: written by code as those of lists are (articles.views.rows), as there are
hundreds. Here and not in feeds, as the signed address of an icon is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from html import escape

from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from articles.display.article import may_keep
from articles.display.dates import written_day
from articles.display.icons import icon_of
from articles.display.language import language_of
from articles.display.links import host, web_address
from feeds.models import Feed
from feeds.numbered_addresses import around_number
from feeds.polls.health import Health

_SOUND = {Health.FINE, Health.WAITING}


class FeedRows:
    """Writes the rows of one page, for readers with a link to their own settings of the feed, under the word `own`, for
    staff with one to change it for all. With a word `follow` each has a button of the form of that id instead, which
    leads back to the row above. Each feed has its `health`."""

    def __init__(self, *, own: str = "", follow: str = "", is_staff: bool) -> None:
        self._own, self._own_page = escape(own), around_number("feed")
        self._follow, self._follow_address = escape(follow), around_number("follow_feed")
        self._above = ""
        self._private = escape(_("private"))
        self._list = reverse("list")
        self._manage = around_number("admin:feeds_feed_change") if is_staff else None
        self._zone, self._now = timezone.get_current_timezone(), timezone.now()
        self._trouble = get_template("feeds/_trouble.html")
        self._day_format = pgettext("format of a short date", "j M Y")
        self._days: dict[date, str] = {}
        self._times: dict[int, str] = {}
        self._articles, self._newest, self._checked = escape(_("Articles")), escape(_("Newest")), escape(_("Checked"))
        self._unchecked, self._words = escape(_("not checked yet")), escape(_("Manage"))

    def of(self, feeds: Iterable[Feed]) -> SafeString:
        """The rows of one category."""
        return mark_safe("".join(map(self._row, feeds)))  # noqa: S308 - written here

    def _row(self, feed: Feed) -> str:
        plain = feed.name
        name, language = escape(plain), escape(language_of(feed.language, plain))
        sign = icon_of(feed.id, plain, feed.icon_url, is_kept=may_keep(feed))
        return (
            f'{self._begin(feed)}<th scope="row"><a class="feed-name" href="{self._list}?feed={feed.id}"'
            f' lang="{language}" dir="auto">{sign}{name}</a>'
            f"{_site(feed)}{self._settings(feed, name)}{self._trouble_of(feed)}</th>"
            f'<td class="number" data-label="{self._articles}">{feed.article_count}</td>'
            f'<td data-label="{self._newest}">{self._day(feed.newest_article_at)}</td>'
            f"{self._check(feed.last_checked_at)}{self._change(feed.id, name)}</tr>"
        )

    def _begin(self, feed: Feed) -> str:
        return f'<tr id="feed-{feed.pk}">' if self._follow else "<tr>"

    def _settings(self, feed: Feed, name: str) -> str:
        private = "" if feed.is_shared else f' <span class="hint">{self._private}</span>'
        if self._follow:
            address, above = str(feed.id).join(self._follow_address), self._above
            self._above = f"#feed-{feed.id}"
            words = f'{self._follow}<span class="visually-hidden"> {name}</span>'
            return f' <button class="quiet site" form="follow" formaction="{address}{above}">{words}</button>'
        if not self._own:
            return private
        address = str(feed.id).join(self._own_page)
        words = f'{self._own}<span class="visually-hidden"> {name}</span>'
        return f' <a class="hint site" href="{address}">{words}</a>{private}'

    def _trouble_of(self, feed: Feed) -> str:
        is_sound = feed.health in _SOUND and not feed.is_damaged  # type: ignore[attr-defined]
        return "" if is_sound else self._trouble.render({"feed": feed})

    def _day(self, time: datetime | None) -> str:
        if time is None:
            return "–"
        at = time.astimezone(self._zone)
        day = at.date()
        if day not in self._days:
            self._days[day] = escape(written_day(day, self._day_format))
        return f'<time datetime="{at.isoformat(timespec="minutes")}">{self._days[day]}</time>'

    def _check(self, time: datetime | None) -> str:
        if time is None:
            return f"<td>{self._unchecked}</td>"
        minutes = int((self._now - time).total_seconds() // 60)
        if minutes not in self._times:  # no unit is smaller
            self._times[minutes] = escape(_("%s ago") % timesince(time, self._now, depth=1))
        at = time.astimezone(self._zone).isoformat(timespec="minutes")
        return f'<td data-label="{self._checked}"><time datetime="{at}">{self._times[minutes]}</time></td>'

    def _change(self, pk: int, name: str) -> str:
        if self._manage is None:
            return ""
        address = str(pk).join(self._manage)
        return f'<td><a href="{address}">{self._words}<span class="visually-hidden"> {name}</span></a></td>'


def _site(feed: Feed) -> str:
    if not web_address(feed.site_url):
        return ""
    address, name = escape(feed.site_url), escape(host(feed.site_url))
    return f'<a class="hint site" href="{address}" rel="noopener noreferrer">{name}</a>'
