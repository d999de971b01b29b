"""`{{ feed.last_error|reason }}`"""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from feeds.polls.failure_messages import translated

register = template.Library()
register.filter("reason", translated)


@register.filter
def sentence(text: str) -> str:
    """A reason with a capital at its start, unless that is a host's name, and a full stop, if it has none."""
    first, last = text.partition(" ")[0], text[-1:]
    begun = text[:1].upper() + text[1:] if first.isalpha() else text
    return begun + _full_stop() if last.isalnum() or last in tuple(")）”」’") else begun


def _full_stop() -> str:
    return "。" if (get_language() or "").startswith("zh") else "."
