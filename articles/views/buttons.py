"""The two buttons that a reader has for an article, as HTML: read or unread, star or none.

Each stands inside an element that gives hx-include, hx-swap and hx-vals. Where nothing can be sent,
static/js/marks.js turns it, with the same words.
"""

from __future__ import annotations

from html import escape
from typing import Literal, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

Name = Literal["read", "star"]
Style = Literal["sign", "words"]


class _Kind(NamedTuple):
    """`flag`: the attribute of a button whose article is unread, or starred."""

    address: str
    key: str
    flag: str


_KINDS: dict[Name, _Kind] = {"read": _Kind("mark_read", "m", "unread"), "star": _Kind("star", "s", "starred")}


def words() -> dict[str, str]:
    """The action of each button in words, by its name and the value that it sends."""
    return {
        "read=1": _("Mark as read"),
        "read=0": _("Mark as unread"),
        "star=1": _("Star"),
        "star=0": _("Remove star"),
    }


def button(name: Name, pk: object, *, is_flagged: bool, style: Style = "sign") -> SafeString:
    """The button of the article `pk`, which is unread, or starred, or not. As a sign it takes its name from itself and
    from the title of its row; in words it stands on the article's page, which goes on being open after a star."""
    address, key, flag = _KINDS[name]
    value = int(is_flagged == (name == "read"))
    action = escape(words()[f"{name}={value}"])
    target = f"/{pk}/".join(reverse(address, args=[0]).rsplit("/0/", 1))
    form = "starring" if name == "star" and style == "words" else "state"
    flagged = f" data-{flag}" if is_flagged else ""
    own = f"{name}-{pk}" if style == "sign" else f"{name}-words-{pk}"  # the row may stand beside it
    named = f' aria-label="{action}" aria-labelledby="{name}-{pk} title-{pk}"' if style == "sign" else ""
    inside = f'<span class="sign" aria-hidden="true"></span><span class="word">{action}</span>'
    return mark_safe(  # noqa: S308 - escaped above
        f'<button id="{own}" name="{name}" value="{value}" class="toggle {name}-toggle {style}"'
        f' data-key="{key}"{flagged} form="{form}" formaction="{target}" hx-post="{target}"{named}>'
        f"{inside if style == 'words' else ''}</button>"
    )
