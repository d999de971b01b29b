"""The columns of an article that derive from its HTML. One place, so that polls, imports and resanitizing agree."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.translation import gettext as _

from articles.sanitize import Boilerplate, CleanContent, Source, sanitize, sanitize_all
from articles.text import summary_of
from feeds import sandbox

__all__ = ["DerivedContent", "Source", "derive", "derive_all", "derive_within"]

logger = logging.getLogger(__name__)

# After so many entries of one document the others are not tried: each may take as long.
MOST_GIVEN_UP = 3
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
    return _derived(sanitize(html, base_url=base_url, title=title, boilerplate=boilerplate))


def derive_within(source: Source, boilerplate: Sequence[Boilerplate]) -> DerivedContent:
    """The same, within the budget of a document. Raises sandbox.OverBudget."""
    [content] = sandbox.run(sanitize_all, [source], boilerplate)
    return _derived(content)


def derive_all(sources: Sequence[Source], boilerplate: Sequence[Boilerplate]) -> list[DerivedContent]:
    """The columns for each of `sources`, within the budget of a document; where that is not enough for all of them, for
    each. One that takes too much has a sentence instead, and does not cost the others theirs. Raises
    sandbox.Interrupted."""
    try:
        contents = sandbox.run(sanitize_all, sources, boilerplate)
    except sandbox.OverBudget:
        contents = list(_each(sources, boilerplate))
    return [_derived(content) for content in contents]


def _each(sources: Sequence[Source], boilerplate: Sequence[Boilerplate]) -> Iterator[CleanContent]:
    given_up = 0
    for source in sources:
        if given_up < MOST_GIVEN_UP:
            try:
                yield from sandbox.run(sanitize_all, [source], boilerplate)
                continue
            except sandbox.Interrupted:
                raise
            except sandbox.OverBudget:
                given_up += 1
        logger.warning("The text of %r (base address %r) takes too much to read", source.title, source.base_url[:200])
        text = _("Newsreader gave up on the text of this article, which takes too long to read.")
        yield CleanContent(html=f"<p>{escape(text)}</p>", text=text)


def _derived(content: CleanContent) -> DerivedContent:
    return DerivedContent(
        content_html=content.html,
        content_text=content.text,
        summary=summary_of(content.text),
        image_url=content.image_url if len(content.image_url) <= IMAGE_URL_LENGTH else "",
    )
