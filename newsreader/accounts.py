"""Accounts: the wall for those who have not signed in, the account page, and Django's views with our templates."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urldefrag

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse_lazy
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from articles.views.state import next_address
from feeds.subscriptions.visibility import keeping_sight
from newsreader import kept_accounts, sign_ins, sign_up
from newsreader.account_deletion import account_deletion
from newsreader.account_settings import AccountForm, account_fields, keep
from newsreader.counted_password import ANYWHERE, check_password
from newsreader.look import LookForm, own_font
from newsreader.preferences import write_cookies
from newsreader.session_reader import reader_of


def counted_address(request: HttpRequest) -> str | None:
    """The address that wrong passwords are counted under, beside the name: of IPv6 the /64, which is what one line
    gets at the least (RFC 6177). Who has signed in is counted by the account alone, wherever the session is used."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return ANYWHERE
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The name that wrong passwords are counted under. Those of apps count apart: an app that goes on asking with a
    password that was revoked must not keep its owner from signing in."""
    name: str | None = (credentials or request.POST).get("username")
    return f"{name} (app)" if credentials and "app_password" in credentials else name


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page needs a reader who has signed in, unless NEWSREADER_PUBLIC lets everybody read. A view that must
    answer all the same says so with Django's `login_not_required`."""

    def process_request(self, request: HttpRequest) -> None:
        request.is_public = settings.NEWSREADER_PUBLIC  # type: ignore[attr-defined]
        request.user = SimpleLazyObject(lambda: keeping_sight(reader_of(request)))  # type: ignore[assignment]

    def process_view(self, request: HttpRequest, view_func: Any, *args: Any) -> HttpResponseBase | None:
        if settings.NEWSREADER_PUBLIC:
            return None
        answer = super().process_view(request, view_func, *args)
        if request.user.is_authenticated:
            # The object itself from now on: what stands for one until it is asked for takes nine calls for each answer.
            request.user = reader_of(request)
        if answer is None or not request.htmx:  # type: ignore[attr-defined]
            return answer
        # A button whose session has ended must not be replaced by a sign-in page: its page is, and comes back after it.
        # To a place in itself a browser would go without asking for the page anew.
        page = urldefrag(request.htmx.current_url_abs_path or "").url  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(page or settings.LOGIN_REDIRECT_URL)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, made for a reader: kept by no cache between, and by the browser's only to be asked for anew. A
        view that shows secrets says `no-store` itself."""
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The page of the reader's choices, for every browser they sign in with, with the way to password and sign-out."""
    form = AccountForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        fields = account_fields(request) if form is None else form
        context = {"fields": fields, "has_apps": settings.APPS, "sign_up": settings.SIGN_UP}
        return render(request, "accounts/account.html", context)
    response = redirect("account")
    form.save(response)
    assert isinstance(request.user, User)
    keep(request.user, form.choices(), response)
    form.save_doubles(request.user)
    messages.success(request, _("Saved."))
    return response


@require_POST
def choose_look(request: HttpRequest) -> HttpResponse:
    """Keep how articles look, for the account where somebody has signed in, else in this browser; and back to the
    article. A script, which has shown it already, gets nothing."""
    form = LookForm(request.POST)
    is_script = bool(request.htmx)  # type: ignore[attr-defined]  # from django_htmx
    if not form.is_valid() and is_script:
        return HttpResponse(status=422)
    response = HttpResponse(status=204) if is_script else redirect(next_address(request))
    if form.is_valid():
        write_cookies(response, form.look_choices())
        if isinstance(request.user, User):
            keep(request.user, form.look_choices(), response)
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return response


class SignInPage(views.LoginView):
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"is_open": settings.SIGN_UP == "open"}


class ChangePasswordForm(PasswordChangeForm):
    """Django's, but for wrong old passwords, which are counted."""

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._request = request

    def clean_old_password(self) -> str:
        return check_password(self._request, self.cleaned_data["old_password"])


class ChangePassword(views.PasswordChangeView):
    form_class = ChangePasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Password changed."))
        response = super().form_valid(form)  # which ends all other sessions, and gives this one another key
        sign_ins.end_others(self.request, form.user)
        return response


urlpatterns = [
    path(
        "sign-in/",
        SignInPage.as_view(),
        name="login",
    ),
    path("sign-out/", views.LogoutView.as_view(), name="logout"),
    path("account/", account, name="account"),
    path("account/look/", choose_look, name="look"),
    path("own-font.css", own_font, name="own_font"),
    path("account/delete/", account_deletion, name="account_deletion"),
    path("sign-up/", sign_up.sign_up, name="sign_up"),
    path("sign-up/<str:secret>/", sign_up.sign_up, name="sign_up_invited"),
    path("account/accounts/", kept_accounts.account_list, name="kept_accounts"),
    path("account/accounts/<int:pk>/", kept_accounts.account_page, name="kept_account"),
    path("account/accounts/<int:pk>/role/", kept_accounts.change_role, name="change_role"),
    path("account/accounts/<int:pk>/switch/", kept_accounts.switch_account, name="switch_account"),
    path("account/accounts/<int:pk>/link/", kept_accounts.link_for_password, name="link_for_password"),
    path("account/accounts/<int:pk>/delete/", kept_accounts.delete_kept_account, name="delete_kept_account"),
    path("choose-password/<uidb64>/<token>/", kept_accounts.ChoosePassword.as_view(), name="choose_password"),
    path("account/invitations/", sign_up.invitation_list, name="invitations"),
    path("account/invitations/<int:pk>/revoke/", sign_up.revoke_invitation, name="revoke_invitation"),
    path("account/sessions/", sign_ins.sign_in_list, name="sign_ins"),
    path("account/sessions/end-others/", sign_ins.end_other_sign_ins, name="end_other_sign_ins"),
    path("account/sessions/<int:pk>/end/", sign_ins.end_sign_in, name="end_sign_in"),
    path("account/password/", ChangePassword.as_view(), name="password_change"),
]
