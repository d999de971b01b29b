"""`{% look_form as form %}`"""

from __future__ import annotations

from django import template

from newsreader.look import USUAL_LOOK, LookForm

register = template.Library()


@register.simple_tag(takes_context=True)
def look_form(context: template.RequestContext) -> LookForm:
    """The form of how articles look, filled in with what holds in this browser."""
    preferences = getattr(context.get("request"), "preferences", None)
    return LookForm(initial=LookForm.initial_of(preferences.look if preferences else USUAL_LOOK))
