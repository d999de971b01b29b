"""The forms of a page, as a browser would send them."""

from __future__ import annotations

import re
from html import unescape


def fields(page, name="mark-all"):
    """The hidden fields of the form of that class on a page, which are sent whichever of its buttons is pressed."""
    form = re.search(rf'<form[^>]* class="[^"]*\b{name}\b.*?</form>', page.text, re.S)[0]
    return {
        key: unescape(value) for key, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    }
