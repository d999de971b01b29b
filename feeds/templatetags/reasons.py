"""`{{ feed.last_error|reason }}`"""

from __future__ import annotations

from django import template

from feeds.polls.failure_messages import translated

register = template.Library()
register.filter("reason", translated)


@register.filter
def sentence(text: str) -> str:
    """A reason with a capital at its start, unless that is a host's name."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() else text
