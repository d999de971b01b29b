"""The admin's texts and actions about a feed's history and its hub."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminRadioSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feeds.admin.times import when
from feeds.history import progress
from feeds.history.models import Backfill
from feeds.models import Feed
from feeds.websub import hubs
from feeds.websub.deliveries import is_live
from feeds.websub.models import HubSubscription

FEEDS_NAMED = 20


class HistoryForm(forms.Form):
    """The way in which the history of the chosen feeds is fetched."""

    ON, AGAIN, NUMBERS = "on", "again", "numbers"
    how = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[
            (ON, gettext_lazy("Go on where it stands, or begin")),
            (AGAIN, gettext_lazy("Begin anew; what is here stays as it is")),
            (NUMBERS, gettext_lazy("Begin anew, by page numbers (?paged=2), as WordPress has them")),
        ],
        initial=ON,
        widget=AdminRadioSelect(attrs={"class": "radiolist"}),
    )

    def fetch(self, feed: Feed) -> None:
        match self.cleaned_data["how"]:
            case self.NUMBERS:
                progress.request(feed, Backfill.Way.NUMBERS)
            case self.AGAIN:
                progress.request(feed)
            case _:
                progress.go_on(feed)


def history_of(feed: Feed) -> str:
    """The state of a feed's back-fill, in a line; empty where there is none."""
    backfill: Backfill | None = getattr(feed, "backfill", None)
    if backfill is None:
        return ""
    done = ngettext("%(n)d document", "%(n)d documents", backfill.documents) % {"n": backfill.documents}
    found = ngettext("%(n)d article found", "%(n)d articles found", backfill.articles) % {"n": backfill.articles}
    return f"{backfill.get_state_display()}, {done}, {found}"


def hub_of(feed: Feed) -> str:
    """The state of things with a feed's hub, in a line; empty where the feed names none."""
    if not feed.hub_url:
        return ""
    if not hubs.is_possible():
        return _("not used: NEWSREADER_URL is not set, so no hub could call")
    subscription: HubSubscription | None = getattr(feed, "hub", None)
    if subscription is None:
        return str(HubSubscription.State.WANTED.label)
    if subscription.state == HubSubscription.State.LIVE and not is_live(subscription):
        return _("lapsed")
    return str(subscription.get_state_display())


def following_of(feed: Feed) -> SafeString | str:
    """The state of history and hub in the list of feeds: only what is going on."""
    backfill: Backfill | None = getattr(feed, "backfill", None)
    is_on = backfill is not None and backfill.state != Backfill.State.FINISHED
    history = _("history: %(state)s") % {"state": history_of(feed)} if is_on else ""
    hub = _("hub: %(state)s") % {"state": hub_of(feed)} if getattr(feed, "hub", None) else ""
    text = " · ".join(filter(None, (history, hub)))
    return format_html("<small>{}</small>", text) if text else ""


class FollowingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Columns, fields and actions about history and hub, for the admin of feeds."""

    @admin.display(description=gettext_lazy("history"))
    def history(self, feed: Feed) -> SafeString | str:
        backfill: Backfill | None = getattr(feed, "backfill", None)
        if backfill is None:
            return _("not fetched")
        ended = format_html(" · {}", when(backfill.finished_at)) if backfill.finished_at else ""
        waits = backfill.state == Backfill.State.RUNNING and backfill.failures
        again = format_html(" · {} {}", _("tried again"), when(backfill.next_step_at)) if waits else ""
        following = backfill.next_url if backfill.state != Backfill.State.FINISHED else ""
        return format_html(
            "{}{}{}<br><small>{}</small> <small>{}</small>",
            history_of(feed), ended, again, backfill.last_error, following,
        )  # fmt: skip

    @admin.display(description=gettext_lazy("state at the hub"))
    def hub_state(self, feed: Feed) -> SafeString | str:
        subscription: HubSubscription | None = getattr(feed, "hub", None)
        if subscription is None or not feed.hub_url:
            return hub_of(feed) or "–"
        taken = ngettext("%(n)d delivery", "%(n)d deliveries", subscription.deliveries) % {"n": subscription.deliveries}
        refused = ngettext("%(n)d refused", "%(n)d refused", subscription.refused) % {"n": subscription.refused}
        return format_html(
            "{} · {} {} · {} {} · {}, {}<br><small>{}</small>",
            hub_of(feed), _("live until"), when(subscription.live_until), _("next request"),
            when(subscription.next_request_at), taken, refused, subscription.last_error,
        )  # fmt: skip

    @admin.action(description=gettext_lazy("Fetch history…"), permissions=["change"])
    def fetch_history(self, request: HttpRequest, feeds: QuerySet[Feed]) -> HttpResponse | None:
        form = HistoryForm(request.POST if "fetch" in request.POST else None)
        if not form.is_valid():
            return self.ask(request, feeds, "admin/feeds/feed/history.html", title=_("Fetch history"), form=form)
        for feed in feeds:
            form.fetch(feed)
        n = feeds.count()
        text = ngettext("The history of %d feed is being fetched.", "The history of %d feeds is being fetched.", n)
        messages.success(request, text % n)
        return None

    @admin.action(description=gettext_lazy("Stop fetching history"), permissions=["change"])
    def stop_history(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        n = progress.stop(Backfill.objects.filter(feed__in=feeds.values("pk")))
        messages.success(request, ngettext("%d back-fill is stopped.", "%d back-fills are stopped.", n) % n)

    def ask(self, request: HttpRequest, feeds: QuerySet[Feed], template: str, **context: Any) -> HttpResponse:
        """A page between choosing an action and doing it. Its form sends the same choice of feeds again."""
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "count": (count := feeds.count()),
            "feeds": feeds[:FEEDS_NAMED],
            "more": max(0, count - FEEDS_NAMED),
            "action": request.POST.get("action", ""),
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, template, context)
