"""A reader's places in the files of an article."""

from __future__ import annotations

import re

from django.contrib.auth.models import User

from articles.listening.models import PlayPosition
from articles.models import Article

KEY = re.compile(r"[0-9a-f]{32}\Z")
LONGEST = 7 * 24 * 3600  # seconds
MOST_FILES = 200  # of one article


def positions(reader: User, article: Article) -> dict[str, int]:
    """Seconds by the keys of the article's files, of those that the reader has begun. One query."""
    return dict(PlayPosition.objects.filter(user=reader, article=article).values_list("file", "seconds"))


def keep_position(reader: User, article: Article, file: str, seconds: int) -> None:
    """Keep the place; 0 forgets it: heard to the end, or not begun. Raises ValueError for what is no place."""
    if not KEY.match(file) or not 0 <= seconds <= LONGEST:
        raise ValueError(f"no place in a file: {file[:40]!r} {seconds}")
    mine = PlayPosition.objects.filter(user=reader, article=article)
    if not seconds:
        mine.filter(file=file).delete()
    elif mine.count() < MOST_FILES or mine.filter(file=file).exists():
        PlayPosition.objects.update_or_create(user=reader, article=article, file=file, defaults={"seconds": seconds})
