"""Pages that were made to harm whoever reads them, by name: each is made when it is asked for."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from tests.articles.sanitize.attacks import ATTACKS

SENTENCE = "The old bridge over the river was closed in spring, and people have walked a mile around it ever since. "
OTHER = "A committee of the town met on Tuesday, looked at three plans, and chose the one that costs the least. "
PARAGRAPHS = "".join(f"<p>{each}</p>" for each in (SENTENCE + OTHER, OTHER + SENTENCE, SENTENCE * 2, OTHER * 2))
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def article(inside: str, head: str = "") -> str:
    """A page whose article has running text around what is hostile, so that it is taken."""
    return f"<!doctype html><html><head>{head}</head><body><article>{PARAGRAPHS}{inside}{PARAGRAPHS}</article></body>"


def _entities() -> str:
    """A billion laughs (CWE-776), and a file of the reader's (CWE-611)."""
    bombs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    kinds = f'<!DOCTYPE html [<!ENTITY e0 "ha">{bombs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    return f'<?xml version="1.0"?>{kinds}<html xmlns="http://www.w3.org/1999/xhtml"><body>' + article("<p>&e9;&f;</p>")


def _noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def _data(depth: int, copies: int) -> str:
    """JSON-LD of graphs in graphs, each of which has so many of the next."""
    said = json.dumps({"@type": "NewsArticle", "articleBody": SCRIPT + SENTENCE * 10, "headline": SCRIPT})
    for _ in range(depth):
        said = f'{{"@graph": [{", ".join([said] * copies)}]}}'
    return f'<script type="application/ld+json">{said.replace("</", "<")}</script>'


PAGES: dict[str, Callable[[int], str | bytes]] = {
    # trees
    "deep": lambda of: "<div>" * 30_000 + SENTENCE,
    "deep inline": lambda of: "<b><i>" * 20_000 + SENTENCE,
    "deep lists": lambda of: article("<ul><li>" * 10_000),
    "paragraphs without end": lambda of: "<p>x" * (800_000 // of),
    "empty siblings": lambda of: article("<div></div>" * (300_000 // of)),
    "siblings": lambda of: "<div>" + f"<p>{SENTENCE}<br><br>{OTHER}</p>" * (4_000 // of),
    "line ends": lambda of: article("<br>" * (500_000 // of)),
    "tags that overlap": lambda of: article("<a href=/x><b><i>x</a></b>" * (8_000 // of)),
    "a drawing in a drawing": lambda of: article("<svg><foreignObject>" * 5_000 + SCRIPT),
    "no brackets": lambda of: "<" * (3_000_000 // of),
    "comments without end": lambda of: article("<!--" * (100_000 // of) + "<![CDATA[" * (50_000 // of) + SCRIPT),
    # tables
    "tables": lambda of: "<table><tr><td>" * 200 + PARAGRAPHS,
    "a huge table": lambda of: article("<table>" + ("<tr>" + "<td>1" * 100) * (300 // of) + "</table>"),
    "cells without end": lambda of: article('<table><tr><td colspan="999999999" rowspan="999999999">x</table>' * 500),
    # text
    "one paragraph": lambda of: "<p>" + "word, " * (700_000 // of),
    "a word": lambda of: article("<p>" + "x" * (3_000_000 // of)),
    "blanks": lambda of: article(" \n\t" * (1_000_000 // of)),
    "marks on marks": lambda of: article("<p>a" + "\u0301" * (500_000 // of)),
    "text in both directions": lambda of: article("<p>" + "\u202e\u2066x" * (200_000 // of)),
    # attributes
    "attributes": lambda of: f"<p {' '.join(f'a{n}=1' for n in range(20_000 // of))}>{SENTENCE}</p>",
    "attributes that never end": lambda of: article('<p a="' * (200_000 // of)),
    "names": lambda of: f'<div class="{"author-" * (100_000 // of)}">{SENTENCE}</div>' * 5,
    "styles": lambda of: f'<div style="{"display:" * (100_000 // of)}">{SENTENCE}</div>' * 5,
    "pictures to choose from": lambda of: article(f'<img srcset="{", ".join(f"/{n}.jpg {n}w" for n in range(100_000 // of))}">'),
    "a picture in its address": lambda of: article(f'<img src="data:image/png;base64,{"A" * (3_000_000 // of)}">'),
    # what looks for names
    "labels": lambda of: "<div><h3>Comments</h3><p>Related</p></div>" * (5_000 // of),
    "nested labels": lambda of: "<div><h3>Related</h3>" * 250 + PARAGRAPHS,
    "bylines": lambda of: "<div class=author>x</div>" * (12_000 // of),
    "headlines": lambda of: f'<p><a href="/1">{SENTENCE}</a></p>' * (6_000 // of),
    "links": lambda of: f"<a href=/x>{SENTENCE}</a>" * (8_000 // of),
    "figures": lambda of: "<figure><div><ul><li><a href=/x>y</a></li></ul></div></figure>" * (3_000 // of),
    "no script": lambda of: "<noscript><img src=/a>" * (10_000 // of),
    "next pages": lambda of: article("", head='<link rel="next" href="/2"><link rel="amphtml" href="javascript:x">' * (20_000 // of)),
    # data
    "brackets": lambda of: '<script type="application/ld+json">' + "[" * (500_000 // of) + "</script>" + PARAGRAPHS,
    "data in data": lambda of: article("", head=_data(900, 1)),
    "data twice in data": lambda of: article("", head=_data(11, 2)),
    # encodings
    "entities": lambda of: _entities(),
    "UTF-7": lambda of: article("+ADw-script+AD4-alert(1)+ADw-/script+AD4-" * (1_000 // of), "<meta charset=utf-7>"),
    "noise that says it is text": lambda of: article("", "<meta charset=utf-16>").encode() + _noise(2_000_000 // of),
    "half characters": lambda of: article("<meta charset=big5>").encode() + b"\x81\xfe\xf0\x80\xc0\xaf\x1b$B" * (200_000 // of),
    # scripts
    "every disguise": lambda of: article("".join(f"<p>{attack} {SENTENCE}</p>" for attack in ATTACKS)),
    "nothing between the letters": lambda of: article("<scr\0ipt>alert(1)</scr\0ipt><im\0g src=x on\0error=alert(1)>" * 500),
    "a base of script": lambda of: article('<a href="x">y</a><img src="x">', "<base href='javascript:alert(1)//'>"),
    "frames": lambda of: article(f'<iframe srcdoc="{"&lt;script>alert(1)&lt;/script>" * 100}"></iframe>' * 500),
}  # fmt: skip


def body_of(name: str, *, part: int = 1) -> bytes:
    """The page as it is sent; with `part`, so many times less of what goes on without end, as deep."""
    made = PAGES[name](part)
    return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")
