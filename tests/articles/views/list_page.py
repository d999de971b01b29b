"""A list's page as a test reads it, whole or in parts."""

from __future__ import annotations

import re

HTMX = {"HX-Request": "true"}  # a script asks


def rows(page):
    """The ids of the articles whose rows the answer has, in its order."""
    return [int(pk) for pk in re.findall(r'id="?article-(\d+)', page.text)]
