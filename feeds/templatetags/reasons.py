"""`{{ feed.last_error|reason }}`"""

from __future__ import annotations

from django import template

from feeds.reasons import translated

register = template.Library()
register.filter("reason", translated)
