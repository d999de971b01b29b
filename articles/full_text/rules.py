"""The rule of a feed for whole articles: what speaks for one, setting it, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from articles.full_text import waiting
from articles.full_text.models import FullText
from articles.models import Article
from feeds.models import Feed

LOOKED_AT = 20  # articles, the newest
FEWEST = 3  # that tell something
MOST_OLD = 500  # articles that a click asks for: more by the command


@dataclass(frozen=True, slots=True)
class Cost:
    """The results of a feed's whole articles: how many of each outcome, the commonest first, and the bytes and fetches
    that it took."""

    outcomes: tuple[tuple[str, int], ...]
    received_bytes: int
    fetches: int


def gives_parts(feed: Feed) -> bool:
    """True where most of a feed's newest articles say that there is more of them, end in the middle, or are hardly
    articles, and nobody has said yet what is to be done. One query."""
    if feed.whole_articles != Feed.WholeArticles.SUGGEST:
        return False
    from articles.extract import sign_of_part  # loads what reads pages

    newest = Article.objects.filter(feed=feed).exclude(url="").order_by("-published_at", "-id")
    texts = list(newest.values_list("content_text", flat=True)[:LOOKED_AT])
    return len(texts) >= FEWEST and sum(sign_of_part(text) is not None for text in texts) > len(texts) / 2


def want_newest(feed: Feed) -> int:
    """Have the whole texts of the newest articles of `feed` that are kept fetched, by its rule. Returns of how many."""
    newest = Article.objects.filter(feed=feed).order_by("-published_at", "-id").values_list("pk", flat=True)
    articles = Article.objects.filter(pk__in=list(newest[:MOST_OLD]))
    *_, (_looked_at, wanted) = [(0, 0), *waiting.want_old(feed, articles)]
    return wanted


def cost(feed: Feed) -> Cost | None:
    """The results of a feed's whole articles, and what they took; None where none was ever wanted."""
    rows = FullText.objects.filter(article__feed=feed).order_by().values("outcome")
    found = list(rows.annotate(n=Count("pk"), bytes=Sum("received_bytes"), asked=Sum("fetches")).order_by("-n"))
    if not found:
        return None
    return Cost(
        outcomes=tuple((str(FullText.Outcome(row["outcome"]).label), row["n"]) for row in found),
        received_bytes=sum(row["bytes"] for row in found),
        fetches=sum(row["asked"] for row in found),
    )
