"""The way in which forms are written into pages."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Django's own way, but no label ends with a colon: each stands on a line of its own."""

    field_template_name = "forms/field.html"
