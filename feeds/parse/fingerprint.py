"""The digest that tells whether a document is the one that was read last, from the document's bytes alone."""

from __future__ import annotations

import re
from hashlib import sha256

ENTRY = re.compile(rb"<(?:item|entry)[\s>]")
# What a document says of its own time, before its entries: many publishers write the time of the request there.
OWN_TIME = re.compile(rb"<(?:lastBuildDate|pubDate|updated|modified|dc:date)\b[^<]{0,100}(?=<)")


def fingerprint(body: bytes) -> str:
    """The SHA-256, in hex, of a document without what it says of its own time. Nothing is parsed."""
    first = ENTRY.search(body)
    start = first.start() if first else 0
    digest = sha256(OWN_TIME.sub(b"", body[:start]))
    digest.update(memoryview(body)[start:])
    return digest.hexdigest()
