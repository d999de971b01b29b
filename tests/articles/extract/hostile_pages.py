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


PAGES: dict[str, Callable[[], str | bytes]] = {
    # trees
    "deep": lambda: "<div>" * 30_000 + SENTENCE,
    "deep inline": lambda: "<b><i>" * 20_000 + SENTENCE,
    "deep lists": lambda: article("<ul><li>" * 10_000),
    "paragraphs without end": lambda: "<p>x" * 800_000,
    "empty siblings": lambda: article("<div></div>" * 300_000),
    "siblings": lambda: "<div>" + f"<p>{SENTENCE}<br><br>{OTHER}</p>" * 4_000,
    "line ends": lambda: article("<br>" * 500_000),
    "tags that overlap": lambda: article("<a href=/x><b><i>x</a></b>" * 8_000),
    "a drawing in a drawing": lambda: article("<svg><foreignObject>" * 5_000 + SCRIPT),
    "no brackets": lambda: "<" * 3_000_000,
    "comments without end": lambda: article("<!--" * 100_000 + "<![CDATA[" * 50_000 + SCRIPT),
    # tables
    "tables": lambda: "<table><tr><td>" * 200 + PARAGRAPHS,
    "a huge table": lambda: article("<table>" + ("<tr>" + "<td>1" * 100) * 300 + "</table>"),
    "cells without end": lambda: article('<table><tr><td colspan="999999999" rowspan="999999999">x</table>' * 500),
    # text
    "one paragraph": lambda: "<p>" + "word, " * 700_000,
    "a word": lambda: article("<p>" + "x" * 3_000_000),
    "blanks": lambda: article(" \n\t" * 1_000_000),
    "marks on marks": lambda: article("<p>a" + "\u0301" * 500_000),
    "text in both directions": lambda: article("<p>" + "\u202e\u2066x" * 200_000),
    # attributes
    "attributes": lambda: f"<p {' '.join(f'a{n}=1' for n in range(20_000))}>{SENTENCE}</p>",
    "attributes that never end": lambda: article('<p a="' * 200_000),
    "names": lambda: f'<div class="{"author-" * 100_000}">{SENTENCE}</div>' * 5,
    "styles": lambda: f'<div style="{"display:" * 100_000}">{SENTENCE}</div>' * 5,
    "pictures to choose from": lambda: article(f'<img srcset="{", ".join(f"/{n}.jpg {n}w" for n in range(100_000))}">'),
    "a picture in its address": lambda: article(f'<img src="data:image/png;base64,{"A" * 3_000_000}">'),
    # what looks for names
    "labels": lambda: "<div><h3>Comments</h3><p>Related</p></div>" * 5_000,
    "nested labels": lambda: "<div><h3>Related</h3>" * 250 + PARAGRAPHS,
    "bylines": lambda: "<div class=author>x</div>" * 12_000,
    "headlines": lambda: f'<p><a href="/1">{SENTENCE}</a></p>' * 6_000,
    "links": lambda: f"<a href=/x>{SENTENCE}</a>" * 8_000,
    "figures": lambda: "<figure><div><ul><li><a href=/x>y</a></li></ul></div></figure>" * 3_000,
    "no script": lambda: "<noscript><img src=/a>" * 10_000,
    "next pages": lambda: article("", head='<link rel="next" href="/2"><link rel="amphtml" href="javascript:x">' * 20_000),
    # data
    "brackets": lambda: '<script type="application/ld+json">' + "[" * 500_000 + "</script>" + PARAGRAPHS,
    "data in data": lambda: article("", head=_data(900, 1)),
    "data twice in data": lambda: article("", head=_data(11, 2)),
    # encodings
    "entities": _entities,
    "UTF-7": lambda: article("+ADw-script+AD4-alert(1)+ADw-/script+AD4-" * 1000, "<meta charset=utf-7>"),
    "noise that says it is text": lambda: article("", "<meta charset=utf-16>").encode() + _noise(2_000_000),
    "half characters": lambda: article("<meta charset=big5>").encode() + b"\x81\xfe\xf0\x80\xc0\xaf\x1b$B" * 200_000,
    # scripts
    "every disguise": lambda: article("".join(f"<p>{attack} {SENTENCE}</p>" for attack in ATTACKS)),
    "nothing between the letters": lambda: article("<scr\0ipt>alert(1)</scr\0ipt><im\0g src=x on\0error=alert(1)>" * 500),
    "a base of script": lambda: article('<a href="x">y</a><img src="x">', "<base href='javascript:alert(1)//'>"),
    "frames": lambda: article(f'<iframe srcdoc="{"&lt;script>alert(1)&lt;/script>" * 100}"></iframe>' * 500),
}  # fmt: skip


def body_of(name: str) -> bytes:
    """The page as it is sent."""
    made = PAGES[name]()
    return made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")
