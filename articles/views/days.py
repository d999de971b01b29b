"""Days as lists call them."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _


def distance(today: date, day: date) -> str:
    """The name that the day has as seen from today; empty where it has none."""
    days = (today - day).days
    return _("Today") if days == 0 else _("Yesterday") if days == 1 else ""
