"""A text as a QR code, drawn here."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe

SCALE = 4  # pixels a module


def qr_code(text: str) -> SafeString:
    """An SVG element of its own size, black on white, with the quiet zone that scanners need. It says nothing to who
    can't see it: the text must stand beside it."""
    made = segno.make(text, micro=False, error="m")
    svg = made.svg_inline(scale=SCALE, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    return mark_safe(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S308 - squares only
