"""Pictures in the admin: what is kept and what failed, by host; and the table of Referers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from articles.images.models import ImageAddress, RefererRule, StoredImage
from articles.images.obtain import store_problem, wanted
from articles.images.store_errors import translated

HOSTS_SHOWN = 50


@admin.register(RefererRule)
class RefererRuleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    list_display = ["host", "referer"]
    search_fields = ["host"]


@admin.register(ImageAddress)
class ImageReport(admin.ModelAdmin):  # type: ignore[type-arg]
    """A page to look at. Nothing here deletes a picture."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Pictures"),
            "opts": self.opts,
            "kinds": StoredImage.objects.values("media_type")
            .annotate(count=Count("pk"), bytes=Sum("size"))
            .order_by("-bytes"),
            "kept": StoredImage.objects.aggregate(count=Count("pk"), bytes=Sum("size")),
            "waiting": wanted().filter(failures=0).count(),
            "failing": wanted().filter(failures__gt=0).count(),
            "problem": translated(store_problem()),
            "budget": settings.IMAGE_BUDGET,
            "hosts": _failing_hosts(),
            "shown": HOSTS_SHOWN,
        }
        return TemplateResponse(request, "admin/articles/imageaddress/report.html", context)


def _failing_hosts() -> list[dict[str, Any]]:
    """The hosts with the most addresses that failed last time, and what the last of them said."""
    failing = ImageAddress.objects.filter(Q(image=None) | Q(is_wanted=True), failures__gt=0).order_by()
    hosts = (
        failing.values("host")
        .annotate(addresses=Count("pk"), error=Max("last_error"), next_try=Max("retry_at"))
        .order_by("-addresses", "host")[:HOSTS_SHOWN]
    )
    return [{**host, "error": translated(host["error"])} for host in hosts]
