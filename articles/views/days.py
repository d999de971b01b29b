"""Days as lists call them."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _


def distance(today: date, day: date) -> str:
    """The name that the day has as seen from today; empty where it has none."""
    return {0: _("Today"), 1: _("Yesterday")}.get((today - day).days, "")
