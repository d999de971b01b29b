"""An archive of made-up articles of any size: always the same one for the same numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice

from django.db import connection, transaction
from django.db.models import Count, Max

from articles.models import Article
from benchmarks.vocabulary import CHINESE, ENGLISH
from feeds.models import Category, Feed

FIRST_DAY = datetime(2016, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=3650)
JITTER = timedelta(days=3)  # articles come in nearly, not quite, in the order of their dates

# What is hard for a list: a category that has most of the archive, and one that has next to nothing, all of it old.
WIDE, RARE = "wide", "rare"
WIDE_SHARE, RARE_SHARE, RARE_AGE = 0.6, 0.001, 0.1


Writer = Callable[[random.Random], tuple[str, str, str]]
"""Makes up a title, a text, and its language."""


def fill(
    n_articles: int, n_feeds: int = 500, n_categories: int = 12, *, seed: int = 1, writer: Writer | None = None
) -> None:
    """Put the archive into an empty database: about 1 KB an article, dates over ten years, a third of it Chinese, feeds
    of very different sizes, and the categories WIDE and RARE among the others, which lie inside each other by twos."""
    chance = random.Random(seed)
    feeds = _feeds(n_feeds, _categories(n_categories))
    articles = _articles(chance, n_articles, feeds, writer or _writer(chance))
    while chunk := list(islice(articles, 20_000)):
        with transaction.atomic():
            Article.objects.bulk_create(chunk, batch_size=1_000)
    _count()
    settle()


def settle() -> None:
    """Do what a database does by itself in time: statistics for the planner, and Postgres' map of settled pages."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _categories(n: int) -> list[Category]:
    names = [WIDE, RARE, *(f"category {number}" for number in range(2, max(n, 3)))]
    categories = Category.objects.bulk_create([Category(name=name, slug=name.replace(" ", "-")) for name in names])
    for inner, outer in zip(categories[4::2], categories[3::2], strict=False):
        inner.parent = outer
    Category.objects.bulk_update(categories, ["parent"])
    return categories


def _feeds(n: int, categories: list[Category]) -> dict[str, list[Feed]]:
    """The feeds of the wide category, of the rare one, and of all others."""
    kinds = [WIDE, RARE, *["others"] * 3, WIDE, *["others"] * 4]
    feeds: dict[str, list[Feed]] = {WIDE: [], RARE: [], "others": []}
    for number in range(max(n, 3)):
        kind = kinds[number % len(kinds)]
        category = categories[{WIDE: 0, RARE: 1}.get(kind, 2 + number % (len(categories) - 2))]
        host = f"feed{number}.example"
        feed = Feed(url=f"https://{host}/feed", host=host, title=f"Feed {number}", category=category)
        feeds[kind].append(feed)
    Feed.objects.bulk_create([feed for some in feeds.values() for feed in some])
    return feeds


def _writer(chance: random.Random) -> Writer:
    texts = [_text(chance, CHINESE if number % 3 == 0 else ENGLISH) for number in range(2_000)]

    def write(chance: random.Random) -> tuple[str, str, str]:
        first, second = chance.choice(texts), chance.choice(texts)
        return first[:40], f"{first}\n{second}", "zh" if first[0] > "z" else "en"

    return write


def _articles(chance: random.Random, n: int, feeds: dict[str, list[Feed]], writer: Writer) -> Iterator[Article]:
    weights = {kind: list(accumulate(1 / (rank + 3) for rank in range(len(some)))) for kind, some in feeds.items()}
    for number in range(n):
        age = number / n
        kind = _kind(chance.random(), age)
        (feed,) = chance.choices(feeds[kind], cum_weights=weights[kind])
        title, text, language = writer(chance)
        published_at = FIRST_DAY + YEARS * age + JITTER * chance.random()
        yield Article(
            feed=feed,
            guid=f"tag:{feed.host}:{number}",
            url=f"https://{feed.host}/{number}",
            title=title,
            summary=text[-120:],
            language=language,
            published_at=published_at,
            received_at=published_at,
            entry_hash=f"{number:032x}",
            sanitizer_version=1,
            content_html="".join(f"<p>{line}</p>" for line in text.splitlines()),
            content_text=text,
        )


def _kind(draw: float, age: float) -> str:
    if age < RARE_AGE and draw > 1 - RARE_SHARE / RARE_AGE:
        return RARE
    return WIDE if draw < WIDE_SHARE else "others"


def _text(chance: random.Random, words: str) -> str:
    separator = "" if words is CHINESE else " "
    return separator.join(chance.choices(words.split(), k=45))


def _count() -> None:
    """The columns that the store keeps."""
    counts = Article.objects.order_by().values("feed").annotate(count=Count("pk"), newest=Max("published_at"))
    Feed.objects.bulk_update(
        [Feed(pk=row["feed"], article_count=row["count"], newest_article_at=row["newest"]) for row in counts],
        ["article_count", "newest_article_at"],
        batch_size=200,
    )
