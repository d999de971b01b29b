"""The content of empty elements that a script would fill with what an attribute says: in Substack's feeds
galleries, formulas, posts of other sites and the names of who is mentioned stand nowhere else, on pages of Squarespace
and Elementor films, on Joomla's and behind Cloudflare e-mail addresses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from articles.sanitize.mail_addresses import VEILING, unveiled
from articles.sanitize.read import CONTROLS, Node, Source, read, text_in, walk
from articles.sanitize.vocabulary import MEDIA

DATA, HTML = ("data-attrs", "data-settings"), "data-html"
_CONTENT = MEDIA | {"iframe", "embed", "object", "table", "math", "hr"}
_SHOWN = {"img", "audio", "video", "iframe", "embed"}
_HOLDERS = {"div", "span", "p", "figure"}
_MOST = 100  # pictures of a gallery


def fill_described(source: Source) -> None:
    """Put what their attributes say into the elements of `source` that hold nothing, or only ask for a script."""
    for node in source.described:
        if address := unveiled(node.attrs):
            _address(node, address)
            continue
        if "data-numero" in node.attrs:
            _reference(node)
            continue
        if node.tag not in _HOLDERS or text_in(node).strip() or any(each.tag in _CONTENT for each in walk(node)):
            continue
        if HTML in node.attrs:
            found = [each for each in walk(read(node.attrs[HTML]).root) if each.tag in _SHOWN]
            node.children = list[str | Node](found[:_MOST])
        elif node.tag == "span":
            node.children = [*filter(None, [_text(_data(node), "name")])]
        else:
            node.children = _blocks(_data(node)) or node.children


def _address(node: Node, address: str) -> None:
    """Let the node say the address, or lead to it, or both."""
    if not VEILING.isdisjoint(node.attrs):
        node.children = [address]
    if node.tag == "a":
        node.attrs = {"href": f"mailto:{address}"}


def _reference(node: Node) -> None:
    """Let the number of a source lead to it, or be followed by its name: Zhihu's list of sources is a script's."""
    address, name = node.attrs.get("data-url", "").strip(), node.attrs.get("data-text", "").strip()
    if address:
        node.children = [Node("a", {"href": address, "title": name}, node.children)]
    elif name:
        node.children.append(f" {name}")


def _data(node: Node) -> Mapping[str, Any]:
    with suppress(ValueError, RecursionError):
        data = json.loads(next(node.attrs[name] for name in DATA if name in node.attrs))
        return data if isinstance(data, dict) else {}
    return {}


def _text(data: Mapping[str, Any], *names: str) -> str:
    """The first of these that is a text with something in it."""
    texts = (CONTROLS.sub("", value).strip() for name in names if isinstance(value := data.get(name), str))
    return next(filter(None, texts), "")


def _blocks(data: Mapping[str, Any]) -> list[str | Node]:
    if isinstance(gallery := data.get("gallery"), dict):
        return _gallery(gallery)
    if formula := _text(data, "persistentExpression"):
        return [Node("p", {}, [Node("math", {"type": "math/tex"}, [formula])])]
    if post := _text(data, "instagram_id"):
        return [Node("iframe", {"src": f"https://www.instagram.com/p/{post}/", "title": _text(data, "title")})]
    if film := _text(data, "youtube_url", "vimeo_url", "dailymotion_url"):
        return [Node("iframe", {"src": film})]
    address = _text(data, "url", "canonical_url")
    if said := _text(data, "full_text"):
        author = _text(data, "name", "username")
        return [Node("blockquote", {}, [_paragraph(said), _linked(address, author or address)])]
    title = _text(data, "title")
    more = _text(data, "caption", "description", "truncated_body_text")
    return [_linked(address, title), *([_paragraph(more)] if more else [])] if address and title else []


def _gallery(gallery: Mapping[str, Any]) -> list[str | Node]:
    images = gallery.get("images")
    found = [image for image in images if isinstance(image, dict)][:_MOST] if isinstance(images, list) else []
    alt = _text(gallery, "alt")
    pictures = [Node("img", {"src": _text(image, "src"), "alt": _text(image, "alt") or alt}) for image in found]
    caption = _text(gallery, "caption")
    return [Node("figure", {}, [*pictures, *([Node("figcaption", {}, [caption])] if caption else [])])]


def _paragraph(text: str) -> Node:
    return Node("p", {}, [text])


def _linked(address: str, text: str) -> Node:
    return Node("p", {}, [Node("a", {"href": address}, [text])])
