"""Frames, players and objects: a link to what they show, or what stands inside for those who can't see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from articles.sanitize.frames import is_player
from articles.sanitize.inline import Items
from articles.sanitize.read import Node, read, text_in, walk
from articles.sanitize.vocabulary import MEDIA
from feeds.parse.embeds import address_by_class

if TYPE_CHECKING:
    from articles.sanitize.structure import Structure

_PICTURE = re.compile(r"\.(?:svgz?|png|jpe?g|gif|webp|avif)(?:[?#]|$)", re.I)
_LONGEST_ALT = 500  # characters
_PARAMETERS = ("movie", "src", "url", "filename")  # that name what an object plays


class ObjectRepair:
    """Makes cards and players for a Structure."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure

    def frame(self, node: Node) -> list[Node]:
        """A card for an `iframe` or `embed`; for a picture, a sound or a film the thing itself."""
        kind = node.attrs.get("type", "").strip().lower() if node.tag == "embed" else ""
        media = self.structure.media
        if kind.startswith("image/") or (node.tag == "embed" and _PICTURE.search(node.attrs.get("src", ""))):
            made = media.img(Node("img", {**node.attrs, "alt": node.attrs.get("title") or node.attrs.get("alt", "")}))
            return [Node("p", {}, [made])] if made else []
        if kind.startswith(("audio/", "video/")) and (player := media.player(Node(kind[:5], node.attrs))):
            return [player]
        card = self.structure.card(_inner_link(node) or node)
        cover = (
            media.img(Node("img", {"src": unquote(node.attrs["data-cover"])})) if "data-cover" in node.attrs else None
        )
        return [*([Node("p", {}, [cover])] if card and cover else []), *([card] if card else [])]

    def player(self, node: Node) -> list[Node]:
        """The sound or film; where there is nothing to play, its poster and what stands inside."""
        if made := self.structure.media.player(node):
            return [made]
        still = self.structure.media.still(node)
        shown = [Node("p", {}, [still])] if still else []
        return [*shown, *self.structure.flow(_without(node, "source", "track"))]

    def object(self, node: Node) -> list[Node]:
        """A card for a player that is known; else what stands inside; without a link or picture there, what it is."""
        embeds = [Node("embed", {**node.attrs, "src": address}) for address in _addresses(node)]
        for embed in embeds:
            if is_player(embed.attrs, self.structure.base) and (cards := self.frame(embed)):
                return cards
        linked = len(self.structure.linked)
        blocks = self.structure.flow(_without(node, "param"))
        if len(self.structure.linked) > linked or any(map(holds_media, blocks)):
            return blocks
        words = " ".join(" ".join(map(text_in, blocks)).split())[:_LONGEST_ALT]
        named = (Node("embed", {"alt": words, **embed.attrs}) for embed in embeds)
        shown = next(filter(None, map(self.frame, named)), [])
        is_itself = bool(shown) and shown[0].attrs.get("class") != "embed"  # those words are for who can't see it
        return shown if is_itself else [*shown, *blocks]

    def named(self, node: Node) -> list[Node]:
        """A card for what an attribute names and a script would put in, unless it is linked already."""
        address = address_by_class(node.attrs)
        if not address or self.structure.is_linked(address):
            return []
        return self.frame(Node("iframe", {"src": address}))


def _inner_link(node: Node) -> Node | None:
    """The link inside of a frame that shows no page by itself, as Medium has it for code and posts of other sites."""
    if node.tag != "iframe" or node.attrs.get("src") or "<a " not in (text := text_in(node)):
        return None
    links = (inside for inside in walk(read(text).root) if inside.tag == "a")
    return next((Node("iframe", {"src": link.attrs["href"]}) for link in links if "href" in link.attrs), None)


def _addresses(node: Node) -> list[str]:
    """The addresses that an `object` names, by itself and by its parameters."""
    inside = [child for child in node.children if isinstance(child, Node) and child.tag == "param"]
    named = {each.attrs.get("name", "").lower(): each.attrs.get("value", "") for each in inside}
    return list(filter(None, (node.attrs.get("data", ""), *(named.get(name, "") for name in _PARAMETERS))))


def _without(node: Node, *tags: str) -> Items:
    return [child for child in node.children if isinstance(child, str) or child.tag not in tags]


def holds_media(node: Node) -> bool:
    """True where a picture, a film, a sound or a card is in `node`."""
    return (
        node.tag in MEDIA
        or node.attrs.get("class") == "embed"
        or any(isinstance(child, Node) and holds_media(child) for child in node.children)
    )
