"""Hosts that have refused requests, and the pace that was learned of each: a page to look at, and to forget a pace."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from feeds.admin.times import when
from feeds.models import Host


@admin.register(Host)
class HostAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    list_display = ["name", "pace", "free", "refused"]
    list_display_links = None
    ordering = ["-refused_at"]
    search_fields = ["name"]
    actions = ["forget_pace"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_forget_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("feeds.delete_host")

    @admin.display(description=gettext_lazy("seconds between two requests"), ordering="gap_seconds")
    def pace(self, host: Host) -> str:
        return str(host.gap_seconds or "–")

    @admin.display(description=gettext_lazy("next request"), ordering="free_at")
    def free(self, host: Host) -> str:
        return when(host.free_at)

    @admin.display(description=gettext_lazy("last refusal"), ordering="refused_at")
    def refused(self, host: Host) -> str:
        return when(host.refused_at)

    @admin.action(description=gettext_lazy("Forget this pace"), permissions=["forget"])
    def forget_pace(self, request: HttpRequest, hosts: QuerySet[Host]) -> None:
        """Ask these hosts as any others: what they refuse from now on is learned anew."""
        n, _ = hosts.delete()
        text = ngettext("%d host is asked as any other again.", "%d hosts are asked as any other again.", n)
        messages.success(request, text % n)
