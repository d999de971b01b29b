"""`{% look_fields "zh" %}`"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString

from newsreader.look import USUAL_LOOK, Look, LookForm
from newsreader.templatetags.still import still

register = template.Library()


@register.simple_tag(takes_context=True)
def look_fields(context: template.RequestContext, language: str) -> SafeString:
    """The fields of how articles look, filled in with what holds in this browser. What is alike is written once."""
    preferences = getattr(context.get("request"), "preferences", None)
    look = preferences.look if preferences else USUAL_LOOK
    return still("components/look_fields.html", look=_values_of(look), language=language)


@lru_cache(maxsize=64)
def _values_of(look: Look) -> tuple[tuple[str, Any], ...]:
    return tuple(asdict(look).items())


@register.simple_tag
def look_form(look: Iterable[tuple[str, Any]]) -> LookForm:
    """The form, filled in with the names and values of a Look."""
    return LookForm(initial=LookForm.initial_of(Look(**dict(look))))
