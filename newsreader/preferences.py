"""A reader's choices: how articles look, time zone, language, keys. Cookies, so that they hold before signing in and
without an account, and the server renders the page right at once; newsreader.account_settings keeps them with the
account."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from newsreader.look import USUAL_LOOK, Look, LookForm, look_of

AGE = 365 * 24 * 3600  # seconds
AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# "x=s d=m": x does what s usually does. Signs that a cookie takes.
CHANGED_KEYS = re.compile(r"^(?:[A-Za-z0-9.'/?+#-]=[A-Za-z0-9.'/?+#-](?: |$))*\Z")
LONGEST_KEYS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Only values that are valid; whatever else the cookies say is as if it weren't there."""

    timezone: ZoneInfo | None = None
    look: Look = USUAL_LOOK
    shortcuts: bool = True
    keys: str = ""
    past: bool = False


def zone(name: str) -> ZoneInfo | None:
    """The time zone of that IANA name, or None. The name may be anything: it comes from a cookie."""
    try:
        return ZoneInfo(name) if 0 < len(name) < 64 else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def preferences_of(request: HttpRequest) -> Preferences:
    cookies = request.COOKIES
    keys = cookies.get("keys", "")
    return Preferences(
        timezone=zone(cookies.get("timezone", "")),
        look=look_of(cookies),
        shortcuts=cookies.get("shortcuts") != "off",
        past=cookies.get("past") == "on",
        keys=keys if CHANGED_KEYS.fullmatch(keys) else "",
    )


class PreferencesMiddleware:
    """Puts `preferences` on the request and shows times in the reader's zone, else in NEWSREADER_TIME_ZONE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        preferences = preferences_of(request)
        request.preferences = preferences  # type: ignore[attr-defined]
        with timezone.override(preferences.timezone):
            return self.get_response(request)


@cache
def zone_names() -> tuple[str, ...]:
    """The names worth offering: places, and UTC. Reading them all takes the disk, so once."""
    return ("UTC", *sorted(name for name in available_timezones() if name.split("/")[0] in AREAS))


def zone_choices() -> list[tuple[str, object]]:
    """For a select element: the browser's own zone first, then places by area."""
    return [("", _("Browser default")), ("UTC", "UTC"), *_zones_by_area()]


def _zones_by_area() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (area, [(name, name.split("/", 1)[1].replace("_", " ")) for name in zone_names() if name.startswith(area)])
        for area in AREAS
    ]


class ZoneSelect(forms.Select):
    """The element with all zones. Its four hundred options are written once in a process; a template of Django's would
    take a hundred times as long for them as for the rest of the page."""

    def use_required_attribute(self, initial: object) -> bool:
        """Never: Django's own looks through all options for it."""
        return False

    def render(self, name: str, value: object, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = f'<option value="{escape(str(value or ""))}"'
        first = format_html('<option value="">{}</option>', _("Browser default"))
        options = (first + _zone_options()).replace(f"{chosen}>", f"{chosen} selected>", 1)
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", attributes, mark_safe(options))  # noqa: S308 - escaped


@cache
def _zone_options() -> SafeString:
    groups = [
        format_html(
            '<optgroup label="{}">{}</optgroup>',
            area,
            format_html_join("", '<option value="{}">{}</option>', zones),
        )
        for area, zones in _zones_by_area()
    ]
    return mark_safe('<option value="UTC">UTC</option>' + "".join(groups))  # noqa: S308 - escaped


class PreferencesForm(LookForm):
    """The choices that the account page offers. The fields' names are the cookies' names."""

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=lambda: [("", _("Browser default")), *settings.LANGUAGES],
    )
    timezone = forms.ChoiceField(label=_("Time zone"), required=False, choices=zone_choices, widget=ZoneSelect)
    shortcuts = forms.BooleanField(label=_("Single-key shortcuts (press ? to see them)"), required=False)
    past = forms.BooleanField(label=_("Mark as read what is scrolled past in lists"), required=False)
    keys = forms.RegexField(
        label=_("Shortcuts of your own"),
        regex=CHANGED_KEYS,
        required=False,
        max_length=LONGEST_KEYS,
        help_text=_("Each as new key = usual key, with spaces between them: “x=s d=m” stars with x and marks with d."),
        error_messages={"invalid": _("Write each as x=s: the new key, an equals sign, the usual key.")},
        strip=True,
    )

    def clean_keys(self) -> str:
        """The changed keys; ValidationError where a key is to do two things."""
        keys = str(self.cleaned_data["keys"])
        new = [pair.partition("=")[0] for pair in keys.split()]
        if twice := next((key for key in new if new.count(key) > 1), ""):
            raise ValidationError(_("%s is to do two things: write it once.") % twice)
        return keys

    @classmethod
    def values_of(cls, request: HttpRequest) -> dict[str, Any]:
        """The choices that hold in this browser now, by the names of the fields."""
        preferences = preferences_of(request)
        return {
            "timezone": preferences.timezone.key if preferences.timezone else "",
            **cls.initial_of(preferences.look),
            "shortcuts": preferences.shortcuts,
            "keys": preferences.keys,
            "past": preferences.past,
            "language": request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
        }

    def choices(self) -> dict[str, str]:
        """The choices by the names of their cookies."""
        choices = self.cleaned_data | self.look_choices()
        choices["shortcuts"] = "on" if choices["shortcuts"] else "off"
        choices["past"] = "on" if choices["past"] else ""
        choices[settings.LANGUAGE_COOKIE_NAME] = choices.pop("language")
        return choices

    def save(self, response: HttpResponse) -> None:
        """Write the choices as cookies. An empty choice takes its cookie away."""
        write_cookies(response, self.choices())


def write_cookies(response: HttpResponseBase, choices: Mapping[str, str], *, seconds: int = AGE) -> None:
    """Keep choices in the browser; an empty one goes."""
    for name, value in choices.items():
        if value:
            response.set_cookie(name, value, max_age=seconds, samesite="Lax", secure=settings.IS_TLS)
        else:
            response.delete_cookie(name, samesite="Lax")
