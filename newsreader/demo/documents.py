"""Feeds as documents: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, and the web pages beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import formatdate
from html import escape

from newsreader.demo.catalogue import Piece, Source

TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "page": "text/html; charset=utf-8",
}
# How the page without a feed is read (feeds.pages.recipe).
RECIPE = {"kind": "css", "items": "li.notice", "title": "h2", "link": "h2 a", "date": "time", "content": ".text"}


def feed_document(source: Source, pieces: Sequence[Piece], address: str) -> tuple[bytes, str]:
    """The feed as it is sent, and its media type. `address` is the publisher's, without a slash at the end."""
    write = {"rss": _rss, "atom": _atom, "json": _json, "page": _notices}[source.form]
    return write(source, pieces, address).encode(), TYPES[source.form]


def page_of(source: Source, piece: Piece) -> bytes:
    """The web page of one article."""
    return _page(source, piece.title, piece.html)


def front_page(source: Source, pieces: Sequence[Piece]) -> bytes:
    """The source's web page, which names its feed."""
    items = "".join(f'<li><a href="/{source.slug}/{piece.slug}">{escape(piece.title)}</a></li>' for piece in pieces)
    return _page(source, source.title, f"<p>{escape(source.about)}</p><ul>{items}</ul>")


def _notices(source: Source, pieces: Sequence[Piece], _address: str) -> str:
    items = "".join(
        f'<li class="notice"><h2><a href="{source.path}{piece.slug}">{escape(piece.title)}</a></h2>'
        f'<time datetime="{_iso(piece.published)}">{_iso(piece.published)[:10]}</time>'
        f'<div class="text">{piece.html}</div></li>'
        for piece in pieces
    )
    return _page(source, source.title, f"<p>{escape(source.about)}</p><ul>{items}</ul>").decode()


def _page(source: Source, title: str, html: str) -> bytes:
    direction = ' dir="rtl"' if source.language == "ar" else ""
    link = f'<link rel="alternate" type="{TYPES[source.form]}" title="{escape(source.title)}" href="{source.path}">'
    link = "" if source.form == "page" else link
    return (
        f'<!doctype html><html lang="{source.language}"{direction}><meta charset="utf-8"><title>{escape(title)}</title>'
        f"{link}<article><h1>{escape(title)}</h1>{html}</article></html>"
    ).encode()


def _link(source: Source, piece: Piece, address: str) -> str:
    return f"{address}/{source.slug}/{piece.slug}"


def _guid(piece: Piece) -> str:
    return f"tag:demo.example,2026:{piece.slug}"


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _rss(source: Source, pieces: Sequence[Piece], address: str) -> str:
    items = "".join(
        f"<item><title>{escape(piece.title)}</title><link>{_link(source, piece, address)}</link>"
        f'<guid isPermaLink="false">{_guid(piece)}</guid><pubDate>{formatdate(piece.published, usegmt=True)}</pubDate>'
        f"<dc:creator>{escape(source.author)}</dc:creator>"
        f"<content:encoded>{escape(piece.html)}</content:encoded></item>\n"
        for piece in pieces
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:content='
        '"http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
        f"<title>{escape(source.title)}</title><link>{address}/{source.slug}/</link>"
        f"<description>{escape(source.about)}</description><language>{source.language}</language>\n{items}</channel></rss>"
    )


def _atom(source: Source, pieces: Sequence[Piece], address: str) -> str:
    entries = "".join(
        f"<entry><id>{_guid(piece)}</id><title>{escape(piece.title)}</title>"
        f'<link href="{_link(source, piece, address)}"/><published>{_iso(piece.published)}</published>'
        f"<updated>{_iso(piece.published)}</updated>"
        f'<content type="html">{escape(piece.html)}</content></entry>\n'
        for piece in pieces
    )
    updated = _iso(max((piece.published for piece in pieces), default=0))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{source.language}" xml:base="{address}/">\n<id>tag:demo.example,2026:{source.slug}</id>'
        f"<title>{escape(source.title)}</title><subtitle>{escape(source.about)}</subtitle><updated>{updated}</updated>"
        f'<author><name>{escape(source.author)}</name></author><link href="{address}/{source.slug}/"/>'
        f'<link rel="self" href="{address}{source.path}"/>\n{entries}</feed>'
    )


def _json(source: Source, pieces: Sequence[Piece], address: str) -> str:
    items = [
        {
            "id": _guid(piece),
            "url": _link(source, piece, address),
            "title": piece.title,
            "content_html": piece.html,
            "date_published": _iso(piece.published),
        }
        for piece in pieces
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.title,
        "description": source.about,
        "language": source.language,
        "home_page_url": f"{address}/{source.slug}/",
        "feed_url": address + source.path,
        "authors": [{"name": source.author}],
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False)
