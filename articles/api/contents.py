"""Articles whole, as apps show them: with their text, their files and what the reader did with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from articles.display.article import may_keep
from articles.display.media import display_html
from articles.export.feeds import absolute, files_of
from articles.export.formats.documents import File
from articles.lists.pages import load
from articles.models import Article

BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An article as lists have it, its text as HTML with absolute addresses, where it is on the web, its files."""

    article: Article
    html: str
    url: str
    files: Sequence[File]


def wholes(ids: Sequence[int], reader: User, site: str) -> Iterator[Whole]:
    """The articles in that order, BATCH of them in memory at a time; one deleted meanwhile is left out."""
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        articles = load(some, reader)
        texts = dict(Article.objects.filter(pk__in=some).values_list("pk", "content_html"))
        files = files_of(some)
        for article in articles:
            html = display_html(texts.get(article.pk, ""), is_kept=may_keep(article.feed))
            own = site + article.get_absolute_url()
            url = article.url if article.url.lower().startswith(("http://", "https://")) else own
            yield Whole(article=article, html=absolute(html, site), url=url, files=files[article.pk])
