"""The offer to undo what a reader marked last: on every page that follows in this browser, until they mark something
else, take the offer, or wave it away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from articles.lists.reader_state import Made

_NAME = "undo"


def put(request: HttpRequest, made: Made) -> None:
    """Offer it: `request.session.undo` for templates, with `batch` and `count` (None: all of a list)."""
    request.session[_NAME] = {"batch": str(made.batch), "count": made.count}


def take_back(request: HttpRequest, batch: UUID) -> None:
    """Offer this no longer. What was marked since, in another tab, stays offered."""
    if request.session.get(_NAME, {}).get("batch") == str(batch):
        del request.session[_NAME]
