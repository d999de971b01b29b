"""`{{ feed.last_error|reason|sentence }}`"""

from __future__ import annotations

from django import template

from feeds.polls.failure_messages import sentence, translated

register = template.Library()
register.filter("reason", translated)
register.filter("sentence", sentence)
