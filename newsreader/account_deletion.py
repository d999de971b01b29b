"""The page where a reader deletes their account, which says first what goes with it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from articles.export.models import Output
from articles.ingest.feed_deletion import delete_account, private_to
from articles.models import ArticleState, Channel, Note, Rule
from feeds.models import Subscription
from newsreader.counted_password import check_password


class DeletionForm(forms.Form):
    """The password, as a session that was taken over must not be enough."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        self._request = request

    def clean_password(self) -> str:
        return check_password(self._request, self.cleaned_data["password"])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_deletion(request: HttpRequest) -> HttpResponse:
    """The page of what goes and what stays; a POST with the password does it. The last administrator stays."""
    reader = request.user
    assert isinstance(reader, User)
    form = DeletionForm(request)
    is_last = (
        reader.is_superuser
        and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=reader.pk).exists()
    )
    if not is_last and form.is_bound and form.is_valid():
        logout(request)
        delete_account(reader)
        messages.success(request, _("The account is deleted."))
        return redirect("login")
    return render(request, "accounts/delete.html", {"form": form, "is_last": is_last, **what_goes(reader)})


def what_goes(reader: User) -> dict[str, int]:
    """The numbers of what goes with an account."""
    feeds = private_to(reader)
    return {
        "feeds": feeds.count(),
        "articles": feeds.aggregate(total=Sum("article_count", default=0))["total"],
        "subscriptions": Subscription.objects.filter(user=reader).count(),
        "stars": ArticleState.objects.filter(user=reader, starred_at__isnull=False).count(),
        "notes": Note.objects.filter(user=reader).count(),
        "channels": Channel.objects.filter(user=reader).count(),
        "rules": Rule.objects.filter(user=reader).count(),
        "outputs": Output.objects.filter(user=reader).count(),
    }
