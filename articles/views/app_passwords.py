"""The page where a reader makes passwords for apps and ends them."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from articles.api import app_passwords
from articles.api.models import AppPassword
from articles.api.qr_code import qr_code
from articles.export.site_address import site_address
from articles.views.state import SignedIn


class AppPasswordForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the app"), max_length=100)
    scope = forms.ChoiceField(
        label=gettext_lazy("It may"), choices=AppPassword.Scope.choices, initial=AppPassword.Scope.MANAGE
    )
    is_whole = forms.BooleanField(
        label=gettext_lazy("A Fever app may have the whole archive, not only what is unread, starred or new"),
        required=False,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def app_password_list(request: SignedIn) -> HttpResponse:
    """The reader's app passwords. A POST makes one; its answer alone shows it."""
    if not settings.APPS:
        raise Http404("no doors for apps")
    form = AppPasswordForm(request.POST if request.method == "POST" else None)
    address, made, password = site_address(request), None, ""
    if form.is_bound and form.is_valid():
        scope = AppPassword.Scope(form.cleaned_data["scope"])
        name, is_whole = form.cleaned_data["name"], form.cleaned_data["is_whole"]
        made, password = app_passwords.create(request.user, name, scope, is_whole=is_whole)
        form = AppPasswordForm()
    context = {
        "form": form,
        "address": address,
        "address_code": qr_code(address),
        "made": made,
        "password": password,
        "password_code": qr_code(password) if password else "",
        "rows": AppPassword.objects.filter(user=request.user),
    }
    return render(request, "accounts/app_passwords.html", context)


@login_required
@require_POST
def revoke_app_password(request: SignedIn, pk: int) -> HttpResponse:
    """End one of the reader's app passwords for good."""
    if not app_passwords.revoke(request.user, pk):
        raise Http404("no such app password")
    messages.success(request, _("The app password no longer works."))
    return redirect("app_passwords")
