"""A preview of what a boilerplate rule would take out of the newest articles, before anybody trusts it with all of
them."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

from articles.compression import decompressed
from articles.models import Article, ArticleSource, BoilerplateRule
from articles.sanitize import Boilerplate, Match, sanitize
from feeds.subscriptions.visibility import Reader, visible_to

NEWEST = 200
SECONDS = 5.0
EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Example:
    """An article that the rule would change, and the lines of text that it would lose."""

    article: Article
    removed: list[str]


@dataclass(slots=True)
class Preview:
    """`hits` of the `checked` newest articles would change."""

    checked: int = 0
    hits: int = 0
    examples: list[Example] = field(default_factory=list)


def preview(rule: BoilerplateRule, reader: Reader, *, seconds: float = SECONDS) -> Preview:
    """Run `rule` over the sources of the newest articles in its scope that `reader` may see; stops early when `seconds`
    are over."""
    articles = Article.objects.for_list().filter(visible_to(reader, "feed__")).order_by("-published_at", "-id")
    if rule.feed_id is not None:
        articles = articles.filter(feed_id=rule.feed_id)
    result, deadline = Preview(), time.monotonic() + seconds
    for article in articles[:NEWEST]:
        source = ArticleSource.objects.filter(article_id=article.pk).first()
        if source is None:
            continue
        result.checked += 1
        removed = _removed(source, article.title, Boilerplate(cast(Match, rule.match), rule.value))
        if removed is not None:
            result.hits += 1
            if len(result.examples) < EXAMPLES:
                result.examples.append(Example(article, removed))
        if time.monotonic() > deadline:
            break
    return result


def _removed(source: ArticleSource, title: str, rule: Boilerplate) -> list[str] | None:
    """The lines that the rule takes out of one article, which may be none (a picture); None where it does nothing."""
    html = decompressed(source.html_zlib)
    before = sanitize(html, base_url=source.base_url, title=title)
    after = sanitize(html, base_url=source.base_url, title=title, boilerplate=[rule])
    if before.html == after.html:
        return None
    return list((Counter(before.text.splitlines()) - Counter(after.text.splitlines())).elements())
