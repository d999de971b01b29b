"""The bytes of an article's pages → its text, in a process that can be killed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from articles.extract import Directions, PageArticle, page_article
from feeds.parse import charset


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came, decoded."""

    url: str
    html: str


def read_body(body: bytes, content_type: str, url: str, directions: Directions) -> tuple[Page, PageArticle]:
    """The page whose `body` came from `url`, and what it has."""
    page = Page(url, charset.decode(body, content_type))
    return page, page_article(page.html, url, directions)


def read_again(pages: Sequence[Page], directions: Directions) -> PageArticle:
    """The article that kept pages have, its first part first."""
    return joined([page_article(page.html, page.url, directions) for page in pages])


def joined(parts: Sequence[PageArticle]) -> PageArticle:
    """The article whose parts those are. What the first page says of it counts."""
    if not parts:
        return PageArticle()
    texts = dict.fromkeys(part.html for part in parts if part.html)  # a part that comes twice is none
    walls = [part.wall for part in parts if part.wall]
    return replace(
        parts[0],
        html="\n".join(texts),
        size=sum(part.size for part in parts),
        wall=walls[0] if walls else None,
    )
