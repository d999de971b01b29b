"""The reader's feeds and categories."""

from __future__ import annotations

from typing import Any

from articles.api.rest.operation import Asked
from articles.api.rest.shapes import CATEGORY, SUBSCRIPTION
from articles.api.shelves import folders_of, subscribed


def subscriptions(asked: Asked) -> dict[str, Any]:
    """All feeds that the reader follows."""
    return {"subscriptions": [SUBSCRIPTION.written(row, asked.site) for row in subscribed(asked.reader)]}


def categories(asked: Asked) -> dict[str, Any]:
    """All categories that the reader has."""
    folders = folders_of(asked.reader)
    return {"categories": [CATEGORY.written(folders.rows[pk], asked.site) for pk in folders.names]}
