"""What an article's columns say of its HTML. One place, so that polls, imports and resanitizing agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from articles.render import summary_of
from articles.sanitize import Boilerplate, sanitize

IMAGE_URL_LENGTH = 4000  # articles.models.Article.image_url


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedContent:
    """Columns of articles.models.Article, under their names there; articles.sanitize.VERSION goes beside them."""

    content_html: str
    content_text: str
    summary: str
    image_url: str


def derive(html: str, *, base_url: str, title: str, boilerplate: Sequence[Boilerplate]) -> DerivedContent:
    """The columns for `html` as the publisher sent it. Pure; never raises."""
    content = sanitize(html, base_url=base_url, title=title, boilerplate=boilerplate)
    return DerivedContent(
        content_html=content.html,
        content_text=content.text,
        summary=summary_of(content.text),
        image_url=content.image_url if len(content.image_url) <= IMAGE_URL_LENGTH else "",
    )
