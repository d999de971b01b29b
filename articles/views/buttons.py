"""The two buttons that a reader has for an article, as HTML: read or unread, star or none.

A button is named for what it does and has the article's id for a value; the form that it belongs to says where both go.
static/js/marks.js sends them without leaving the page, and turns the buttons.
"""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Literal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Name = Literal["read", "star"]
Style = Literal["sign", "words"]

_ACTIONS = {("read", True): "read", ("read", False): "unread", ("star", False): "star", ("star", True): "unstar"}
_KEYS = {"read": "m", "star": "s"}


def words() -> dict[str, str]:
    """Each action in words."""
    return _words(get_language())


@cache
def _words(language: str | None) -> dict[str, str]:
    """The same in the language that is active: a page asks several times."""
    return {
        "read": _("Mark as read"),
        "unread": _("Mark as unread"),
        "star": _("Star"),
        "unstar": _("Remove star"),
    }


def button(name: Name, pk: object, *, is_flagged: bool, style: Style = "sign", form: str = "state") -> SafeString:
    """The button of the article `pk`, which is unread, or starred, or not. As a sign it takes its name from the page's
    word for its action (templates/components/words.html) and from the title of its row, and belongs to the form that it
    stands in; in words it stands in a bar of the article's, and belongs to the form with the id `form`."""
    action = _ACTIONS[name, is_flagged]
    if style == "sign":
        return mark_safe(f'<button name={action} value={pk} aria-labelledby="{action} t{pk}"></button>')  # noqa: S308 - ours
    return mark_safe(  # noqa: S308 - escaped
        f'<button class="toggle words" name="{action}" value="{pk}" data-key="{_KEYS[name]}" form="{form}">'
        f'<span class="sign" aria-hidden="true"></span><span class="word">{escape(words()[action])}</span></button>'
    )
