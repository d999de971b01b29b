"""`{% may_add_feeds as may_add %}`"""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AnonymousUser

from feeds.subscribe.own_feeds import may_add

register = template.Library()


@register.simple_tag(takes_context=True)
def may_add_feeds(context: template.RequestContext) -> bool:
    """True where who asks may add feeds."""
    return may_add(context.get("user") or AnonymousUser())
