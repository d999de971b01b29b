"""`{% still "components/head.html" signed_in=True %}`"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
Flag = bool | str | tuple[object, ...]


@register.simple_tag
def still(name: str, **flags: Flag) -> SafeString:
    """A part of the page that the language and a few flags say all of, rendered once for each of them in a process. It
    gets the flags and nothing else, neither request nor reader, so that it can show nobody what is another's."""
    known = tuple([(flag, value if isinstance(value, str | tuple) else bool(value)) for flag, value in flags.items()])
    rendered = _rendered.__wrapped__ if settings.DEBUG else _rendered
    return rendered(name, get_language(), known)


still.is_still = True  # type: ignore[attr-defined]  # for newsreader.template_loader


@lru_cache(maxsize=256)
def _rendered(name: str, language: str | None, flags: tuple[tuple[str, Flag], ...]) -> SafeString:
    lines = get_template(name).render(dict(flags)).splitlines()
    return mark_safe("\n".join(filter(None, map(str.strip, lines))))  # noqa: S308 - a template's own output
