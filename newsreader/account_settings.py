"""The choices of the account page belong to the account; the cookies of each browser are their cache.

A browser's cookies are written anew from the account when somebody signs in there, and then every quarter of an hour:
a choice made on one machine comes to the others, and a page costs no query for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.kept_counts.rows import put_out_of_date
from feeds.models import ReaderSettings
from feeds.subscriptions import own
from feeds.subscriptions.visibility import sight_of
from feeds.writes import UNWRITABLE, soon
from newsreader.models import AccountSettings
from newsreader.preferences import PreferencesForm, write_cookies, zone

WHOSE = "settings_of"  # the cookie that says whose settings the others are
SECONDS = 15 * 60
ZONE_SECONDS = 0.5  # that a page waits to keep the zone at most


class AccountForm(PreferencesForm):
    """The choices of the account page: those that browsers keep, and what lists have of an article that several feeds
    bring, which the server alone asks for."""

    doubles = forms.ChoiceField(
        label=_("The same article in several feeds"), required=False, choices=ReaderSettings.Doubles
    )

    @classmethod
    def values_of(cls, request: HttpRequest) -> dict[str, Any]:
        return super().values_of(request) | {"doubles": sight_of(request.user).doubles}

    def choices(self) -> dict[str, str]:
        return {name: value for name, value in super().choices().items() if name != "doubles"}

    def save_doubles(self, reader: User) -> None:
        """Keep the choice, where one was made."""
        if doubles := self.cleaned_data["doubles"]:
            own.choose_doubles(reader, doubles)
            put_out_of_date(reader)


def account_fields(request: HttpRequest) -> SafeString:
    """The fields of the account page, filled in with what holds now: two thirds of the page's work, done once for each
    language and each set of values, which say all of them."""
    return _fields(get_language(), tuple(AccountForm.values_of(request).items()))


@lru_cache(maxsize=64)
def _fields(language: str | None, values: tuple[tuple[str, Any], ...]) -> SafeString:
    return AccountForm(initial=dict(values)).render()


class AccountSettingsMiddleware:
    """Brings the account's choices into the cookies of a browser that has not had them for a while."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Where nobody has looked at the session, nothing of a reader's was asked for; and a database that has just
        # failed is not asked again.
        is_kept = WHOSE in response.cookies or response.status_code >= 500 or not request.session.accessed
        reader = None if is_kept else request.user
        if isinstance(reader, User) and request.COOKIES.get(WHOSE) != str(reader.pk):
            _bring(reader, request, response)
        return response


def keep(reader: User, choices: Mapping[str, str], response: HttpResponseBase) -> None:
    """Keep what was chosen with the account; what was not asked for stays as it was chosen there."""
    with transaction.atomic():
        kept, _is_new = AccountSettings.objects.select_for_update().get_or_create(user=reader)
        kept.choices = kept.choices | choices
        kept.save(update_fields=["choices"])
        if name := choices.get("timezone"):
            own.keep_zone(reader, name)
    write_cookies(response, {WHOSE: str(reader.pk)}, seconds=SECONDS)


def _bring(reader: User, request: HttpRequest, response: HttpResponseBase) -> None:
    kept = AccountSettings.objects.filter(user=reader).first()
    choices = _sound(kept.choices) if kept else {}
    # Where the account has no time zone, the browser's is right.
    wanted = {name: value for name, value in choices.items() if value or name != "timezone"}
    changed = {name: value for name, value in wanted.items() if request.COOKIES.get(name, "") != value}
    write_cookies(response, changed)
    if found := zone(choices.get("timezone") or request.COOKIES.get("timezone", "")):
        with suppress(*UNWRITABLE), soon(ZONE_SECONDS):
            own.keep_zone(reader, found.key)
    write_cookies(response, {WHOSE: str(reader.pk)}, seconds=SECONDS)


def _sound(choices: Mapping[str, str]) -> dict[str, str]:
    """Those that were made, if the form would take them: a backup of another version may hold what is no choice any
    longer."""
    language, font = choices.get(settings.LANGUAGE_COOKIE_NAME, ""), unquote(choices.get("font", ""))
    read = {"language": language, "shortcuts": choices.get("shortcuts") != "off", "font": font}
    form = PreferencesForm({"theme": "auto", "typeface": "serif", **choices, **read})
    return {name: value for name, value in form.choices().items() if name in choices} if form.is_valid() else {}
