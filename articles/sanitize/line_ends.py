"""Line ends of the source: those that show, and those that are no blank (CSS Text 3, section 4.1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds.parse.text import are_joined, joined

if TYPE_CHECKING:
    from articles.sanitize.read import Node

# Behind others, such as links in a row, a line end stands where the page's style, which nobody sees here, puts a gap.
_JOINED = {"b", "strong", "i", "em", "u", "s", "mark", "ins", "del", "sub", "sup", "ruby", "q", "code", "abbr", "dfn"}
_SPACE = " \t\n\f\r"


class LineEnds:
    """Adds the texts of a document to its tree, one after the other."""

    __slots__ = ("before", "kept", "pending")

    def __init__(self) -> None:
        # How many elements are open around those that keep their lines, and whether as text or as `br`.
        self.kept: list[tuple[int, bool]] = []
        self.before = ""  # the last text that is not blank
        self.pending: list[tuple[list[str | Node], int]] = []  # line ends after what may be wide

    def keep(self, depth: int, *, as_text: bool) -> None:
        """From here on line ends count, until `depth` elements are open."""
        self.kept.append((depth, as_text or (bool(self.kept) and self.kept[-1][1])))

    def close(self, depth: int) -> None:
        """So many elements are open now."""
        while self.kept and depth <= self.kept[-1][0]:
            self.kept.pop()

    def add(self, text: str, children: list[str | Node]) -> None:
        """Add `text` at the end of `children`. What has no line end may be put there without it, as `before` too, while
        nothing is `kept` or `pending`."""
        if self.kept:
            self._add_lines(text, children)
        elif text.isspace():
            last = children[-1] if children else None
            if (isinstance(last, str) or (last and last.tag in _JOINED)) and self._may_be_joined():
                self.pending.append((children, len(children)))
            children.append(text)
        elif text.isascii():
            self.pending = []
            self.before = text
            children.append(text)
        else:
            self._add_wide(text, children)

    def _may_be_joined(self) -> bool:
        return not self.before.rstrip(_SPACE)[-1:].isascii()

    def _add_lines(self, text: str, children: list[str | Node]) -> None:
        from articles.sanitize.read import Node

        self.before = ""
        self.pending = []
        if self.kept[-1][1]:
            children.append(text)
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                children.append(Node("br", {}))
            if line:
                children.append(line)

    def _strip_pending(self) -> None:
        for place, number in self.pending:
            if number < len(place) and isinstance(blank := place[number], str):
                place[number] = blank.rstrip(_SPACE)

    def _add_wide(self, text: str, children: list[str | Node]) -> None:
        said = text.strip(_SPACE)
        is_broken = self.pending or "\n" in text[: text.index(said[0])]
        if is_broken and are_joined(self.before.rstrip(_SPACE)[-1:], said[0]):
            self._strip_pending()
            text = text.lstrip(_SPACE)
        self.pending = []
        if "\n" in text:
            text = joined(text)
            if "\n" in text[len(text.rstrip(_SPACE)) :] and not said[-1].isascii():
                self.pending.append((children, len(children)))
        self.before = said
        children.append(text)
