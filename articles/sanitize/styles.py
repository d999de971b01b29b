"""The properties that an element's style gives and its text alone doesn't: whether it is seen, and whether its line
ends count."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

# Names in classes: of what mail programs show beside the subject, and no reader below it; and of what style libraries
# keep for screen readers ("opens in a new window"), which a page's eyes never see. And of the times that a player made
# by a script counts: of a player of ours nothing counts them.
_UNSEEN = (
    *("preheader", "sr-only", "screen-reader-text", "visually-hidden", "visuallyhidden", "element-invisible"),
    *("-current-time", "kg-audio-time", "kg-video-time"),
)
_LENGTH = 500  # characters of a style that are read

_NOTHING = r"\s*:\s*0+(?:\.0+)?(?:px|em|rem|pt|%)?\s*(?:!|;|$)"
_HIDDEN = re.compile(
    r"(?<![\w-])(?:(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)(?![\w-])"
    rf"|max-height{_NOTHING}|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|(?:left|top|right|text-indent)\s*:\s*-[0-9]{4,}(?:px|em)|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,])",
    re.I,
)
_KEEPS_LINES = re.compile(
    r"(?<![\w-])white-space(?:-collapse)?\s*:\s*(pre(?:-wrap|-line|serve(?:-breaks|-spaces)?)?|break-spaces)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Seen:
    """`is_silent`: it is there for the eye only (`aria-hidden`). `keeps_lines`: its line ends are shown;
    `is_preformatted`: and its spaces."""

    is_hidden: bool = False
    is_silent: bool = False
    keeps_lines: bool = False
    is_preformatted: bool = False

    def kind_of(self, kind: str | None) -> str:
        """The element that shows this, of one that is shown as `kind`; None: as its text alone."""
        return "pre" if self.is_preformatted and kind == "code" else kind or "span"


def seen(attrs: Mapping[str, str]) -> Seen | None:
    """The properties (see Seen) that the attributes of an element state; None where they state none."""
    is_hidden, lines = _of_style(attrs["style"][:_LENGTH]) if "style" in attrs else (False, "")
    is_hidden = is_hidden or attrs.get("hidden", "until-found").lower() != "until-found"
    is_hidden = is_hidden or ("class" in attrs and is_class_unseen(attrs["class"]))
    is_silent = attrs.get("aria-hidden", "").strip().lower() == "true"
    if not (is_hidden or is_silent or lines):
        return None
    is_preformatted = lines not in {"", "pre-line", "preserve-breaks"}
    return Seen(is_hidden, is_silent, bool(lines), is_preformatted)


def is_class_unseen(names: str) -> bool:
    """True where one of an element's classes says that no eye sees it, and none that it does on a screen of some width.
    What is seen only as long as it is in focus, such as a link that skips a menu, is not."""
    if not any(name in names for name in _UNSEEN):
        return False
    return not any(name.endswith("not-sr-only") and "focus" not in name for name in names.split())


@lru_cache(maxsize=512)
def _of_style(style: str) -> tuple[bool, str]:
    """True where it hides, and the value by which it keeps line ends; "" where it keeps none."""
    lines = _KEEPS_LINES.search(style)
    return _HIDDEN.search(style) is not None, lines[1].lower() if lines else ""


def is_made_by_mathjax(attrs: Mapping[str, str]) -> bool:
    """True where an element is what MathJax shows of a formula."""
    name = attrs.get("class", "")
    return "MathJax" in name or "mjx-" in name or attrs.get("", "").startswith("mjx-")
