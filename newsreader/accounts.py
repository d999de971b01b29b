"""Who reads: the wall for those who have not signed in, the account page, and Django's views with our templates."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from newsreader.preferences import PreferencesForm


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page needs a reader who has signed in, unless NEWSREADER_PUBLIC lets everybody read. A view that must
    answer all the same says so with Django's `login_not_required`."""

    def process_request(self, request: HttpRequest) -> None:
        request.is_public = settings.NEWSREADER_PUBLIC  # type: ignore[attr-defined]

    def process_view(self, request: HttpRequest, view_func: Any, *args: Any) -> HttpResponseBase | None:
        if settings.NEWSREADER_PUBLIC:
            return None
        answer = super().process_view(request, view_func, *args)
        if answer is None or not request.htmx:  # type: ignore[attr-defined]
            return answer
        # A button whose session has ended must not be replaced by a sign-in page: its page is, and comes back after it.
        return HttpResponseClientRedirect(request.htmx.current_url_abs_path or settings.LOGIN_REDIRECT_URL)  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """What the reader chose for this browser, and the way to password and sign-out."""
    form = PreferencesForm(request.POST) if request.method == "POST" else PreferencesForm.for_request(request)
    if not (form.is_bound and form.is_valid()):
        return render(request, "accounts/account.html", {"form": form})
    response = redirect("account")
    form.save(response)
    messages.success(request, _("Kept for this browser."))
    return response


class ChangePassword(views.PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("The password is changed."))
        return super().form_valid(form)


urlpatterns = [
    path(
        "sign-in/",
        views.LoginView.as_view(template_name="accounts/sign_in.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("sign-out/", views.LogoutView.as_view(), name="logout"),
    path("account/", account, name="account"),
    path("account/password/", ChangePassword.as_view(), name="password_change"),
]
