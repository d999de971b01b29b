"""Hub and topic of an answer (WebSub, section 4): Link headers come before what the document says. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from feeds.parse.text import MAX_FEED_URL, address
from feeds.parse.values import ParsedFeed

LONGEST = 8_000  # characters of a header that are read
# RFC 8288, section 3. Possessive: no header makes this scan the same characters over and over.
LINK = re.compile(r'<([^<>]*+)>((?:\s*+;\s*+[^\s=;,]++\s*+(?:=\s*+(?:"[^"]*+"|[^\s;,"]*+))?+)*+)')
PARAMETER = re.compile(r';\s*+([^\s=;,]++)\s*+(?:=\s*+(?:"([^"]*+)"|([^\s;,"]*+)))?+')


def with_links(parsed: ParsedFeed, header: str, url: str) -> ParsedFeed:
    """The feed with hub and topic as the Link header of its answer, which came from `url`, gives them."""
    found = relations(header, url) if header else {}
    if not (found.keys() & {"hub", "self"}):
        return parsed
    return replace(parsed, hub_url=found.get("hub", parsed.hub_url), self_url=found.get("self", parsed.self_url))


def relations(header: str, url: str) -> dict[str, str]:
    """The first usable address of each relation in a Link header."""
    found: dict[str, str] = {}
    for target, parameters in LINK.findall(header[:LONGEST]):
        said = {name.lower(): quoted or plain for name, quoted, plain in reversed(PARAMETER.findall(parameters))}
        if to := address(url, target, MAX_FEED_URL):
            for relation in said.get("rel", "").lower().split():
                found.setdefault(relation, to)
    return found
