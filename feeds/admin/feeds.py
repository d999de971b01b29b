"""Feeds and categories in the admin. Nothing here polls: "poll now" makes a feed due, and the next tick takes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feeds.addresses import change_address
from feeds.admin.filters import CategoryFilter, HealthFilter
from feeds.admin.following import FollowingAdmin, following_of
from feeds.admin.times import when
from feeds.categories import read_tree
from feeds.forms import CategoryField, CategoryForm, FeedForm
from feeds.leases import waits
from feeds.models import Category, Feed
from feeds.polls import polling, standstill
from feeds.polls.failure_messages import translated
from feeds.polls.health import Health, health
from feeds.polls.polling import make_due
from feeds.polls.times import schedule
from feeds.subscriptions import own
from feeds.subscriptions.visibility import feeds_of_readers

admin.site.site_header = gettext_lazy("Newsreader")
admin.site.site_title = gettext_lazy("Newsreader")
admin.site.index_title = gettext_lazy("Administration")
admin.site.enable_nav_sidebar = False  # the lists need the room

POLLS_SHOWN = 50
MARKS = {
    Health.FINE: "●",
    Health.FAILING: "▲",
    Health.NEVER: "▲",
    Health.WAITING: "…",
    Health.SILENT: "○",
    Health.PAUSED: "‖",
    Health.GONE: "✕",
}


class MoveForm(forms.Form):
    """The category that the chosen feeds go to."""

    category = CategoryField()


@admin.register(Feed)
class FeedAdmin(FollowingAdmin):
    form = FeedForm
    list_display = ["feed", "health", "articles", "newest_article", "last_success", "next_check", "category"]
    list_display_links = ["feed"]
    list_filter = [HealthFilter, "state", CategoryFilter, "is_shared"]
    list_select_related = ["category", "backfill", "hub"]
    list_per_page = 100
    search_fields = ["title", "custom_title", "url", "last_error"]
    search_help_text = gettext_lazy("Looks in titles, addresses and the last error.")
    ordering = ["title", "id"]
    actions = [
        "poll_now",
        "pause",
        "resume",
        "reset_errors",
        "move_to_category",
        "share",
        "fetch_history",
        "stop_history",
    ]
    save_on_top = True
    readonly_fields = [
        "title", "site_url", "description", "language", "health", "last_checked_at", "last_success_at",
        "last_changed_at", "failures", "reason", "next_check_at", "article_count", "newest_article_at", "added_at",
        "etag", "last_modified", "moved_to", "gap_minutes", "ttl_minutes", "hub_url",
        "history", "hub_state", "is_shared",
    ]  # fmt: skip
    fieldsets = [
        (
            None,
            {"fields": [
                "url", "custom_title", "category", "state", "check_every_minutes", "images", "importance", "is_starter",
                "is_shared",
            ]},
        ),
        (
            gettext_lazy("Health"),
            {"fields": [
                "health", "reason", "failures", "last_checked_at", "last_success_at", "last_changed_at",
                "next_check_at", "history", "hub_state",
            ]},
        ),
        (gettext_lazy("Articles"), {"fields": ["article_count", "newest_article_at", "gap_minutes", "added_at"]}),
        (
            gettext_lazy("What the publisher says"),
            {
                "classes": ["collapse"],
                "fields": [
                    "title", "site_url", "description", "language", "moved_to", "etag", "last_modified", "ttl_minutes",
                    "hub_url",
                ],
            },
        ),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feed]:
        feeds: QuerySet[Feed] = super().get_queryset(request).annotate(health=health(timezone.now()))
        return feeds.defer("description", "opml_attributes")

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "category":
            options["form_class"] = CategoryField
        return super().formfield_for_foreignkey(db_field, request, **options)

    # --- columns ---

    @admin.display(description=gettext_lazy("feed"), ordering="title")
    def feed(self, feed: Feed) -> SafeString:
        private = "" if feed.is_shared else _("private")
        return format_html('{} <small class="host">{} {}</small>', feed.name, feed.host, private)

    @admin.display(description=gettext_lazy("health"), ordering="health")
    def health(self, feed: Feed) -> SafeString:
        state = Health(feed.health)  # type: ignore[attr-defined]  # annotated in get_queryset
        text = str(state.label)
        if state is Health.FAILING:
            text = ngettext("failed once", "failed %(n)d times", feed.failures) % {"n": feed.failures}
        elif state is Health.NEVER:
            text = ngettext(
                "failed once since it was added", "failed %(n)d times since it was added", feed.failures
            ) % {"n": feed.failures}
        return format_html(
            '<span class="health health-{}"><span aria-hidden="true">{}</span> {}</span> <small>{}</small> {}',
            state, MARKS[state], text, Truncator(translated(feed.last_error)).chars(90), following_of(feed),
        )  # fmt: skip

    @admin.display(description=gettext_lazy("last error"))
    def reason(self, feed: Feed) -> str:
        return translated(feed.last_error)

    @admin.display(description=gettext_lazy("last success"), ordering="last_success_at")
    def last_success(self, feed: Feed) -> str:
        return when(feed.last_success_at)

    @admin.display(description=gettext_lazy("articles"), ordering="article_count")
    def articles(self, feed: Feed) -> str:
        return str(feed.article_count)

    @admin.display(description=gettext_lazy("newest article"), ordering="newest_article_at")
    def newest_article(self, feed: Feed) -> str:
        return when(feed.newest_article_at)

    @admin.display(description=gettext_lazy("next check"), ordering="next_check_at")
    def next_check(self, feed: Feed) -> str:
        if feed.state != Feed.State.ACTIVE:
            return "–"
        now = timezone.now()
        if feed.leased_until and not waits.has_passed(feed.leased_until, polling.LEASE, now):
            return _("running")
        is_due = waits.has_passed(feed.next_check_at, schedule.LONGEST_WAIT, now)
        return _("due") if is_due else when(feed.next_check_at)

    # --- pages ---

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A feed is added by its address, with discovery and a preview, and not by hand."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("add_feed")

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        feed: Feed | None = kwargs.get("obj")
        if feed is not None:
            context |= {"polls": feed.polls.all()[:POLLS_SHOWN], "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, feed: Feed, form: forms.ModelForm[Feed], change: bool) -> None:
        """Write only what was edited: a worker may be writing the rest of the row."""
        columns = {name: getattr(feed, name) for name in form.changed_data}
        if "category" in columns:
            columns["position"] = 0  # it was of the other category
        if columns.get("state") == Feed.State.ACTIVE:
            columns |= standstill.fresh_start()
        if "url" in columns:
            change_address(feed, columns.pop("url"), **columns)
            return
        for name, value in columns.items():
            setattr(feed, name, value)
        feed.save(update_fields=list(columns))

    # --- actions ---

    @admin.action(description=gettext_lazy("Poll now"), permissions=["change"])
    def poll_now(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        due = make_due(feeds, timezone.now())
        messages.success(request, ngettext("%d feed is due now.", "%d feeds are due now.", due) % due)
        if resting := feeds.exclude(state=Feed.State.ACTIVE).count():
            text = ngettext(
                "%d feed is paused or gone: resume it first.",
                "%d feeds are paused or gone: resume them first.",
                resting,
            )
            messages.warning(request, text % resting)

    @admin.action(description=gettext_lazy("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        n = standstill.pause(feeds)
        messages.success(request, ngettext("%d feed is paused.", "%d feeds are paused.", n) % n)

    @admin.action(description=gettext_lazy("Resume"), permissions=["change"])
    def resume(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        n = standstill.resume(feeds)
        messages.success(request, ngettext("%d feed is polled again.", "%d feeds are polled again.", n) % n)

    @admin.action(description=gettext_lazy("Share with the site"), permissions=["change"])
    def share(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        """Let feeds that readers added for themselves be everybody's; no letters."""
        n = own.share(feeds_of_readers(request.user).filter(pk__in=feeds.values("pk")))
        messages.success(
            request, ngettext("%d feed is shared with the site.", "%d feeds are shared with the site.", n) % n
        )

    @admin.action(description=gettext_lazy("Reset errors"), permissions=["change"])
    def reset_errors(self, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
        """Forget the failures, and with them the long wait before the next try."""
        n = feeds.filter(failures__gt=0).update(**standstill.fresh_start())
        messages.success(
            request, ngettext("The errors of %d feed are reset.", "The errors of %d feeds are reset.", n) % n
        )

    @admin.action(description=gettext_lazy("Move to category…"), permissions=["change"])
    def move_to_category(self, request: HttpRequest, feeds: QuerySet[Feed]) -> HttpResponse | None:
        form = MoveForm(request.POST if "move" in request.POST else None)
        if form.is_valid():
            category = form.cleaned_data["category"]
            n = feeds.update(category=category, position=0)
            text = ngettext("%(n)d feed is in %(category)s now.", "%(n)d feeds are in %(category)s now.", n)
            messages.success(request, text % {"n": n, "category": category or _("no category")})
            return None
        return self.ask(request, feeds, "admin/feeds/feed/move.html", title=_("Move to category"), form=form)


class CategoryList(ChangeList):
    """Categories under their paths, in the order of the paths."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        tree = read_tree()
        for category in self.result_list:
            category.path = tree.path(category.pk)
        self.result_list = sorted(self.result_list, key=lambda category: category.path.casefold())


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    form = CategoryForm
    list_display = ["path", "slug", "feed_count"]
    list_per_page = 1000
    search_fields = ["name", "slug"]
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        categories: QuerySet[Category] = super().get_queryset(request).filter(owner=None)
        return categories.annotate(feed_count=Count("feeds"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CategoryList

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **options | {"form_class": CategoryField})

    @admin.display(description=gettext_lazy("category"))
    def path(self, category: Category) -> str:
        return category.path  # type: ignore[attr-defined, no-any-return]  # set by CategoryList

    @admin.display(description=gettext_lazy("feeds"))
    def feed_count(self, category: Category) -> int:
        return category.feed_count  # type: ignore[attr-defined, no-any-return]  # annotated in get_queryset
