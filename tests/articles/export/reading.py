"""Reading exported documents as other programs do."""

from __future__ import annotations

import io
import json
from typing import Any
from xml.etree import ElementTree

import feedparser

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"


def body(client, address: str, **headers: Any) -> bytes:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, (response.status_code, address)
    return b"".join(response.streaming_content)


def path(address: str) -> str:
    """An absolute address as the test client takes it."""
    return address.removeprefix("http://testserver")


def tree(document: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(document)


def by_feedparser(document: bytes) -> Any:
    found = feedparser.parse(io.BytesIO(document), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.bozo_exception
    return found


def links(document: bytes) -> dict[str, str]:
    """The relations of an XML document's own links."""
    root = tree(document)
    feed = root if root.tag == f"{ATOM}feed" else root.find("channel")
    assert feed is not None
    return {link.attrib["rel"]: link.attrib["href"] for link in feed.findall(f"{ATOM}link")}


def is_archive(document: bytes) -> bool:
    return tree(document).find(f".//{HISTORY}archive") is not None


def titles(document: bytes) -> list[str]:
    if document.startswith(b"{"):
        return [item["title"] for item in json.loads(document)["items"]]
    return [entry.title for entry in by_feedparser(document).entries]
