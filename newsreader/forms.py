"""The way in which forms are written into pages."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, cast

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.safestring import SafeString, mark_safe

_OPTION = "django/forms/widgets/select_option.html"


class Renderer(TemplatesSetting):
    """Django's own way, but no label ends with a colon: each stands on a line of its own. Plain fields and menus are
    written by code: with the templates that Django has for them the account page took twice as long."""

    field_template_name = "forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        widget = context.get("widget")
        if template_name in _INPUTS:
            return mark_safe(_input(widget))  # noqa: S308 - escaped there
        if template_name == "django/forms/widgets/select.html" and _is_plain(widget):
            return mark_safe(_select(widget))  # noqa: S308 - escaped there
        return cast(SafeString, super().render(template_name, context, request))


_INPUTS = frozenset(
    f"django/forms/widgets/{kind}.html"
    for kind in ("checkbox", "email", "hidden", "input", "number", "password", "text", "url")
)


def _input(widget: Any) -> str:
    value = "" if widget["value"] is None else f' value="{_escaped(widget["value"])}"'
    return f'<input type="{_shown(widget["type"])}" name="{_shown(widget["name"])}"{value}{_attributes(widget)}>'


def _is_plain(widget: Any) -> bool:
    return all(option["template_name"] == _OPTION for _name, some, _at in widget["optgroups"] for option in some)


def _select(widget: Any) -> str:
    groups = []
    for name, some, _at in widget["optgroups"]:
        options = "".join(
            f'\n<option value="{_escaped(option["value"])}"{_attributes(option)}>{_shown(option["label"])}</option>'
            for option in some
        )
        groups.append(f'\n<optgroup label="{_shown(name)}">{options}\n</optgroup>' if name else options)
    return f'<select name="{_shown(widget["name"])}"{_attributes(widget)}>{"".join(groups)}\n</select>'


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {_shown(name)}" if value is True else f' {_shown(name)}="{_escaped(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _escaped(value: object) -> str:
    """As a template has what was made a string by a filter."""
    return str(value) if isinstance(value, SafeString) else escape(str(value))


def _shown(value: object) -> str:
    """As a template has the value itself: in the language's way, escaped unless it says that it is safe."""
    return str(render_value_in_context(value, _PAGE))


_PAGE = Context()
