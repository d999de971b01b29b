"""Celery's way in to what belongs to no feed and no article."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from newsreader import housekeeping


@shared_task
def keep_house() -> None:
    """Delete records that have served, and what killed processes left."""
    housekeeping.keep_house(timezone.now())
