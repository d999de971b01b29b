"""The feed that an entry comes from, as the entry's `source` tells of it: RSS 2.0's and Atom's. Pure.

Feedparser is not asked: it would let the source's title and links overwrite those of the entry.
"""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress

MAX_TITLE = 4_000  # characters of markup; what is kept is shorter
SEPARATOR = "\x1f"  # between the parts of an element's name; no XML document can hold it


class SourceEvents:
    """Hears expat's events inside one `source`, and writes what they say into `said`."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self.said = {"title": "", "url": attributes.get("url", ""), "site_url": "", "kind": ""}
        self._depth = 0
        self._heard = ""  # whose text is the title: RSS has it in the source itself, Atom in an element
        self._is_atom = self._is_base64 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._is_atom = True
        self._depth += 1
        if self._depth != 1:
            return
        self._heard = name.split(SEPARATOR)[1] if SEPARATOR in name else name
        if self._heard == "title":
            self.said["kind"] = kind = attributes.get("type", "text").strip().lower()
            mode = attributes.get("mode", "").strip().lower()  # Atom 0.3
            self._is_base64 = mode == "base64" or _is_packed(kind)
        relation = {"self": "url", "alternate": "site_url"}.get(attributes.get("rel", "alternate"))
        if self._heard == "link" and relation and not self.said[relation]:
            self.said[relation] = attributes.get("href", "")

    def end(self) -> None:
        if self._depth == 1 and self._is_base64:
            with suppress(ValueError):
                self.said["title"] = b64decode(self.said["title"]).decode()
            self._is_base64 = False
        self._depth -= 1
        self._heard = ""

    def text(self, text: str) -> None:
        is_title = self._heard == "title" if self._depth else not self._is_atom
        if is_title and len(self.said["title"]) < MAX_TITLE:
            self.said["title"] += text


def _is_packed(kind: str) -> bool:
    """True of a type whose content Atom wants in base64 (RFC 4287, 4.1.3.3): all but text and XML."""
    return "/" in kind and not kind.startswith("text/") and not kind.endswith(("/xml", "+xml"))
