"""The parts of benchmarks.mirror inside an instance: `fill N`, `sent SITE` and `kept`, in processes of their own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import django


def fill(articles: int) -> None:
    """A made-up archive as polls would have stored it, some of its articles with what may be lost on the way."""
    from articles.ingest.content import derive
    from articles.models import Article
    from articles.search.analyze.languages import detect
    from benchmarks.generated import fill as generate
    from benchmarks.mirror import PICTURES

    generate(articles, n_feeds=40)
    rows = list(Article.objects.order_by("pk"))
    for number, article in enumerate(rows):
        article.title = article.title.strip()
        if number % PICTURES == 0:
            article.author, article.tags = "Ana Ruiz, 陳大文", ["ferries", "天氣 & tides"]
            markup = (
                f"{article.content_html}<table><tr><td>a &amp; b<td>“雨停了” &lt;i&gt;</table>"
                '<figure><img src="/p.jpg" alt="A pier" width="900"></figure><p><a href="next">on</a></p>'
            )
            content = derive(markup, base_url="https://press.example/a/", title=article.title, boilerplate=())
            article.content_html, article.content_text = content.content_html, content.content_text
        article.language = detect(f"{article.title}\n{article.content_text}")
    columns = ["title", "author", "tags", "language", "content_html", "content_text"]
    Article.objects.bulk_update(rows, columns, batch_size=100)


def sent(site: str) -> Iterator[dict[str, Any]]:
    """The articles as a mirror should have them: what goes out, through the same gate."""
    from articles.export.feeds import items
    from articles.ingest.content import derive
    from articles.models import Article

    for item in items(list(Article.objects.order_by("pk").values_list("pk", flat=True)), site):
        content = derive(item.content_html, base_url=item.url, title=item.title, boilerplate=())
        yield {
            "id": item.id,
            "url": item.url,
            "title": item.title,
            "author": item.author,
            "tags": list(item.tags),
            "published": item.published_at.isoformat(),
            "updated": item.updated_at.isoformat(),
            "language": item.language,
            "html": content.content_html,
            "text": content.content_text,
            "source": [item.source.title, item.source.url, item.source.site_url],
        }


def kept() -> Iterator[dict[str, Any]]:
    """The articles as they are in the mirror."""
    from articles.models import Article

    for article in Article.objects.select_related("origin").order_by("pk").iterator(chunk_size=500):
        origin = article.origin
        assert article.updated_at is not None
        yield {
            "id": article.guid,
            "url": article.url,
            "title": article.title,
            "author": article.author,
            "tags": article.tags,
            "published": article.published_at.isoformat(),
            "updated": article.updated_at.isoformat(),
            "language": article.language,
            "html": article.content_html,
            "text": article.content_text,
            "source": [origin.title, origin.url, origin.site_url] if origin else [],
        }


def main() -> None:
    django.setup()
    part, arguments = sys.argv[1], sys.argv[2:]
    if part == "fill":
        fill(int(arguments[0]))
        return
    for row in sent(arguments[0]) if part == "sent" else kept():
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
