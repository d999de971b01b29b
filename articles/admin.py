"""Articles and boilerplate rules in the admin, and what the admin of feeds can only do where articles are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.boilerplate.preview import preview
from articles.images.admin import ImageReport, RefererRuleAdmin
from articles.ingest.feed_deletion import delete_feed
from articles.ingest.store import delete_articles
from articles.models import Article, BoilerplateRule
from articles.sanitize import is_selector
from feeds.admin.feeds import FeedAdmin
from feeds.admin.times import when
from feeds.models import Feed
from feeds.subscriptions.visibility import visible_to

__all__ = ["ArticleAdmin", "ImageReport", "RefererRuleAdmin"]  # Django looks for admin classes here

# A page of the admin's list is found by its number, which is slow far back: the list ends here, the search goes on.
LISTED = 5000
SEARCHED = 50_000
VERSIONS_SHOWN = 50


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Pages the first LISTED rows, so that no request counts a million."""

    limit = LISTED

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[Any], self.object_list)
        return rows.values("pk")[: self.limit].count()


class ArticleList(ChangeList):
    """Rows without their bodies."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        articles: Any = super().get_queryset(request, exclude_parameters)
        return articles.for_list()  # type: ignore[no-any-return]


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Articles are the publisher's: to look at and, where the operator wants it, to delete."""

    list_display = ["name", "feed", "published", "received"]
    list_per_page = 100
    list_max_show_all = 0
    list_select_related = ["feed"]
    show_full_result_count = False
    paginator = BoundedPaginator
    sortable_by = ()
    ordering = ["-published_at", "-id"]
    search_fields = ["title"]  # shows the search box; get_search_results looks
    search_help_text = gettext_lazy(
        "An article's number; or its exact address or title, among the newest 50,000."
    )  # SEARCHED
    fields = [
        "feed", "title", "url", "author", "language", "tags", "published_at", "updated_at", "received_at",
        "changed_at", "guid", "text",
    ]  # fmt: skip
    readonly_fields = ["text"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """Those of feeds that the member of staff may see: not of what other readers have for themselves."""
        articles: QuerySet[Article] = super().get_queryset(request)
        return articles.filter(visible_to(request.user, "feed__"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ArticleList

    def get_search_results(
        self, request: HttpRequest, articles: QuerySet[Article], term: str
    ) -> tuple[QuerySet[Article], bool]:
        """Only what no request pays for with a walk through the whole archive."""
        term = term.strip()
        if not term:
            return articles, False
        if term.isdecimal() and len(term) <= 18:
            return articles.filter(pk=int(term)), False
        newest = Article.objects.order_by("-published_at", "-id").values("pk")[:SEARCHED]
        column = "url" if term.startswith(("http://", "https://")) else "title"
        return articles.filter(pk__in=newest, **{column: term}), False

    def get_deleted_objects(self, articles: Iterable[Any], request: HttpRequest) -> Any:
        """The articles alone. Django's way would load every version with its body to name it."""
        names = [str(article) for article in articles]
        return names, {self.opts.verbose_name_plural: len(names)}, set(), []

    def delete_model(self, request: HttpRequest, article: Article) -> None:
        delete_articles([article.pk])

    def delete_queryset(self, request: HttpRequest, articles: QuerySet[Article]) -> None:
        delete_articles(articles.values_list("pk", flat=True))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        article: Article | None = kwargs.get("obj")
        if article is not None:
            versions = article.versions.only("article_id", "replaced_at", "title", "author", "updated_at")
            context["versions"] = versions[:VERSIONS_SHOWN]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("title"))
    def name(self, article: Article) -> str:
        return article.name

    @admin.display(description=gettext_lazy("published"))
    def published(self, article: Article) -> str:
        return when(article.published_at)

    @admin.display(description=gettext_lazy("received"))
    def received(self, article: Article) -> str:
        return when(article.received_at)

    @admin.display(description=gettext_lazy("text"))
    def text(self, article: Article) -> SafeString:
        return format_html('<div class="article-text">{}</div>', Truncator(article.content_text).chars(3000))


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A boilerplate rule that the sanitizer understands."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("match") == BoilerplateRule.Match.SELECTOR and not is_selector(data.get("value", "")):
            self.add_error("value", _("This is no selector that is understood here. Example: div.footer > p"))
        return data


@admin.register(BoilerplateRule)
class BoilerplateRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    form = RuleForm
    list_display = ["name", "match", "value", "feed", "enabled"]
    list_editable = ["enabled"]
    list_filter = ["enabled", "match"]
    list_select_related = ["feed"]
    search_fields = ["name", "value"]
    autocomplete_fields = ["feed"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("<path:object_id>/preview/", view, name="articles_boilerplaterule_preview"), *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if widget := getattr(form.base_fields.get("feed"), "widget", None):
            widget.can_add_related = widget.can_change_related = widget.can_delete_related = False
        return form

    def save_model(self, request: HttpRequest, rule: BoilerplateRule, form: Any, change: bool) -> None:
        super().save_model(request, rule, form, change)
        text = _("New articles follow the rules at once; %(command)s brings those that are kept into line.")
        messages.info(request, text % {"command": "“python manage.py resanitize”"})

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page that shows which of the newest articles the rule would change, and how."""
        rule = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, rule):
            raise PermissionDenied
        if rule is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("What the rule removes"),
            "opts": self.opts,
            "rule": rule,
            "preview": preview(rule, request.user),
        }
        return TemplateResponse(request, "admin/articles/boilerplaterule/preview.html", context)


class DeleteForm(forms.Form):
    """The number of articles, typed by whoever deletes them."""

    number = forms.IntegerField(label=gettext_lazy("Number of articles"), min_value=0)

    def __init__(self, *args: Any, expected: int) -> None:
        super().__init__(*args)
        self.expected = expected
        self.fields["number"].widget.attrs["autocomplete"] = "off"

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        if number != self.expected:
            raise forms.ValidationError(_("That is not the number of articles."))
        return number


admin.site.unregister(Feed)


@admin.register(Feed)
class FeedWithArticlesAdmin(FeedAdmin):
    """The admin of feeds, with the way to a feed's articles and the deletion of both."""

    actions = [*FeedAdmin.actions, "delete_with_articles"]

    def get_actions(self, request: HttpRequest) -> Any:
        """Without Django's deletion, which would load all that hangs on a feed to name it, and then refuse."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.display(description=gettext_lazy("articles"), ordering="article_count")
    def articles(self, feed: Feed) -> str:
        address = reverse("admin:articles_article_changelist")
        return format_html('<a href="{}?feed__id__exact={}">{}</a>', address, feed.pk, feed.article_count)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        feed = self.get_object(request, unquote(object_id))
        if not self.has_delete_permission(request, feed):
            raise PermissionDenied
        if feed is None:
            raise Http404
        page = self.delete_with_articles(request, self.get_queryset(request).filter(pk=feed.pk))
        return page or redirect("admin:feeds_feed_changelist")

    @admin.action(description=gettext_lazy("Delete with all articles…"), permissions=["delete"])
    def delete_with_articles(self, request: HttpRequest, feeds: QuerySet[Feed]) -> HttpResponse | None:
        total = feeds.aggregate(total=Sum("article_count", default=0))["total"]
        form = DeleteForm(request.POST if "delete" in request.POST else None, expected=total)
        if form.is_valid():
            self._delete(request, list(feeds))
            return None
        template, title = "admin/feeds/feed/delete_with_articles.html", _("Delete with all articles")
        return self.ask(request, feeds, template, title=title, form=form, total=total)

    def _delete(self, request: HttpRequest, feeds: list[Feed]) -> None:
        self.log_deletions(request, feeds)  # type: ignore[arg-type]  # it only iterates
        articles = sum(delete_feed(feed) for feed in feeds)
        text = ngettext("%(feeds)d feed is deleted", "%(feeds)d feeds are deleted", len(feeds)) % {"feeds": len(feeds)}
        rest = ngettext("with %(n)d article.", "with %(n)d articles.", articles) % {"n": articles}
        messages.success(request, f"{text} {rest}")
