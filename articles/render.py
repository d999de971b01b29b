"""Stored HTML to what a browser is given: no request of it leaves the site."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString, mark_safe

from articles.models import first_words

SUMMARY_LENGTH = 300


def display_html(content_html: str) -> SafeString:
    """Stored HTML, made ready for a browser."""
    return mark_safe(re.sub(r"<(img|source|track|audio|video)\b[^>]*>", "", content_html))  # noqa: S308 - it is sanitized


def summary_of(text: str, limit: int = SUMMARY_LENGTH) -> str:
    """The first words of an article's text, for a list row: at most `limit` characters and an ellipsis."""
    return first_words(text[: 4 * limit], limit)
