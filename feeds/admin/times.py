"""Times as the admin shows them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _


def when(moment: datetime | None) -> str:
    """A time as its distance from now, with the exact time on hover."""
    if moment is None:
        return "–"
    now = timezone.now()
    is_past = moment <= now
    text = _("%s ago") % timesince(moment, now, depth=1) if is_past else _("in %s") % timeuntil(moment, now, depth=1)
    exact = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, text)
