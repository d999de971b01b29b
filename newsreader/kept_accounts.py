"""The accounts of a site, as its administrator keeps them: who there is, what each may, and the way in for who is new
or has forgotten a password. Each is a page; Django's admin has the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.forms import UserCreationForm, UsernameField
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.export.site_address import site_address
from articles.ingest.feed_deletion import delete_account
from newsreader import sign_ins
from newsreader.account_deletion import DeletionForm, what_goes
from newsreader.models import SignIn

View = Callable[..., HttpResponse]
SHOWN = 500  # accounts; the admin finds the others


class Role:
    """The rights of an account, from the least to the most."""

    READER, STAFF, ADMINISTRATOR = "reader", "staff", "administrator"
    CHOICES = (
        (READER, gettext_lazy("reader: reads, and adds feeds for themselves where the site lets them")),
        (STAFF, gettext_lazy("staff: also looks after the site's feeds and categories")),
        (ADMINISTRATOR, gettext_lazy("administrator: also keeps the accounts")),
    )

    @staticmethod
    def of(account: User) -> str:
        return Role.ADMINISTRATOR if account.is_superuser else Role.STAFF if account.is_staff else Role.READER


class RoleForm(forms.Form):
    """The choice of what an account may do."""

    role = forms.ChoiceField(label=gettext_lazy("May"), choices=Role.CHOICES, widget=forms.RadioSelect)


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The name of a new account; its password is chosen by who gets the link."""

    class Meta:
        model = User
        fields = ["username"]
        field_classes = {"username": UsernameField}

    clean_username = UserCreationForm.clean_username


def administrators_only(view: View) -> View:
    """Visitors may sign in; everybody else but administrators gets 403, staff too: a password that is reset is a way
    into any account."""

    @login_required
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, guarded)


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def account_list(request: HttpRequest) -> HttpResponse:
    """All accounts, found by a part of their names (`name`). A POST makes one, and shows the link for its password."""
    form = NewAccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        account = form.save(commit=False)
        account.set_unusable_password()
        account.save()
        return _account_page(request, account, link=password_link(request, account))
    wanted = request.GET.get("name", "").replace("\x00", "").strip()
    found = User.objects.filter(Q(username__icontains=wanted) if wanted else Q()).order_by("username")
    rows = [(account, Role.of(account)) for account in found[:SHOWN]]
    return render(request, "accounts/accounts.html", {"form": form, "rows": rows, "wanted": wanted})


@administrators_only
@require_safe
def account_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One account, and what can be done with it."""
    return _account_page(request, _account(pk))


@administrators_only
@require_POST
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an account do what `role` says."""
    account, form = _other(request, pk), RoleForm(request.POST)
    if not form.is_valid():
        return _account_page(request, account, role_form=form)
    role = form.cleaned_data["role"]
    account.is_staff, account.is_superuser = role != Role.READER, role == Role.ADMINISTRATOR
    account.save(update_fields=["is_staff", "is_superuser"])
    messages.success(request, _("Saved."))
    return redirect("kept_account", pk=pk)


@administrators_only
@require_POST
def switch_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nobody in with an account (`on=0`), at once and with no app, or again (`on=1`). What it has stays."""
    account = _other(request, pk)
    account.is_active = request.POST.get("on") == "1"
    account.save(update_fields=["is_active"])
    if not account.is_active:
        sign_ins.end(SignIn.objects.filter(user=account))
    text = _("%(name)s can sign in.") if account.is_active else _("%(name)s can't sign in any more.")
    messages.success(request, text % {"name": account.get_username()})
    return redirect("kept_account", pk=pk)


@administrators_only
@require_POST
def link_for_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link by which whoever has it chooses a new password; this answer alone shows it. The old password holds
    until then."""
    account = _other(request, pk)
    return _account_page(request, account, link=password_link(request, account))


@administrators_only
@require_http_methods(["GET", "HEAD", "POST"])
def delete_kept_account(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of what goes with an account; a POST with the administrator's password does it."""
    account, form = _other(request, pk), DeletionForm(request)
    if form.is_bound and form.is_valid():
        name = account.get_username()
        sign_ins.end(SignIn.objects.filter(user=account))
        delete_account(account)
        messages.success(request, _("The account %(name)s is deleted.") % {"name": name})
        return redirect("kept_accounts")
    return render(
        request, "accounts/account_kept_delete.html", {"account": account, "form": form, **what_goes(account)}
    )


def password_link(request: HttpRequest, account: User) -> str:
    """The address where a password for the account is chosen: good once, and as long as Django's setting
    PASSWORD_RESET_TIMEOUT says, or until somebody signs in."""
    name = urlsafe_base64_encode(force_bytes(account.pk))
    return site_address(request) + reverse("choose_password", args=[name, default_token_generator.make_token(account)])


@method_decorator([login_not_required, never_cache, sensitive_post_parameters()], name="dispatch")
class ChoosePassword(PasswordResetConfirmView):
    """The form for a new password, for who has the link. It ends all sessions of the account."""

    template_name = "accounts/choose_password.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        sign_ins.end(SignIn.objects.filter(user=form.user))
        messages.success(self.request, _("The password is set. Sign in with it."))
        return response


def _account_page(request: HttpRequest, account: User, **more: object) -> HttpResponse:
    context = {
        "account": account,
        "is_self": account.pk == request.user.pk,
        "role_form": RoleForm(initial={"role": Role.of(account)}),
        "role": dict(Role.CHOICES)[Role.of(account)],
        **what_goes(account),
    }
    return render(request, "accounts/account_kept.html", context | more)


def _account(pk: int) -> User:
    account = User.objects.filter(pk=pk).first()
    if account is None:
        raise Http404("no such account")
    return account


def _other(request: HttpRequest, pk: int) -> User:
    """An account that is not the administrator's own, which can't be locked out here. Raises PermissionDenied."""
    account = _account(pk)
    if account.pk == request.user.pk:
        raise PermissionDenied
    return account
